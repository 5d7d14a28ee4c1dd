"""A screening of composites against a glass, from request to database and table."""

from __future__ import annotations

import pytest
from fixtures_samples import uncertain_settings
from fixtures_screening import settings_for, without

from coatscreen.rankings import print_ranking, rows
from screening import CoatingDatabase
from workflows import run_screening

COATINGS = ["LiNbO3", "LiNb0.5Ta0.5O3+2Li2O"]
GLASS = "0.7Li2S-0.3P2S5@30meV"
COMPOSITE = "0.3333LiNb0.5Ta0.5O3+0.6667Li2O"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("composites")
    settings = uncertain_settings(folder, coatings=COATINGS, electrolytes=[GLASS])
    finished = run_screening(settings)
    assert finished.outcome.failed == {}
    assert [coating.name for coating in finished.plan.coatings] == ["LiNbO3", COMPOSITE]
    return settings.store


def documents(store):
    with CoatingDatabase.open(store) as database:
        return {doc["coating"]: doc for doc in database.search(electrolyte=GLASS)}


def test_what_the_documents_hold(store):
    docs = documents(store)
    assert set(docs) == {"LiNbO3", COMPOSITE}
    assert all(doc["why_missing"] is None for doc in docs.values())
    composite = docs[COMPOSITE]
    assert composite["components"] == pytest.approx({"LiNb0.5Ta0.5O3": 1 / 3, "Li2O": 2 / 3})
    closed = [c for c in composite["interfaces"] if c["reservoir_state"] is None]
    worst = min(closed, key=lambda c: c["reaction"]["mutual"]["min_ev_per_atom"])
    assert composite["worst_mutual_mev_per_atom"] == pytest.approx(1e3 * worst["reaction"]["mutual"]["min_ev_per_atom"])
    assert composite["score"] == min(composite["score_parts"].values())
    assert composite["score_parts"][composite["worst_contact"]] == composite["score"]
    assert composite["window"]["reduction_limited_by"] in composite["components"]
    assert docs["LiNbO3"]["components"] is None
    states = ("full", "half", "discharged", "charged")
    closed_faces = {"cathode full", "cathode half", "electrolyte"}
    open_faces = {f"{met} at mu({state})" for state in states for met in (f"cathode {state}", "electrolyte")}
    assert set(docs["LiNbO3"]["score_parts"]) == closed_faces | open_faces


def test_the_glass_is_named_with_its_energy(store):
    for doc in documents(store).values():
        (partner, *_) = [c["reaction"] for c in doc["interfaces"] if c["contact"] == "coating|electrolyte"]
        assert (doc["electrolyte"], partner["b"]) == (GLASS, GLASS)
        assert partner["reactants"]["b"]["above_hull_ev_per_atom"] == pytest.approx(0.03)
    with CoatingDatabase.open(store) as database:
        bare = database.ranking()[0].bare_interface
    assert bare.stability[GLASS].energy_above_hull_ev_per_atom == pytest.approx(0.03)


def test_composites_are_found_by_what_they_consist_of(store):
    with CoatingDatabase.open(store) as database:
        found = database.search(filter={"components.Li2O": {"$gte": 0.5}}, fields=["coating", "worst_contact"])
        of_oxide = database.search(filter={"interfaces.component": "Li2O"}, fields=["coating"])
    assert [doc["coating"] for doc in found] == [doc["coating"] for doc in of_oxide] == [COMPOSITE]
    assert found[0]["worst_contact"] in documents(store)[COMPOSITE]["score_parts"]


def test_the_worst_contact_in_samples_is_the_lowest_of_all(store):
    composite = documents(store)[COMPOSITE]
    intervals = composite["uncertainty"]["intervals"]
    closed = [name for name in composite["quantities"] if name.startswith("mutual_") and name.endswith("_mev_per_atom")]
    faces = [intervals[name]["low"] for name in closed]
    assert len(faces) == 4
    assert intervals["worst_mutual_mev_per_atom"]["low"] <= min(faces) + 1e-9
    assert intervals["mutual_inner_mev_per_atom"]["low"] < 0.0
    assert composite["uncertainty"]["probability_of_passing"].keys() == composite["passes"].keys()


def test_the_table_has_one_column_for_a_face_and_says_which_contact_is_the_worst(store, capsys):
    with CoatingDatabase.open(store) as database:
        (header,) = database.headers()
        coatings = list(database.lines(header))
    print_ranking(header, coatings)
    printed = capsys.readouterr().out
    head = next(line for line in printed.splitlines() if "coating" in line and "worst" in line)
    assert [head.count(face) for face in ("cathode full", "cathode half", "electrolyte", "inner")] == [1, 1, 1, 1]
    assert [coating["coating"] for coating in coatings if coating["components"]] == [COMPOSITE]
    for coating, row in zip(coatings, rows(header, coatings), strict=True):
        lines = [line for line in printed.splitlines() if line.startswith(f"{coating['coating']}: ")]
        assert len(lines) == (coating["components"] is not None)
        window = documents(store)[coating["coating"]]["window"]
        for line in lines:
            assert f"; reduction limited by {window['reduction_limited_by']}; " in line
            assert (f"; oxidation limited by {window['oxidation_limited_by']}; " in line) == window["oxidation_limited"]
            assert line.endswith(f"; worst contact: {coating['worst_contact']}")
        assert (row["coating"], row["worst_contact"]) == (coating["coating"], coating["worst_contact"])


def test_the_same_in_mongodb(store, tmp_path, database_uri):
    """A phase's name may hold a dot."""
    settings = settings_for(tmp_path, coatings=COATINGS, electrolytes=[GLASS], store=database_uri)
    run_screening(settings)
    left_out = ("energies", "uncertainty", "probability_of_rank")
    assert without(documents(settings.store), *left_out) == without(documents(store), *left_out)
