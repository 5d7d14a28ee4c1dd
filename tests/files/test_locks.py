"""One process at a time writes a file, and a killed one does not hold on to it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from screening.common.errors import StoreError
from screening.files.content import write_whole
from screening.files.locks import Held, file_lock, locked

HOLDING = """
import sys, time
from pathlib import Path
from screening.files.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_process_at_a_time_and_a_killed_one_does_not_hold_on(tmp_path, monkeypatch):
    file = tmp_path / "new" / "cells.json"
    monkeypatch.setattr("screening.files.locks.LOCK_SECONDS", 0.2)
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, str(file)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="another process has been writing"), locked(file):
            pass
        with pytest.raises(Held), file_lock(file.with_name("cells.json.lock"), 0.0):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    before = time.monotonic()
    with locked(file):
        write_whole(file, "new")
    assert time.monotonic() - before < 1
    assert file.read_text() == "new"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cells\.json cannot be written: "), locked(tmp_path / "file" / "cells.json"):
        pass
