"""Two runs compared: what they rest on, and what became of the coatings."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, settings_for

from screening import CoatingDatabase
from screening.common.errors import InputError
from screening.common.ties import TIE
from screening.criteria.quantities import GAIN, OXIDATION, WORST
from screening.database import StoreLocation
from workflows import run_screening
from workflows.comparisons import Side, _movements, compare_runs


@pytest.fixture
def location(tmp_path):
    return StoreLocation(tmp_path / "db")


def screen(folder, **changed):
    return run_screening(settings_for(folder, **changed)).run


def values(location, run, name):
    with CoatingDatabase.open(location) as database:
        return {doc["coating"]: doc["quantities"][name] for doc in database.search(run=run.run_id)}


def test_a_run_does_not_differ_from_itself(tmp_path, location):
    run = screen(tmp_path)
    side = Side(location, run.run_id)
    (found,) = compare_runs(side, side, 0.0, 0.0)
    assert found.rests_on == found.only_a == found.only_b == found.ranks == found.criteria == found.numbers == []
    assert found.n_common == 3
    assert (found.cathode, found.electrolyte) == ("LiCoO2", "Li6PS5Cl")


def test_other_criteria(tmp_path, location):
    a = screen(tmp_path)
    limits = values(location, a, OXIDATION)
    criteria = [{"name": "oxidation", "quantity": OXIDATION, "at_least": 50.0}]
    b = screen(tmp_path, criteria=criteria, coatings=["LiNbO3", "Li3PO4", "LiTaO3"])
    (found,) = compare_runs(Side(location, a.run_id), Side(location, b.run_id))
    differing = {one.what: (one.a and one.a["at_least"], one.b and one.b["at_least"]) for one in found.rests_on}
    assert differing["criterion oxidation"] == (4.0, 50.0)
    assert set(differing) == {f"criterion {name}" for name in differing_names(location, a)}
    assert (found.only_a, found.only_b) == (["HfO2"], ["LiTaO3"])
    expected = {name for name in ("LiNbO3", "Li3PO4") if limits[name] >= 4.0}
    assert expected
    assert {(one.coating, one.criterion, one.a, one.b) for one in found.criteria} == {
        (name, "oxidation", True, False) for name in expected
    }
    assert found.numbers == []
    # by A's criteria the tiers decide; in B both fail, and the worst contact does
    assert {(one.coating, one.a, one.b) for one in found.ranks} == {("Li3PO4", 1, 2), ("LiNbO3", 2, 1)}


def differing_names(location, run):
    with CoatingDatabase.open(location) as database:
        (header,) = database.headers(run=run.run_id)
    return set(header.criteria)


def test_other_energies_in_another_database(tmp_path, location):
    other = StoreLocation(tmp_path / "other")
    a = screen(tmp_path)
    b = screen(tmp_path, energies=energies_file(tmp_path, LiNbO3=-2.7), store=str(other.folder))
    (found,) = compare_runs(Side(location, a.run_id), Side(other, b.run_id), more_than_mev=2.0)
    assert [one.what for one in found.rests_on] == ["energies"]
    assert (found.a.store, found.b.store) == (location.name, other.name)
    before, after = values(location, a, WORST), values(other, b, WORST)
    moved = {one.coating: one for one in found.numbers if one.quantity == WORST}
    assert set(moved) == {name for name in before if abs(after[name] - before[name]) > 2.0}
    assert moved["LiNbO3"].moved_by == pytest.approx(after["LiNbO3"] - before["LiNbO3"])
    assert found.least_movement[GAIN] == 2.0
    (huge,) = compare_runs(Side(location, a.run_id), Side(other, b.run_id), 1e6, 1e6)
    assert huge.numbers == []
    order = [sorted(held, key=held.__getitem__, reverse=True) for held in (before, after)]
    assert {one.coating for one in found.ranks} == {n for n in before if order[0].index(n) != order[1].index(n)}


def test_ranks_are_those_among_the_coatings_of_both(tmp_path, location):
    """A better coating in one run alone moves no other."""
    a, b = screen(tmp_path, coatings=["LiNbO3", "HfO2"]), screen(tmp_path)
    (found,) = compare_runs(Side(location, a.run_id), Side(location, b.run_id))
    assert found.a.ranking.ranking_id == found.b.ranking.ranking_id  # they share it
    assert (found.only_a, found.only_b, found.ranks) == ([], ["Li3PO4"], [])


def test_numbers_that_differ_by_rounding_have_not_moved():
    def line(worst):
        return {"quantities": {WORST: worst}}

    assert _movements({"x": (line(-1.0), line(-1.0 + TIE))}, {WORST: 0.0}) == []
    (moved,) = _movements({"x": (line(-1.0), line(None))}, {WORST: 5.0})
    assert (moved.a, moved.b, moved.moved_by) == (-1.0, None, None)
    assert len(_movements({"x": (line(-1.0), line(-1.0 + 3 * TIE))}, {WORST: 0.0})) == 1


def test_nothing_to_compare(tmp_path, location):
    a, b = screen(tmp_path), screen(tmp_path, cathodes=["NCM83"])
    with pytest.raises(InputError, match=r"no cathode and electrolyte in common: .* has LiCoO2\|Li6PS5Cl; .* NCM83"):
        compare_runs(Side(location, a.run_id), Side(location, b.run_id))
    with pytest.raises(InputError, match="zero or more"):
        compare_runs(Side(location, a.run_id), Side(location, a.run_id), more_than_v=-1)
