"""Printing: JSON on stdout for programs, tables on stdout for people, notes on stderr.

While a verb runs, what it prints goes through :class:`Shown`: a name out of a file cannot clear a screen, change its title
or turn its text around.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

import orjson

from screening.errors import CoatscreenError
from screening.output_text import cell, visible, visible_lines

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from screening.phase import EnergyProvenance
    from screening.uncertainty.documents import Uncertainty
    from workflows.local import Progress

_ORIGIN = ("energies", "software")


class OutputError(CoatscreenError):
    """What was to be printed cannot be: the disk is full, say."""


class Shown:
    """A stream on which characters that a terminal would obey are shown in place of being sent.

    Parameters
    ----------
    stream
        Where it goes.
    commands
        Whether such characters are sent all the same.
    """

    def __init__(self, stream: Any, commands: bool = False) -> None:
        self.stream = stream
        self.commands = commands

    def write(self, text: str) -> int:
        """Write a text.

        Raises
        ------
        OutputError
            If it cannot be written; BrokenPipeError, if nobody reads any more.
        """
        with self._errors():
            self.stream.write(text if self.commands else visible_lines(text))
        return len(text)

    def flush(self) -> None:
        """Send what was written; see :meth:`write`."""
        with self._errors():
            self.stream.flush()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def shown() -> Iterator[None]:
    """Send stdout and stderr through :class:`Shown`, to the end.

    Raises
    ------
    OutputError
        If what is left at the end cannot be written.
    """
    with redirect_stdout(Shown(sys.stdout)), redirect_stderr(Shown(sys.stderr)):
        yield
        sys.stdout.flush()


def say_no_more() -> None:
    """Let nothing of stdout be written when the program ends: nobody takes it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console(stderr: bool = False, width: int | None = None) -> Console:
    """Return a console for what is drawn with the terminal's own commands; names in it must be made visible first."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    drawn = Shown(stream.stream if isinstance(stream, Shown) else stream, commands=True)
    return Console(file=cast(TextIO, drawn), markup=False, highlight=False, width=width)


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
    """Print a note on stderr, a line."""
    print(visible(text), file=sys.stderr)


def print_energies(energies: EnergyProvenance, uncertainty: Uncertainty | None = None) -> None:
    """Say which energies a result came from, and what its intervals are."""
    print(
        f"Energies: {energies.name}, version {energies.version}, {energies.n_phases} phases; {energies.functional}; "
        f"corrections: {energies.correction}"
    )
    if uncertainty is not None:
        from screening.uncertainty.documents import ResultUncertainty

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
    from rich.table import Table

    table = Table(title=visible(title) or None, title_justify="left")
    for column in columns:
        right = column in numeric or "(" in column
        table.add_column(visible(column), justify="right" if right else "left")
    for row in rows:
        table.add_row(*map(visible, row))
    drawn = console()
    if not drawn.is_terminal:  # written to a file or a pipe, a table is as wide as it needs to be
        drawn = console(width=500)
    drawn.print(table)


def print_csv(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as CSV, which a spreadsheet opens without computing anything; see :func:`screening.output_text.cell`."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(cell, columns))
    for row in rows:
        writer.writerow(cell(row.get(column)) for column in columns)


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
    from screening.errors import InputError

    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"{option} takes numbers separated by commas, not {text!r}") from None


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a progress bar on stderr, where that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    drawn = console(stderr=True)
    with Progress(*columns, console=drawn, transient=True, disable=not drawn.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def update(finished: int, total: int, name: str) -> None:
            bar.update(task, completed=finished, total=total, description=visible(name))

        yield update
