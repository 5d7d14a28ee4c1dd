"""Aggregating job outputs: incrementally, and the same again from nothing."""

from __future__ import annotations

import logging

import pytest
from fixtures_screening import SMALL, energies_file, without
from jobflow import JobStore
from maggma.core import Builder
from maggma.stores import MemoryStore

from screening.common.errors import StoreError
from screening.criteria.criteria import Criterion
from screening.database import StoreLocation
from workflows import CoatingBuilder, CoatingScreeningMaker
from workflows.local import run_local
from workflows.outputs import job_store


def in_memory():
    made = [MemoryStore(name, key="key") for name in ("jobs", "coatings", "bare_interfaces")]
    made[0] = JobStore(made[0], additional_stores={"data": MemoryStore("data", key="blob_uuid")})
    for store in made:
        store.connect()
    return made


@pytest.fixture(params=["sqlite", "memory"])
def stores(request, tmp_path):
    """Jobs, coatings and bare interfaces, embedded and on MongoDB's stand-in."""
    if request.param == "memory":
        return in_memory()
    location = StoreLocation(tmp_path / "store")
    return [job_store(location), location.open("coatings"), location.open("bare_interfaces")]


def computed(stores, tmp_path, energies=None, **changed):
    """Compute a screening into the job store and return the ids of its jobs."""
    request = {**SMALL, **{k: v for k, v in changed.items() if k in SMALL}}
    options = {k: v for k, v in changed.items() if k not in SMALL}
    flow = CoatingScreeningMaker(**options).make(**request, energies=energies or energies_file(tmp_path))
    assert run_local(flow, stores[0]).failed == {}
    return flow.job_uuids


def built(stores, **options):
    """Build, and return the number of groups that were touched."""
    builder = CoatingBuilder(*stores, **options)
    items = [builder.process_item(item) for item in builder.get_items()]
    builder.update_targets(items)
    return len(items)


def documents(store):
    return {doc["coating"]: without(doc, "_id") for doc in store.query({})}


