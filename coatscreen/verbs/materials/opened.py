"""The energies that a question about some materials needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

    from coatscreen.uncertainty import Sampling
    from screening.energies.doubtful import DoubtfulPhase
    from screening.equilibrium.interface import Interface
    from screening.materials.catalogue import Catalogue
    from screening.phases.phase_set import PhaseSet

Result = TypeVar("Result")


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
    energies: str,
    phases: PhaseSet,
    result: Result,
    compute: Callable[[PhaseSet], Result],
    products: Callable[[Result], Iterable[str]],
) -> list[DoubtfulPhase]:
    """Return the doubtful phases that enter a result, or would have entered it if they had not been dropped.

    Parameters
    ----------
    energies
        Where the energies come from.
    phases
        What they were opened as.
    result
        What was computed with them.
    compute
        Computes the same with other energies.
    products
        Returns the formulas that a result holds.
    """
    from screening.energies.doubtful import doubtful_among
    from screening.energies.source import open_energies, with_doubtful_phases
    from screening.energies.sources.fetched import FetchedPhaseSet

    every = with_doubtful_phases(energies)
    if every == energies:  # none is dropped
        return doubtful_among(phases, products(result))
    whole = open_energies(every, systems=phases.systems if isinstance(phases, FetchedPhaseSet) else ())
    return doubtful_among(whole, products(compute(whole)))


def products_of_interface(found: Interface) -> set[str]:
    """Return the products at every kink of an interface."""
    return {formula for kink in found.document().kinks for formula in kink.products}


def print_doubtful(energies: str, doubtful: Iterable[DoubtfulPhase]) -> None:
    """Print which doubtful phases enter a result, or would have."""
    from screening.energies.source import with_doubtful_phases

    found = "; ".join(f"{phase.formula} ({phase.id}): {phase.reason}" for phase in doubtful)
    if found:
        kept = with_doubtful_phases(energies) == energies
        print(f"doubtful, {'and kept' if kept else 'and dropped; it would have entered'}: {found}")


def interface_answer(
    found: Interface, uncertainty: BaseModel | None, doubtful: Sequence[BaseModel] | None
) -> dict[str, Any]:
    """Return an interface as JSON-compatible data: its document, and its products as a layer."""
    from coatscreen.output import document
    from screening.transport.interphase import interphase_of

    layer = interphase_of(found)
    return {
        **document(found.document(), uncertainty=uncertainty, doubtful=doubtful),
        "interphase": None if layer is None else layer.model_dump(mode="json"),
    }
