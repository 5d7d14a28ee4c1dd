"""Printing: JSON on stdout for programs, tables on stdout for people, notes on stderr."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from pydantic import BaseModel

    from screening.common.provenance import EnergyProvenance
    from screening.uncertainty.uncertainty_documents import Uncertainty
    from workflows.local import Progress

_ORIGIN = ("energies", "software")


def document(result: BaseModel, uncertainty: BaseModel | None = None) -> dict[str, Any]:
    """Return a result as JSON-compatible data, its uncertainty, if any, and where it comes from at the end."""
    data = result.model_dump(mode="json")
    if uncertainty is not None:
        data["uncertainty"] = uncertainty.model_dump(mode="json")
    return {**{k: v for k, v in data.items() if k not in _ORIGIN}, **{k: data[k] for k in _ORIGIN if k in data}}


def print_json(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def note(text: str) -> None:
    """Print a note on stderr."""
    print(text, file=sys.stderr)


def print_energies(energies: EnergyProvenance, uncertainty: Uncertainty | None = None) -> None:
    """Say which energies a result came from, and what its intervals are."""
    print(
        f"Energies: {energies.name}, version {energies.version}, {energies.n_phases} phases; {energies.functional}; "
        f"corrections: {energies.correction}"
    )
    if uncertainty is not None:
        from screening.uncertainty.uncertainty_documents import ResultUncertainty

        print(
            f"In brackets: 5 to 95 % of {uncertainty.n_samples} samples of the energies, "
            f"error model {uncertainty.model.name}, seed {uncertainty.seed}"
        )
        if uncertainty.uncalibrated_elements:
            unknown = ", ".join(uncertainty.uncalibrated_elements)
            print(f"The error model was not calibrated on {unknown}; their errors are taken to be like those of others")
        if isinstance(uncertainty, ResultUncertainty) and uncertainty.far_above_hull:
            print(
                f"{', '.join(uncertainty.far_above_hull)}: further above the hull than what the error model was "
                "calibrated on, and so off by more than it says"
            )


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", numeric: Collection[str] = ()
) -> None:
    """Print a table; the `numeric` columns, and those with a unit in brackets, are aligned right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left")
    for column in columns:
        right = column in numeric or "(" in column
        table.add_column(column, justify="right" if right else "left")
    for row in rows:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:  # written to a file or a pipe, a table is as wide as it needs to be
        console = Console(markup=False, highlight=False, width=500)
    console.print(table)


def number(value: float | None, digits: int = 0, missing: str = "-") -> str:
    """Format a number, or a dash where there is none."""
    if value is None:
        return missing
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text


def numbers(option: str, text: str) -> list[float]:
    """Read a comma list of numbers.

    Raises
    ------
    InputError
        If one is no number; the message names the option.
    """
    from screening.common.errors import InputError

    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"{option} takes numbers separated by commas, not {text!r}") from None


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a progress bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def update(finished: int, total: int, name: str) -> None:
            bar.update(task, completed=finished, total=total, description=name)

        yield update
