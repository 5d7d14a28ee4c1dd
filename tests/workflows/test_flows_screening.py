"""The graph of a screening."""

from __future__ import annotations

import json
import warnings

import pytest
from fixtures_screening import FORMATION, SMALL, energies_file, without
from jobflow import Flow, JobStore, OnMissing, run_locally
from maggma.stores import MemoryStore
from monty.json import MontyDecoder
from pydantic import BaseModel

from screening.common.errors import InputError
from screening.criteria.criteria import Criterion
from screening.searches.screening_request import plan_screening
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
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore(key="blob_uuid")})
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


def test_every_job_needs_what_it_refers_to_and_rankings_refer_to_none(flow):
    """What is ranked together stands in the store before anything is computed."""
    jobs = jobs_of(flow)
    assert {job.config.on_missing_references for job in jobs.values()} == {OnMissing.ERROR}
    assert jobs["ranking_request: LiCoO2|Li6PS5Cl"].input_uuids == ()
    states = jobs["cathode_states: LiCoO2"].uuid
    assert {name for name, job in jobs.items() if states in job.input_uuids} == {
        "bare_interface: LiCoO2|Li6PS5Cl",
        "coating_contacts: LiCoO2 1/2",
        "coating_contacts: LiCoO2 2/2",
        "coating_contacts: Li6PS5Cl at LiCoO2 1/2",
        "coating_contacts: Li6PS5Cl at LiCoO2 2/2",
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
    asked = {name: out for name, out in outputs(store).items() if name.startswith("ranking_request: ")}
    assert set(asked) == {f"ranking_request: {c}|{e}" for c in request["cathodes"] for e in request["electrolytes"]}
    for name, one in asked.items():
        assert name == f"ranking_request: {one['cathode']}|{one['electrolyte']}"
        assert [coating["name"] for coating in one["coatings"]] == ["LiNbO3"]
    rankings = {job.uuid: job.metadata["ranking"] for job in flow.jobs if "ranking" in job.metadata}
    assert sorted(rankings.values()) == sorted({one["ranking_id"] for one in asked.values()})
    assert len(set(rankings.values())) == 4


def test_neighbours_of_one_composition_are_computed_once_and_ranked_each(energies, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "cathodes:\n- {name: my cathode, host: {Co: 1, O: 2}, lithiations: {full: 1, half: 0.5}}\n"
        "electrolytes:\n- {name: my electrolyte, formula: Li6PS5Cl}\n"
    )
    cathodes, electrolytes = ["LiCoO2", "my cathode"], ["Li6PS5Cl", "my electrolyte"]
    flow = CoatingScreeningMaker().make(["LiNbO3"], cathodes, electrolytes, energies, [str(mine)])
    store = memory_store()
    assert run_local(flow, store).failed == {}
    asked = [out for name, out in outputs(store).items() if name.startswith("ranking_request: ")]
    assert {(one["cathode"], one["electrolyte"]) for one in asked} == {(c, e) for c in cathodes for e in electrolytes}
    names = [doc["name"].partition(":")[0] for doc in store.query({})]
    assert names.count("material_properties") == 3  # the coating, both cathodes, both electrolytes


# -- what is there already ----------------------------------------------------------------------------------

TWENTY = [f for f in FORMATION if f not in ("LiCoO2", "CoO2", "LiNiO2", "NiO2", "Li6PS5Cl", "Li3PS4", "Li2O2")][:20]


@pytest.fixture(scope="module")
def twenty(tmp_path_factory):
    """A store in which twenty coatings were screened in batches of five, as text; and the energies."""
    energies = energies_file(tmp_path_factory.mktemp("twenty"))
    store = memory_store()
    screen(store, energies)
    assert store.count() == 1 + 2 + 1 + 4 * 4 + 1  # states, neighbours alone, bare, four kinds of batches, request
    return store, energies


@pytest.fixture
def there(twenty):
    """Its own copy of that store, and the energies."""
    whole, energies = twenty
    copy = memory_store()
    for kept, there in ((copy.docs_store, whole.docs_store), *zip(larges(copy), larges(whole), strict=True)):
        kept._collection.insert_many([without(doc, "_id") for doc in there.query({})])
    return copy, energies


def larges(store):
    return store.additional_stores.values()


def screen(store, energies, coatings=TWENTY, cathodes=("LiCoO2",), electrolytes=("Li6PS5Cl",), **options):
    """Plan beside what a store holds and run; return the names of the jobs that were run and of those done before."""
    plan = plan_screening(coatings, cathodes, electrolytes, energies)
    flow = CoatingScreeningMaker(batch_size=5, **options).from_plan(plan, store)
    outcome = run_local(flow, store)
    assert outcome.failed == {}
    return sorted(outcome.done), outcome.already_done


def test_the_same_again_runs_nothing(there):
    store, energies = there
    done, before = screen(store, energies)
    assert (done, len(before)) == ([], 21)


@pytest.mark.parametrize(("place", "number"), [(0, 1), (7, 3), (20, 5)])
def test_a_coating_more_runs_its_own_jobs_alone(there, place, number):
    store, energies = there
    done, before = screen(store, energies, [*TWENTY[:place], "Ta2O5", *TWENTY[place:]])
    assert done == [
        f"coating_contacts: Li6PS5Cl {number}/5",
        f"coating_contacts: Li6PS5Cl at LiCoO2 {number}/5",
        f"coating_contacts: LiCoO2 {number}/5",
        f"material_properties: coatings {number}/5",
        "ranking_request: LiCoO2|Li6PS5Cl",
    ]
    assert len(before) == 21 - 1  # all but the request, which is another


def test_fewer_coatings_run_nothing_but_their_request(there):
    store, energies = there
    done, _ = screen(store, energies, TWENTY[3:9])
    assert done == ["ranking_request: LiCoO2|Li6PS5Cl"]


@pytest.mark.parametrize("first", [True, False])
def test_a_second_cathode_runs_nothing_of_the_first(there, first):
    store, energies = there
    done, before = screen(store, energies, cathodes=["LiCoO2", "LiNiO2"] if first else ["LiNiO2", "LiCoO2"])
    assert done == [
        "bare_interface: LiNiO2|Li6PS5Cl",
        "cathode_states: LiNiO2",
        *(f"coating_contacts: Li6PS5Cl at LiNiO2 {n}/4" for n in range(1, 5)),
        *(f"coating_contacts: LiNiO2 {n}/4" for n in range(1, 5)),
        "material_properties: LiNiO2",
        "ranking_request: LiNiO2|Li6PS5Cl",
    ]
    assert len(before) == 21


def test_a_second_electrolyte_runs_nothing_of_the_first(there):
    store, energies = there
    done, before = screen(store, energies, electrolytes=["Li6PS5Cl", "Li3PS4"])
    assert done == [
        "bare_interface: LiCoO2|Li3PS4",
        *(f"coating_contacts: Li3PS4 {n}/4" for n in range(1, 5)),
        *(f"coating_contacts: Li3PS4 at LiCoO2 {n}/4" for n in range(1, 5)),
        "material_properties: Li3PS4",
        "ranking_request: LiCoO2|Li3PS4",
    ]
    assert len(before) == 21


def test_another_criterion_runs_the_request_alone(there):
    store, energies = there
    cheap = (Criterion(name="cheap", quantity="raw_material_cost_usd_per_kg", at_most=10.0),)
    done, before = screen(store, energies, criteria=cheap)
    assert (done, len(before)) == (["ranking_request: LiCoO2|Li6PS5Cl"], 20)
    done, before = screen(store, energies)
    assert (done, len(before)) == ([], 21)  # and the first request is still there


def test_batches_of_another_size_are_taken_as_they_were(there):
    store, energies = there
    flow = CoatingScreeningMaker(batch_size=200).from_plan(plan_screening(TWENTY, ["LiCoO2"], ["Li6PS5Cl"], energies))
    assert len(set(flow.job_uuids) - set(screened(store))) == 5  # without the store all would be computed again
    beside = CoatingScreeningMaker(batch_size=200).from_plan(
        plan_screening(TWENTY, ["LiCoO2"], ["Li6PS5Cl"], energies), store
    )
    assert set(beside.job_uuids) == set(screened(store))


def screened(store):
    return [doc["uuid"] for doc in store.query({})]


def test_a_wrong_request_makes_no_flow(energies):
    with pytest.raises(InputError, match="LiNbO33"):
        CoatingScreeningMaker().make(["LiNbO33"], ["LiCoO2"], ["Li6PS5Cl"], energies)


def test_as_the_readme_has_it():
    flow = CoatingScreeningMaker().make(coatings=["LiNbO3"], cathodes=["NCM83"], electrolytes=["Li6PS5Cl"])
    assert flow.name == "coating screening"
    assert "ranking_request: NCM83|Li6PS5Cl" in jobs_of(flow)
