"""Making the report of a database: its rankings, with profiles where their energies are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from coatscreen.report.known_energies import known_of
from coatscreen.report.report import ranking_report
from coatscreen.report.report_documents import Report
from screening.coatings.ranking import RankingHeader
from screening.coatings.run_document import Run
from screening.common.errors import InputError
from screening.common.provenance import software
from screening.database import CoatingDatabase
from screening.energies.packaged.packaged_documents import PackagedInfo
from screening.phases.phase_set import PhaseSet

DETAILS = 100  # coatings whose contacts, reactions and profiles are shown, if a user does not say


def store_report(
    database: CoatingDatabase,
    headers: Sequence[RankingHeader],
    command: str,
    title: str = "Cathode coatings",
    details: int = DETAILS,
    energies: str | None = None,
) -> Report:
    """Make the report of some rankings of a database.

    Parameters
    ----------
    database
        The database.
    headers
        The rankings.
    command
        The command that makes the same report again.
    title
        Title of the page.
    details
        Contacts, reactions and profiles of so many coatings, the best ones.
    energies
        The energies of the rankings, for the profiles; by default packaged ones are recognised.

    Raises
    ------
    InputError
        If energies are given that none of the rankings came from.
    """
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
    return Report(
        title=title,
        store=database.location.name,
        command=command,
        runs=[_described(one) for one in _behind(database, headers)],
        failed=[f"{job}: {why}" for job, why in database.failed_jobs().items()],
        software=software(),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        rankings=rankings,
    )


_NO_PROFILES = (
    "Profiles are drawn by their minimum alone: the energies they were computed with ({}) are not packaged ones; "
    "coatscreen report --energies takes others."
)


class _Energies(NamedTuple):
    phases: PhaseSet
    info: PackagedInfo | None


def _energies_at_hand(
    database: CoatingDatabase, headers: Sequence[RankingHeader], given: str | None
) -> dict[str, _Energies]:
    """Open the energies of the rankings, known by their hash: those given, or the packaged ones that their runs name.

    What else a run names could be a path, and is not opened.

    Raises
    ------
    InputError
        If energies are given that none of the rankings came from.
    """
    from screening.energies.source import is_packaged, open_energies

    wanted = {header.energies.sha256: header.energies.name for header in headers}
    named = (str(run.request.get("energies")) for run in _behind(database, headers))
    found: dict[str, _Energies] = {}
    for source in {given} if given is not None else set(filter(is_packaged, named)):
        phases = open_energies(source)
        if phases.sha256 in wanted:
            found[phases.sha256] = _Energies(phases, known_of(source))
    if given is not None and not found:
        raise InputError(f"--energies {given}: the rankings came from others: {', '.join(sorted(wanted.values()))}")
    return found


def _behind(database: CoatingDatabase, headers: Sequence[RankingHeader]) -> list[Run]:
    """Return the runs that the rankings are of."""
    rankings = {header.ranking_id for header in headers}
    return [run for run in database.runs() if rankings & set(run.rankings)]


def _described(run: Run) -> str:
    """Say what a run asked for."""
    asked = ", ".join(
        f"{option} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for option, value in run.request.items()
        if option != "criteria" and value not in (None, [], False)
    )
    return f"{run.name} ({run.run_id[:8]}, {run.state}): {asked}"
