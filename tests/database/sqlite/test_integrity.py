"""Embedded databases that are damaged, cut, foreign or without file locks: named in one line, and repaired."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from fixtures_screening import SMALL, contents, settings_for

from coatscreen.__main__ import execute
from screening.common.errors import InputError, StoreError
from screening.database import CoatingDatabase, StoreLocation
from screening.database.copies import backup
from screening.database.sqlite import opening, schema
from screening.database.sqlite.integrity import damages
from workflows import run_screening
from workflows.outputs import LARGE, job_store

FILE = "coatscreen.sqlite"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A database with a run, and its settings."""
    folder = tmp_path_factory.mktemp("integrity")
    settings = settings_for(folder, **SMALL)
    run_screening(settings)
    with closing(sqlite3.connect(Path(settings.store) / FILE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings


@pytest.fixture
def copied(filled, tmp_path):
    """A copy of it, to be damaged."""
    (tmp_path / "db").mkdir()
    shutil.copy(Path(filled.store) / FILE, tmp_path / "db" / FILE)
    return tmp_path / "db"


@pytest.fixture
def verb(capsys):
    gc.collect()
    gc.freeze()  # what other tests have loaded is not looked at again and again

    def run(*arguments):
        status = execute([*arguments])
        gc.collect()  # as a process that ends: what a failure had open is closed
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert status in (0, 1)
        return status, out, err

    yield run
    gc.unfreeze()


def ask(verb, folder):
    return [
        verb(*words, "--store", str(folder)) for words in (["rank", "--json"], ["query"], ["runs", "list", "--json"])
    ]


def damage(file, kind, rng):
    """Flip a bit, anywhere or in the header, or cut the file."""
    data = bytearray(file.read_bytes())
    if kind == "cut":  # the list of tables is not always at the beginning
        data = data[: rng.choice([rng.randrange(1, len(data)), len(data) - rng.randrange(1, 20_000)])]
    else:
        place = rng.randrange(100 if kind == "header" else len(data))
        data[place] ^= 1 << rng.randrange(8)
    file.write_bytes(data)


@pytest.mark.parametrize("read_whole", [True, False], ids=["small", "large"])
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        *(("bit", 1), ("header", 1), ("cut", 1)),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in (("bit", 12), ("header", 4), ("cut", 4))),
    ],
)
def test_what_is_damaged_is_never_answered_from_and_is_repaired(
    filled, copied, verb, monkeypatch, kind, times, read_whole
):
    """Of a file too large to be read whole, the documents' own checksums must do."""
    if not read_whole:
        monkeypatch.setattr(opening, "CHECKED_WHOLE", 0)
    right, original = ask(verb, filled.store), (copied / FILE).read_bytes()
    n_refused = n_repaired = 0
    for seed in range(times):
        for left in copied.iterdir():
            left.unlink()
        (copied / FILE).write_bytes(original)
        damage(copied / FILE, kind, random.Random(f"{kind}{seed}"))
        damaged = (copied / FILE).read_bytes()
        is_whole = verb("store", "check", "--store", str(copied))[0] == 0
        for found, wanted in zip(ask(verb, copied), right, strict=True):
            assert found == wanted or "is damaged" in found[2] or "no SQLite database" in found[2]
            n_refused += found[0]
            assert found == wanted or not is_whole
        status, _, err = verb("store", "repair", "--store", str(copied))
        kept = list(copied.glob(f"{FILE}.damaged-*"))
        assert bool(kept) != is_whole
        if kept:
            assert kept[0].read_bytes() == damaged
        if status:
            assert "put a backup in its place" in err
            continue
        n_repaired += not is_whole
        assert verb("store", "check", "--store", str(copied))[0] == 0
        run_screening(filled.model_copy(update={"store": str(copied)}))  # computes what is lost
        assert contents(copied) == contents(filled.store)
    if times > 1:
        assert n_refused
        assert n_repaired


def test_a_whole_one_is_left_as_it_is(filled, copied, verb):
    before = (copied / FILE).read_bytes()
    status, out, _ = verb("store", "check", "--store", str(copied))
    assert (status, out) == (0, f"{copied} is whole: {out.partition('whole: ')[2]}")
    assert f"{len(SMALL['coatings'])} coatings, 1 rankings, 1 runs" in out
    assert "nothing was done" in verb("store", "repair", "--store", str(copied))[1]
    assert (copied / FILE).read_bytes() == before


