"""A database with a run, copies of it to be damaged, and verbs that are given one."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fixtures_screening import SMALL, settings_for

FILE = "coatscreen.sqlite"


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A database with a run, and its settings."""
    from workflows import run_screening

    folder = tmp_path_factory.mktemp("filled")
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
    """A verb of the program: its status and what it writes to both channels."""
    from coatscreen.__main__ import execute

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


def changed(folder, statement, *values):
    """Change the file of a database behind its back."""
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute(statement, values)
        db.commit()
