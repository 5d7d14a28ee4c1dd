"""Intervals of stabilities, windows and interfaces: against each sample asked one by one."""

import numpy as np
import pytest

from screening.common.errors import InputError
from screening.equilibrium.composite import material_stability
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.uncertainty import Interval, sampled
from screening.uncertainty import sampled_quantities as quantities
from screening.uncertainty.energy_errors import error_model
from screening.uncertainty.sampled_quantities import (
    interface_uncertainty,
    open_stability_uncertainty,
    stability_uncertainty,
    window_uncertainty,
)

N = 20


def interval(values):
    low, median, high = np.percentile(values, (5, 50, 95))
    return pytest.approx((low, median, high), abs=1e-8)


def numbers(found: Interval):
    return found.low, found.median, found.high


def test_stability(reference):
    found = stability_uncertainty(reference, "Li6PS5Cl", N, seed=3)
    above = [
        phase_stability(sample, "Li6PS5Cl").energy_above_hull_ev_per_atom
        for sample in sampled(reference, ["Li", "P", "S", "Cl"], N, seed=3)
    ]
    assert numbers(found.energy_above_hull_ev_per_atom) == interval(above)
    assert found.stable_within_ev_per_atom == 0.005
    assert found.probability_stable == np.mean(np.array(above) <= 0.005)
    assert (found.n_samples, found.seed, found.model.sha256) == (N, 3, error_model(reference.scale).sha256)


def test_a_composition_without_a_phase_has_no_stability(reference):
    found = stability_uncertainty(reference, "Li0.5Ni0.7Co0.2Mn0.1O2", N)
    assert found.energy_above_hull_ev_per_atom is None
    assert found.probability_stable is None
    assert found.formation_energy_ev_per_atom.low < found.formation_energy_ev_per_atom.high


def test_stability_in_contact_with_reservoirs(reference):
    """What a material releases alone is also part of every interface that is open to the same reservoirs."""
    reservoir = Reservoir({"Li": -4.0, "O": -1.5})
    found = open_stability_uncertainty(reference, "LiCoO2", reservoir, N, seed=3)
    alone = interface_uncertainty(reference, "LiCoO2", "Li3PO4", reservoir, N, seed=3).self_a_ev_per_closed_atom
    low, median, high = numbers(found.distance_to_hull_ev_per_closed_atom)
    assert (low, median, high) == pytest.approx((-alone.high, -alone.median, -alone.low), abs=1e-8)
    assert 0.0 < low < high
    assert found.probability_stable == 0.0
    stable = open_stability_uncertainty(reference, "Li3PO4", Reservoir({"Li": -3.0}), N)
    assert 0.9 < stable.probability_stable <= 1.0


def test_window(reference):
    found = window_uncertainty(reference, "Li3PO4", N)
    windows = [electrochemical_window(sample, "Li3PO4") for sample in sampled(reference, ["Li", "P", "O"], N)]
    assert numbers(found.reduction_limit_v) == interval([w.reduction_limit_v for w in windows])
    assert numbers(found.oxidation_limit_v) == interval([w.oxidation_limit_v for w in windows])
    assert numbers(found.distance_to_hull_ev_per_atom) == interval([w.distance_to_hull_ev_per_atom for w in windows])
    assert found.probability_never_reduced == 0.0


def test_what_is_never_reduced_and_has_no_lithium(reference):
    assert window_uncertainty(reference, "Li2O", N).probability_never_reduced == 1.0
    assert window_uncertainty(reference, "HfO2", N).oxidation_limit_v is None


@pytest.mark.parametrize("reservoir", [None, Reservoir({"Li": -3.0})])
def test_interface(reference, reservoir):
    found = interface_uncertainty(reference, "Li3PO4", "Li2S", reservoir, N)
    profiles = [
        Interface(sample, "Li3PO4", "Li2S", reservoir).profile()
        for sample in sampled(reference, ["Li", "P", "O", "S"], N)
    ]
    least = np.array([profile.mutual.min() for profile in profiles])
    assert numbers(found.interval("mutual_min")) == interval(least)
    assert numbers(found.interval("total_min")) == interval([profile.total.min() for profile in profiles])
    assert numbers(found.interval("self_b")) == interval([profile.self_b for profile in profiles])
    assert found.probability_reaction == (least < -0.001).mean()
    unit = "ev_per_atom" if reservoir is None else "ev_per_closed_atom"
    assert {f"mutual_min_{unit}", f"self_a_{unit}"} <= set(type(found).model_fields)


def test_without_errors_every_interval_is_the_number_itself(reference, monkeypatch):
    packaged = error_model(reference.scale)
    nothing = packaged.model_copy(
        update={
            "pair_errors": {"other": packaged.pair_errors["other"].model_copy(update={"sd_ev_per_atom": 0.0})},
            "own_errors": {"other": packaged.own_errors["other"].model_copy(update={"scale_ev_per_atom": 0.0})},
        }
    )
    monkeypatch.setattr("screening.uncertainty.draws.error_model", lambda scale, against: nothing)
    nominal = Interface(reference, "LiNbO3", "Li6PS5Cl").document()
    found = interface_uncertainty(reference, "LiNbO3", "Li6PS5Cl", n_samples=2)
    assert numbers(found.mutual_min_ev_per_atom) == pytest.approx([nominal.mutual.energy_ev] * 3, abs=1e-9)
    assert numbers(found.self_b_ev_per_atom) == pytest.approx([nominal.self_b_ev_per_atom] * 3, abs=1e-9)
    assert found.probability_reaction == 1.0


def test_elements_the_model_does_not_know_are_named(reference, monkeypatch):
    known = error_model(reference.scale).model_copy(update={"elements": ("Li", "O")})
    monkeypatch.setattr(quantities, "error_model", lambda scale, against: known)
    assert stability_uncertainty(reference, "LiNbO3", 2).uncalibrated_elements == ["Nb"]
    assert stability_uncertainty(reference, "Li2O", 2).uncalibrated_elements == []


def test_materials_unlike_those_the_model_was_calibrated_on_are_named(reference):
    far = phase_stability(reference, "LiO3").energy_above_hull_ev_per_atom
    assert far is not None
    assert far > error_model(reference.scale).near_hull_ev_per_atom
    assert stability_uncertainty(reference, "LiO3", 2).far_above_hull == ["LiO3"]
    assert interface_uncertainty(reference, "LiO3", "Li2S", n_samples=2).far_above_hull == ["LiO3"]
    assert stability_uncertainty(reference, "Li2O", 2).far_above_hull == []


def test_lithium_has_no_window_in_any_sample(reference):
    with pytest.raises(InputError, match="lithium has no electrochemical window"):
        window_uncertainty(reference, "Li", N)


def test_a_composite(reference):
    composite, elements = "LiPO3+2Li2O", ["Li", "P", "O"]
    found = stability_uncertainty(reference, composite, N)
    documents = [material_stability(sample, composite) for sample in sampled(reference, elements, N)]
    assert numbers(found.energy_above_hull_ev_per_atom) == interval(
        [one.energy_above_hull_ev_per_atom for one in documents]
    )
    assert numbers(found.formation_energy_ev_per_atom) == interval(
        [one.formation_energy_ev_per_atom for one in documents]
    )
    assert found.probability_stable == 0.0  # the two become Li3PO4
    limits = window_uncertainty(reference, composite, N).oxidation_limit_v
    lower = [
        min(electrochemical_window(sample, formula).oxidation_limit_v for formula in ("LiPO3", "Li2O"))
        for sample in sampled(reference, elements, N)
    ]
    assert numbers(limits) == interval(lower)
