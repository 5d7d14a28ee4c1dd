"""The graph of a screening."""

from __future__ import annotations

import json
import warnings

import pytest
from fixtures_screening import SMALL, energies_file, without
from jobflow import Flow, JobStore, OnMissing, run_locally
from maggma.stores import MemoryStore
from monty.json import MontyDecoder
from pydantic import BaseModel

from screening.common.errors import InputError
from workflows import CoatingScreeningMaker
from workflows.local import run_local


@pytest.fixture
def energies(tmp_path):
    return energies_file(tmp_path)


@pytest.fixture
def flow(energies):
    return CoatingScreeningMaker(batch_size=2).make(**SMALL, energies=energies)


def jobs_of(flow):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return {job.name: job for job, _ in flow.iterflow()}


def memory_store():
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    store.connect()
    return store


def outputs(store):
    return {doc["name"]: without(doc["output"], "@version") for doc in store.query({}, load=True)}


def test_a_thousand_coatings_are_tens_of_jobs(energies):
    # (lithium + 5 niobium) / 2 oxygen
    coatings = [f"Li{n}Nb{n % 2 + 2 * (n % 3)}O{(n + 5 * (n % 2 + 2 * (n % 3))) // 2}" for n in range(1, 1201)]
    coatings = [formula for formula in coatings if "Nb0" not in formula][:1000]
    assert len(set(coatings)) == 1000
    flow = CoatingScreeningMaker().make(coatings, ["LiCoO2"], ["Li6PS5Cl"], energies)
    assert 10 < len(flow.job_uuids) < 100


def test_every_job_has_a_schema_its_output_fits(flow):
    store = memory_store()
    run_local(flow, store)
    for name, job in jobs_of(flow).items():
        assert issubclass(job.output_schema, BaseModel), name
        output = store.get_output(job.uuid, load=True)
        assert job.output_schema.model_validate(without(output, "@module", "@class", "@version")), name


def test_what_may_be_missing(flow):
    tolerant = {name for name, job in jobs_of(flow).items() if job.config.on_missing_references == OnMissing.NONE}
    assert tolerant == {
        "assemble_records: LiCoO2, Li6PS5Cl 1/2",
        "assemble_records: LiCoO2, Li6PS5Cl 2/2",
        "judge_records: LiCoO2, Li6PS5Cl 1/2",
        "judge_records: LiCoO2, Li6PS5Cl 2/2",
        "rank: LiCoO2, Li6PS5Cl",
    }


def test_round_trip_through_json(flow):
    text = flow.to_json()
    json.loads(text)
    back = MontyDecoder().decode(text)
    assert isinstance(back, Flow)
    assert back.job_uuids == flow.job_uuids
    first, second = memory_store(), memory_store()
    assert run_local(back, first).failed == run_local(flow, second).failed == {}
    assert outputs(first) == outputs(second)


@pytest.mark.filterwarnings("ignore:Some jobs are not connected")
def test_jobflow_s_own_run_gives_the_same(flow):
    ours, theirs = memory_store(), memory_store()
    assert run_local(flow, ours).failed == {}
    run_locally(flow, store=theirs, log=False, ensure_success=True, create_folders=False)
    assert outputs(theirs) == outputs(ours)
    assert len(outputs(ours)) == len(flow.job_uuids)


def test_every_pair_is_ranked(energies):
    request = {"coatings": ["LiNbO3"], "cathodes": ["LiCoO2", "LiNiO2"], "electrolytes": ["Li6PS5Cl", "Li3PS4"]}
    flow = CoatingScreeningMaker().make(**request, energies=energies)
    store = memory_store()
    assert run_local(flow, store).failed == {}
    ranks = {name: out for name, out in outputs(store).items() if name.startswith("rank: ")}
    assert set(ranks) == {f"rank: {c}, {e}" for c in request["cathodes"] for e in request["electrolytes"]}
    for name, ranking in ranks.items():
        assert name == f"rank: {ranking['cathode']}, {ranking['electrolyte']}"
        assert [line["coating"] for line in ranking["lines"]] == ["LiNbO3"]


def test_a_wrong_request_makes_no_flow(energies):
    with pytest.raises(InputError, match="LiNbO33"):
        CoatingScreeningMaker().make(["LiNbO33"], ["LiCoO2"], ["Li6PS5Cl"], energies)


def test_as_the_readme_has_it():
    flow = CoatingScreeningMaker().make(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"])
    assert flow.name == "coating screening"
    assert "rank: NCM83, Li6PS5Cl" in jobs_of(flow)
