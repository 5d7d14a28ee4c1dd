"""``coatscreen rank`` and ``coatscreen query``: asking the database."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

_NOTES = 5  # of jobs that failed

Store = Annotated[
    str, typer.Option(help="Folder of the database, a mongodb:// URI, or a site's folder.", envvar="COATSCREEN_STORE")
]
Cathode = Annotated[str | None, typer.Option(help="Only this cathode.")]
Electrolyte = Annotated[str | None, typer.Option(help="Only this electrolyte.")]


class Format(StrEnum):
    """How results are printed."""

    table = "table"
    json = "json"
    csv = "csv"


OutputFormat = Annotated[Format, typer.Option("--format", help="How to print.")]


def rank(
    cathode: Cathode = None,
    electrolyte: Electrolyte = None,
    sort: Annotated[str, typer.Option(help="Order of the lines; the ranks stay.")] = "worst_mutual",
    top: Annotated[int, typer.Option(help="At most so many coatings; 0 for all.", min=0)] = 0,
    store: Store = "results/coatings",
    form: OutputFormat = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print the ranking again, from the database.

    Example: coatscreen rank --cathode NCM83 --electrolyte Li6PS5Cl --sort cost --top 10
    """
    from coatscreen.output import document, note, print_json
    from coatscreen.rankings import print_ranking, row
    from screening.database import CoatingDatabase
    from screening.errors import InputError, nearest

    with CoatingDatabase.open(store) as database:
        rankings = database.ranking(cathode, electrolyte, sort, top)
        pairs = database.pairs()
        failed = database.failed_jobs()
    if not rankings:
        wanted = " with ".join(name for name in (cathode, electrolyte) if name)
        known = [name for pair in pairs for name in pair]
        raise InputError(
            f"the database holds nothing for {wanted or 'anything'}{nearest(cathode or electrolyte or '', known)}"
        )
    if as_json or form is Format.json:
        documents = [document(ranking) for ranking in rankings]
        print_json(documents[0] if len(documents) == 1 else documents)
    elif form is Format.csv:
        _print_csv([row(coating) for ranking in rankings for coating in ranking.ranking])
    else:
        for ranking in rankings:
            print_ranking(ranking)
    for name, why in list(failed.items())[:_NOTES]:
        note(f"made without {name}: {why}")
    if len(failed) > _NOTES:
        note(f"made without {len(failed) - _NOTES} more jobs that failed: why_missing of each coating names them")


def query(
    coating: Annotated[str | None, typer.Option(help="Only this coating.")] = None,
    cathode: Cathode = None,
    electrolyte: Electrolyte = None,
    max_reaction_energy: Annotated[
        float | None, typer.Option(help="Largest size of the worst closed mutual energy, meV/atom.")
    ] = None,
    filter_json: Annotated[str | None, typer.Option("--filter", help="A MongoDB filter as JSON.")] = None,
    fields: Annotated[str | None, typer.Option(help="Comma list of dotted field names.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many documents; 0 for all.", min=0)] = 0,
    store: Store = "results/coatings",
    form: OutputFormat = Format.json,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print documents of the database, best first.

    Example: coatscreen query --max-reaction-energy 50 --fields coating,rank,window.oxidation_limit_v --format table
    """
    import json

    from coatscreen.output import print_json, print_table
    from screening.database import CoatingDatabase
    from screening.errors import InputError

    try:
        wanted = None if filter_json is None else json.loads(filter_json)
    except json.JSONDecodeError as error:
        raise InputError(f"--filter is not JSON: {error}") from None
    except RecursionError:
        raise InputError("--filter is too deeply nested") from None
    if wanted is not None and not isinstance(wanted, dict):
        raise InputError("--filter must be a JSON object")
    names = None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]
    with CoatingDatabase.open(store) as database:
        found = database.search(
            coating=coating,
            cathode=cathode,
            electrolyte=electrolyte,
            max_reaction_energy_mev_per_atom=max_reaction_energy,
            filter=wanted,
            fields=names,
            limit=limit,
        )
    if as_json or form is Format.json:
        print_json(found)
        return
    rows = found if names else [_scalars(doc) for doc in found]
    if form is Format.csv:
        _print_csv(rows, names)
    elif rows:
        print_table(list(rows[0]), [[_text(value) for value in line.values()] for line in rows])


def _scalars(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if not isinstance(value, dict | list)}


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return _nested(value)
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _nested(value: Any) -> str:
    import json

    return json.dumps(value, allow_nan=False)


def _print_csv(rows: list[dict[str, Any]], names: list[str] | None = None) -> None:
    from coatscreen.output import print_csv

    columns = names or list(dict.fromkeys(name for line in rows for name in line))
    print_csv([{k: _nested(v) if isinstance(v, dict | list) else v for k, v in line.items()} for line in rows], columns)
