"""Asking the database."""

from __future__ import annotations

import math
import os

import pytest
from fixtures_screening import COATINGS, contents, energies_file, job_times, settings_for, synthetic

from screening import CoatingDatabase
from screening.coatings.contacts import coating_meetings
from screening.common.errors import CalculationError, InputError
from screening.criteria.criteria import default_criteria
from screening.database import StoreLocation
from screening.database.client import BOOKKEEPING
from workflows import run_screening

EVERYTHING = {"coatings": [*COATINGS, "Li"], "cathodes": ["NCM83", "LiCoO2"], "electrolytes": ["Li6PS5Cl"]}


def all_but_one(coating, cathode, electrolyte):
    if coating == "Li2SO4" and cathode is not None:
        raise CalculationError("no such luck")
    return coating_meetings(coating, cathode, electrolyte)


@pytest.fixture(scope="module", params=["embedded", "server"])
def store(request, tmp_path_factory):
    """A filled database: embedded, and on a server."""
    folder = tmp_path_factory.mktemp("client")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("screening.coatings.tasks.coating_meetings", all_but_one)
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


def has(doc, quantity, low, high):
    value = doc["quantities"].get(quantity)
    return value is not None and low < value < high


def coatings(docs):
    return [doc["coating"] for doc in docs]


def test_all(database):
    assert len(database.search()) == 2 * len(EVERYTHING["coatings"])
    assert database.pairs() == [("LiCoO2", "Li6PS5Cl"), ("NCM83", "Li6PS5Cl")]


def test_best_first_and_the_unscreened_last(database):
    docs = database.search(cathode="LiCoO2")
    known = [doc for doc in docs if doc["score"] is not None]
    assert docs[:-2] == known
    lithium, lost = docs[-2:]
    assert [(doc["coating"], doc["rank"]) for doc in (lithium, lost)] == [("Li", None), ("Li2SO4", None)]
    assert lost["why_missing"].startswith("contacts with the cathode: no such luck; ")
    assert "at mu(" in lithium["why_missing"]  # nothing is left of it where lithium is exchanged
    places = [(doc["tier"], -doc["score"]) for doc in known]
    assert places == sorted(places)
    assert len(set(places)) > 2
    assert [doc["rank"] for doc in known] == sorted(doc["rank"] for doc in known)


def test_by_name(database):
    (doc,) = database.search(coating="LiNbO3", cathode="NCM83", electrolyte="Li6PS5Cl")
    assert (doc["coating"], doc["cathode"], doc["electrolyte"]) == ("LiNbO3", "NCM83", "Li6PS5Cl")


@pytest.mark.parametrize(
    ("role", "typed", "held"),
    [
        ("cathode", "NCM811", None),
        ("cathode", "ncm83", "NCM83"),
        ("cathode", "LCO", "LiCoO2"),
        ("electrolyte", "LPSCl", "Li6PS5Cl"),
        ("coating", "lithium niobate", "LiNbO3"),
        ("coating", "linbo3", "LiNbO3"),
    ],
)
def test_names_are_resolved_as_a_run_resolves_them(database, role, typed, held):
    if held is None:  # a name the catalogue knows, of something that was not screened
        with pytest.raises(InputError, match=f"holds no {role} '{typed}'"):
            database.search(**{role: typed})
        return
    assert database.known(role, typed) == held
    found = database.search(**{role: typed})
    assert found == database.search(**{role: held})
    assert {doc[role] for doc in found} == {held}


@pytest.mark.parametrize(
    ("role", "typed", "message"),
    [
        ("coating", "LiNbO33", r"no coating 'LiNbO33' \(did you mean LiNbO3\?\)"),
        ("cathode", "NCM38x", r"no cathode 'NCM38x' \(did you mean NCM83\?\)"),
        ("electrolyte", "Li3PS4", "no electrolyte 'Li3PS4'"),
    ],
)
def test_what_the_database_does_not_hold_is_refused(database, role, typed, message):
    for ask in (database.search, *([database.ranking, database.headers] if role != "coating" else [])):
        with pytest.raises(InputError, match=message):
            ask(**{role: typed})


