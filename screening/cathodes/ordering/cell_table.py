"""Tables of energies of disordered materials, from their lowest-energy orderings.

A table is a file of energies as ``--energies`` reads it, to be joined to a set of phases. It has one more key,
``cells``: the ordered cells that the energies come from. A cell of a hundred atoms cannot hold every composition
exactly; if its composition differs, the material is given the energy above the hull of the cell at its own composition.

The cells are relaxed, the packaged phases are not, and relaxation lowers an energy by some meV/atom. To make them
comparable, each cell is raised by the energy by which relaxation lowers pure crystals of the same structure type. These
crystals are among the packaged phases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from screening.cathodes.ordering.disorder import same_crystals, solid_solutions
from screening.cathodes.ordering.ordered_cell import OrderedCell
from screening.chemistry.compositions import format_formula, same_composition
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.reactant import Reactant
from screening.files.content import parse_json, read_bytes, write_json
from screening.files.validation import explained
from screening.materials.catalogue import Catalogue
from screening.phases.files import content_of, table_of
from screening.phases.phase import CELL, Phase, PhaseColumns
from screening.phases.phase_set import PhaseSet

_CELLS = "cells"
_SOURCE = "ordered cells of cathodes and solid solutions"


def material_formula(material: str, lithium: float | None) -> str:
    """Return the formula of the material that a cell represents.

    Parameters
    ----------
    material
        Name of a cathode in the catalogue or its formula, or name of a solid solution.
    lithium
        Lithium atoms in a formula unit of the cathode; None for a solid solution.

    Raises
    ------
    InputError
        If the material is unknown.
    """
    catalogue = Catalogue.load()
    written = catalogue.coating(material).formula if lithium is None else catalogue.cathode(material).formula(lithium)
    return format_formula(parse_formula(written))


def relaxation_ev_per_atom(material: str, cells: Sequence[OrderedCell], known: PhaseSet) -> float:
    """Return the energy by which relaxation lowers a structure type, eV/atom, negative: the mean of its pure crystals.

    Parameters
    ----------
    material
        A material of the structure type.
    cells
        Relaxed cells; those of pure crystals among them are used.
    known
        Packaged phases, which hold the same crystals unrelaxed.

    Raises
    ------
    InputError
        If none of the pure crystals is among the cells.
    """
    crystals = same_crystals(material)
    lowered = []
    for cell in cells:
        filled = cell.lithium_per_formula_unit in (None, 1.0)
        if filled and (same := crystals.get(cell.material)):
            position = next(i for i in known.polymorphs(parse_formula(cell.formula)) if known.table.id(i) == same)
            lowered.append(cell.energy_ev_per_atom - float(known.energies[position]))
    if not lowered:
        raise InputError(
            f"{material}: how far relaxing lowers it is told from {' or '.join(crystals)}: order one of them too"
        )
    return sum(lowered) / len(lowered)


def cell_id(cell: OrderedCell) -> str:
    """Return the identifier of the phase that represents the material of a cell."""
    lithium = "" if cell.lithium_per_formula_unit is None else f"-Li{cell.lithium_per_formula_unit:g}"
    return f"{CELL}{cell.material}{lithium}"


def phase_of_cell(cell: OrderedCell, relaxation_ev_per_atom: float, known: PhaseSet) -> Phase:
    """Make the phase that represents a material, from its lowest-energy ordering.

    Parameters
    ----------
    cell
        The lowest ordering.
    relaxation_ev_per_atom
        Energy by which relaxation lowered the cell, negative; the phase is raised by it.
    known
        Phases on the same scale, without cells. If the compositions of cell and material differ, the energy is counted
        from the hull of these phases.

    Raises
    ------
    InputError
        If the material is unknown or holds an element without energies.
    """
    formula = material_formula(cell.material, cell.lithium_per_formula_unit)
    composition, held = parse_formula(formula), parse_formula(cell.formula)
    energy, carried = cell.energy_ev_per_atom - relaxation_ev_per_atom, ""
    if not same_composition(composition, held):
        here, there = Reactant(known, cell.formula), Reactant(known, formula)
        above = energy - here.mixture.energy - elements_energy(known, held)
        energy = above + there.mixture.energy + elements_energy(known, composition)
        carried = "; its energy above the hull at its own composition"
    relaxed = len(cell.relaxed_ev_per_atom)
    return Phase(
        id=cell_id(cell),
        formula=formula,
        energy_ev_per_atom=round(energy, 6),
        space_group=None,
        volume_a3_per_atom=cell.volume_a3_per_atom,
        origin=f"cell {cell.formula}, lowest of {relaxed} relaxed of {cell.n_drawn} orderings{carried}; "
        f"{cell.relaxation.model.model}, {cell.relaxation.optimizer} to "
        f"{cell.relaxation.force_tolerance_ev_per_angstrom:g} eV/angstrom; raised by "
        f"{-1000.0 * relaxation_ev_per_atom:.1f} meV/atom, which relaxing lowers such crystals by",
    )


def mixing_energy_ev_per_atom(cells: Mapping[str, OrderedCell], name: str) -> float | None:
    """Return the energy of mixing of a solid solution from its end members, eV/atom, without entropy.

    Parameters
    ----------
    cells
        Lowest-energy orderings, keyed by material.
    name
        Name of a solid solution.

    Returns
    -------
    float or None
        None if it has no end members, or one of them was not computed.
    """
    members = solid_solutions()[name].end_members
    if not members or not cells.keys() >= {name, *members}:
        return None
    atoms = {member: sum(parse_formula(member).values()) for member in members}
    total = sum(share * atoms[member] for member, share in members.items())
    ends = sum(share * atoms[m] * cells[m].energy_ev_per_atom for m, share in members.items()) / total
    return cells[name].energy_ev_per_atom - ends


def phases_of_cells(
    cells: Sequence[OrderedCell], known: PhaseSet, pure: Sequence[OrderedCell] = ()
) -> list[tuple[OrderedCell, Phase]]:
    """Make the phases that represent materials, each together with its cell.

    Parameters
    ----------
    cells
        At most one for each material and lithium content. An end member of a solid solution that is itself among the
        known phases gets no phase, nor does a cathode whose phases the catalogue names.
    known
        As for :func:`phase_of_cell`.
    pure
        Further cells of pure crystals, from which the effect of relaxation is derived.

    Raises
    ------
    InputError
        If a material is unknown, or no pure crystal shows how far relaxation lowers its energy.
    """
    found = []
    for cell in cells:
        if cell.lithium_per_formula_unit is None:
            has_phases = bool(known.polymorphs(parse_formula(cell.formula)))
        else:
            has_phases = bool(Catalogue.load().cathode(cell.material).phases)
        if has_phases:
            continue
        found.append((cell, phase_of_cell(cell, relaxation_ev_per_atom(cell.material, [*cells, *pure], known), known)))
    return found


def write_cells(
    path: str | Path,
    cells: Sequence[OrderedCell],
    known: PhaseSet,
    pure: Sequence[OrderedCell] = (),
    with_structures: bool = True,
) -> None:
    """Write a table of cells. The file is written completely or not at all.

    Parameters
    ----------
    path
        JSON; gzipped if the name ends in ``.gz``.
    cells
        At most one for each material and lithium content.
    known, pure
        As for :func:`phases_of_cells`.
    with_structures
        Whether the relaxed structures are written too; the energies do not need them.

    Raises
    ------
    InputError
        If a material is unknown, or the file cannot be written.
    """
    scale = known.scale.model_copy(update={"name": f"{known.scale.name}, ordered cells", "source": _SOURCE})
    phases = [phase for _, phase in phases_of_cells(cells, known, pure)]
    columns = PhaseColumns(**{name: [getattr(phase, name) for phase in phases] for name in Phase.model_fields})
    kept = [cell if with_structures else cell.model_copy(update={"structure": None}) for cell in cells]
    write_json(path, {**content_of(scale, columns), _CELLS: [cell.model_dump(mode="json") for cell in kept]})


def read_cells(path: str | Path) -> list[OrderedCell]:
    """Read the cells of a table.

    Raises
    ------
    InputError
        If the file is missing, damaged or edited, or does not hold a table of cells.
    """
    data = parse_json(read_bytes(Path(path)), path)
    table_of(data, path)
    try:
        return [OrderedCell.model_validate(cell) for cell in data[_CELLS]]
    except KeyError:
        raise InputError(f"{path} is no table of ordered cells: lacks {_CELLS}") from None
    except ValidationError as error:
        raise InputError(f"{path} is damaged: {_CELLS}.{explained(error)}") from None


def elements_energy(phases: PhaseSet, composition: Mapping[str, float]) -> float:
    """Return the energy of the elements of a composition, unreacted, eV/atom."""
    references = dict(zip(phases.elements, phases.references.tolist(), strict=True))
    total = sum(composition.values())
    return float(sum(amount * references[element] for element, amount in composition.items()) / total)
