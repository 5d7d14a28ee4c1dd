"""The document of a report, against the ranking it is of."""

from __future__ import annotations

import pytest
from fixtures_ranking import record
from fixtures_report import header, lines_of, reported
from fixtures_screening import settings_for, synthetic

from coatscreen.report.contacts import contact_reports
from coatscreen.report.report import ranking_report
from screening import CoatingDatabase
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from workflows import run_screening


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    run_screening(settings_for(folder))
    with CoatingDatabase.open(str(folder / "db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def made(database):
    [head] = database.headers()
    return ranking_report(head, list(database.lines(head)), database.coatings(head), synthetic())


def test_the_table_holds_what_the_database_holds(database, made):
    documents = database.search()
    assert made.data["coating"] == [doc["coating"] for doc in documents]
    for row, doc in enumerate(documents):
        for name, value in doc["quantities"].items():
            assert made.data[name][row] == (None if value is None else pytest.approx(value, rel=1e-5, abs=1e-12))
        for name, passed in doc["passes"].items():
            assert made.data[f"passes {name}"][row] == {True: "yes", False: "NO", None: "?"}[passed]


def test_faces_with_the_bare_interface(database, made):
    bare = database.headers()[0].bare_interface
    assert [(face.label, face.open) for face in made.faces][:3] == [
        ("cathode full", False),
        ("cathode half", False),
        ("electrolyte", False),
    ]
    assert all(face.open for face in made.faces[3:])
    energies = {contact.face: contact.mutual_mev for contact in bare.interfaces}
    assert {face.label: face.bare_mev for face in made.faces if face.bare_mev is not None} == {
        name.replace("bare", "cathode"): value for name, value in energies.items()
    }
    assert len(energies) == 6


def test_profiles_are_those_of_the_interface(database, made):
    for coating in database.coatings(database.headers()[0]):
        shown = made.details[coating.coating].contacts
        for contact, found in zip(coating.interfaces, shown, strict=True):
            reaction = contact.reaction
            held = None if contact.lithium is None else Reservoir({"Li": contact.lithium.mu_li_ev})
            profile = Interface(synthetic(), reaction.a, reaction.b, held).profile()
            assert [point.x for point in found.kinks] == pytest.approx(list(profile.x), abs=1e-8)
            assert [point.mutual_mev for point in found.kinks] == pytest.approx(list(1000 * profile.mutual), abs=1e-5)
            assert [point.total_mev for point in found.kinks] == pytest.approx(list(1000 * profile.total), abs=1e-5)
            lowest = min(found.kinks, key=lambda point: point.mutual_mev)
            assert found.minimum.mutual_mev == pytest.approx(lowest.mutual_mev, abs=1e-5)
            assert found.minimum.mutual_mev == contact.mutual_mev
            assert (found.unit == "meV/atom") == (contact.reservoir_state is None)


def test_the_total_energy_at_a_stored_minimum_follows_from_what_each_does_alone(database):
    [head] = database.headers()
    for coating in database.coatings(head):
        for stored, computed in zip(
            contact_reports(coating.interfaces, None), contact_reports(coating.interfaces, synthetic()), strict=True
        ):
            assert stored.kinks is None
            same = [point for point in computed.kinks if abs(point.x - stored.minimum.x) < 1e-8]
            assert [point.total_mev for point in same] == pytest.approx([stored.minimum.total_mev], abs=1e-4)


def test_a_profile_of_other_energies_is_not_drawn():
    """The contacts of the made-up record are of A and B with energies of no set; LiNbO3 on itself does not react."""
    [contact] = [one for one in record("X", partner=-10.0).interfaces if one.name == "electrolyte"]
    named = contact.reaction.model_copy(update={"a": "LiNbO3", "b": "LiNbO3"})
    [found] = contact_reports([contact.model_copy(update={"reaction": named})], synthetic())
    assert found.kinks is None
    assert found.why_missing == ("the profile is not drawn: its minimum is 0.000 meV where the database holds -10.000")


def test_a_contact_that_failed_says_why():
    [found] = contact_reports([record("X", full=None).interfaces[0]], synthetic())
    assert (found.minimum, found.kinks, found.why_missing) == (None, None, "no such energy")


def test_details_of_the_best_alone():
    assert list(reported(["A", "B", "C"], n_details=2).details) == ["A", "B"]


def test_columns_of_different_rows():
    """A row may lack a column that another has."""
    lines = lines_of([record("A"), record("B", interfaces=record("B").interfaces[:2], why_missing="failed")])
    data = ranking_report(header(), lines, [], None).data
    assert {len(column) for column in data.values()} == {2}
    place = data["coating"].index("B")
    assert data["mutual_electrolyte_mev_per_atom"][place] is None
    assert data["mutual_electrolyte_mev_per_atom"][1 - place] == -10.0