def test_largest_reaction_energy_is_inclusive_and_leaves_out_the_unknown(database):
    docs = database.search(cathode="NCM83")
    energies = sorted(
        {-doc["worst_mutual_mev_per_atom"] for doc in docs if doc["worst_mutual_mev_per_atom"] is not None}
    )
    limit = energies[len(energies) // 2]
    found = database.search(cathode="NCM83", max_reaction_energy_mev_per_atom=limit)
    assert {doc["worst_mutual_mev_per_atom"] for doc in found} == {-e for e in energies if e <= limit}
    assert len(found) < len(docs)
    for wrong in (-1, float("nan")):
        with pytest.raises(InputError, match="a largest reaction energy is a size, zero or more"):
            database.search(max_reaction_energy_mev_per_atom=wrong)


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
        (
            {"gain_over_bare_mev_per_atom": {"$gt": 0}},
            lambda doc: (doc["quantities"]["gain_over_bare_mev_per_atom"] or -1) > 0,
        ),
        (
            {"$or": [{"hhi_production": {"$lt": 3000}}, {"mutual_cathode_half_mev_per_atom": {"$gt": -20}}]},
            lambda doc: (
                has(doc, "hhi_production", -math.inf, 3000)
                or has(doc, "mutual_cathode_half_mev_per_atom", -20, math.inf)
            ),
        ),
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


def test_fields_reach_into_the_contacts_and_over_lists(database):
    (whole,) = database.search(cathode="NCM83", coating="LiNbO3")
    (doc,) = database.search(
        cathode="NCM83",
        coating="LiNbO3",
        fields=[
            "interfaces.electrolyte.reaction.mutual.min_ev_per_atom",
            "interfaces.electrolyte at mu(half).lithium.voltage_v",
            "interfaces.contact",
            "interfaces.1.cathode_state",
            "gain_over_bare_mev_per_atom",
            "mutual_electrolyte_mev_per_atom",
        ],
    )
    (met,) = [c for c in whole["interfaces"] if c["contact"] == "coating|electrolyte" and c["reservoir_state"] is None]
    assert list(doc.values()) == [
        met["reaction"]["mutual"]["min_ev_per_atom"],
        3.66,
        [contact["contact"] for contact in whole["interfaces"]],
        whole["interfaces"][1]["cathode_state"],
        whole["gain_over_bare_mev_per_atom"],
        round(1000 * met["reaction"]["mutual"]["min_ev_per_atom"], 6),
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


@pytest.mark.parametrize("sort", ["worst_mutual", "tier", "pareto", "cost", "hhi_reserve"])
def test_limit(database, sort):
    whole = database.search(sort=sort)
    for limit in range(1, len(whole) + 2):
        assert database.search(sort=sort, limit=limit) == whole[:limit]
    with pytest.raises(InputError, match="limit must not be negative"):
        database.search(limit=-1)


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("tier", lambda d: d["tier"]),
        ("pareto", lambda d: d["pareto_rank"]),
        ("gain", lambda d: None if d["gain_over_bare_mev_per_atom"] is None else -d["gain_over_bare_mev_per_atom"]),
        ("cost", lambda d: d["economics"]["raw_material_cost_usd_per_kg"]),
        ("hhi_production", lambda d: d["economics"]["hhi_production"]),
        (
            "mutual_electrolyte_at_mu(half)_mev_per_closed_atom",
            lambda d: (
                None
                if (value := d["quantities"].get("mutual_electrolyte_at_mu(half)_mev_per_closed_atom")) is None
                else -value
            ),
        ),
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


def test_lines_are_the_coatings_without_what_is_large(database):
    (header,) = database.headers(cathode="NCM83")
    lines = list(database.lines(header))
    assert [line["coating"] for line in lines] == [c.coating for c in database.coatings(header)]
    whole = {doc["coating"]: doc for doc in database.search(cathode="NCM83")}
    large = {"interfaces", "stability", "window"}
    for line in lines:
        assert line == {name: value for name, value in whole[line["coating"]].items() if name not in large}
    assert list(database.lines(header, sort="cost", top=2)) == list(database.lines(header, sort="cost"))[:2]


def test_answers_as_a_table_of_pandas(database):
    docs = database.search(cathode="NCM83")
    table = docs.to_dataframe()
    assert list(table["coating"]) == coatings(docs)
    assert table["worst_mutual_mev_per_atom"].dtype == float
    for row, doc in zip(table.to_dict("records"), docs, strict=True):
        for name, value in (
            ("worst_mutual_mev_per_atom", doc["worst_mutual_mev_per_atom"]),
            ("window.oxidation_limit_v", doc["window"] and doc["window"]["oxidation_limit_v"]),
            ("rank", doc["rank"]),
        ):
            assert row[name] == value or (value is None and math.isnan(row[name]))
        assert row["interfaces"] == doc["interfaces"]
        assert row["passes.stable"] == doc["passes"]["stable"]
    assert "window" not in table  # of lithium it is null, and of the others an object
    some = database.search(cathode="NCM83", fields=["coating", "rank"], limit=2).to_dataframe()
    assert some.to_dict("list") == {"coating": coatings(docs)[:2], "rank": [d["rank"] for d in docs[:2]]}
    assert database.search(filter={"rank": 99}).to_dataframe().empty


def test_rankings_as_a_table_of_pandas(database):
    table = database.ranking().to_dataframe()
    assert len(table) == 2 * len(EVERYTHING["coatings"])
    assert list(table["cathode"].unique()) == ["LiCoO2", "NCM83"]
    assert list(table[table.cathode == "NCM83"]["coating"]) == coatings(database.search(cathode="NCM83"))


def test_nothing_found(database):
    nothing = {"coating": "HfO2", "filter": {"rank": {"$gt": 99}}}
    assert database.search(**nothing) == []
    assert database.search(**nothing, fields=["anything"]) == []


def test_bookkeeping_is_not_shown(database):
    assert not set(BOOKKEEPING) & database.search()[0].keys()


def test_a_run_by_its_name_or_id(database):
    (run,) = database.runs()
    assert run.name == "6 coatings, NCM83|Li6PS5Cl, LiCoO2|Li6PS5Cl"
    for name in (run.name, run.run_id, run.run_id[:6]):
        assert database.run(name) == run
        assert database.search(run=name) == database.search()
    assert {header.ranking_id for header in database.headers(run=run.run_id)} == set(run.rankings)
    with pytest.raises(
        InputError, match=r"no run '6 coatings, NCM83' in .* \(did you mean 6 coatings, NCM83\|Li6PS5Cl"
    ):
        database.search(run="6 coatings, NCM83")


def test_running_again_adds_nothing(store, tmp_path):
    if store.startswith("mongodb"):
        pytest.skip("embedded only; the others share the code")
    before, jobs = contents(store), job_times(store)
    energies = energies_file(tmp_path)
    assert run_screening(settings_for(tmp_path, **EVERYTHING, store=store, energies=energies)).outcome.done == []
    assert (contents(store), job_times(store)) == (before, jobs)
