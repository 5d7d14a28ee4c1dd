"""Orderings with their energies, and the lowest of them, which represents a disordered material."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.orderings import Draw, draw_orderings, ordered_structure
from screening.cathodes.ordering.supercell import Supercell
from screening.common.errors import CalculationError
from screening.common.ties import first_lowest, ranks
from screening.energies.user.user_phase import Relaxation
from screening.files.plain_data import structure_of
from screening.structures.records import PlainStructure

if TYPE_CHECKING:
    from pymatgen.core import Structure

JOB_FAILED = "its job failed"  # reason why an ordering is left out, if nothing more is known


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DrawnOrderings(_Document):
    """Orderings of one supercell that are to be relaxed."""

    cell: Supercell = Field(description="what they are orderings of")
    draw: Draw = Field(description="how they were drawn")
    n_drawn: int = Field(description="distinct orderings drawn")
    orderings: list[list[str]] = Field(description="those to relax: the element on every site, '' where it is vacant")
    single_point_ev_per_atom: list[float] | None = Field(
        description="energy of each before relaxing, by which they were chosen, eV/atom; null where all are relaxed"
    )
    places: PlainStructure | None = Field(description="relaxed sites they start from; null: the parent's")

    def structure(self, number: int) -> Structure:
        """Build the structure of one ordering, given by its number."""
        places = None if self.places is None else structure_of(self.places)
        return ordered_structure(self.cell, self.orderings[number], places)


class RelaxedOrdering(_Document):
    """The result of relaxing one ordering: its energy, or the reason why it is left out."""

    number: int = Field(description="its place among those drawn")
    ordering: list[str] | None = Field(description="the element on every site; null where there are fewer orderings")
    energy_ev_per_atom: float | None = Field(None, description="relaxed, eV/atom; null where it failed")
    volume_a3_per_atom: float | None = Field(None, description="relaxed, cubic angstrom per atom")
    magnetic_moments_mu_b: list[float] | None = Field(None, description="of every atom, Bohr magnetons")
    steps: int | None = Field(None, description="steps of the relaxation")
    optimizer: str | None = Field(None, description="with which it converged: the first, or that of the second try")
    structure: PlainStructure | None = Field(None, description="relaxed, pymatgen's form")
    why_missing: str | None = Field(description="why both tries failed")


class OrderedCell(_Document):
    """The lowest-energy ordering of a material."""

    material: str = Field(description="name of the material in the catalogue")
    lithium_per_formula_unit: float | None = Field(description="of a cathode; null for other materials")
    formula: str = Field(description="composition of the cell")
    energy_ev_per_atom: float = Field(description="of the cell, relaxed, eV/atom")
    volume_a3_per_atom: float = Field(description="cubic angstrom per atom")
    magnetic_moments_mu_b: dict[str, list[float]] = Field(
        description="by element: of its atoms, rising, Bohr magnetons"
    )
    matrix: list[list[int]] = Field(description="the cell's vectors in those of the primitive cell of the parent")
    ordering: list[str] = Field(
        description="the element on every site of the parent's supercell; '' where it is vacant"
    )
    draw: Draw = Field(description="how orderings were drawn")
    n_drawn: int = Field(description="distinct orderings drawn")
    relaxed_ev_per_atom: list[float] = Field(description="energies of those relaxed, lowest first, eV/atom")
    failed: dict[str, str] = Field(description="orderings whose relaxation failed, by number: why")
    relaxation: Relaxation = Field(description="how the lowest was relaxed to its end")
    structure: PlainStructure | None = Field(description="relaxed, pymatgen's form; null in packaged energies")

    def sites_filled(self) -> Structure:
        """Build the relaxed cell, to start other orderings from; all of its sites must be filled.

        Raises
        ------
        CalculationError
            If a site is vacant, or the structure was not kept.
        """
        if self.structure is None or "" in self.ordering:
            raise CalculationError(f"{self.material}: no relaxed cell with every site filled to start from")
        return structure_of(self.structure)


def candidates_of(
    cell: Supercell, draw: Draw, framework: OrderedCell | None = None, free: Sequence[str] = ()
) -> DrawnOrderings:
    """Draw the orderings of a supercell.

    Parameters
    ----------
    cell
        The supercell.
    draw
        How the orderings are drawn.
    framework
        A cell of the same supercell whose arrangement is kept, except in the groups `free`: the metals of a cathode
        stay in place when lithium leaves.
    free
        Groups that are drawn even if a framework is given.

    Raises
    ------
    InputError, CalculationError
        As :func:`screening.cathodes.ordering.orderings.draw_orderings`; also if a site of the framework is vacant.
    """
    fixed, places = None, None
    if framework is not None:
        places = json.loads(framework.sites_filled().to_json())
        fixed = {
            group: [framework.ordering[i] for i in where] for group, where in cell.groups.items() if group not in free
        }
    orderings = draw_orderings(cell, draw, fixed)
    return DrawnOrderings(
        cell=cell,
        draw=draw,
        n_drawn=len(orderings),
        orderings=orderings,
        single_point_ev_per_atom=None,
        places=places,
    )


def lowest_of_single_points(drawn: DrawnOrderings, energies_ev_per_atom: Sequence[float], n: int) -> DrawnOrderings:
    """Keep the orderings that are lowest before relaxing; equal ones in their order.

    Parameters
    ----------
    drawn
        All orderings.
    energies_ev_per_atom
        Their energies before relaxation, (n_orderings,).
    n
        How many to keep.
    """
    order = np.argsort(ranks(energies_ev_per_atom), kind="stable")[:n].tolist()
    return drawn.model_copy(
        update={
            "orderings": [drawn.orderings[i] for i in order],
            "single_point_ev_per_atom": [round(energies_ev_per_atom[i], 6) for i in order],
        }
    )


def lowest_ordering(relaxed: Sequence[RelaxedOrdering], name: str) -> RelaxedOrdering:
    """Return the lowest of relaxed orderings, of equal ones the first.

    Raises
    ------
    CalculationError
        If all failed; the message gives the first reason.
    """
    converged = [one for one in relaxed if one.energy_ev_per_atom is not None]
    if not converged:
        reason = next((one.why_missing for one in relaxed if one.why_missing), "there is none")
        raise CalculationError(f"{name}: no ordering could be relaxed: {reason}")
    return converged[first_lowest([one.energy_ev_per_atom or 0.0 for one in converged])]


def ordered_cell(
    material: str,
    lithium: float | None,
    drawn: DrawnOrderings,
    relaxed: Sequence[RelaxedOrdering | None],
    final: RelaxedOrdering | None,
    relaxation: Relaxation,
) -> OrderedCell:
    """Make the document of the lowest ordering.

    Parameters
    ----------
    material, lithium
        Name of the material, and its lithium content if it is a cathode.
    drawn
        The orderings that were to be relaxed.
    relaxed
        The result for each of them, in their order; None if it is unknown, because its job failed.
    final
        The lowest of them after complete relaxation; None if that job failed.
    relaxation
        How the cells were relaxed.

    Raises
    ------
    CalculationError
        If the last relaxation failed.
    """
    if final is None or final.structure is None or final.energy_ev_per_atom is None or final.ordering is None:
        reason = JOB_FAILED if final is None else final.why_missing
        raise CalculationError(f"{material}: the lowest ordering could not be relaxed to its end: {reason}")
    elements = [symbol for symbol in final.ordering if symbol]
    moments: dict[str, list[float]] = {}
    for element, moment in zip(elements, final.magnetic_moments_mu_b or [], strict=True):
        moments.setdefault(element, []).append(round(moment, 3))
    failed = {
        str(i): why
        for i, one in enumerate(relaxed[: len(drawn.orderings)])
        if (why := JOB_FAILED if one is None else one.why_missing)
    }
    return OrderedCell(
        material=material,
        lithium_per_formula_unit=lithium,
        formula="".join(f"{el}{n}" for el, n in drawn.cell.composition.items()),
        energy_ev_per_atom=round(final.energy_ev_per_atom, 6),
        volume_a3_per_atom=round(final.volume_a3_per_atom or 0.0, 4),
        magnetic_moments_mu_b={element: sorted(values) for element, values in moments.items()},
        matrix=[list(row) for row in drawn.cell.matrix],
        ordering=final.ordering,
        draw=drawn.draw,
        n_drawn=drawn.n_drawn,
        relaxed_ev_per_atom=sorted(
            round(one.energy_ev_per_atom, 6) for one in relaxed if one and one.energy_ev_per_atom is not None
        ),
        failed=failed,
        relaxation=relaxation,
        structure=final.structure,
    )
