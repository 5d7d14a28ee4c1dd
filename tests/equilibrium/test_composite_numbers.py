"""Energies above the hull and windows as numbers, against the documents."""

import numpy as np
import pytest
from random_phases import random_phases

from screening.equilibrium.composite import material_energies, material_window
from screening.equilibrium.composite_numbers import energies_above_hull, formation_energies, window_limits
from screening.equilibrium.survey import Survey


@pytest.mark.parametrize("material", ["LiO2", "LiPO4@20meV", "0.3Li2S+0.7LiPO4", "0.5P2O5+0.5S2O", "0.4Li2O-0.6P2S5"])
def test_they_are_those_of_the_documents(material):
    phases = random_phases(7, 4)
    shift = np.where(np.diff(phases.table.starts) == 1, 0.0, 0.03)
    samples = [phases.shifted(shift), phases.shifted(-shift)]
    survey = Survey(samples)
    own, above = formation_energies(survey, material), energies_above_hull(survey, material)
    reduction, oxidation = window_limits(survey, material)
    for s, sample in enumerate(samples):
        energies, window = material_energies(sample, material), material_window(sample, material)
        assert own[s] == pytest.approx(energies.formation_energy, abs=1e-9)
        assert (None if above is None else above[s]) == pytest.approx(energies.own_energy_above_hull, abs=2e-9)
        assert reduction[s] == pytest.approx(window.reduction_limit_v, abs=2e-9)
        assert (None if oxidation is None else oxidation[s]) == pytest.approx(window.oxidation_limit_v, abs=2e-9)
