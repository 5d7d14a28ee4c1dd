"""``coatscreen plot``: results as pictures for a paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import (
    SWEEP,
    CathodeName,
    Doubtful,
    DoubtfulPhases,
    Energies,
    Lithiation,
    Material,
    OnlyCathode,
    OnlyElectrolyte,
    RunName,
    Sort,
    Store,
    chosen_energies,
)
from coatscreen.verbs.materials.opened import opened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from screening.coatings.ranking import RankingDocument
    from screening.phases.phase_set import PhaseSet

app = typer.Typer(
    help="Pictures of results at the size of a journal's column: PDF, PNG or SVG.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Picture = Annotated[Path, typer.Option("--output", help="File to write: .pdf, .png or .svg.")]
Pairs = Annotated[list[str], typer.Argument(help="Two materials in contact, or several pairs: A B [A B ...].")]
Top = Annotated[int, typer.Option(help="At most so many coatings.", min=1)]
_ROW_INCHES = 0.22


@app.command()
def profile(
    materials: Pairs,
    output: Picture,
    voltage: Annotated[
        float | None, typer.Option("--voltage", help="Open to lithium at this voltage against Li/Li+, V.")
    ] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Reaction energy against the mixing fraction: mutual and total of one pair, the mutual ones of several.

    Example: coatscreen plot profile LiNbO3 Li6PS5Cl --output profile.pdf

    Example: coatscreen plot profile NCM83 Li6PS5Cl NCM83:half Li6PS5Cl LiNbO3 Li6PS5Cl --output profiles.pdf
    """
    from screening.equilibrium.interface import Interface
    from screening.figures import draw_profile
    from screening.hull.reservoir import Reservoir

    file = _picture(output)
    reservoir = None if voltage is None else Reservoir.lithium_voltage(voltage)
    phases, pairs = _pairs(materials, chosen_energies(energies, doubtful), *([] if reservoir is None else ["Li"]))
    found = [Interface(phases, a, b, reservoir).document() for a, b in pairs]
    _draw(file, lambda ax: draw_profile(ax, *found))


