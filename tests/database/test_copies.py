"""Copies of an embedded database: a backup of a whole one, and what is intact of a damaged one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fixtures_filled import FILE, changed
from fixtures_screening import contents

from screening.common.errors import InputError, StoreError
from screening.database import StoreLocation
from screening.database.copies import backup


def test_repair_waits_for_nobody_who_has_it_open(copied, verb):
    changed(copied, "UPDATE coatings SET doc = '{}' WHERE rowid = 1")
    before = (copied / FILE).read_bytes()
    holder = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT * FROM runs').fetchall(); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", f"{holder.replace('input()', 'print(1, flush=True); input()')}", str(copied / FILE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    status, _, err = verb("store", "repair", "--store", str(copied))
    process.communicate(b"\n")
    assert status == 1
    assert "another process has the database" in err
    assert (copied / FILE).read_bytes() == before


def test_a_backup_is_one_state_of_a_database_that_is_written(copied, tmp_path):
    """A process writes pairs, both or none; each copy holds as many of the one as of the other."""
    writer = """
import sys
from screening.database import StoreLocation
store = StoreLocation(sys.argv[1]).open("jobs")
n = 0
while True:
    store.update([{"uuid": f"{side}{n}", "text": "x" * 2000} for side in "ab"])
    n += 1
    print(n, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", writer, str(copied)], stdout=subprocess.PIPE)
    try:
        counts = []
        for number in range(3):
            for _ in range(20):
                process.stdout.readline()
            backup(StoreLocation(copied), tmp_path / f"copy {number}")
            jobs = StoreLocation(tmp_path / f"copy {number}").open("jobs", read_only=True)
            sides = [doc["uuid"][0] for doc in jobs.query({}, ["uuid"]) if len(doc["uuid"]) < 20]
            jobs.close()
            counts.append(sides.count("a"))
            assert sides.count("a") == sides.count("b")
        assert counts == sorted(counts)
        assert 0 < counts[0] < counts[-1]
    finally:
        process.kill()
        process.communicate()


def test_a_backup_replaces_nothing_and_is_none_of_a_damaged_one(copied, tmp_path):
    backup(StoreLocation(copied), tmp_path / "copy")
    assert [one.name for one in (tmp_path / "copy").iterdir()] == [FILE]
    assert contents(tmp_path / "copy") == contents(copied)
    with pytest.raises(InputError, match=r"there is a database in .*copy already"):
        backup(StoreLocation(copied), tmp_path / "copy")
    changed(copied, "UPDATE coatings SET doc = '{}' WHERE rowid = 1")
    with pytest.raises(StoreError, match="is damaged"):
        backup(StoreLocation(copied), tmp_path / "other")
    assert not list((tmp_path / "other").iterdir())
    with pytest.raises(InputError, match="mongodump"):
        backup(StoreLocation("mongodb://localhost/db"), tmp_path / "third")
