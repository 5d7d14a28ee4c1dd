"""Verdicts at the limits of the data file: 5 and 50 meV."""

import pytest

from screening.heat.annealing.verdicts import verdict_on


@pytest.mark.parametrize(
    ("energy_ev", "verdict"),
    [(0.0, "stable"), (-0.005, "stable"), (-0.0051, "undecided"), (-0.05, "undecided"), (-0.0501, "reacts")],
)
def test_the_limits_themselves_are_within(energy_ev, verdict):
    assert verdict_on(energy_ev) == verdict
