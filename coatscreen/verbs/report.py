"""``coatscreen report``: rankings as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import OnlyCathode, OnlyElectrolyte, RunName, Store

if TYPE_CHECKING:
    from screening.database import CoatingDatabase

_DETAILS = 100  # as in coatscreen.report.store_report, which is loaded when it is needed


def report(
    output: Annotated[Path | None, typer.Option(help="File to write, .html: the rankings of the database.")] = None,
    app: Annotated[
        Path | None,
        typer.Option(
            help="File to write, .html: any interface, computed in the browser with the energies; no database is read."
        ),
    ] = None,
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    details: Annotated[
        int, typer.Option(min=0, help="Contacts, reactions and profiles of so many coatings, the best ones.")
    ] = _DETAILS,
    energies: Annotated[
        str | None,
        typer.Option(
            help="The energies of the ranking, for the profiles; by default packaged ones are recognised. With --app "
            "those of the page; by default 'reference'."
        ),
    ] = None,
    store: Store = "results/coatings",
) -> None:
    """Write one HTML page: rankings with contacts, profiles and windows; or --app, any interface in the browser.

    The page loads nothing when it is opened. While a run goes on, what is finished is ranked.

    Example: coatscreen report --output report.html

    Example: coatscreen report --app interfaces.html

    Example: coatscreen report --cathode NCM83 --electrolyte Li6PS5Cl --details 20 --output ncm83.html
    """
    from coatscreen.output import note
    from coatscreen.report.page import page
    from coatscreen.report.store_report import store_report
    from coatscreen.verbs.database import rank_what_goes_on, rankings_asked
    from screening.common.errors import InputError
    from screening.database import CoatingDatabase, StoreLocation
    from screening.files.content import write_whole
    from workflows.requests.result_file import result_file

    if app is not None:
        if output is not None or any(option is not None for option in (cathode, electrolyte, run)):
            raise InputError("--app is of the energies, not of a ranking: it takes --energies alone")
        _write_app(result_file(app), energies)
        return
    if output is None:
        raise InputError("name a file: --output for the rankings, or --app for any interface in the browser")
    output = result_file(output)
    rank_what_goes_on(location := StoreLocation(store))
    with CoatingDatabase.open(location) as database:
        document = store_report(
            database,
            rankings_asked(database, cathode, electrolyte, run),
            _command(database, output, cathode, electrolyte, run, details, energies),
            f"Cathode coatings: {run}" if run else "Cathode coatings",
            details,
            energies,
        )
    html = page(document)
    write_whole(output, html)
    note(f"{output}: {sum(one.n_coatings for one in document.rankings)} coatings, {len(html) / 1e6:.2f} MB")


def _write_app(output: Path, energies: str | None) -> None:
    """Write the page for any interface.

    Raises
    ------
    InputError
        If the energies cannot be read, or are fetched from the Materials Project by chemical system.
    """
    import shlex

    from coatscreen.output import note
    from coatscreen.report.app.app_data import interface_page
    from screening.common.errors import InputError
    from screening.energies.source import REFERENCE, is_fetched, open_energies
    from screening.files.content import write_whole

    source = energies or REFERENCE
    if is_fetched(source):
        raise InputError(f"--energies {source}: these are fetched by chemical system; a page needs all: name a file")
    phases = open_energies(source)
    given = [] if energies is None else ["--energies", energies]
    html = interface_page(source, phases, shlex.join(["coatscreen", "report", "--app", str(output), *given]))
    write_whole(output, html)
    note(f"{output}: {len(phases):,} phases, {len(html) / 1e6:.2f} MB")


def _command(
    database: CoatingDatabase,
    output: Path,
    cathode: str | None,
    electrolyte: str | None,
    run: str | None,
    details: int,
    energies: str | None,
) -> str:
    """Return the command that makes the page again."""
    import shlex

    given = {
        "--store": database.location.name,
        "--cathode": cathode,
        "--electrolyte": electrolyte,
        "--run": run,
        "--details": None if details == _DETAILS else str(details),
        "--energies": energies,
        "--output": str(output),
    }
    options = [part for name, value in given.items() if value is not None for part in (name, value)]
    return shlex.join(["coatscreen", "report", *options])
