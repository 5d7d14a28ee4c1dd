"""The file a result goes to: refused before any work, and written by one process at a time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from pydantic import ValidationError

from screening.common.errors import InputError, StoreError
from workflows import result_file as module
from workflows.result_file import result_file, write_whole, writing
from workflows.vacancies import VacancyCollector

HOLDING = """
import sys, time
from pathlib import Path
from workflows.result_file import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_path_does_not_depend_on_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert result_file("new/cells.json") == tmp_path / "new" / "cells.json"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert result_file("~/cells.json") == tmp_path / "cells.json"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"^{tmp_path} is a folder: name a file in it$"):
        result_file(tmp_path)
    with pytest.raises(InputError, match=rf"cannot be written: {tmp_path}/file is no folder$"):
        result_file(tmp_path / "file" / "cells.json")


def test_a_folder_without_the_right_to_write_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module.os, "access", lambda path, mode: False)  # who runs the tests may write everywhere
    with pytest.raises(InputError, match=rf"cells.json cannot be written: {tmp_path} is read-only$"):
        result_file(tmp_path / "cells.json")


def test_a_relative_path_is_sent_nowhere():
    with pytest.raises(ValidationError, match="is not absolute"):
        VacancyCollector(file="found.json", result="id")


def test_one_process_at_a_time_and_a_killed_one_does_not_hold_on(tmp_path, monkeypatch):
    file = tmp_path / "new" / "cells.json"
    monkeypatch.setattr("screening.database.locks.LOCK_SECONDS", 0.2)
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, str(file)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="another process has been writing"), writing(file):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    before = time.monotonic()
    with writing(file):
        write_whole(file, "new")
    assert time.monotonic() - before < 1
    assert file.read_text() == "new"


def test_half_of_a_file_is_never_there(tmp_path, monkeypatch):
    file = tmp_path / "found.json"
    file.write_text("old")

    def full(self, text, encoding):
        with self.open("w") as opened:
            opened.write(text[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(file), "write_text", full)
    with pytest.raises(StoreError, match=r"found.json cannot be written: No space left on device$"), writing(file):
        write_whole(file, "new text")
    assert file.read_text() == "old"


def test_who_reads_a_file_while_it_is_written_reads_the_old_one(tmp_path):
    file = tmp_path / "found.json"
    file.write_text("old")
    with file.open() as opened, writing(file):
        write_whole(file, "new")
        assert opened.read() == "old"
    assert file.read_text() == "new"
    assert {each.name for each in tmp_path.iterdir()} <= {"found.json", "found.json.lock"}
