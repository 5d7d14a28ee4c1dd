"""Asking the database."""

from __future__ import annotations

import os

import pytest
from fixtures_screening import COATINGS, contents, energies_file, job_times, settings_for, synthetic

from screening import CoatingDatabase
from screening.coatings.contacts import cathode_contacts
from screening.common.errors import CalculationError, InputError, StoreError
from screening.criteria.criteria import default_criteria
from screening.database import StoreLocation
from workflows import run_screening

EVERYTHING = {"coatings": [*COATINGS, "Li"], "cathodes": ["NCM83", "LiCoO2"], "electrolytes": ["Li6PS5Cl"]}


def all_but_one(phases, coating, cathode):
    if coating == "Li2SO4":
        raise CalculationError("no such luck")
    return cathode_contacts(phases, coating, cathode)


@pytest.fixture(scope="module", params=["embedded", "server"])
def store(request, tmp_path_factory):
    """A filled database: embedded, and on a server."""
    folder = tmp_path_factory.mktemp("client")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.coatings.tasks.cathode_contacts", all_but_one)
        where = str(folder / "db")
        name = f"coatscreen_test_{os.getpid()}"
        if request.param == "server":
            where = request.getfixturevalue("database_server").database_uri(name)
        run_screening(settings_for(folder, **EVERYTHING, store=where))
        yield where
        if request.param == "server":
            StoreLocation(where).open("jobs")._collection.database.client.drop_database(name)


@pytest.fixture
def database(store):
    with CoatingDatabase.open(store) as opened:
        yield opened


def coatings(docs):
    return [doc["coating"] for doc in docs]


def test_all(database):
    assert len(database.search()) == 2 * len(EVERYTHING["coatings"])
    assert database.pairs() == [("LiCoO2", "Li6PS5Cl"), ("NCM83", "Li6PS5Cl")]


def test_best_first_and_the_unscreened_last(database):
    docs = database.search(cathode="LiCoO2")
    known = [doc for doc in docs if doc["worst_mutual_mev_per_atom"] is not None]
    assert docs[:-1] == known
    assert (docs[-1]["coating"], docs[-1]["rank"]) == ("Li2SO4", None)
    assert docs[-1]["why_missing"] == "contacts with the cathode: no such luck"
    energies = [doc["worst_mutual_mev_per_atom"] for doc in known]
    assert energies == sorted(energies, reverse=True)
    assert len(set(energies)) > 2
    assert [doc["rank"] for doc in known] == sorted(doc["rank"] for doc in known)


def test_by_name(database):
    (doc,) = database.search(coating="LiNbO3", cathode="NCM83", electrolyte="Li6PS5Cl")
    assert (doc["coating"], doc["cathode"], doc["electrolyte"]) == ("LiNbO3", "NCM83", "Li6PS5Cl")
    assert database.search(coating="linbo3") == []


def test_largest_reaction_energy_is_inclusive_and_leaves_out_the_unknown(database):
    docs = database.search(cathode="NCM83")
    energies = sorted(
        {-doc["worst_mutual_mev_per_atom"] for doc in docs if doc["worst_mutual_mev_per_atom"] is not None}
    )
    limit = energies[len(energies) // 2]
    found = database.search(cathode="NCM83", max_reaction_energy_mev_per_atom=limit)
    assert {doc["worst_mutual_mev_per_atom"] for doc in found} == {-e for e in energies if e <= limit}
    assert len(found) < len(docs)
    with pytest.raises(InputError, match="not negative"):
        database.search(max_reaction_energy_mev_per_atom=-1)


@pytest.mark.parametrize(
    ("filter", "holds"),
    [
        ({"contains_li": False}, lambda doc: doc["contains_li"] is False),
        ({"rank": {"$lte": 2}}, lambda doc: doc["rank"] is not None and doc["rank"] <= 2),
        ({"window.oxidation_limited": True}, lambda doc: doc["window"] and doc["window"]["oxidation_limited"]),
        ({"passes.electrolyte": False}, lambda doc: doc["passes"]["electrolyte"] is False),
        ({"coating": {"$in": ["HfO2", "LiTaO3"]}}, lambda doc: doc["coating"] in ("HfO2", "LiTaO3")),
        ({"coating": {"$regex": "^Li[^N]"}}, lambda doc: doc["coating"] in ("LiTaO3", "Li2SO4", "Li3PO4")),
        ({"window": None}, lambda doc: doc["window"] is None),
        (
            {"interfaces": {"$elemMatch": {"contact": "coating|electrolyte", "reaction.ensemble": "closed"}}},
            lambda doc: any(
                c["contact"] == "coating|electrolyte" and c["reaction"] and c["reaction"]["ensemble"] == "closed"
                for c in doc["interfaces"]
            ),
        ),
        ({"$or": [{"coating": "HfO2"}, {"rank": 1}]}, lambda doc: doc["coating"] == "HfO2" or doc["rank"] == 1),
    ],
    ids=lambda value: None if callable(value) else str(value),
)
def test_filter(database, filter, holds):
    everything = database.search()
    expected = [(doc["coating"], doc["cathode"]) for doc in everything if holds(doc)]
    assert expected
    assert [(doc["coating"], doc["cathode"]) for doc in database.search(filter=filter)] == expected
    narrowed = database.search(cathode="NCM83", filter=filter)
    assert [(doc["coating"], doc["cathode"]) for doc in narrowed] == [e for e in expected if e[1] == "NCM83"]


@pytest.mark.parametrize(
    "filter",
    [{"rank": {"$lge": 1}}, {"$foo": []}, {"$or": 3}, {"coating": {"$regex": "("}}, {"rank": {"$in": 3}}],
    ids=str,
)
def test_what_is_no_filter(database, filter):
    with pytest.raises(InputError, match="not a filter: ") as caught:
        database.search(filter=filter)
    assert len(str(caught.value).splitlines()) == 1


def test_fields(database):
    docs = database.search(
        cathode="NCM83", coating="LiNbO3", fields=["coating", "window.oxidation_limit_v", "interfaces.0.contact"]
    )
    (whole,) = database.search(cathode="NCM83", coating="LiNbO3")
    assert docs == [
        {
            "coating": "LiNbO3",
            "window.oxidation_limit_v": whole["window"]["oxidation_limit_v"],
            "interfaces.0.contact": "coating|cathode",
        }
    ]


def test_a_field_under_something_unknown_is_null(database):
    docs = database.search(coating="Li", fields=["window.oxidation_limit_v", "why_missing"])
    assert {doc["window.oxidation_limit_v"] for doc in docs} == {None}
    assert all("open elements only" in doc["why_missing"] for doc in docs)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("coatng", r"no document has a field 'coatng' \(did you mean coating\?\)"),
        ("window.reduction_limit", r"'window.reduction_limit' \(did you mean reduction_limit_v\?\)"),
        ("interfaces.99.contact", "'interfaces.99.contact'"),
        ("rank.value", "'rank.value'"),
    ],
)
def test_a_field_that_no_document_has(database, field, message):
    with pytest.raises(InputError, match=message):
        database.search(coating="LiNbO3", fields=[field])


