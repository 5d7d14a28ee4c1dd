"""``coatscreen``: screening of cathode coatings from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import typer

from coatscreen.options import Version
from coatscreen.verbs import (
    atlas,
    candidates,
    catalogue,
    database,
    doctor,
    plot,
    report,
    reproduce,
    run,
    runs,
    site,
    stack,
    status,
    store,
    submit,
)
from coatscreen.verbs.energies import add, deciding, imports, missing, orderings, vacancies
from coatscreen.verbs.materials import anneal, cathode, interface, oxygen, stability, window
from coatscreen.verbs.reference import anchor, calibrate, check, info


def _group(about: str) -> typer.Typer:
    return typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)


app = typer.Typer(
    name="coatscreen",
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
app.command("report")(report.report)
app.command("stability")(stability.stability)
app.command("window")(window.window)
app.command("interface")(interface.interface)
app.command("cathode")(cathode.cathode)
app.command("oxygen")(oxygen.oxygen)
app.command("candidates")(candidates.candidates)
app.command("anneal")(anneal.anneal)
app.command("reproduce")(reproduce.reproduce)
app.command("stack")(stack.stack)
app.command("doctor")(doctor.doctor)
of_reference = _group("The packaged energies: what they are, and making them again.")
of_reference.command("check")(check.check)
of_reference.command("build")(info.build)
of_reference.command("anchor")(anchor.anchor)
of_reference.command("info")(info.info)
of_reference.command("calibrate")(calibrate.calibrate)
app.add_typer(of_reference, name="reference")
of_user = _group("Your own energies: of structures, and of finished calculations.")
of_user.command("order")(orderings.order)
of_user.command("vacancies")(vacancies.vacancies)
of_user.command("missing")(missing.missing)
of_user.command("deciding")(deciding.deciding)
of_user.command("add")(add.add)
of_user.command("import")(imports.import_)
app.add_typer(of_user, name="energies")
app.add_typer(atlas.app, name="atlas")
app.add_typer(site.app, name="site")
app.add_typer(runs.app, name="runs")
app.add_typer(store.app, name="store")
app.add_typer(plot.app, name="plot")
app.add_typer(catalogue.app, name="catalogue")


_TAKE_ADDRESSES = ("--store", "--database", "--setup", "--queue-option", "--filter")  # or lines with such
_IMPORT = ["energies", "import"]


@app.callback()
def _program(version: Version = False) -> None:
    """Screen coatings that protect battery cathodes from sulfide electrolytes."""


_INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ends
_OPTION_ERROR: Any = typer.BadParameter.__mro__[1]  # click's UsageError, wherever this typer keeps click


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program: status 0 done, 2 the request is wrong, 1 the run failed."""
    from screening.common.terminal import say_no_more

    if sys.stdout is None:  # a file that is opened next would take its place, and be printed into
        if sys.stderr is not None:
            _failed("standard output is closed: nothing was done", 1)
        sys.exit(1)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    try:
        status = execute(arguments)
    except BrokenPipeError:  # whoever reads the output has read enough; say nothing more at exit either
        say_no_more()
        status = 1
    sys.exit(status)


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status; an error is one line on stderr."""
    from screening.common.errors import CoatscreenError, InputError
    from screening.common.passwords import masked
    from screening.common.terminal import OutputError, say_no_more, shown

    given = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    try:
        with shown(), _warnings_in_a_line():
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


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Print warnings about the input as notes, and all others as Python does."""
    import warnings

    from screening.common.errors import InputWarning

    with warnings.catch_warnings():
        print_other = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                print(f"coatscreen: {message}", file=sys.stderr)
            else:
                print_other(message, category, *where, **more)

        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = show
        yield


def _refuse_addresses(arguments: Sequence[str]) -> None:
    """Refuse an address where none belongs: it would be taken for a file, and folders made with its password.

    Raises
    ------
    InputError
        Naming the option.
    """
    from screening.common.errors import InputError
    from screening.common.passwords import is_address

    for before, argument in zip(["", *arguments], arguments, strict=False):
        option, _, value = argument.partition("=") if argument.startswith("--") else (before, "", argument)
        imported = list(arguments[:2]) == _IMPORT and not option.startswith("-")
        if is_address(value) and option not in _TAKE_ADDRESSES and not imported:
            where = f"{option}: " if option.startswith("-") else ""
            raise InputError(f"{where}{value} is an address, and no file or name")


def _failed(message: str, status: int) -> int:
    from screening.common.visible_text import visible

    with suppress(OSError):  # the status tells it too
        print("coatscreen: " + visible(" ".join(message.split())), file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
