"""The uncertainty of a stability, a window and an interface: each quantity in every sample of the energies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from screening.chemistry.ions import LITHIUM
from screening.chemistry.notation import composition_of, read_composite
from screening.common.errors import InputError
from screening.common.sampling_defaults import N_SAMPLES, SEED
from screening.criteria.criteria import default_criteria
from screening.equilibrium.composite import material_window
from screening.equilibrium.composite_numbers import energies_above_hull, formation_energies, window_limits
from screening.equilibrium.open_stability import open_stability
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.survey import Pair, Survey
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.draws import sampled
from screening.uncertainty.energy_errors import Against, error_model
from screening.uncertainty.intervals import Interval
from screening.uncertainty.uncertainty_documents import (
    ClosedInterfaceUncertainty,
    InterfaceUncertainty,
    OpenInterfaceUncertainty,
    OpenStabilityUncertainty,
    StabilityUncertainty,
    WindowUncertainty,
)

REACTS_BELOW_EV = -0.001  # a mutual energy nearer to zero is none that an experiment could tell from none


def stability_uncertainty(
    phases: PhaseSet, formula: str, n_samples: int = N_SAMPLES, seed: int = SEED, against: Against | None = None
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
    against
        What the errors are counted from; see :func:`~screening.uncertainty.energy_errors.error_model`.

    Raises
    ------
    InputError
        If there is no error model for the energies; otherwise as
        :func:`screening.equilibrium.stability.phase_stability`.
    """
    elements = composition_of(formula)
    survey = Survey(sampled(phases, elements, n_samples, seed, against))
    above = energies_above_hull(survey, formula)
    within = stable_within_ev_per_atom()
    return StabilityUncertainty(
        **samples_of(phases, elements, [formula], n_samples, seed, against),
        energy_above_hull_ev_per_atom=None if above is None else Interval.of(above),
        formation_energy_ev_per_atom=Interval.of(formation_energies(survey, formula)),
        stable_within_ev_per_atom=within,
        probability_stable=None if above is None else float((above <= within).mean()),
    )


def open_stability_uncertainty(
    phases: PhaseSet,
    formula: str,
    reservoir: Reservoir,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
    against: Against | None = None,
) -> OpenStabilityUncertainty:
    """Say how uncertain the stability of a material in contact with reservoirs is.

    Parameters and errors are those of :func:`stability_uncertainty`, and the reservoirs of
    :func:`screening.equilibrium.open_stability.open_stability`; their potentials are taken as they are given.
    """
    elements = {*composition_of(formula), *reservoir.elements}
    samples = sampled(phases, elements, n_samples, seed, against)
    found = [open_stability(sample, formula, reservoir).distance_to_hull_ev_per_closed_atom for sample in samples]
    distances, within = np.array(found), stable_within_ev_per_atom()
    return OpenStabilityUncertainty(
        **samples_of(phases, elements, [formula], n_samples, seed, against),
        distance_to_hull_ev_per_closed_atom=Interval.of(distances),
        stable_within_ev_per_closed_atom=within,
        probability_stable=float((distances <= within).mean()),
    )


def window_uncertainty(
    phases: PhaseSet,
    formula: str,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
    against: Against | None = None,
    ion: str = LITHIUM,
    reservoir: Reservoir | None = None,
) -> WindowUncertainty:
    """Say how uncertain an electrochemical window is.

    Parameters and errors are those of :func:`stability_uncertainty`, and the ion and the reservoirs of
    :func:`screening.equilibrium.window.electrochemical_window`.
    """
    elements = {*composition_of(formula), ion, *(reservoir.elements if reservoir else ())}
    samples = sampled(phases, elements, n_samples, seed, against)
    survey = Survey(samples)
    if ion == LITHIUM and reservoir is None:
        reduction, oxidation = window_limits(survey, formula)
    else:
        windows = [material_window(sample, formula, ion, reservoir) for sample in samples]
        reduction = np.array([window.reduction_limit_v for window in windows])
        limits = [window.oxidation_limit_v for window in windows]
        oxidation = None if None in limits else np.array(limits)
    distances = None if read_composite(formula) else energies_above_hull(survey, formula)
    return WindowUncertainty(
        **samples_of(phases, elements, [formula], n_samples, seed, against),
        reduction_limit_v=Interval.of(reduction),
        oxidation_limit_v=None if oxidation is None else Interval.of(oxidation),
        distance_to_hull_ev_per_atom=None if distances is None else Interval.of(distances),
        probability_never_reduced=float((reduction <= 0.0).mean()),
    )


def interface_uncertainty(
    phases: PhaseSet,
    a: str,
    b: str,
    reservoir: Reservoir | None = None,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
    against: Against | None = None,
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
    against
        What the errors are counted from; see :func:`~screening.uncertainty.energy_errors.error_model`.

    Raises
    ------
    InputError
        If there is no error model for the energies; otherwise as :class:`screening.equilibrium.interface.Interface`.
    """
    elements = {*composition_of(a), *composition_of(b), *(reservoir.elements if reservoir else ())}
    found = Survey(sampled(phases, elements, n_samples, seed, against)).contacts(
        [Pair(a, b, (reservoir,) if reservoir else ())]
    )
    for why in found.why_missing[0].values():
        raise InputError(why)
    [mutual] = found.mutual
    unit = "ev_per_atom" if reservoir is None else "ev_per_closed_atom"
    document = ClosedInterfaceUncertainty if reservoir is None else OpenInterfaceUncertainty
    intervals = {
        f"mutual_min_{unit}": Interval.of(mutual),
        f"total_min_{unit}": Interval.of(found.total[0]),
        f"self_a_{unit}": Interval.of(found.self_a[0]),
        f"self_b_{unit}": Interval.of(found.self_b[0]),
    }
    return document(
        **samples_of(phases, elements, [a, b], n_samples, seed, against),
        **intervals,
        reacts_below_ev=REACTS_BELOW_EV,
        probability_reaction=float((mutual < REACTS_BELOW_EV).mean()),
    )


def samples_of(
    phases: PhaseSet,
    elements: Iterable[str],
    formulas: Iterable[str],
    n_samples: int,
    seed: int,
    against: Against | None,
) -> dict[str, Any]:
    """Return the fields of :class:`~.uncertainty_documents.ResultUncertainty`.

    Parameters
    ----------
    phases
        The energies.
    elements
        The elements of the system that is sampled.
    formulas
        The materials that were asked about.
    n_samples, seed
        How many samples, and which.
    against
        What the errors are counted from.

    Raises
    ------
    InputError
        If there is no error model for the energies.
    """
    model = error_model(phases.scale, against)
    parts = [part for formula in formulas for part in read_composite(formula) or (formula,)]
    reactants = [Reactant(phases, part) for part in parts]
    return {
        "n_samples": n_samples,
        "seed": seed,
        "model": model.provenance,
        "uncalibrated_elements": model.uncalibrated(elements),
        "far_above_hull": [r.name for r in reactants if r.energy_above_hull > model.near_hull_ev_per_atom],
    }


def stable_within_ev_per_atom() -> float:
    """Return the threshold of the packaged criterion of stability."""
    [at_most] = [c.at_most for c in default_criteria() if c.quantity == "energy_above_hull_mev_per_atom"]
    return float(at_most or 0.0) / 1000.0
