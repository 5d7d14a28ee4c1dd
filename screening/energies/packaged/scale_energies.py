"""Energies of further structures on the scale of a packaged table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screening.energies.packaged.corrections import mp2020_correction
from screening.energies.packaged.packaged_table import PACKAGED, packaged_info
from screening.energies.potentials.models import model_named
from screening.energies.potentials.potential import single_point_energies

if TYPE_CHECKING:
    from pymatgen.core import Structure


def scale_energies(structures: Sequence[Structure], model: str) -> list[float]:
    """Compute the energies of structures as they are, with what the packaged table of the model adds to them.

    Parameters
    ----------
    structures
        Ordered.
    model
        One of :data:`screening.energies.potentials.models.MODELS`.

    Returns
    -------
    list of float
        eV/atom. To those of a model of bare PBE and PBE+U energies MP2020 corrections are added by structure, and
        elements are moved by as much as those of the table.

    Raises
    ------
    InputError
        If the model is unknown or not installed.
    """
    bare = single_point_energies(structures, model)
    if not model_named(model).mp2020:
        return bare
    moved = packaged_info(PACKAGED, model).elements_from_dft_ev_per_atom
    found = []
    for structure, energy in zip(structures, bare, strict=True):
        elements = sorted(el.symbol for el in structure.composition)
        shift = moved.get(elements[0], 0.0) if len(elements) == 1 else 0.0
        found.append(energy + mp2020_correction(structure) + shift)
    return found
