"""Stacks as a graph of jobs: finished work counts, whoever did it."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, job_times, settings_for, without
from jobflow import JobStore
from maggma.stores import MemoryStore

from screening.coatings import tasks
from screening.common.errors import CalculationError, InputError
from screening.database import StoreLocation
from screening.searches.stacks import stacks
from screening.searches.stacks.stack_documents import StacksDocument
from screening.searches.stacks.stack_request import plan_stacks
from workflows.flows.stack import StackMaker
from workflows.local import run_local
from workflows.run import run_screening
from workflows.stack import find_stacks, screened_coatings

COATINGS = ["LiNbO3", "Li3PO4", "HfO2"]
PAIR = ("LiCoO2", "Li6PS5Cl")


@pytest.fixture
def plan(tmp_path):
    return plan_stacks(COATINGS, *PAIR, energies_file(tmp_path))


@pytest.fixture(scope="module")
def screened(tmp_path_factory):
    """The settings of a screening that has run."""
    settings = settings_for(tmp_path_factory.mktemp("screened"))
    run_screening(settings)
    return settings


def test_the_graph(plan):
    flow = StackMaker(batch_size=2).from_plan(plan)
    again = StackMaker(batch_size=2).make(COATINGS, *PAIR, plan.energies.source)
    assert flow.job_uuids == again.job_uuids
    assert len(flow.job_uuids) == len(set(flow.job_uuids)) == 1 + 2 * 4 + 1
    other = StackMaker(batch_size=2, ranked_by="open").from_plan(plan)
    assert len(set(flow.job_uuids) - set(other.job_uuids)) == 1


def test_two_batches_find_the_same_as_one(plan, tmp_path):
    one, outcome = find_stacks(plan, str(tmp_path / "db"), top=3)
    assert (len(outcome.done), outcome.failed) == (1 + 4 + 1, {})
    assert {layer.coating for stack in one.two_layers for layer in stack.layers} == set(COATINGS)
    flow = StackMaker(top=3, batch_size=2).from_plan(plan)
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    store.connect()
    assert len(run_local(flow, store).done) == 10
    output = without(store.get_output(flow.output.uuid), "@module", "@class", "@version")
    assert StacksDocument.model_validate(output) == one


def test_the_jobs_of_a_screening_are_not_done_again(plan, screened):
    settings = screened
    assert settings.coatings == COATINGS
    _, outcome = find_stacks(plan, settings.store)
    assert outcome.done == ["best_stacks: LiCoO2|Li6PS5Cl"]
    assert len(outcome.already_done) == 1 + 4
    _, outcome = find_stacks(plan, settings.store)
    assert outcome.done == []
    _, outcome = find_stacks(plan, settings.store, top=2)
    assert [name.partition(":")[0] for name in outcome.done] == ["best_stacks"]
    # and the screening's own database is as it was
    assert run_screening(settings).outcome.done == []


def test_an_interrupted_search_goes_on(plan, tmp_path, monkeypatch):
    store = str(tmp_path / "db")
    search = stacks.best_single

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(stacks, "best_single", interrupted)
    with pytest.raises(KeyboardInterrupt):
        find_stacks(plan, store)
    before = job_times(store)
    assert len(before) == 5
    monkeypatch.setattr(stacks, "best_single", search)
    _, outcome = find_stacks(plan, store)
    assert [name.partition(":")[0] for name in outcome.done] == ["best_stacks"]
    assert before.items() <= job_times(store).items()


def test_a_failed_job_names_its_coatings_and_the_search_fails_without_any(plan, tmp_path, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("no memory")

    monkeypatch.setattr(tasks, "material_window", broken)
    why = r"^no coating is left as a layer: HfO2: stability and window: the job computing it failed$"
    with pytest.raises(CalculationError, match=why):
        find_stacks(plan, str(tmp_path / "db"))
    monkeypatch.undo()
    found, outcome = find_stacks(plan, str(tmp_path / "db"))
    assert len(found.two_layers) == 6
    assert outcome.done == ["material_properties: coatings 1/1", "best_stacks: LiCoO2|Li6PS5Cl"]


def test_the_coatings_of_a_screening_by_tier(screened, tmp_path):
    settings = screened
    opened = StoreLocation(settings.store).open("coatings", read_only=True)
    tiers = {doc["coating"]: doc["tier"] for doc in opened.query({})}
    opened.close()
    for tier in sorted(set(tiers.values())):
        wanted = {name for name, has in tiers.items() if has <= tier}
        assert set(screened_coatings(settings.store, *PAIR, tier)) == wanted
    none = min(tiers.values()) - 1
    with pytest.raises(InputError, match=f"holds no coating of tier {none} or better on LiCoO2 against Li6PS5Cl"):
        screened_coatings(settings.store, *PAIR, none)
    with pytest.raises(InputError, match="holds no cathode 'NCM83'; there are LiCoO2"):
        screened_coatings(settings.store, "NCM83", "Li6PS5Cl", 4)
    with pytest.raises(InputError, match="there is no database"):
        screened_coatings(tmp_path / "none", *PAIR, 1)
