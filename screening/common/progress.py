"""How far a long calculation has come: a bar in a terminal, lines in a file."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int, str], None]  # called with (finished parts, all parts, name of the last)
LINE_SECONDS = 30.0  # between two lines in a file


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show on stderr how far a calculation has come.

    Where stderr is a terminal it is a bar. Otherwise a line is written every :data:`LINE_SECONDS`, also while no part
    is finished, so that a calculation of some seconds leaves none.

    Parameters
    ----------
    what
        What is calculated, in a word or two.
    """
    if sys.stderr.isatty():
        with _bar(what) as update:
            yield update
        return
    lines, done = ProgressLines(what), threading.Event()
    writing = threading.Thread(target=lines.write, args=(done.wait,), daemon=True)
    writing.start()
    try:
        yield lines.update
    finally:
        done.set()
        writing.join()


class ProgressLines:
    """Lines that say how far a calculation has come.

    Parameters
    ----------
    what
        What is calculated.
    clock
        The time in seconds, from any moment on.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._clock, self._begun = what, clock, clock()
        self._state = (0, 0, "")

    def update(self, finished: int, total: int, name: str) -> None:
        """Take in how many parts are finished, of how many, and the name of the last."""
        self._state = (finished, total, name)

    def write(self, wait: Callable[[float], bool]) -> None:
        """Write a line after each pause, until `wait`, called with its length in seconds, returns true."""
        while not wait(LINE_SECONDS):
            finished, total, name = self._state
            seconds = self._clock() - self._begun
            count = f"{finished} of {total} finished" if total else "begun"
            print(f"{self._what}: {count}, {seconds:.0f} s{f', {name}' if name else ''}", file=sys.stderr, flush=True)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from screening.text.terminal import console
    from screening.text.visible_text import visible

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def update(finished: int, total: int, name: str) -> None:
            bar.update(task, completed=finished, total=total, description=visible(name))

        yield update
