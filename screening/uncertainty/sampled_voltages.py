"""The uncertainty of what is asked at many voltages: each step of a staircase, and an interface at each voltage."""

from __future__ import annotations

from screening.chemistry.ions import ion_of
from screening.chemistry.notation import composition_of
from screening.common.errors import InputError
from screening.common.sampling_defaults import N_SAMPLES, SEED
from screening.equilibrium.ion_path import ion_paths
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.staircase import StaircaseDocument
from screening.equilibrium.survey import Pair, Survey
from screening.equilibrium.voltage_sweep import VoltageSweepDocument
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.draws import sampled
from screening.uncertainty.energy_errors import Against
from screening.uncertainty.intervals import Interval
from screening.uncertainty.sampled_quantities import REACTS_BELOW_EV, samples_of
from screening.uncertainty.uncertainty_documents import (
    StaircaseUncertainty,
    StepUncertainty,
    SweepUncertainty,
    SweptUncertainty,
)


def staircase_uncertainty(
    phases: PhaseSet,
    found: StaircaseDocument,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
    against: Against | None = None,
) -> StaircaseUncertainty:
    """Say how uncertain the voltage of each step of a staircase is.

    Samples differ in their phases and so in their steps. What is compared is the voltage at which the material holds
    the content halfway through the step: the slope of the hull there.

    Parameters
    ----------
    phases
        The energies.
    found
        The staircase with these energies.
    n_samples, seed
        How many samples of the energies, and which.
    against
        What the errors are counted from; see :func:`~screening.uncertainty.energy_errors.error_model`.

    Raises
    ------
    InputError
        If there is no error model for the energies.
    """
    elements = {*composition_of(found.formula), found.ion}
    halfway = [0.5 * (step.ions_below + step.ions_above) for step in found.steps]
    voltages: list[list[float]] = [[] for _ in halfway]
    for sample in sampled(phases, elements, n_samples, seed, against):
        steps = _steps(sample, found.formula, found.ion)
        for at, ions in enumerate(halfway):
            voltages[at].append(next((voltage for least, voltage in steps if ions >= least), 0.0))
    return StaircaseUncertainty(
        **samples_of(phases, elements, [found.formula], n_samples, seed, against),
        steps=[StepUncertainty(ions=ions, voltage_v=Interval.of(v)) for ions, v in zip(halfway, voltages, strict=True)],
    )


def _steps(sample: PhaseSet, formula: str, ion: str) -> list[tuple[float, float]]:
    """Return the steps by falling content: the least content of each, and its voltage; above the first it is 0 V."""
    reactant = Reactant(sample, formula)
    richer, poorer = ion_paths(sample, reactant, ion_of(ion))
    own = reactant.composition.get(ion, 0.0)
    up = [richer.ions(end) for end in richer.ends]
    steps = [(up[-1], 0.0)] if up else [(own, 0.0)]
    steps += [(least, voltage) for least, voltage in zip([own, *up], richer.voltages, strict=False)][::-1]
    if poorer is not None:
        steps += [(poorer.ions(end), voltage) for end, voltage in zip(poorer.ends, poorer.voltages, strict=True)]
    return steps


def sweep_uncertainty(
    phases: PhaseSet,
    found: VoltageSweepDocument,
    n_samples: int = N_SAMPLES,
    seed: int = SEED,
    against: Against | None = None,
) -> SweepUncertainty:
    """Say how uncertain the reaction of two materials is at each voltage of a sweep.

    Parameters
    ----------
    phases
        The energies.
    found
        The sweep with these energies.
    n_samples, seed
        How many samples of the energies, and which.
    against
        What the errors are counted from; see :func:`~screening.uncertainty.energy_errors.error_model`.

    Raises
    ------
    InputError
        If there is no error model for the energies, or in a sample the reservoirs react with each other.
    """
    reservoirs = [Reservoir(point.ensemble.open) for point in found.points]
    elements = {*composition_of(found.a), *composition_of(found.b), *reservoirs[0].elements}
    survey = Survey(sampled(phases, elements, n_samples, seed, against))
    numbers = survey.contacts([Pair(found.a, found.b, (held,)) for held in reservoirs])
    for why in (text for texts in numbers.why_missing for text in texts.values()):
        raise InputError(why)
    return SweepUncertainty(
        **samples_of(phases, elements, [found.a, found.b], n_samples, seed, against),
        reacts_below_ev=REACTS_BELOW_EV,
        points=[
            SweptUncertainty(
                voltage_v=point.voltage_v,
                mutual_min_ev_per_closed_atom=Interval.of(mutual),
                total_min_ev_per_closed_atom=Interval.of(total),
                probability_reaction=float((mutual < REACTS_BELOW_EV).mean()),
            )
            for point, mutual, total in zip(found.points, numbers.mutual, numbers.total, strict=True)
        ],
    )
