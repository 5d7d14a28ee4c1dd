"""The energies that a question about some materials needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from screening.energies.doubtful import DoubtfulPhase
    from screening.materials.catalogue import Catalogue
    from screening.phases.phase_set import PhaseSet


def opened(
    energies: str, *materials: str, also: Iterable[str] = (), sampling: Sampling | None = None
) -> tuple[PhaseSet, Catalogue]:
    """Open the energies of the chemical system that some materials span, and the catalogue that knows their names.

    Parameters
    ----------
    energies
        Where the energies come from.
    materials
        Names or formulas.
    also
        Elements that the chemical system has besides.
    sampling
        The samples that are to be taken of the energies; None for none.

    Raises
    ------
    InputError
        If a material or the energies are unknown, or there is no error model for energies that are to be sampled.
    """
    from screening.energies.source import open_energies
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import elements_named

    catalogue = Catalogue.load()
    system = {*also, *(element for name in materials for element in elements_named(name, catalogue))}
    phases = open_energies(energies, systems=[system])
    if sampling is not None:
        sampling.require_model(phases)
    return phases, catalogue


def doubtful_entering(
    energies: str, phases: PhaseSet, products: Callable[[PhaseSet], Iterable[str]]
) -> list[DoubtfulPhase]:
    """Return the doubtful phases that enter a result, or would have entered it if they had not been dropped.

    Parameters
    ----------
    energies
        Where the energies come from.
    phases
        What they were opened as.
    products
        Returns the formulas that a result holds, computed with other energies.
    """
    from screening.energies.doubtful import doubtful_among
    from screening.energies.source import open_energies, with_doubtful_phases

    every = with_doubtful_phases(energies)
    whole = phases if every == energies else open_energies(every, systems=[phases.elements])
    return doubtful_among(whole, products(whole))


def print_doubtful(energies: str, doubtful: Iterable[DoubtfulPhase]) -> None:
    """Print which doubtful phases enter a result, or would have."""
    from screening.energies.source import with_doubtful_phases

    found = "; ".join(f"{phase.formula} ({phase.id}): {phase.reason}" for phase in doubtful)
    if found:
        kept = with_doubtful_phases(energies) == energies
        print(f"doubtful, {'and kept' if kept else 'and dropped; it would have entered'}: {found}")
