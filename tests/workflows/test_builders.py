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
from workflows.builders import judged_again
from workflows.local import run_local
from workflows.outputs import job_store


def in_memory():
    jobs = JobStore(MemoryStore("jobs"), additional_stores={"data": MemoryStore("data", key="blob_uuid")})
    made = [jobs, MemoryStore("coatings", key="key"), MemoryStore("rankings", key="ranking_id")]
    for store in made:
        store.connect()
    return made


@pytest.fixture(params=["sqlite", "memory"])
def stores(request, tmp_path):
    """Jobs, coatings and rankings, embedded and on MongoDB's stand-in."""
    if request.param == "memory":
        return in_memory()
    location = StoreLocation(tmp_path / "store")
    return [job_store(location), location.open("coatings"), location.open("rankings")]


def computed(stores, tmp_path, energies=None, **changed):
    """Compute a screening into the job store and return the ids of its jobs."""
    request = {**SMALL, **{k: v for k, v in changed.items() if k in (*SMALL, "catalogue", "voltage")}}
    options = {k: v for k, v in changed.items() if k not in request}
    flow = CoatingScreeningMaker(**options).make(**request, energies=energies or energies_file(tmp_path))
    assert run_local(flow, stores[0]).failed == {}
    return flow.job_uuids


def built(stores, **options):
    """Build, and return the number of rankings that were touched."""
    builder = CoatingBuilder(*stores, **options)
    items = [builder.process_item(item) for item in builder.get_items()]
    builder.update_targets(items)
    return len(items)


def documents(store, **criteria):
    return {doc["coating"]: without(doc, "_id") for doc in store.query(criteria)}


def headers(stores):
    """What the rankings rest on, by cathode."""
    return {doc["cathode"]: without(doc, "_id") for doc in stores[2].query({})}


def job_named(store, name):
    (doc,) = [doc for doc in store.query({}) if doc["name"].startswith(name)]
    return without(doc, "_id")


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
    header = headers(stores)["LiCoO2"]
    assert (header["electrolyte"], header["n_coatings"], header["sampling"]) == ("Li6PS5Cl", 3, None)
    contacts = header["bare_interface"]["interfaces"]
    bare = min(c["reaction"]["mutual"]["min_ev_per_atom"] for c in contacts if c["reservoir_state"] is None)
    for doc in docs.values():
        assert doc["gain_over_bare_mev_per_atom"] == pytest.approx(
            doc["worst_mutual_mev_per_atom"] - 1000.0 * bare, abs=1e-5
        )
        assert doc["ranking_id"] == header["ranking_id"]
        assert "@class" not in str(doc)
    assert "@class" not in str(header)


def test_a_document_names_the_jobs_it_was_made_from(stores, tmp_path):
    computed(stores, tmp_path, batch_size=1)
    built(stores)
    for name, doc in documents(stores[1]).items():
        made_from = [stores[0].query_one({"uuid": uuid}) for uuid in doc["source_jobs"]]
        assert [job["metadata"]["materials"] for job in made_from] == [[name]] * 4
        assert len({job["metadata"]["scope"] for job in made_from}) == 4


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
    assert together["LiNbO3"]["source_jobs"] == alone["source_jobs"]
    assert headers(stores)["LiCoO2"]["n_coatings"] == 3
    at_once = in_memory()
    computed(at_once, tmp_path)
    built(at_once)
    volatile = ("source_jobs", "built_at")
    assert without(together, *volatile) == without(documents(at_once[1]), *volatile)


def test_rankings_are_apart(stores, tmp_path):
    computed(stores, tmp_path, cathodes=["LiCoO2", "LiNiO2"])
    assert built(stores) == 2
    assert stores[1].count() == 2 * len(SMALL["coatings"])
    before = headers(stores)
    computed(stores, tmp_path, coatings=["LiTaO3"])  # on LiCoO2 only
    assert built(stores) == 1
    after = headers(stores)
    assert after["LiNiO2"] == before["LiNiO2"]
    assert after["LiCoO2"]["stamp"] != before["LiCoO2"]["stamp"]
    assert {name: header["n_coatings"] for name, header in after.items()} == {"LiCoO2": 4, "LiNiO2": 3}


def test_energies_are_apart(stores, tmp_path):
    computed(stores, tmp_path)
    computed(stores, tmp_path, energies=energies_file(tmp_path, LiNbO3=-2.9))
    assert built(stores) == 2
    assert stores[1].count() == 2 * len(SMALL["coatings"])
    assert {doc["rank"] for doc in stores[1].query({})} == {1, 2, 3}