def changed(folder, statement, *values):
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute(statement, values)
        db.commit()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE coatings SET doc = replace(doc, 'HfO2', 'HfO3') WHERE doc LIKE '%HfO2%'", "coatings: HfO2: the doc"),
        ("UPDATE coatings SET doc = '{}' WHERE rowid = 1", "the document is damaged"),
        ('UPDATE "coatings.heavy" SET doc = "{}" WHERE rowid = 1', "what was computed of it is damaged"),
        ('UPDATE "coatings.indexed" SET "rank" = 7 WHERE "rank" = 1', "it is not found by what it holds"),
        ('DELETE FROM "coatings.indexed" WHERE "rank" = 1', "it is not found by what it holds"),
        ("UPDATE runs SET doc = replace(doc, 'failed', 'fail')", "runs: the document is damaged"),
        ("DELETE FROM coatings WHERE rowid = 2", "3 rows for 2 documents"),
    ],
)
def test_what_is_damaged_is_named_and_made_again(filled, copied, verb, statement, said):
    changed(copied, statement)
    status, out, err = verb("store", "check", "--store", str(copied))
    assert status == 1
    assert said in out.replace('["', "").replace('"]', "") or said.startswith("runs")
    assert "coatscreen store repair" in err
    status, _, err = verb("rank", "--store", str(copied))
    assert status == 1
    assert "is damaged (" in err
    assert verb("store", "repair", "--store", str(copied))[0] == 0
    assert contents(copied) == contents(filled.store)


def test_a_lost_job_is_computed_again_by_resume(filled, copied, verb):
    changed(copied, "UPDATE jobs SET doc = replace(doc, 'output', 'outpt') WHERE doc LIKE '%material_properties%'")
    status, out, _ = verb("store", "repair", "--store", str(copied))
    assert status == 0
    assert "coatscreen run --resume computes them again, and these alone" in out
    status, _, err = verb("run", "--resume", "--store", str(copied))
    assert status == 0
    assert "1 jobs run" in err or "jobs run" in err
    assert contents(copied) == contents(filled.store)


def test_a_copy_is_kept_of_a_document_of_another_form(filled, copied, verb):
    store = StoreLocation(copied).open("runs")
    run = store.query_one({})
    store.update({name: value for name, value in run.items() if name != "failed"}, key="run_id")
    store.close()
    status, out, _ = verb("store", "check", "--store", str(copied))
    assert (status, "failed: Field required" in out) == (1, True)
    status, out, _ = verb("store", "repair", "--store", str(copied))
    assert status == 0
    (kept,) = copied.glob(f"{FILE}.damaged-*")
    assert str(kept) in out
    assert "lost: runs" in out
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    run_screening(filled.model_copy(update={"store": str(copied)}))
    with CoatingDatabase.open(copied) as database:
        assert [one.state for one in database.runs()] == ["done"]


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


# -- backups ---------------------------------------------------------------------------------------------


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


# -- opening ---------------------------------------------------------------------------------------------


def test_an_empty_file_is_no_empty_database(tmp_path, verb):
    (tmp_path / FILE).touch()
    for words in (["rank"], ["query"], ["runs", "list"]):
        status, _, err = verb(*words, "--store", str(tmp_path))
        assert (status, "is empty, and what was in it is lost: put a backup in its place" in err) == (1, True)


def test_a_database_of_another_program(tmp_path, verb):
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE coatings (a)")
        db.execute("PRAGMA user_version = 7")
    before = (tmp_path / FILE).read_bytes()
    for words in (["rank"], ["store", "repair"]):
        status, _, err = verb(*words, "--store", str(tmp_path))
        assert (status, "is a database of another program" in err) == (1, True)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_newer_one_is_neither_damaged_nor_repaired(copied, verb, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.FILE_STEPS, schema.VERSION - 1, lambda db: None)
    StoreLocation(copied).open("runs").close()
    monkeypatch.undo()
    for words in (["rank"], ["store", "check"], ["store", "repair"]):
        status, _, err = verb(*words, "--store", str(copied))
        assert (status, "made by a newer coatscreen" in err) == (1, True)
    assert [one.name for one in copied.iterdir() if "damaged" in one.name] == []


def test_one_of_the_first_version_gets_checksums(filled, copied):
    with closing(sqlite3.connect(copied / FILE, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if not name.endswith(".indexed"):
                db.execute(f'ALTER TABLE "{name}" DROP COLUMN crc')
        db.execute("PRAGMA user_version = 1")
        db.execute("PRAGMA application_id = 0")
    with pytest.raises(StoreError, match="any command that writes to it"):
        CoatingDatabase.open(copied)
    StoreLocation(copied).open("runs").close()
    assert list(damages(str(copied / FILE))) == []
    assert contents(copied) == contents(filled.store)


def test_very_many_names_are_refused_as_too_many(copied):
    names = [f"coating {n}" for n in range(300_000)]
    with CoatingDatabase.open(copied) as database, pytest.raises(InputError, match="more than 10000 values in lists"):
        database.search(filter={"coating": {"$in": names}})
    store = StoreLocation(copied).open("coatings", read_only=True)
    assert store.count({"coating": {"$in": [*names, "HfO2"]}}) == 1
    store.close()


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


def test_check_counts_in_json(copied, verb):
    status, out, _ = verb("store", "check", "--json", "--store", str(copied))
    found = json.loads(out)
    assert (status, found["whole"], found["damaged"]) == (0, True, [])
    with job_store(StoreLocation(copied), read_only=True) as jobs:
        assert found["documents"]["jobs"] == jobs.count()
        assert jobs.additional_stores[LARGE].count() > 0
