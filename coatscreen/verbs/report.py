"""``coatscreen report``: rankings as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from coatscreen.options import OnlyCathode, OnlyElectrolyte, RunName, Store

if TYPE_CHECKING:
    from screening.coatings.ranking import RankingHeader
    from screening.coatings.run_document import Run
    from screening.database import CoatingDatabase
    from screening.energies.packaged.packaged_documents import PackagedInfo
    from screening.phases.phase_set import PhaseSet

_DETAILS = 100


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
    from datetime import UTC, datetime

    from coatscreen.output import note
    from coatscreen.report.page import page
    from coatscreen.report.report import ranking_report
    from coatscreen.report.report_documents import Report
    from coatscreen.verbs.database import rank_what_goes_on
    from screening.common.errors import InputError
    from screening.common.provenance import software
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
        headers = database.headers(cathode, electrolyte, run)
        if not headers:
            wanted = " with ".join(name for name in (cathode, electrolyte, run) if name)
            raise InputError(f"the database holds no ranking{f' for {wanted}' if wanted else ''}")
        at_hand = _energies_at_hand(database, headers, energies) if details else {}
        rankings = []
        for header in headers:
            known = at_hand.get(header.energies.sha256)
            rankings.append(
                ranking_report(
                    header,
                    list(database.lines(header)),
                    database.coatings(header, top=details) if details else (),
                    None if known is None else known.phases,
                    None if known is not None or not details else _NO_PROFILES.format(header.energies.name),
                    None if known is None else known.info,
                )
            )
        document = Report(
            title=f"Cathode coatings: {run}" if run else "Cathode coatings",
            store=database.location.name,
            command=_command(database, output, cathode, electrolyte, run, details, energies),
            runs=[_described(one) for one in _behind(database, headers)],
            failed=[f"{job}: {why}" for job, why in database.failed_jobs().items()],
            software=software(),
            made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            rankings=rankings,
        )
    html = page(document)
    write_whole(output, html)
    note(f"{output}: {sum(one.n_coatings for one in rankings)} coatings, {len(html) / 1e6:.2f} MB")


_NO_PROFILES = (
    "Profiles are drawn by their minimum alone: the energies they were computed with ({}) are not packaged ones; "
    "coatscreen report --energies takes others."
)


class _Energies(NamedTuple):
    phases: PhaseSet
    info: PackagedInfo | None


def _energies_at_hand(
    database: CoatingDatabase, headers: list[RankingHeader], given: str | None
) -> dict[str, _Energies]:
    """Open the energies of the rankings, known by their hash: those given, or the packaged ones that their runs name.

    What else a run names could be a path, and is not opened.

    Raises
    ------
    InputError
        If energies are given that none of the rankings came from.
    """
    from screening.common.errors import InputError
    from screening.energies.source import is_packaged, open_energies

    wanted = {header.energies.sha256: header.energies.name for header in headers}
    named = (str(run.request.get("energies")) for run in _behind(database, headers))
    found: dict[str, _Energies] = {}
    for source in {given} if given is not None else set(filter(is_packaged, named)):
        phases = open_energies(source)
        if phases.sha256 in wanted:
            found[phases.sha256] = _Energies(phases, _known_of(source))
    if given is not None and not found:
        raise InputError(f"--energies {given}: the rankings came from others: {', '.join(sorted(wanted.values()))}")
    return found


def _known_of(source: str) -> PackagedInfo | None:
    """Return what is known of some energies; None if they are no packaged ones."""
    from screening.energies.packaged.packaged_table import packaged_info
    from screening.energies.potentials.models import SOURCES
    from screening.energies.source import without_doubtful_phases

    bare = without_doubtful_phases(source)
    return packaged_info(model=SOURCES[bare]) if bare in SOURCES else None


def _write_app(output: Path, energies: str | None) -> None:
    """Write the page for any interface.

    Raises
    ------
    InputError
        If the energies cannot be read, or are fetched from the Materials Project by chemical system.
    """
    import shlex
    from datetime import UTC, datetime

    from coatscreen.output import note
    from coatscreen.report.app.app_documents import AppData
    from coatscreen.report.app.app_page import app_page
    from coatscreen.report.app.names import page_elements, page_names
    from coatscreen.report.app.packed_phases import packed_phases
    from coatscreen.report.report import dft_error
    from screening.common.errors import InputError
    from screening.common.provenance import software
    from screening.energies.source import REFERENCE, is_fetched, open_energies
    from screening.files.content import write_whole
    from screening.materials.catalogue import Catalogue

    source = energies or REFERENCE
    if is_fetched(source):
        raise InputError(f"--energies {source}: these are fetched by chemical system; a page needs all: name a file")
    phases = open_energies(source)
    packed = packed_phases(phases)
    given = [] if energies is None else ["--energies", energies]
    data = AppData(
        energies=phases.provenance,
        energies_error=list(dft_error(_known_of(source))) or ["How far they are off is not known to this page."],
        software=software(),
        command=shlex.join(["coatscreen", "report", "--app", str(output), *given]),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        layout=packed.layout,
        names=page_names(Catalogue.load(), phases),
        elements=page_elements(),
    )
    html = app_page(data, packed)
    write_whole(output, html)
    note(f"{output}: {len(phases):,} phases, {len(html) / 1e6:.2f} MB")


def _behind(database: CoatingDatabase, headers: list[RankingHeader]) -> list[Run]:
    """Return the runs that the rankings are of."""
    rankings = {header.ranking_id for header in headers}
    return [run for run in database.runs() if rankings & set(run.rankings)]


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


def _described(run: Run) -> str:
    """Say what a run asked for."""
    asked = ", ".join(
        f"{option} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for option, value in run.request.items()
        if option != "criteria" and value not in (None, [], False)
    )
    return f"{run.name} ({run.run_id[:8]}, {run.state}): {asked}"