def test_other_criteria_are_another_ranking(stores, tmp_path):
    computed(stores, tmp_path)
    built(stores)
    first = headers(stores)["LiCoO2"]["ranking_id"]
    before = documents(stores[1])
    free = Criterion(name="free", quantity="raw_material_cost_usd_per_kg", at_most=0.0)
    computed(stores, tmp_path, criteria=(free,))
    assert built(stores) == 1
    assert built(stores) == 0
    assert documents(stores[1], ranking_id=first) == before
    others = documents(stores[1], ranking_id={"$ne": first})
    assert others.keys() == before.keys()
    for doc in others.values():
        assert (doc["passes"], doc["tier"]) == ({"free": False}, 3)
    (header,) = [doc for doc in stores[2].query({}) if doc["ranking_id"] != first]
    assert header["criteria"] == {"free": free.model_dump()}


def test_other_potentials_are_another_ranking(stores, tmp_path):
    """The same coating, cathode and electrolyte, computed at two voltages."""
    request = {"coatings": ["LiNbO3"], "cathodes": ["NCM83"]}
    wanted = {"NCM83+4_1V": 4.1, "NCM83+4_4V": 4.4}
    for voltage in wanted.values():
        ids = computed(stores, tmp_path, **request, voltage=[voltage])
        assert built(stores, asked_for=ids) == 1
    rankings = {doc["cathode"]: doc for doc in stores[2].query({})}
    assert rankings.keys() == wanted.keys()
    for cathode, header in rankings.items():
        (doc,) = stores[1].query({"ranking_id": header["ranking_id"]})
        held = [c for c in (*doc["interfaces"], *header["bare_interface"]["interfaces"]) if c["lithium"]]
        given = {c["lithium"]["voltage_v"] for c in held if c["lithium"]["origin"] == "given"}
        assert given == {wanted[cathode]}


def test_only_what_was_asked_for_is_made(stores, tmp_path):
    ids = computed(stores, tmp_path)
    computed(stores, tmp_path, cathodes=["LiNiO2"])
    assert built(stores, asked_for=ids) == 1
    assert headers(stores).keys() == {"LiCoO2"}


# -- one name for different materials ------------------------------------------------------------------------


@pytest.fixture
def blends(stores, tmp_path):
    """Two requests of one ranking that mean different materials by a name: the ids of their jobs, and the formulas."""
    asked = {}
    for number, formula in ((1, "Li4NbPO7"), (2, "Li7NbP2O11")):
        mine = tmp_path / f"{number}.yaml"
        mine.write_text(f"coatings:\n- {{name: blend, components: {{LiNbO3: 1, Li3PO4: {number}}}}}\n")
        ids = computed(stores, tmp_path, coatings=["blend"], catalogue=[str(mine)])
        (asked[formula],) = [u for u in ids if stores[0].query_one({"uuid": u})["name"].startswith("ranking_request")]
    assert len({stores[0].query_one({"uuid": u})["metadata"]["ranking"] for u in asked.values()}) == 1
    return asked


def blend(stores, blends, **finished):
    """Say when each request was finished, build, and return the material that the name means then."""
    for formula, at in finished.items():
        doc = without(stores[0].docs_store.query_one({"uuid": blends[formula]}), "_id")
        stores[0].docs_store.update({**doc, "completed_at": at}, key=["uuid", "index"])
    built(stores)
    (doc,) = stores[1].query({})
    assert headers(stores)["LiCoO2"]["n_coatings"] == 1
    return doc["formula"]


def test_the_request_asked_for_last_counts_whatever_the_order_of_ids(stores, blends):
    early, late = "2026-01-01T00:00:00", "2026-01-02T00:00:00"
    for last in (*blends, *blends):
        assert blend(stores, blends, **{formula: late if formula == last else early for formula in blends}) == last


def test_at_one_time_the_id_decides(stores, blends):
    highest = max(blends, key=blends.__getitem__)
    assert blend(stores, blends, **dict.fromkeys(blends, "2026-01-01T00:00:00")) == highest


def test_what_is_asked_for_again_counts_before_the_time(stores, blends):
    for formula, uuid in (*blends.items(), *blends.items()):
        built(stores, asked_for=[uuid])
        (doc,) = stores[1].query({})
        assert doc["formula"] == formula


