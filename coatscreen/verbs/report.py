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
    output: Annotated[Path, typer.Option(help="File to write, .html.")],
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    details: Annotated[
        int, typer.Option(min=0, help="Contacts, reactions and profiles of so many coatings, the best ones.")
    ] = _DETAILS,
    energies: Annotated[
        str | None,
        typer.Option(help="The energies of the ranking, for the profiles; by default packaged ones are recognised."),
    ] = None,
    store: Store = "results/coatings",
) -> None:
    """Write rankings as one HTML page: table, map of contacts, profiles, windows. It loads nothing when opened.

    While a run goes on, what is finished is ranked.

    Example: coatscreen report --output report.html

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
    from screening.energies.packaged.packaged_table import packaged_info
    from screening.energies.potentials.models import SOURCES
    from screening.energies.source import is_packaged, open_energies, without_doubtful_phases

    wanted = {header.energies.sha256: header.energies.name for header in headers}
    named = (str(run.request.get("energies")) for run in _behind(database, headers))
    found: dict[str, _Energies] = {}
    for source in {given} if given is not None else set(filter(is_packaged, named)):
        phases = open_energies(source)
        if phases.sha256 in wanted:
            bare = without_doubtful_phases(source)
            info = packaged_info(model=SOURCES[bare]) if bare in SOURCES else None
            found[phases.sha256] = _Energies(phases, info)
    if given is not None and not found:
        raise InputError(f"--energies {given}: the rankings came from others: {', '.join(sorted(wanted.values()))}")
    return found


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