@pytest.fixture
def quiet():
    """Undo what maggma does to logging when it runs a builder itself."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.usefixtures("quiet")
def test_it_is_a_maggma_builder(stores, tmp_path):
    computed(stores, tmp_path)
    for store in stores:
        store.close = lambda: None  # as the builder does in the end, and a database in memory would be gone
    builder = CoatingBuilder(*stores)
    assert isinstance(builder, Builder)
    builder.run()
    assert stores[1].count() == len(SMALL["coatings"])
    assert stores[2].count() == 1


def test_one_document_for_each_coating(stores, tmp_path):
    computed(stores, tmp_path)
    assert built(stores) == 1
    docs = documents(stores[1])
    assert set(docs) == set(SMALL["coatings"])
    assert sorted(doc["rank"] for doc in docs.values()) == [1, 2, 3]
    assert len({doc["key"] for doc in docs.values()}) == 3
    for doc in docs.values():
        assert doc["gain_over_bare_mev_per_atom"] == pytest.approx(
            doc["score"] - stores[2].query_one({})["worst_mutual_mev_per_atom"]
        )
        assert "@class" not in str(doc)


def test_nothing_new_touches_nothing(stores, tmp_path):
    ids = computed(stores, tmp_path)
    built(stores)
    before = documents(stores[1])
    assert built(stores) == 0
    assert built(stores, asked_for=ids) == 0
    assert documents(stores[1]) == before


def test_a_coating_added_later_ranks_all_again(stores, tmp_path):
    computed(stores, tmp_path, coatings=["LiNbO3"])
    built(stores)
    alone = documents(stores[1])["LiNbO3"]
    assert alone["rank"] == 1
    computed(stores, tmp_path, coatings=["Li3PO4", "HfO2"])
    assert built(stores) == 1
    together = documents(stores[1])
    assert together["LiNbO3"]["rank"] == 3
    assert together["LiNbO3"]["score"] == alone["score"]
    assert together["LiNbO3"]["source_job"] == alone["source_job"]
    at_once = in_memory()
    computed(at_once, tmp_path)
    built(at_once)
    volatile = ("source_job", "built_at")
    assert without(together, *volatile) == without(documents(at_once[1]), *volatile)


def test_groups_are_apart(stores, tmp_path):
    computed(stores, tmp_path, cathodes=["LiCoO2", "LiNiO2"])
    assert built(stores) == 2
    assert stores[1].count() == 2 * len(SMALL["coatings"])
    before = {doc["key"]: doc["built_at"] for doc in stores[1].query({})}
    computed(stores, tmp_path, coatings=["LiTaO3"])  # on LiCoO2 only
    assert built(stores) == 1
    other = {doc["key"]: doc["built_at"] for doc in stores[1].query({"cathode": "LiNiO2"})}
    assert other == {key: before[key] for key in other}


def test_energies_are_apart(stores, tmp_path):
    computed(stores, tmp_path)
    computed(stores, tmp_path, energies=energies_file(tmp_path, LiNbO3=-2.9))
    assert built(stores) == 2
    assert stores[1].count() == 2 * len(SMALL["coatings"])
    assert {doc["rank"] for doc in stores[1].query({})} == {1, 2, 3}


def test_other_criteria_judge_all_again(stores, tmp_path):
    computed(stores, tmp_path)
    built(stores)
    free = [Criterion(name="free", quantity="raw_material_cost_usd_per_kg", at_most=0.0)]
    assert built(stores, criteria=free) == 1
    assert built(stores, criteria=free) == 0
    for doc in stores[1].query({}):
        assert (doc["passes"], doc["tier"]) == ({"free": False}, 3)
        assert doc["criteria"] == [free[0].model_dump()]
    assert stores[2].count() == 1


def test_what_was_asked_for_last_is_shown(stores, tmp_path):
    """The same coating, cathode and electrolyte, computed with two lithium potentials."""

    def origin():
        (doc,) = stores[1].query({})
        (bare,) = stores[2].query({})
        return {
            contact["lithium"]["origin"]
            for contact in (*doc["interfaces"], *bare["interfaces"])
            if contact["reservoir_state"] == "half"
        }

    request = {"coatings": ["LiNbO3"], "cathodes": ["NCM83"]}
    cited = computed(stores, tmp_path, **request)
    built(stores, asked_for=cited)
    assert origin() == {"cited"}
    computed_ids = computed(stores, tmp_path, **request, prefer_mu="computed")
    built(stores, asked_for=computed_ids)
    assert origin() == {"computed"}
    assert built(stores, asked_for=cited) == 1  # nothing was computed again for this
    assert origin() == {"cited"}
    assert built(stores, asked_for=cited) == 0
    built(stores)  # nobody asked: the last to be computed
    assert origin() == {"computed"}


def test_a_bare_interface_mended_later_reaches_the_coatings(stores, tmp_path):
    computed(stores, tmp_path)
    bare = stores[0].query_one({"name": {"$regex": "^bare_interface"}})
    stores[0].remove_docs({"uuid": bare["uuid"]})
    built(stores)
    assert {doc["gain_over_bare_mev_per_atom"] for doc in stores[1].query({})} == {None}
    assert stores[2].count() == 0
    stores[0].update({k: v for k, v in bare.items() if k != "_id"}, key=["uuid", "index"])
    assert built(stores) == 1
    assert None not in {doc["gain_over_bare_mev_per_atom"] for doc in stores[1].query({})}
    assert stores[2].count() == 1
    assert built(stores) == 0


@pytest.mark.parametrize("mended", [False, True])
def test_interrupted_between_its_two_targets(stores, tmp_path, monkeypatch, mended):
    """Whichever is written first: the next build finds that something is left to do."""
    computed(stores, tmp_path)
    if mended:  # the coatings are there already, only their gain over the bare interface is new
        bare = stores[0].query_one({"name": {"$regex": "^bare_interface"}})
        stores[0].remove_docs({"uuid": bare["uuid"]})
        built(stores)
        stores[0].update({k: v for k, v in bare.items() if k != "_id"}, key=["uuid", "index"])
    writes = []

    def once(update):
        def function(docs, key):
            if writes:
                raise KeyboardInterrupt
            writes.append(docs)
            update(docs, key)

        return function

    with monkeypatch.context() as patch:
        for store in stores[1:]:
            patch.setattr(store, "update", once(store.update))
        with pytest.raises(KeyboardInterrupt):
            built(stores)
    assert built(stores) == 1
    assert stores[2].count() == 1
    assert None not in {doc["gain_over_bare_mev_per_atom"] for doc in stores[1].query({})}


def test_documents_of_another_version(stores, tmp_path):
    computed(stores, tmp_path)
    built(stores)
    doc = stores[1].query_one({"coating": "HfO2"})
    del doc["window"]
    stores[1].remove_docs({"coating": "HfO2"})
    stores[1].update(doc, key="key")
    computed(stores, tmp_path, coatings=["LiTaO3"])
    with pytest.raises(StoreError, match=r"another version of coatscreen \(window: Field required\)"):
        built(stores)
