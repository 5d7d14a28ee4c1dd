"""Samples of a chemical system: the same in every system, and each what its own energies would give."""

import numpy as np
import pytest
from fixtures_error_model import model, on_scale
from random_phases import random_phases

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.measured.anchored_table import anchored_energies
from screening.equilibrium.interface import Interface
from screening.hull.phase_system import PhaseSystem
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty import error_model, sampled


def energies_by_id(phases):
    return dict(zip([phase.id for phase in phases.phases], phases.energies.tolist(), strict=True))


def test_a_phase_is_the_same_in_every_system(reference):
    small = sampled(reference, ["Li", "O"], 3, seed=2)
    large = sampled(reference, ["Li", "O", "Nb", "S"], 3, seed=2)
    for one, other in zip(small, large, strict=True):
        wide = energies_by_id(other)
        assert all(wide[name] == energy for name, energy in energies_by_id(one).items())
    assert small[0].energies.tolist() != small[1].energies.tolist()


def test_polymorphs_keep_their_order_and_elements_their_energies(reference):
    [sample] = sampled(reference, ["Li", "Nb", "O"], 1)
    nominal = reference.within(["Li", "Nb", "O"])
    shifts = sample.energies - nominal.energies
    polymorphs = nominal.polymorphs({"Li": 1, "Nb": 1, "O": 3})
    assert len(polymorphs) > 3
    assert np.ptp(shifts[polymorphs]) < 1e-12
    assert shifts[polymorphs[0]] != 0.0
    assert shifts[nominal.polymorphs({"Li": 1})] == pytest.approx(0.0, abs=0)


def test_a_phase_with_a_measured_energy_errs_less_than_its_neighbours():
    phases = anchored_energies()
    samples = sampled(phases, ["Li", "P", "O", "S"], 60)
    nominal = phases.within(["Li", "P", "O", "S"])
    shifts = np.array([sample.energies - nominal.energies for sample in samples])
    measured, other = (nominal.polymorphs(parse_formula(formula))[0] for formula in ("Li2SO4", "Li3PS4"))
    assert nominal.table.origin(measured) is not None
    assert nominal.table.origin(other) is None
    assert shifts[:, measured].std() == pytest.approx(error_model(phases.scale).measured_ev_per_atom, rel=0.25)
    assert shifts[:, other].std() > 1.5 * shifts[:, measured].std()


def test_the_errors_counted_from_measurement_are_wider(reference):
    widths = []
    for against in ("DFT", "measurement"):
        nominal = reference.within(["Li", "Nb", "O"])
        samples = sampled(reference, ["Li", "Nb", "O"], 60, against=against)
        shifts = np.array([sample.energies - nominal.energies for sample in samples])
        widths.append(np.median(shifts.std(axis=0)))
    assert widths[1] > 1.2 * widths[0]


def test_energies_without_an_error_model_are_not_sampled():
    with pytest.raises(InputError, match="no error model for the energies 'random'"):
        sampled(random_phases(1, 3), ["Li"], 2)


def test_an_element_without_energies_is_named(reference):
    with pytest.raises(InputError, match="no phase of Xe"):
        sampled(reference, ["Li", "Xe"], 2)


@pytest.mark.parametrize("reservoir", [None, Reservoir({"Li": -2.5})])
@pytest.mark.parametrize("seed", range(4))
def test_a_sample_answers_as_a_set_of_its_energies_would(seed, reservoir):
    # a sample's programs begin where the nominal ones ended; a new set begins from the elements
    phases = random_phases(seed, 5)
    compositions = [phases.table.composition(i) for i in range(len(phases))]
    for shifts in model(pair_sd=1.0, own_scale=0.1).draw(compositions, 5, seed):
        sample = phases.shifted(shifts)
        anew = PhaseSet(
            phases.scale,
            [
                phase.model_copy(update={"energy_ev_per_atom": phase.energy_ev_per_atom + float(shift)})
                for phase, shift in zip(phases.phases, shifts, strict=True)
            ],
        )
        for a, b in (("Li3PO4", "SP2"), ("LiS", "Li2O7Cl")):
            warm, cold = (Interface(energies, a, b, reservoir).profile() for energies in (sample, anew))
            assert warm.mutual.min() == pytest.approx(cold.mutual.min(), abs=1e-9)
            assert warm.total.min() == pytest.approx(cold.total.min(), abs=1e-9)
            assert (warm.self_a, warm.self_b) == pytest.approx((cold.self_a, cold.self_b), abs=1e-9)


def test_a_reservoir_that_precipitates_in_a_sample_is_refused():
    elements, fractions = ("Li", "O", "S"), np.array([[1, 0, 0, 2 / 3], [0, 1, 0, 1 / 3], [0, 0, 1, 0.0]])
    reservoir = Reservoir({"Li": -1.0, "O": -2.0})
    system = PhaseSystem(elements, fractions, np.array([0.0, 0, 0, -1.3]), np.arange(4), reservoir)
    assert system.repriced(np.array([0.0, 0, 0, -1.2])).costs == pytest.approx(system.costs)
    with pytest.raises(InputError, match="react with each other: Li2O forms without limit"):
        system.repriced(np.array([0.0, 0, 0, -1.4]))


def test_what_is_on_the_same_scale_is_sampled_alike(reference):
    inside = reference.within(["Li", "Nb", "O"])
    mine = on_scale(inside, inside.scale.model_copy(update={"name": "mine"}))
    [one], [other] = sampled(mine, ["Li", "O"], 1), sampled(reference, ["Li", "O"], 1)
    assert np.array_equal(one.energies, other.energies)
    assert error_model(mine.scale) is error_model(reference.scale)