def test_limit(database):
    assert database.search(limit=3) == database.search()[:3]
    with pytest.raises(InputError, match="limit must not be negative"):
        database.search(limit=-1)


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("tier", lambda d: d["tier"]),
        ("pareto", lambda d: d["pareto_rank"]),
        ("gain", lambda d: None if d["gain_over_bare_mev_per_atom"] is None else -d["gain_over_bare_mev_per_atom"]),
        ("cost", lambda d: d["economics"]["raw_material_cost_usd_per_kg"]),
        ("reduction", lambda d: d["window"] and d["window"]["reduction_limit_v"]),
        ("stability", lambda d: d["stability"] and d["stability"]["energy_above_hull_ev_per_atom"]),
    ],
)
def test_sorted_by(database, sort, value):
    values = [value(doc) for doc in database.search(cathode="NCM83", sort=sort)]
    known = [v for v in values if v is not None]
    assert values[: len(known)] == known == sorted(known)
    assert len(values) == len(EVERYTHING["coatings"])


def test_what_is_never_oxidised_comes_first_by_oxidation(database):
    docs = database.search(cathode="NCM83", sort="oxidation")
    limits = [doc["window"] and (doc["window"]["oxidation_limit_v"] or 99.0) for doc in docs]
    assert coatings(docs)[0] == "HfO2"
    assert limits[-1] is None  # of lithium, which has no window
    assert limits[:-1] == sorted(limits[:-1], reverse=True)


def test_unknown_sort(database):
    with pytest.raises(InputError, match=r"cannot sort by 'costs' \(did you mean cost\?\)"):
        database.search(sort="costs")


def test_ranking(database):
    first, second = database.ranking()
    assert {first.cathode, second.cathode} == {"NCM83", "LiCoO2"}
    (ranking,) = database.ranking(cathode="NCM83")
    assert ranking.energies == synthetic().provenance
    assert [c.coating for c in ranking.ranking] == coatings(database.search(cathode="NCM83"))
    assert ranking.bare_interface.cathode == "NCM83"
    assert ranking.bare_interface.worst_mutual_mev_per_atom < 0
    assert ranking.criteria == {c.name: c for c in default_criteria()}
    (lithium,) = [c for c in ranking.ranking if c.coating == "Li"]
    assert "open elements only" in lithium.why_missing


def test_the_best_of_a_ranking_keep_their_ranks(database):
    (whole,) = database.ranking(cathode="NCM83", sort="cost")
    (some,) = database.ranking(cathode="NCM83", sort="cost", top=2)
    assert some.ranking == whole.ranking[:2]
    assert len(whole.ranking) == len(EVERYTHING["coatings"])


def test_nothing_found(database):
    assert database.search(cathode="NCM622") == []
    assert database.search(cathode="NCM622", fields=["anything"]) == []
    assert database.ranking(cathode="NCM622") == []


def test_bookkeeping_is_not_shown(database):
    assert not {"_id", "key", "source_job", "built_at", "criteria"} & database.search()[0].keys()


def test_running_again_adds_nothing(store, tmp_path):
    if store.startswith("mongodb"):
        pytest.skip("embedded only; the others share the code")
    before, jobs = contents(store), job_times(store)
    energies = energies_file(tmp_path)
    assert run_screening(settings_for(tmp_path, **EVERYTHING, store=store, energies=energies)).outcome.done == []
    assert (contents(store), job_times(store)) == (before, jobs)


def test_no_database(tmp_path):
    with pytest.raises(StoreError, match="there is no database in"):
        CoatingDatabase.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_run_that_did_not_get_to_the_end_has_an_empty_database(tmp_path):
    StoreLocation(tmp_path).open("jobs").close()
    with CoatingDatabase.open(tmp_path) as database:
        assert database.search() == []
        assert database.ranking() == []
        assert database.pairs() == []


def test_a_database_of_another_version(tmp_path):
    run_screening(settings_for(tmp_path))
    coatings_store = StoreLocation(tmp_path / "db").open("coatings")
    doc = coatings_store.query_one({"coating": "HfO2"})
    coatings_store.update({**doc, "unheard_of": 1})
    coatings_store.close()
    with CoatingDatabase.open(tmp_path / "db") as database:
        assert len(database.search()) == 3
        with pytest.raises(StoreError, match="was written by another version of coatscreen") as caught:
            database.ranking()
    assert "unheard_of" in str(caught.value)
