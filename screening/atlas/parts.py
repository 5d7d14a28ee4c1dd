"""Computing an atlas: part by part of the coatings, and the parts joined to one file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from screening.atlas.atlas_documents import (
    AtlasDocument,
    AtlasHeader,
    AtlasNeighbour,
    AtlasPart,
    BareContact,
    CoatingColumns,
)
from screening.atlas.columns import (
    NUMBERS,
    AtlasFile,
    ContactColumns,
    atlas_writer,
    columns_of,
    joined,
    rounded_energies,
    rounded_shares,
    table_of,
)
from screening.chemistry.classes import chemistry_class
from screening.common.errors import CalculationError, CoatscreenError
from screening.common.provenance import software
from screening.energies.source import EnergySource
from screening.equilibrium.contact_grid import ContactGrid, contact_grid
from screening.equilibrium.reactant import clean
from screening.equilibrium.survey import Survey
from screening.files.content import file_sha256
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

TOGETHER = 400  # coatings computed in one call: few enough for memory
_MOST_REASONS = 100


def write_part(
    energies: EnergySource,
    neighbours: Sequence[AtlasNeighbour],
    voltages_v: Sequence[float],
    coatings: Sequence[str],
    folder: str,
) -> AtlasPart:
    """Compute the contacts of some coatings with all neighbours, and write them as an atlas of these coatings.

    Parameters
    ----------
    energies, neighbours, voltages_v
        As in :class:`~screening.atlas.atlas_documents.AtlasPlan`.
    coatings
        Some of the plan's.
    folder
        Where the file goes; its name is made from what is in it.

    Raises
    ------
    InputError
        If a material cannot be read or has no energies.
    StoreError
        If the disk is full or fails.
    """
    phases = energies.open()
    header = AtlasHeader(
        energies=phases.provenance,
        source=energies.source,
        neighbours=list(neighbours),
        voltages_v=list(voltages_v),
        coatings=coating_columns(phases, coatings),
        missing={},
        n_missing=0,
        left_out={},
        bare=[],
    )
    reservoirs = _reservoirs(voltages_v)
    materials = [neighbour.reactant for neighbour in neighbours]
    found: list[list[ContactColumns]] = [[] for _ in neighbours]
    formulas: dict[int, str] = {}
    for start in range(0, len(coatings), TOGETHER):
        some = coatings[start : start + TOGETHER]
        grid = contact_grid(phases, some, materials, reservoirs)
        for number, parts in enumerate(found):
            parts.append(_columns(phases, grid, number, formulas))
        for place, why in grid.why_missing.items():
            header.n_missing += 1
            if len(header.missing) < _MOST_REASONS:
                held = "closed" if place.reservoir == 0 else f"{voltages_v[place.reservoir - 1]:g} V"
                header.missing[f"{some[place.material]}|{neighbours[place.neighbour].label} {held}"] = why
    asked = [energies.sha256, software().coatscreen, *(n.model_dump_json() for n in neighbours), *map(repr, voltages_v)]
    name = hashlib.sha256("\n".join([*asked, *coatings]).encode()).hexdigest()[:32]
    file = Path(folder) / f"{name}.parquet"
    with atlas_writer(file, header) as writer:
        for neighbour, parts in zip(neighbours, found, strict=True):
            writer.write_table(table_of(neighbour, joined(parts), header), row_group_size=2**31)
    return AtlasPart(
        file=str(file),
        sha256=file_sha256(file),
        coatings=list(coatings),
        n_contacts=len(coatings) * len(neighbours) * len(reservoirs),
    )


def coating_columns(phases: PhaseSet, coatings: Sequence[str]) -> CoatingColumns:
    """Compute what is known of each coating alone: its class, its energy above the hull and its window."""
    survey = Survey([phases])
    reactants = [survey.reactant(coating) for coating in coatings]
    above = survey.formation_energies(coatings)[:, 0] - survey.hull_energies(coatings)[:, 0]
    own = [bool(reactant.own) or reactant.given_above_hull is not None for reactant in reactants]
    limits = _windows(survey, coatings)
    return CoatingColumns(
        coating=list(coatings),
        source_id=[reactant.source_id for reactant in reactants],
        chemistry_class=[chemistry_class(reactant.composition) for reactant in reactants],
        energy_above_hull_mev_per_atom=[
            round(1000.0 * max(0.0, clean(energy)), 6) if known else None
            for energy, known in zip(above.tolist(), own, strict=True)
        ],
        reduction_limit_v=[low for low, _ in limits],
        oxidation_limit_v=[high for _, high in limits],
    )


def _windows(survey: Survey, coatings: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """Return the limits of each coating, V; None where there is none or it cannot be computed."""
    try:
        found = survey.windows(coatings)
    except CoatscreenError:
        if len(coatings) == 1:
            return [(None, None)]
        return [limits for coating in coatings for limits in _windows(survey, [coating])]
    columns = (found.reduction[:, 0].tolist(), found.oxidation[:, 0].tolist())
    return [(low, None if high != high else high) for low, high in zip(*columns, strict=True)]


def merge_parts(
    energies: EnergySource,
    neighbours: Sequence[AtlasNeighbour],
    voltages_v: Sequence[float],
    left_out: dict[str, str],
    parts: Sequence[AtlasPart],
    file: str,
) -> AtlasDocument:
    """Join parts to the file of an atlas, neighbour by neighbour, so that memory holds the contacts of one.

    Parameters
    ----------
    energies, neighbours, voltages_v, left_out
        As in :class:`~screening.atlas.atlas_documents.AtlasPlan`.
    parts
        In the order of the coatings. One that is not as it was written is computed again.
    file
        Absolute path of the atlas.

    Raises
    ------
    CalculationError
        If a part holds other contacts than asked for, or two hold the same coating.
    StoreError
        If the disk is full or fails.
    """
    with ExitStack() as opened:
        files = [opened.enter_context(_checked(part, energies, neighbours, voltages_v)) for part in parts]
        headers = [one.header for one in files]
        coatings = CoatingColumns.joined([header.coatings for header in headers])
        if len(set(coatings.coating)) < len(coatings.coating):
            raise CalculationError("two parts of the atlas hold the same coating")
        phases = energies.open()
        reasons = [reason for header in headers for reason in header.missing.items()]
        header = AtlasHeader(
            energies=phases.provenance,
            source=energies.source,
            neighbours=list(neighbours),
            voltages_v=list(voltages_v),
            coatings=coatings,
            missing=dict(reasons[:_MOST_REASONS]),
            n_missing=sum(header.n_missing for header in headers),
            left_out=left_out,
            bare=_bare_contacts(phases, neighbours, voltages_v),
        )
        with atlas_writer(Path(file), header) as writer:
            for number, neighbour in enumerate(neighbours):
                columns = joined([columns_of(one.table(number)) for one in files])
                writer.write_table(table_of(neighbour, columns, header), row_group_size=2**31)
    return describe(file)


def describe(file: str | Path) -> AtlasDocument:
    """Return what the file of an atlas holds, with its hash.

    Raises
    ------
    InputError
        If it is no atlas.
    """
    with AtlasFile(file) as atlas:
        header = atlas.header
    n_contacts = len(header.coatings.coating) * len(header.neighbours) * (1 + len(header.voltages_v))
    size = Path(file).stat().st_size
    return AtlasDocument(
        energies=header.energies,
        software=header.software,
        file=str(Path(file).resolve()),
        sha256=file_sha256(file),
        n_bytes=size,
        n_contacts=n_contacts,
        n_coatings=len(header.coatings.coating),
        n_neighbours=len(header.neighbours),
        voltages_v=header.voltages_v,
        n_missing=header.n_missing,
        left_out=header.left_out,
        bytes_per_contact=round(size / n_contacts, 2),
    )


def is_as_written(part: AtlasPart | AtlasDocument) -> bool:
    """Return whether a file is there as it was written."""
    try:
        return file_sha256(part.file) == part.sha256
    except OSError:
        return False


def _checked(
    part: AtlasPart, energies: EnergySource, neighbours: Sequence[AtlasNeighbour], voltages_v: Sequence[float]
) -> AtlasFile:
    """Open a part, computed again where it is not as it was written, and check that it is what was asked for."""
    if not is_as_written(part):
        part = write_part(energies, neighbours, voltages_v, part.coatings, str(Path(part.file).parent))
    found = AtlasFile(part.file)
    header = found.header
    same = header.neighbours == list(neighbours) and header.voltages_v == list(voltages_v)
    if header.energies.sha256 != energies.sha256 or not same or header.coatings.coating != part.coatings:
        raise CalculationError(f"{part.file} is a part of another atlas")
    return found


def _reservoirs(voltages_v: Sequence[float]) -> list[Reservoir | None]:
    return [None, *(Reservoir.lithium_voltage(voltage) for voltage in voltages_v)]


def _columns(phases: PhaseSet, grid: ContactGrid, neighbour: int, formulas: dict[int, str]) -> ContactColumns:
    """Return the contacts with one neighbour; products are named only where the two react.

    Formulas that have been made are kept in `formulas`, by the position of the phase.
    """
    mutual = grid.mutual[:, neighbour].ravel()
    products = grid.products[:, neighbour].reshape(len(mutual), -1)
    present = (products >= 0) & (mutual < 0.0)[:, None]
    chosen = products[present]
    used = np.zeros(len(phases), dtype=bool)
    used[chosen] = True
    positions = np.flatnonzero(used)
    formulas.update((i, phases.formula(i)) for i in positions.tolist() if i not in formulas)
    number = np.zeros(len(phases), dtype=np.int32)
    number[positions] = np.arange(len(positions))
    shares, energies = (grid.x_mutual, grid.x_total), (grid.mutual, grid.total, grid.self_material, grid.self_neighbour)
    x, x_total = (rounded_shares(values[:, neighbour].ravel()) for values in shares)
    lowest, total, own, other = (rounded_energies(values[:, neighbour].ravel()) for values in energies)
    return ContactColumns(
        numbers=dict(zip(NUMBERS, (lowest, x, total, x_total, own, other), strict=True)),
        ends=np.concatenate([[0], np.cumsum(present.sum(axis=1))]),
        products=number[chosen],
        shares=rounded_shares(grid.amounts[:, neighbour].reshape(len(mutual), -1)[present]),
        names=[formulas[position] for position in positions.tolist()],
    )


def _bare_contacts(
    phases: PhaseSet, neighbours: Sequence[AtlasNeighbour], voltages_v: Sequence[float]
) -> list[BareContact]:
    """Compute the contacts of the cathodes with the electrolytes."""
    cathodes = [one for one in neighbours if one.role == "cathode"]
    electrolytes = [one for one in neighbours if one.role == "electrolyte"]
    grid = contact_grid(
        phases, [one.reactant for one in cathodes], [one.reactant for one in electrolytes], _reservoirs(voltages_v)
    )
    return [
        BareContact(
            cathode=cathode.name,
            state=cathode.state or "",
            electrolyte=electrolyte.name,
            voltage_v=voltage,
            mutual_mev_per_closed_atom=None if energy != energy else round(1000.0 * energy, 6),
        )
        for cathode, of_cathode in zip(cathodes, grid.mutual.tolist(), strict=True)
        for electrolyte, energies in zip(electrolytes, of_cathode, strict=True)
        for voltage, energy in zip([None, *voltages_v], energies, strict=True)
    ]