# -- what is missing or left over ----------------------------------------------------------------------------


def test_a_coating_that_no_request_asks_for_any_more_is_removed(stores, tmp_path):
    computed(stores, tmp_path, coatings=["LiNbO3"])
    ids = computed(stores, tmp_path, coatings=["HfO2"])
    built(stores)
    assert documents(stores[1]).keys() == {"LiNbO3", "HfO2"}
    (asked,) = [u for u in ids if stores[0].query_one({"uuid": u})["name"].startswith("ranking_request")]
    stores[0].remove_docs({"uuid": asked})
    assert built(stores) == 1
    assert documents(stores[1]).keys() == {"LiNbO3"}
    assert headers(stores)["LiCoO2"]["n_coatings"] == 1


def test_a_request_of_which_a_large_part_is_missing_ranks_nothing(stores, tmp_path):
    """A process may be killed between an output and its parts."""
    computed(stores, tmp_path)
    asked = job_named(stores[0], "ranking_request")["uuid"]
    stores[0].additional_stores["data"].remove_docs({"job_uuid": asked})
    assert built(stores) == 0
    assert stores[1].count() == stores[2].count() == 0


def test_a_bare_interface_mended_later_reaches_the_coatings(stores, tmp_path):
    computed(stores, tmp_path)
    bare = job_named(stores[0], "bare_interface")
    stores[0].remove_docs({"uuid": bare["uuid"]})
    built(stores)
    assert {doc["gain_over_bare_mev_per_atom"] for doc in stores[1].query({})} == {None}
    assert headers(stores)["LiCoO2"]["bare_interface"] is None
    stores[0].update(bare, key=["uuid", "index"])
    assert built(stores) == 1
    assert None not in {doc["gain_over_bare_mev_per_atom"] for doc in stores[1].query({})}
    assert headers(stores)["LiCoO2"]["bare_interface"]["cathode"] == "LiCoO2"
    assert built(stores) == 0


@pytest.mark.parametrize("target", [1, 2])
@pytest.mark.parametrize("more", [False, True])
def test_interrupted_while_it_writes(stores, tmp_path, monkeypatch, target, more):
    """Before the coatings or before the header: the next build finds that something is left to do."""
    computed(stores, tmp_path, coatings=["LiNbO3"] if more else SMALL["coatings"])
    if more:
        built(stores)
        computed(stores, tmp_path)

    def interrupted(docs, key=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stores[target], "update", interrupted)
        with pytest.raises(KeyboardInterrupt):
            built(stores)
    assert built(stores) == 1
    assert sorted(doc["rank"] for doc in stores[1].query({})) == [1, 2, 3]
    assert headers(stores)["LiCoO2"]["n_coatings"] == 3
    assert built(stores) == 0


def test_jobs_of_another_version(stores, tmp_path):
    computed(stores, tmp_path)
    bare = job_named(stores[0], "bare_interface")
    del bare["output"]["windows"]
    stores[0].update(bare, key=["uuid", "index"])
    with pytest.raises(StoreError, match=r"another version of coatscreen \(windows: Field required\); choose another"):
        built(stores)


# -- by other criteria ---------------------------------------------------------------------------------------


def test_judged_again_is_what_a_run_by_these_criteria_gives(stores, tmp_path):
    """Nothing is written for it."""
    free = Criterion(name="free", quantity="raw_material_cost_usd_per_kg", at_most=0.0)
    computed(stores, tmp_path)
    builder = CoatingBuilder(stores[0], None, None)
    (item,) = CoatingBuilder(*stores).get_items()
    found = judged_again(builder.group(builder.requests(item.header.ranking_id), _done(stores[0])), [free])
    assert stores[1].count() == stores[2].count() == 0
    computed(stores, tmp_path, criteria=(free,))
    built(stores)
    other = next(doc["ranking_id"] for doc in stores[2].query({}) if "free" in doc["criteria"])
    docs = sorted(stores[1].query({"ranking_id": other}), key=lambda doc: doc["rank"])
    assert [(c.coating, c.rank, c.tier, c.passes) for c in found.ranking] == [
        (doc["coating"], doc["rank"], doc["tier"], doc["passes"]) for doc in docs
    ]
    assert {c.tier for c in found.ranking} == {3}


def _done(store):
    return [doc["uuid"] for doc in store.query({})]
