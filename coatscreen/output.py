"""Printing: JSON on stdout for programs, tables on stdout for people, notes on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.local import Progress


def print_json(value: Any) -> None:
    """Print one JSON document."""
    json.dump(value, sys.stdout, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def note(text: str) -> None:
    """Print a note on stderr."""
    print(text, file=sys.stderr)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """Print a table; a column is aligned right where its name holds a unit in brackets or is 'rank' or 'tier'."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left")
    for column in columns:
        right = "(" in column or column in ("rank", "tier", "Pareto")
        table.add_column(column, justify="right" if right else "left")
    for row in rows:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    # written to a file or a pipe, a table is as wide as it needs to be
    console.print(table) if console.is_terminal else Console(markup=False, highlight=False, width=200).print(table)


def number(value: float | None, digits: int = 0, missing: str = "-") -> str:
    """Format a number, or a dash where there is none."""
    if value is None:
        return missing
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a progress bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def update(finished: int, total: int, name: str) -> None:
            bar.update(task, completed=finished, total=total, description=name)

        yield update
