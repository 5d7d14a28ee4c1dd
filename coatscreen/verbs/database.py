"""``coatscreen rank`` and ``coatscreen query``: asking the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import TEXT_TABLES, Format
from coatscreen.options import (
    AsJson,
    OnlyCathode,
    OnlyElectrolyte,
    OutputFormat,
    RunName,
    Sort,
    Store,
    Thresholds,
    TopCoatings,
    read_thresholds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.coatings.ranking import RankingHeader
    from screening.database import CoatingDatabase, StoreLocation

_NOTES = 5  # of jobs that failed


def rank(
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    sort: Sort = "rank",
    top: TopCoatings = 0,
    criteria: Annotated[
        Path | None, typer.Option(help="YAML file of criteria: judge again by these; nothing is computed or stored.")
    ] = None,
    threshold: Thresholds = None,
    store: Store = "results/coatings",
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Print the ranking again, from the database.

    A ranking rests on energies, criteria, lithium potentials and samples: of several for a cathode, an electrolyte and
    a set of energies the last one is printed, unless a run is named. While a run goes on, what is finished is ranked.

    Example: coatscreen rank --cathode NCM83 --electrolyte Li6PS5Cl --sort cost --top 10

    Example: coatscreen rank --threshold gain_over_bare_mev_per_atom=500 --threshold oxidation=4.3
    """
    from coatscreen.forms import print_rows
    from coatscreen.output import MOST_ROWS
    from coatscreen.rankings import print_ranking, print_rankings_json, rows
    from screening.database import CoatingDatabase, StoreLocation

    location = StoreLocation(store)
    rank_what_goes_on(location)
    with CoatingDatabase.open(location) as database:
        headers = rankings_asked(database, cathode, electrolyte, run)
        if criteria is not None or threshold:
            _judge_again(database, headers, criteria, threshold or [], sort, top, Format.json if as_json else form)
        elif as_json or form is Format.json:
            print_rankings_json((header, database.coatings(header, sort, top)) for header in headers)
        elif form not in (Format.table, *TEXT_TABLES):
            print_rows(form, (row for header in headers for row in rows(header, database.lines(header, sort, top))))
        else:
            for header in headers:
                print_ranking(header, database.lines(header, sort, min(top or MOST_ROWS, MOST_ROWS)), form)
                there = database.count(ranking_id=header.ranking_id)
                _note_more(min(top or there, there))
        _note_failed(database)


def query(
    coating: Annotated[str | None, typer.Option(help="Only this coating.")] = None,
    cathode: OnlyCathode = None,
    electrolyte: OnlyElectrolyte = None,
    run: RunName = None,
    max_reaction_energy: Annotated[
        float | None, typer.Option(help="Largest size of the worst closed mutual energy, meV/atom.")
    ] = None,
    filter_json: Annotated[
        str | None, typer.Option("--filter", help="A MongoDB filter as JSON; docs/security.md lists its operators.")
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(help="Comma list of dotted field names or quantities; interfaces.electrolyte.reaction."),
    ] = None,
    sort: Sort = "rank",
    limit: Annotated[int, typer.Option(help="At most so many documents; 0 for all.", min=0)] = 0,
    store: Store = "results/coatings",
    form: OutputFormat = Format.json,
    as_json: AsJson = False,
) -> None:
    """Print documents of the database, best first.

    Example: coatscreen query --max-reaction-energy 50 --fields coating,rank,window.oxidation_limit_v --format table
    """
    import json
    from itertools import islice

    from coatscreen.forms import print_rows, print_text_table
    from coatscreen.output import MOST_ROWS, print_json_list, print_table
    from screening.common.errors import InputError
    from screening.database import CoatingDatabase

    try:
        wanted = None if filter_json is None else json.loads(filter_json)
    except ValueError as error:
        raise InputError(f"--filter is not JSON: {error}") from None
    except RecursionError:
        raise InputError("--filter is too deeply nested") from None
    if wanted is not None and not isinstance(wanted, dict):
        raise InputError("--filter must be a JSON object")
    names = None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]
    with CoatingDatabase.open(store) as database:
        found = database.stream(
            coating=coating,
            cathode=cathode,
            electrolyte=electrolyte,
            max_reaction_energy_mev_per_atom=max_reaction_energy,
            filter=wanted,
            fields=names,
            sort=sort,
            limit=limit,
            run=run,
        )
        if as_json or form is Format.json:
            print_json_list(found)
            print()
            return
        lines = found if names else map(_scalars, found)
        if form not in (Format.table, *TEXT_TABLES):
            cells = ({k: _nested(v) if isinstance(v, dict | list) else v for k, v in line.items()} for line in lines)
            print_rows(form, cells)
        elif shown := list(islice(lines, MOST_ROWS)):
            columns, texts = list(shown[0]), [[_text(value) for value in line.values()] for line in shown]
            print_table(columns, texts) if form is Format.table else print_text_table(form, columns, texts)
            _note_more(len(shown) + sum(1 for _ in lines))


