"""The way of a material to lithium and away from it, by hand."""

from __future__ import annotations

import pytest
from random_phases import build
from screening.equilibrium.lithium_path import lithium_paths

from screening.equilibrium.reactant import Reactant

# per formula unit: Li2O -6, Li2O2 -6.4, LiO2 -1.5 eV
OXIDES = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5)])


def test_peroxide_takes_up_two_lithium_and_gives_up_two():
    """At (12 - 6.4) / 2 = 2.8 V and 6.4 / 2 = 3.2 V; that lithium is deposited on Li2O at 0 V is no reaction."""
    richer, poorer = lithium_paths(OXIDES, Reactant(OXIDES, "Li2O2"))
    assert (richer.voltages, poorer.voltages) == ((2.8,), (3.2,))
    assert richer.state(0).products == poorer.state(0).products == {"Li2O2": 1.0}
    after = richer.state(richer.ends[0])
    assert (after.lithium, after.products) == (pytest.approx(4.0), {"Li2O": 1.0})
    assert sum(after.atoms.values()) == pytest.approx(6.0)
    assert poorer.state(poorer.ends[0]).lithium == 0.0


def test_what_lithium_does_not_reduce_has_no_reaction_with_it():
    richer, poorer = lithium_paths(OXIDES, Reactant(OXIDES, "Li2O"))
    assert (richer.ends, richer.voltages) == ((), ())
    assert poorer.voltages == (2.8, 3.2)


def test_reactions_at_one_potential_are_one():
    phases = build([({"Li": 2, "S": 1}, -1.0), ({"Li": 1, "S": 1}, -0.75), ({"Li": 1, "S": 2}, -0.5)])
    _, poorer = lithium_paths(phases, Reactant(phases, "Li2S"))
    assert poorer.voltages == (1.5,)


def test_what_has_no_lithium_gives_none_up():
    assert lithium_paths(OXIDES, Reactant(OXIDES, "O2"))[1] is None
