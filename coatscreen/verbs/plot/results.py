"""Pictures of results that are there: rankings of a database, oxygen vacancies, and how good energies are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import (
    Doubtful,
    DoubtfulPhases,
    Energies,
    OnlyCathode,
    OnlyElectrolyte,
    RunName,
    Sort,
    Store,
    chosen_energies,
)
from coatscreen.verbs.plot.picture import ROW_INCHES, Picture, draw_into, picture_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from screening.coatings.ranking import RankingDocument
    from screening.validation.accuracy.formation_tables import FormationTable

Top = Annotated[int, typer.Option(help="At most so many coatings.", min=1)]


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

    file = picture_file(output)
    found = _ranking(store, cathode, electrolyte, run, sort, top)
    height = 1.0 + 2 * ROW_INCHES * len(found.ranking)
    draw_into(file, lambda ax: draw_ranking(ax, found.ranking, found.bare_interface), height, PAGE_INCHES)


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

    file = picture_file(output)
    found = _ranking(store, cathode, electrolyte, run, sort, top)
    height = 1.4 + ROW_INCHES * (1 + len(found.ranking))
    draw_into(file, lambda ax: draw_heatmap(ax, found.ranking, found.bare_interface), height, PAGE_INCHES)


def vacancies(
    cathode: Annotated[
        str, typer.Argument(help="Cathode whose vacancies are packaged, or a file of coatscreen energies vacancies.")
    ],
    output: Picture,
) -> None:
    """Show the formation energy of an oxygen vacancy against the lithium taken out.

    Example: coatscreen plot vacancies NMC532 --output vacancies.pdf
    """
    from screening.cathodes.vacancies.vacancy_documents import packaged_vacancies, read_vacancies
    from screening.figures import draw_vacancies

    file = picture_file(output)
    found = read_vacancies(cathode) if cathode.endswith(".json") else packaged_vacancies(cathode)
    draw_into(file, lambda ax: draw_vacancies(ax, found), 3.0)


def parity(
    output: Picture,
    against: Annotated[
        str, typer.Option(help="'measured' or 'dft', which come with pymatgen, or a CSV of formation energies.")
    ] = "measured",
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Show formation energies of compounds against measured ones, or those of a table.

    Example: coatscreen plot parity --against measured --output parity.pdf
    """
    from screening.energies.source import open_energies
    from screening.figures import draw_parity
    from screening.figures.canvas import PAGE_INCHES
    from screening.validation.accuracy.formation import formation_pairs
    from screening.validation.accuracy.formation_tables import require_per_atom

    file = picture_file(output)
    phases = open_energies(chosen_energies(energies, doubtful))
    table = _table(against, frozenset(phases.elements))
    require_per_atom(table, phases)
    pairs = formation_pairs(phases, table)
    name = phases.scale.name

    def draw(ax: Axes) -> None:
        draw_parity(ax, pairs, table)
        ax.set_ylabel(f"formation energy, 0 K, {name} (eV/atom)")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), markerscale=2)

    draw_into(file, draw, 4.2, PAGE_INCHES)


def _table(against: str, elements: frozenset[str]) -> FormationTable:
    """Return the one table that is asked for.

    Raises
    ------
    InputError
        If a file of several is named.
    """
    from screening.common.errors import InputError
    from screening.validation.accuracy.formation_tables import measured, packaged_dft, read_formation_tables

    if against == "measured":
        return measured()
    if against == "dft":
        return packaged_dft(elements)
    found = read_formation_tables(Path(against))
    if len(found) > 1:
        names = ", ".join(table.name for table in found)
        raise InputError(f"--against {against} has {len(found)} columns of formation energies ({names}): leave one")
    return found[0]


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
