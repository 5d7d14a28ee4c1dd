"""The way of a material to lithium and away from it, by hand."""

from __future__ import annotations

import pytest
from random_phases import build

from screening.chemistry.ions import ion_of
from screening.common.errors import InputError
from screening.equilibrium.ion_path import ion_paths
from screening.equilibrium.reactant import Reactant
from screening.hull.reservoir import Reservoir

# per formula unit: Li2O -6, Li2O2 -6.4, LiO2 -1.5 eV
OXIDES = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "O": 2}, -1.6), ({"Li": 1, "O": 2}, -0.5)])


def paths(formula, reservoir=None):
    return ion_paths(OXIDES, Reactant(OXIDES, formula), ion_of("Li"), reservoir)


def test_peroxide_takes_up_two_lithium_and_gives_up_two():
    """At (12 - 6.4) / 2 = 2.8 V and 6.4 / 2 = 3.2 V; that lithium is deposited on Li2O at 0 V is no reaction."""
    richer, poorer = paths("Li2O2")
    assert (richer.voltages, poorer.voltages) == ((2.8,), (3.2,))
    assert richer.state(0).products == poorer.state(0).products == {"Li2O2": 1.0}
    after = richer.state(richer.ends[0])
    assert (after.ions, after.products) == (pytest.approx(4.0), {"Li2O": 1.0})
    assert sum(after.atoms.values()) == pytest.approx(6.0)
    assert poorer.state(poorer.ends[0]).ions == 0.0


def test_what_lithium_does_not_reduce_has_no_reaction_with_it():
    richer, poorer = paths("Li2O")
    assert (richer.ends, richer.voltages) == ((), ())
    assert poorer.voltages == (2.8, 3.2)


def test_reactions_at_one_potential_are_one():
    phases = build([({"Li": 2, "S": 1}, -1.0), ({"Li": 1, "S": 1}, -0.75), ({"Li": 1, "S": 2}, -0.5)])
    _, poorer = ion_paths(phases, Reactant(phases, "Li2S"), ion_of("Li"))
    assert poorer.voltages == (1.5,)


def test_what_has_no_lithium_gives_none_up():
    assert paths("O2")[1] is None


def test_magnesium_carries_two_charges():
    """MgS has -6 eV per formula unit, which is 3 V against Mg/Mg2+."""
    phases = build([({"Mg": 1, "S": 1}, -3.0)])
    richer, poorer = ion_paths(phases, Reactant(phases, "MgS"), ion_of("Mg"))
    assert (richer.voltages, richer.lowest_v) == ((), 0.0)
    assert poorer.voltages == (3.0,)


# per formula unit: Li2O -6, CoO -2.4, Co3O4 -9.1, LiCoO2 -7 eV
COBALT = build(
    [
        ({"Li": 2, "O": 1}, -2.0),
        ({"Co": 1, "O": 1}, -1.2),
        ({"Co": 3, "O": 4}, -1.3),
        ({"Li": 1, "Co": 1, "O": 2}, -1.75),
    ]
)


def test_with_oxygen_open_its_atoms_come_and_go():
    """At mu_O = -1 eV the grand energies per Co are LiCoO2 -5, Co3O4 -1.7, Co 0, CoO -1.4 eV, and Li2O has -5 eV.

    LiCoO2 gives up its lithium for a third of Co3O4 at (5 - 1.7) / 1 = 3.3 V. Lithium and oxygen react to Li2O below
    5 / 2 = 2.5 V, before which LiCoO2 is not reduced.
    """
    richer, poorer = ion_paths(COBALT, Reactant(COBALT, "LiCoO2"), ion_of("Li"), Reservoir({"O": -1.0}))
    assert (richer.voltages, richer.lowest_v) == ((), 2.5)
    assert poorer.voltages == (3.3,)
    after = poorer.state(poorer.ends[0])
    assert (after.ions, after.products) == (0.0, {"Co3O4": 1.0})
    assert after.open_atoms == {"O": pytest.approx(4 / 3)}
    assert sum(after.atoms.values()) == pytest.approx(7 / 3)


@pytest.mark.parametrize(
    ("formula", "reservoir", "message"),
    [
        ("Li2O", {"O": -1.0}, "with O open: nothing of it stays"),
        ("Co", {"Li": -1.0}, "the potential of lithium is what is asked for"),
    ],
)
def test_refused(formula, reservoir, message):
    with pytest.raises(InputError, match=message):
        ion_paths(COBALT, Reactant(COBALT, formula), ion_of("Li"), Reservoir(reservoir))
