"""Phases fetched for some chemical systems: complete inside each, unknown between them."""

import pytest
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.energies.sources.fetched import FetchedPhaseSet, inside, largest

SYSTEMS = [{"Li", "O"}, {"Li", "P", "O"}, {"Li", "S"}]


@pytest.fixture
def fetched():
    table = inside(synthetic().table, largest(SYSTEMS))
    return FetchedPhaseSet.complete_in(synthetic().scale, table, SYSTEMS)


def test_a_system_inside_another_adds_nothing():
    assert largest([*SYSTEMS, {"Li"}, set()]) == {frozenset({"Li", "P", "O"}), frozenset({"Li", "S"})}
    assert largest([{"Li", "O"}, {"O", "Li"}]) == {frozenset({"Li", "O"})}


def test_only_phases_of_one_of_the_systems_are_held(fetched):
    formulas = {phase.formula for phase in fetched.phases}
    assert {"Li3PO4", "Li2O", "Li2S"} <= formulas
    assert not {"Li2SO4", "Li3PS4", "SO2", "P2S5"} & formulas
    assert inside(synthetic().table, frozenset({frozenset()})) is None


def test_nothing_is_answered_between_two_systems(fetched):
    fetched.require(["Li", "P", "O"])
    fetched.require(["S"])
    with pytest.raises(InputError, match="were not fetched for Li-O-S, only for Li-O-P, Li-S"):
        fetched.require(["Li", "S", "O"])
    with pytest.raises(InputError, match="not fetched for O-S"):
        fetched.system(["O", "S"])
    with pytest.raises(InputError, match="Nb"):
        fetched.require(["Nb"])


def test_many_systems_are_not_all_listed(fetched):
    many = FetchedPhaseSet.complete_in(fetched.scale, fetched.table, [*SYSTEMS, {"P", "S"}, {"O", "S"}])
    with pytest.raises(InputError, match="only for Li-O-P, Li-S, O-S and others"):
        many.require(["Li", "P", "S"])


def test_parts_of_it_know_where_they_are_complete(fetched):
    [sulfide] = fetched.polymorphs({"Li": 2, "S": 1})
    left = fetched.without([sulfide])
    assert len(left) == len(fetched) - 1
    assert left.systems == fetched.systems
    part = fetched.within(["Li", "P"])
    assert part.systems == {frozenset({"Li", "P"})}
    with pytest.raises(InputError, match="no phase of O"):
        part.require(["Li", "O"])
    with pytest.raises(InputError, match="not fetched for P-S"):
        fetched.within(["P", "S"])


def test_it_is_rebuilt_with_its_systems(fetched):
    again = FetchedPhaseSet.from_dict(fetched.as_dict())
    assert again == fetched
    assert again.systems == fetched.systems
