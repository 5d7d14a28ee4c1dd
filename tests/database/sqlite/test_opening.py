"""What is looked at when an embedded database is opened: file locks, and whether a small one is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from screening.database.sqlite import opening
from screening.database.sqlite.damage import DamagedError
from screening.database.sqlite.store import SQLiteStore

NO_LOCKS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int without(const char *name, int file, int command, void *argument) {
    if (command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK) { errno = ENOLCK; return -1; }
    int (*real)(int, int, void *) = dlsym(RTLD_NEXT, name);
    return real(file, command, argument);
}
int fcntl(int file, int command, ...) {
    va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
    return without("fcntl", file, command, argument);
}
int fcntl64(int file, int command, ...) {
    va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
    return without("fcntl64", file, command, argument);
}
"""


@pytest.fixture(scope="module")
def no_locks(tmp_path_factory):
    """An environment in which no file can be locked, as on NFS without its lock service."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler on Linux")
    folder = tmp_path_factory.mktemp("no_locks")
    (folder / "no_locks.c").write_text(NO_LOCKS)
    library = folder / "no_locks.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "no_locks.c", "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": str(library)}


@pytest.mark.parametrize("words", [["rank"], ["run", "--coatings", "HfO2"]])
def test_a_filesystem_without_locks_is_named_at_once(filled, copied, no_locks, words):
    (copied / opening.LOCK).touch()
    command = [sys.executable, "-m", "coatscreen", *words, "--store", str(copied)]
    if words[0] == "run":
        command += ["--energies", filled.energies, "--cathodes", "LiCoO2"]
    began = time.monotonic()
    done = subprocess.run(command, env=no_locks, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has no file locks (No locks available; NFS without its lock service?)" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert time.monotonic() - began < 60  # where SQLite would wait for two minutes


def test_locks_are_tried_on_a_file_of_their_own_that_a_reader_does_not_make(tmp_path):
    opening.require_locks(tmp_path, read_only=True)
    assert list(tmp_path.iterdir()) == []
    opening.require_locks(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [opening.LOCK]
    opening.require_locks(tmp_path / "nothing")  # said where the file is opened
    assert not (tmp_path / "nothing").exists()


def test_what_another_process_holds_is_lockable(tmp_path):
    holder = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path / opening.LOCK)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    opening.require_locks(tmp_path)
    process.communicate(b"\n")
    assert process.returncode == 0


def test_a_small_database_is_read_whole_and_a_large_one_is_not(tmp_path, monkeypatch):
    path = tmp_path / "store.sqlite"
    with SQLiteStore(str(path), "coatings") as store:
        store.update([{"_key": name, "name": name} for name in ("LiF", "HfO2")])
    opening.require_whole(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE coatings SET doc = replace(doc, 'LiF', 'LiI')")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(DamagedError, match=r"store\.sqlite is damaged \(coatings: .*the document is damaged\)"):
        opening.require_whole(path)
    monkeypatch.setattr(opening, "CHECKED_WHOLE", path.stat().st_size)
    with pytest.raises(DamagedError):
        opening.require_whole(path)
    monkeypatch.setattr(opening, "CHECKED_WHOLE", path.stat().st_size - 1)
    opening.require_whole(path)
