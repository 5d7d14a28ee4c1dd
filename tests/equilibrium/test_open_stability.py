"""The stability of a material with two reservoirs, by hand."""

from __future__ import annotations

import pytest
from random_phases import build, imbalance

from screening.common.errors import InputError
from screening.equilibrium.open_stability import open_stability
from screening.equilibrium.stability import phase_stability
from screening.hull.reservoir import Reservoir

# per formula unit: Li2O -6, CoO -2.4, Co3O4 -9.1, LiCoO2 -7 eV
COBALT = build(
    [
        ({"Li": 2, "O": 1}, -2.0),
        ({"Co": 1, "O": 1}, -1.2),
        ({"Co": 3, "O": 4}, -1.3),
        ({"Li": 1, "Co": 1, "O": 2}, -1.75),
    ]
)


def test_lithium_at_a_voltage_and_oxygen_at_a_potential():
    """At 4 V and mu_O = -1 eV LiCoO2 has -7 + 4 + 2 = -1 eV per Co, and a third of Co3O4 (-9.1 + 4) / 3 = -1.7 eV."""
    held = Reservoir.lithium_voltage(4.0).joined(Reservoir({"O": -1.0}))
    found = open_stability(COBALT, "LiCoO2", held)
    assert found.distance_to_hull_ev_per_closed_atom == pytest.approx(0.7)
    assert found.products == {"Co3O4": 1.0}
    assert found.exchanged == {"Li": pytest.approx(-1.0), "O": pytest.approx(-2 / 3)}
    assert imbalance(found.reaction) < 2e-3
    assert found.ensemble.open == {"Li": -4.0, "O": -1.0}
    lower = open_stability(COBALT, "LiCoO2", Reservoir({"Li": -3.0, "O": -1.0}))
    assert lower.distance_to_hull_ev_per_closed_atom == 0


def test_a_reservoir_in_equilibrium_changes_nothing():
    """With lithium at the potential that a mixture has by itself, the energy released is that of the closed one."""
    closed = phase_stability(COBALT, "LiCo2O4")
    mu = closed.chemical_potentials_ev["Li"]
    found = open_stability(COBALT, "LiCo2O4@50meV", Reservoir({"Li": mu}))
    assert found.distance_to_hull_ev_per_closed_atom == pytest.approx(0.05 * 7 / 6)


@pytest.mark.parametrize(
    ("formula", "held", "message"),
    [
        ("Li2O", {"Li": -3.0, "O": -3.5}, "there is no composition left to react"),
        ("CoO", {"Li": 0.0, "O": 0.0}, "Li2O forms without limit"),
    ],
)
def test_refused(formula, held, message):
    with pytest.raises(InputError, match=message):
        open_stability(COBALT, formula, Reservoir(held))