def rankings_asked(
    database: CoatingDatabase, cathode: str | None = None, electrolyte: str | None = None, run: str | None = None
) -> list[RankingHeader]:
    """Return what the rankings rest on that were asked for.

    Raises
    ------
    InputError
        If there are none.
    """
    from screening.common.errors import InputError

    headers = database.headers(cathode, electrolyte, run)
    if not headers:
        wanted = " with ".join(name for name in (cathode, electrolyte, run) if name)
        raise InputError(f"the database holds no ranking{f' for {wanted}' if wanted else ''}")
    return headers


def rank_what_goes_on(location: StoreLocation) -> None:
    """Rank what is finished of the runs that go on, and say so; where none does, jobflow is not even loaded."""
    from coatscreen.output import note
    from screening.database import CoatingDatabase

    with CoatingDatabase.open(location) as database:
        if all(run.state != "running" for run in database.runs()):
            return
    from workflows.refresh import refreshed

    for going_on, done in refreshed(location):
        note(
            f"the run {going_on.name!r} is not finished: {done} of {len(going_on.jobs)} jobs are done; "
            "this ranks what is there"
        )


def _judge_again(
    database: CoatingDatabase,
    headers: Sequence[Any],
    file: Path | None,
    thresholds: Sequence[str],
    sort: str,
    top: int,
    form: Format,
) -> None:
    """Print rankings as other criteria make them."""
    from coatscreen.forms import print_rows
    from coatscreen.output import MOST_ROWS
    from coatscreen.rankings import print_ranking, print_rankings_json, rows
    from screening.criteria.criteria import read_criteria_file, with_thresholds
    from workflows.refresh import judge_again

    read = None if file is None else read_criteria_file(file)
    given = read_thresholds(thresholds)
    rankings = []
    for header in headers:
        criteria = with_thresholds(list(header.criteria.values()) if read is None else read, given)
        rankings.append(judge_again(database.location, header.ranking_id, criteria, sort, top))
    if form is Format.json:
        print_rankings_json((ranking, ranking.ranking) for ranking in rankings)
        return
    lines = [(ranking, [coating.model_dump(mode="json") for coating in ranking.ranking]) for ranking in rankings]
    if form not in (Format.table, *TEXT_TABLES):
        print_rows(form, (row for ranking, coatings in lines for row in rows(ranking, coatings)))
    else:
        for ranking, coatings in lines:
            print_ranking(ranking, coatings[:MOST_ROWS], form)
            _note_more(len(coatings))


def _note_more(there: int) -> None:
    """Say how many a table would have, if that is more than it shows."""
    from coatscreen.output import MOST_ROWS, note

    if there > MOST_ROWS:
        note(f"the first {MOST_ROWS} of {there}: --format csv and --json print all, --top and --limit fewer")


def _note_failed(database: CoatingDatabase) -> None:
    """Say which jobs the rankings were made without."""
    from coatscreen.output import note

    failed = database.failed_jobs()
    for name, why in list(failed.items())[:_NOTES]:
        note(f"made without {name}: {why}")
    if len(failed) > _NOTES:
        note(f"made without {len(failed) - _NOTES} more jobs that failed: why_missing of each coating names them")


def _scalars(doc: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: value for name, value in doc.items() if not isinstance(value, dict | list)},
        "energies": f"{doc['energies']['name']}, version {doc['energies']['version']}",
        "energies_sha256": doc["energies"]["sha256"],
    }


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return _nested(value)
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _nested(value: Any) -> str:
    import json

    return json.dumps(value, allow_nan=False)
