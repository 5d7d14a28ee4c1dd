"""The uncertainty of a stability, a window and an interface: each quantity in every sample of the energies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from screening.chemistry.notation import composition_of, read_composite
from screening.common.sampling_defaults import N_SAMPLES, SEED
from screening.criteria.criteria import default_criteria
from screening.equilibrium.composite import material_energies, material_window
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.draws import sampled
from screening.uncertainty.energy_errors import error_model
from screening.uncertainty.intervals import Interval
from screening.uncertainty.uncertainty_documents import (
    ClosedInterfaceUncertainty,
    InterfaceUncertainty,
    OpenInterfaceUncertainty,
    StabilityUncertainty,
    WindowUncertainty,
)

REACTS_BELOW_EV = -0.001  # a mutual energy nearer to zero is none that an experiment could tell from none


def stability_uncertainty(
    phases: PhaseSet, formula: str, n_samples: int = N_SAMPLES, seed: int = SEED
) -> StabilityUncertainty:
    """Say how uncertain a phase's stability is.

    Parameters
    ----------
    phases
        The energies.
    formula
        A material or composite of their elements, in the notation of :mod:`screening.chemistry.notation`.
    n_samples, seed
        How many samples of the energies, and which.

    Raises
    ------
    InputError
        If there is no error model for the energies; otherwise as
        :func:`screening.equilibrium.stability.phase_stability`.
    """
    elements = composition_of(formula)
    found = [material_energies(sample, formula) for sample in sampled(phases, elements, n_samples, seed)]
    known = found[0].own_energy_above_hull is not None
    above = np.array([material.energy_above_hull for material in found])
    within = _stable_within_ev_per_atom()
    return StabilityUncertainty(
        **_samples_of(phases, elements, [formula], n_samples, seed),
        energy_above_hull_ev_per_atom=Interval.of(above) if known else None,
        formation_energy_ev_per_atom=Interval.of(material.formation_energy for material in found),
        stable_within_ev_per_atom=within,
        probability_stable=float((above <= within).mean()) if known else None,
    )


def window_uncertainty(
    phases: PhaseSet, formula: str, n_samples: int = N_SAMPLES, seed: int = SEED
) -> WindowUncertainty:
    """Say how uncertain an electrochemical window is; parameters and errors as :func:`stability_uncertainty`."""
    elements = {*composition_of(formula), "Li"}
    found = [material_window(sample, formula) for sample in sampled(phases, elements, n_samples, seed)]
    reduction = np.array([window.reduction_limit_v for window in found], dtype=np.float64)
    oxidation = [window.oxidation_limit_v for window in found if window.oxidation_limit_v is not None]
    distances = [w.distance_to_hull_ev_per_atom for w in found if w.distance_to_hull_ev_per_atom is not None]
    return WindowUncertainty(
        **_samples_of(phases, elements, [formula], n_samples, seed),
        reduction_limit_v=Interval.of(reduction),
        oxidation_limit_v=Interval.of(oxidation) if oxidation else None,
        distance_to_hull_ev_per_atom=Interval.of(distances) if distances else None,
        probability_never_reduced=float((reduction <= 0.0).mean()),
    )


def interface_uncertainty(
    phases: PhaseSet,
    a: str,
    b: str,
    reservoir: Reservoir | None = None,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
) -> InterfaceUncertainty:
    """Say how uncertain the reaction of two materials is.

    Parameters
    ----------
    phases
        The energies.
    a, b
        Formulas.
    reservoir
        Elements exchanged with a reservoir; ``None`` for a closed interface.
    n_samples, seed
        How many samples of the energies, and which.

    Raises
    ------
    InputError
        If there is no error model for the energies; otherwise as :class:`screening.equilibrium.interface.Interface`.
    """
    elements = {*composition_of(a), *composition_of(b), *(reservoir.elements if reservoir else ())}
    samples = sampled(phases, elements, n_samples, seed)
    profiles = [Interface(sample, a, b, reservoir).profile() for sample in samples]
    mutual = np.array([profile.mutual.min() for profile in profiles])
    unit = "ev_per_atom" if reservoir is None else "ev_per_closed_atom"
    document = ClosedInterfaceUncertainty if reservoir is None else OpenInterfaceUncertainty
    intervals = {
        f"mutual_min_{unit}": Interval.of(mutual),
        f"total_min_{unit}": Interval.of(profile.total.min() for profile in profiles),
        f"self_a_{unit}": Interval.of(profile.self_a for profile in profiles),
        f"self_b_{unit}": Interval.of(profile.self_b for profile in profiles),
    }
    return document(
        **_samples_of(phases, elements, [a, b], n_samples, seed),
        **intervals,
        reacts_below_ev=REACTS_BELOW_EV,
        probability_reaction=float((mutual < REACTS_BELOW_EV).mean()),
    )


def _samples_of(
    phases: PhaseSet, elements: Iterable[str], formulas: Iterable[str], n_samples: int, seed: int
) -> dict[str, Any]:
    model = error_model(phases.scale)
    parts = [part for formula in formulas for part in read_composite(formula) or (formula,)]
    reactants = [Reactant(phases, part) for part in parts]
    return {
        "n_samples": n_samples,
        "seed": seed,
        "model": model.provenance,
        "uncalibrated_elements": model.uncalibrated(elements),
        "far_above_hull": [r.name for r in reactants if r.energy_above_hull > model.near_hull_ev_per_atom],
    }


def _stable_within_ev_per_atom() -> float:
    """Return the threshold of the packaged criterion of stability."""
    [at_most] = [c.at_most for c in default_criteria() if c.quantity == "energy_above_hull_mev_per_atom"]
    return float(at_most or 0.0) / 1000.0
