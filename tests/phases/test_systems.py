"""Chemical systems of a set: selected once, and those of a sample start from them."""

import numpy as np
import pytest
from random_phases import build, random_phases

from screening.common.errors import InputError
from screening.hull.reservoir import Reservoir
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet


def _sample(phases, seed):
    """Shifts alike within a composition, and the same energies as a set of its own."""
    rng, shifts = np.random.default_rng(seed), {}
    for i in range(len(phases)):
        moved = rng.normal(0.0, 0.05) if len(phases.table.composition(i)) > 1 else 0.0
        shifts.setdefault(phases.formula(i), moved)
    by_phase = np.array([shifts[phases.formula(i)] for i in range(len(phases))])
    listed = [
        Phase(id=p.id, formula=p.formula, energy_ev_per_atom=p.energy_ev_per_atom + shift)
        for p, shift in zip(phases.phases, by_phase, strict=True)
    ]
    return phases.shifted(by_phase), PhaseSet(phases.scale, listed)


def test_a_system_is_selected_once():
    phases = random_phases(3, 5)
    held = Reservoir({"Li": -1.0})
    assert phases.system(["Li", "O"]) is phases.system(["O", "Li"])
    assert phases.system(["O"], held) is phases.system(["Li", "O"], Reservoir({"Li": -1.0}))
    assert phases.system(["O"], held) is not phases.system(["Li", "O"])


@pytest.mark.parametrize("held", [None, Reservoir({"Li": -0.7})])
@pytest.mark.parametrize("seed", range(3))
def test_a_sample_has_the_mixtures_of_a_set_with_its_energies(seed, held):
    phases = random_phases(seed, 4)
    sample, alone = _sample(phases, seed)
    phases.system(phases.elements, Reservoir({"Li": -0.2}) if held else None)  # at another potential, to start from
    composition = {element: 1.0 + i for i, element in enumerate(phases.elements)}
    found, expected = (p.system(p.elements, held).mixture(composition) for p in (sample, alone))
    assert found.energy == pytest.approx(expected.energy, abs=1e-9)
    assert found.amounts == pytest.approx(expected.amounts, abs=1e-7)


def test_a_sample_may_be_open_where_its_set_is_not():
    """Li2O precipitates without limit from these reservoirs, and no longer once it is shifted up."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "P": 1, "O": 1}, -2.5)])
    held = Reservoir({"Li": -1.0, "O": -1.0})
    with pytest.raises(InputError, match="Li2O forms without limit"):
        phases.system(["P"], held)
    sample = phases.shifted(np.array([1.5 if phases.formula(i) == "Li2O" else 0.0 for i in range(len(phases))]))
    assert sample.system(["P"], held).closed == ("P",)
    with pytest.raises(InputError, match="Li2O forms without limit"):
        phases.shifted(np.zeros(len(phases))).system(["P"], held)
