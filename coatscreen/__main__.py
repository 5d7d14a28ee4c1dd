"""``coatscreen``: screening of cathode coatings from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer

from coatscreen.verbs import (
    anneal,
    calibrate,
    candidates,
    database,
    doctor,
    energies,
    materials,
    oxygen,
    reference,
    reproduce,
    run,
    stack,
    status,
    submit,
)

app = typer.Typer(
    name="coatscreen",
    help="Screen coatings that protect battery cathodes from sulfide electrolytes.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("submit")(submit.submit)
app.command("status")(status.status)
app.command("recover")(status.recover)
app.command("rank")(database.rank)
app.command("query")(database.query)
app.command("stability")(materials.stability)
app.command("window")(materials.window)
app.command("interface")(materials.interface)
app.command("cathode")(materials.cathode)
app.command("oxygen")(oxygen.oxygen)
app.command("candidates")(candidates.candidates)
app.command("anneal")(anneal.anneal)
app.command("reproduce")(reproduce.reproduce)
app.command("stack")(stack.stack)
app.command("doctor")(doctor.doctor)
reference.app.command("calibrate")(calibrate.calibrate)
app.add_typer(reference.app, name="reference")
app.add_typer(energies.app, name="energies")


_TAKE_ADDRESSES = ("--store", "--database", "--setup", "--queue-option", "--filter")  # or lines with such
_IMPORT = ["energies", "import"]
_INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ends
_OPTION_ERROR: Any = typer.BadParameter.__mro__[1]  # click's UsageError, wherever this typer keeps click


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program: status 0 done, 2 the request is wrong, 1 the run failed."""
    from coatscreen.output import say_no_more

    if sys.stdout is None:  # a file that is opened next would take its place, and be printed into
        if sys.stderr is not None:
            _failed("standard output is closed: nothing was done", 1)
        sys.exit(1)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    try:
        status = execute(arguments)
    except BrokenPipeError:  # whoever reads the output has read enough; say nothing more at exit either
        say_no_more()
        status = 1
    sys.exit(status)


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status; an error is one line on stderr."""
    from coatscreen.output import OutputError, say_no_more, shown
    from screening.errors import CoatscreenError, InputError
    from screening.passwords import masked

    given = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    try:
        with shown():
            _refuse_addresses(given)
            status = command.main(args=given or ["--help"], prog_name="coatscreen", standalone_mode=False)
    except OutputError as error:
        say_no_more()
        return _failed(str(error), 1)
    except InputError as error:
        return _failed(str(error), 2)
    except CoatscreenError as error:
        return _failed(str(error), 1)
    except _OPTION_ERROR as error:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
            print(context.get_help())
            return 0
        return _failed(masked(error.format_message()), 2)
    except (KeyboardInterrupt, typer.Abort):
        status = _INTERRUPTED
    if status == _INTERRUPTED:  # some versions of typer return it
        return _failed("interrupted; run the same command again to go on", status)
    return int(status or 0)


def _refuse_addresses(arguments: Sequence[str]) -> None:
    """Refuse an address where none belongs: it would be taken for a file, and folders made with its password.

    Raises
    ------
    InputError
        Naming the option.
    """
    from screening.errors import InputError
    from screening.passwords import is_address

    for before, argument in zip(["", *arguments], arguments, strict=False):
        option, _, value = argument.partition("=") if argument.startswith("--") else (before, "", argument)
        imported = list(arguments[:2]) == _IMPORT and not option.startswith("-")
        if is_address(value) and option not in _TAKE_ADDRESSES and not imported:
            where = f"{option}: " if option.startswith("-") else ""
            raise InputError(f"{where}{value} is an address, and no file or name")


def _failed(message: str, status: int) -> int:
    from screening.output_text import visible

    with suppress(OSError):  # the status tells it too
        print("coatscreen: " + visible(" ".join(message.split())), file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