@app.command()
def window(
    materials: Annotated[list[str], typer.Argument(help="Materials, the first on top.")],
    output: Picture,
    cathode: Annotated[str | None, typer.Option(help="A cathode, the voltages of whose states are marked.")] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Electrochemical windows as bars.

    Example: coatscreen plot window LiNbO3 Li3PO4 HfO2 Li6PS5Cl --cathode NCM83 --output windows.pdf
    """
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.equilibrium.composite import material_window
    from screening.figures import draw_windows
    from screening.materials.names import resolve_material

    file = _picture(output)
    host = [] if cathode is None else [cathode]
    phases, catalogue = opened(chosen_energies(energies, doubtful), *materials, *host, also=("Li",))
    found = [material_window(phases, resolve_material(name, catalogue, phases)) for name in materials]
    states = {} if cathode is None else lithium_states(phases, catalogue.cathode(cathode)).states
    voltages = {state.state: state.lithium.voltage_v for state in states}
    _draw(file, lambda ax: draw_windows(ax, found, voltages), 0.8 + _ROW_INCHES * len(found))


@app.command()
def voltage(
    name: CathodeName,
    output: Picture,
    lithiation: Lithiation = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Voltage curve of a cathode, with its states of charge and published voltages.

    Example: coatscreen plot voltage NCM83 --output ncm83.svg
    """
    from coatscreen.output import numbers
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.energies.source import open_energies
    from screening.figures import draw_voltage
    from screening.materials.catalogue import Catalogue

    file = _picture(output)
    host = Catalogue.load().cathode(name).with_states(numbers("--lithiation", lithiation or ""))
    found = lithium_states(
        open_energies(chosen_energies(energies, doubtful), systems=[{"Li", *host.composition("full")}]), host
    )
    _draw(file, lambda ax: draw_voltage(ax, found))


@app.command()
def staircase(
    materials: Annotated[list[str], typer.Argument(help="Materials.")],
    output: Picture,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Lithium that materials hold at each voltage from 0 to 5 V.

    Example: coatscreen plot staircase Li6PS5Cl Li3PS4 --output staircase.pdf
    """
    from screening.equilibrium.staircase import lithium_staircase
    from screening.figures import draw_staircase
    from screening.materials.names import resolve_formula

    file = _picture(output)
    phases, catalogue = opened(chosen_energies(energies, doubtful), *materials, also=("Li",))
    found = [lithium_staircase(phases, resolve_formula(name, catalogue, phases)) for name in materials]
    _draw(file, lambda ax: draw_staircase(ax, *found))


@app.command()
def sweep(
    materials: Pairs,
    output: Picture,
    voltages: Annotated[str, SWEEP] = "2.5:4.5",
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Mutual reaction energy of materials in contact, open to lithium, against the voltage.

    Example: coatscreen plot sweep LiNbO3 Li6PS5Cl Li3PO4 Li6PS5Cl --sweep 2.5:4.5:0.05 --output sweep.pdf
    """
    from coatscreen.verbs.materials.interface import swept_voltages
    from screening.equilibrium.voltage_sweep import voltage_sweep
    from screening.figures import draw_sweep

    file, asked = _picture(output), swept_voltages(voltages)
    phases, pairs = _pairs(materials, chosen_energies(energies, doubtful), "Li")
    found = [voltage_sweep(phases, a, b, asked) for a, b in pairs]
    _draw(file, lambda ax: draw_sweep(ax, *found))


@app.command()
def anneal(
    material: Material,
    output: Picture,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Show what a coating or its precursor becomes in air from 25 to 700 degrees C: the amount of each product.

    Example: coatscreen plot anneal Li3PS4 --output anneal.pdf
    """
    from coatscreen.verbs.materials.anneal import (
        DEFAULT_FROM_C,
        DEFAULT_OXYGEN_BAR,
        DEFAULT_STEP_C,
        DEFAULT_TO_C,
    )
    from screening.figures import draw_anneal
    from screening.heat.annealing.anneal import Annealing
    from screening.heat.annealing.atmosphere import Atmosphere
    from screening.heat.annealing.scan import anneal_scan
    from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C

    file = _picture(output)
    phases, catalogue = opened(chosen_energies(energies, doubtful), material, also=("O",))
    steps = range(round((DEFAULT_TO_C - DEFAULT_FROM_C) / DEFAULT_STEP_C) + 1)
    kelvin = [DEFAULT_FROM_C + KELVIN_AT_0_C + step * DEFAULT_STEP_C for step in steps]
    found = anneal_scan(Annealing(phases, material, Atmosphere(DEFAULT_OXYGEN_BAR, {}), None, catalogue), kelvin)
    _draw(file, lambda ax: draw_anneal(ax, found), 3.2)


@app.command()
def ranking(
    output: Picture,
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    sort: Sort = "rank",
    top: Top = 15,
    store: Store = "results/coatings",
) -> None:
    """Mutual energies of the best coatings at their contacts, with intervals, and the bare interface.

    Example: coatscreen plot ranking --output ranking.pdf
    """
    from screening.figures import draw_ranking
    from screening.figures.canvas import PAGE_INCHES

    file = _picture(output)
    found = _ranking(store, cathode, electrolyte, run, sort, top)
    height = 1.0 + 2 * _ROW_INCHES * len(found.ranking)
    _draw(file, lambda ax: draw_ranking(ax, found.ranking, found.bare_interface), height, PAGE_INCHES)


@app.command()
def heatmap(
    output: Picture,
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    sort: Sort = "rank",
    top: Top = 30,
    store: Store = "results/coatings",
) -> None:
    """Coatings against contacts: mutual energies, closed and open.

    Example: coatscreen plot heatmap --top 20 --output heatmap.pdf
    """
    from screening.figures import draw_heatmap
    from screening.figures.canvas import PAGE_INCHES

    file = _picture(output)
    found = _ranking(store, cathode, electrolyte, run, sort, top)
    height = 1.4 + _ROW_INCHES * (1 + len(found.ranking))
    _draw(file, lambda ax: draw_heatmap(ax, found.ranking, found.bare_interface), height, PAGE_INCHES)


def _pairs(materials: list[str], energies: str, *also: str) -> tuple[PhaseSet, list[tuple[str, str]]]:
    """Return the energies of materials, and the materials two by two.

    Raises
    ------
    InputError
        If one has no partner.
    """
    from screening.common.errors import InputError
    from screening.materials.names import resolve_formula

    if len(materials) % 2:
        raise InputError(f"materials are drawn in pairs: {materials[-1]!r} has no partner")
    phases, catalogue = opened(energies, *materials, also=also)
    named = [resolve_formula(name, catalogue, phases) for name in materials]
    return phases, list(zip(named[::2], named[1::2], strict=True))


def _picture(output: Path) -> Path:
    """Return the file, if a picture can be written there; see :func:`workflows.requests.result_file.result_file`."""
    from screening.common.errors import InputError
    from screening.figures import FORMATS
    from workflows.requests.result_file import result_file

    if output.suffix.lower().removeprefix(".") not in FORMATS:
        raise InputError(f"--output {output}: the name of a picture ends in .{', .'.join(FORMATS)}")
    return result_file(output)


def _draw(file: Path, draw: Callable[[Axes], None], height: float = 2.6, width: float | None = None) -> None:
    from screening.common.files import write_whole
    from screening.figures import drawn
    from screening.figures.canvas import COLUMN_INCHES

    write_whole(file, drawn(draw, file.suffix.lower().removeprefix("."), width or COLUMN_INCHES, height))


def _ranking(
    store: str, cathode: str | None, electrolyte: str | None, run: str | None, sort: str, top: int
) -> RankingDocument:
    """Read the one ranking that is asked for.

    Raises
    ------
    InputError
        If there is none, or several.
    """
    from screening.common.errors import InputError
    from screening.database import CoatingDatabase

    with CoatingDatabase.open(store) as database:
        headers = database.headers(cathode, electrolyte, run)
        if not headers:
            raise InputError(f"the database {database.location.name} holds no such ranking")
        if len(headers) > 1:
            known = "; ".join(f"{one.cathode} against {one.electrolyte}, {one.energies.name}" for one in headers[:5])
            raise InputError(f"{len(headers)} rankings: name one by --cathode, --electrolyte or --run: {known}")
        [header] = headers
        return next(iter(database.ranking(header.cathode, header.electrolyte, sort, top, run)))
