"""Sets of phases as they may be: the same phases, each sample with other errors."""

from __future__ import annotations

from collections.abc import Iterable

from screening.energies.measured.anchored_table import ORIGIN as MEASURED
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.energy_errors import Against, error_model


def sampled(
    phases: PhaseSet, elements: Iterable[str], n_samples: int, seed: int = 0, against: Against | None = None
) -> list[PhaseSet]:
    """Draw samples of the energies of a chemical system.

    Parameters
    ----------
    phases
        The energies; there must be an error model of their scale.
    elements
        The samples hold the phases made of these alone.
    n_samples
        How many.
    seed
        Names another set of samples.
    against
        What the errors are counted from; see :func:`~screening.uncertainty.energy_errors.error_model`.

    Returns
    -------
    list of PhaseSet
        Sample s has the errors of sample s in every chemical system.

    Raises
    ------
    InputError
        If the scale has no error model, or an element no energies.
    """
    model = error_model(phases.scale, against)
    inside = phases.within(elements)
    compositions = [inside.table.composition(position) for position in range(len(inside))]
    measured = [inside.table.origin(position) == MEASURED for position in range(len(inside))]
    return [inside.shifted(shifts) for shifts in model.draw(compositions, n_samples, seed, measured)]
