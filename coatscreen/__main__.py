"""``coatscreen``: screening of cathode coatings from the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from coatscreen.whole_help import whole_help

_TAKE_ADDRESSES = ("--store", "--database", "--setup", "--queue-option", "--filter")  # or lines with such
_IMPORT = ["energies", "import"]
_COMPLETION = "_COATSCREEN_COMPLETE"  # in the environment where a shell completes a line

_INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ends


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program: status 0 done, 2 the request is wrong, 1 the run failed."""
    from screening.text.terminal import say_no_more

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
    from screening.text.terminal import OutputError, say_no_more, shown

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with shown(), _warnings_in_a_line():
            _refuse_addresses(given)
            return _answer(given)
    except OutputError as error:
        say_no_more()
        return _failed(str(error), 1)
    except InputError as error:
        return _failed(str(error), 2)
    except CoatscreenError as error:
        return _failed(str(error), 1)
    except KeyboardInterrupt:
        return _interrupted()


def _answer(given: list[str]) -> int:
    """Carry out what is asked, and return the exit status."""
    completing = _COMPLETION in os.environ  # the shell asks, and not a person
    if given in ([], ["--help"]) and not completing and (text := whole_help()) is not None:
        print(text, end="")
        return 0
    import typer

    from coatscreen.program import program

    option_error: Any = typer.BadParameter.__mro__[1]  # click's UsageError, wherever this typer keeps click
    command = typer.main.get_command(program(next(iter(given), None)))
    try:
        status = command.main(args=given or ["--help"], prog_name="coatscreen", standalone_mode=False)
    except option_error as error:
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError" and context is not None:
            print(context.get_help())
            return 0
        from screening.text.passwords import masked

        return _failed(masked(error.format_message()), 2)
    except typer.Abort:
        return _interrupted()
    return _interrupted() if status == _INTERRUPTED else int(status or 0)  # some versions of typer return it


def _interrupted() -> int:
    return _failed("interrupted; run the same command again to go on", _INTERRUPTED)


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
    from screening.text.passwords import is_address

    for before, argument in zip(["", *arguments], arguments, strict=False):
        option, _, value = argument.partition("=") if argument.startswith("--") else (before, "", argument)
        imported = list(arguments[:2]) == _IMPORT and not option.startswith("-")
        if is_address(value) and option not in _TAKE_ADDRESSES and not imported:
            where = f"{option}: " if option.startswith("-") else ""
            raise InputError(f"{where}{value} is an address, and no file or name")


def _failed(message: str, status: int) -> int:
    from screening.text.visible_text import visible

    with suppress(OSError):  # the status tells it too
        print("coatscreen: " + visible(" ".join(message.split())), file=sys.stderr)
    return status


if __name__ == "__main__":
    main()
