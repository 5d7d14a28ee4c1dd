"""A long calculation says how far it has come, also where nobody looks at a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time

from screening.common import progress
from screening.common.progress import LINE_SECONDS, ProgressLines, progress_bar


class Clock:
    """A clock that a pause moves on; after some pauses the calculation has ended."""

    def __init__(self, pauses, during=lambda now: None):
        self.now, self.pauses, self.during = 1000.0, pauses, during

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
        self.during(self.now)
        self.pauses -= 1
        return self.pauses < 0


def test_a_line_comes_at_least_every_30_seconds(capsys):
    clock = Clock(10)
    lines = ProgressLines("screening", clock)
    lines.update(3, 12, "contacts: 2/4")
    lines.write(clock.wait)
    written = capsys.readouterr().err.splitlines()
    assert len(written) == 10
    assert LINE_SECONDS <= 30
    seconds = [int(line.split(", ")[1].removesuffix(" s")) for line in written]
    assert max(b - a for a, b in zip([0, *seconds], seconds, strict=False)) <= 30
    assert written[0] == "screening: 3 of 12 finished, 30 s, contacts: 2/4"


def test_lines_follow_what_is_finished(capsys):
    states = iter([(0, 0, ""), (0, 4, ""), (1, 4, "first"), (4, 4, "last")])
    clock = Clock(3, lambda now: lines.update(*next(states)))
    lines = ProgressLines("relaxing", clock)
    lines.write(clock.wait)
    assert capsys.readouterr().err.splitlines() == [
        "relaxing: begun, 30 s",
        "relaxing: 0 of 4 finished, 60 s",
        "relaxing: 1 of 4 finished, 90 s, first",
    ]


def test_a_short_calculation_leaves_no_line(capsys):
    with progress_bar("screening") as update:
        update(1, 2, "first")
    assert capsys.readouterr().err == ""


def test_lines_come_while_a_part_is_computed(capsys, monkeypatch):
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.02)
    written, end = "", time.monotonic() + 60
    with progress_bar("screening") as update:
        update(1, 2, "first")
        while written.count("first") < 3 and time.monotonic() < end:
            time.sleep(0.02)
            written += capsys.readouterr().err
    lines = [line for line in written.splitlines() if not line.startswith("screening: begun")]  # before the update
    assert len(lines) >= 3
    assert all(re.fullmatch(r"screening: 1 of 2 finished, \d+ s, first", line) for line in lines)


def test_an_error_ends_the_lines(monkeypatch, capsys):
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    try:
        with progress_bar("screening"):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    capsys.readouterr()
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_a_bar():
    code = "from screening.common.progress import progress_bar\nwith progress_bar('screening') as u: u(1, 2, 'first')"
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-c", code], stderr=theirs, env={"TERM": "xterm", "PATH": ""}, check=True)
    shown = os.read(ours, 65536).decode()
    assert done.returncode == 0
    assert "1/2" in shown
