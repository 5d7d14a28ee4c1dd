"""What is damage of an embedded store, and what is said of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fixtures_documents import found

from screening.common.errors import StoreError
from screening.database.sqlite.damage import checksum, damaged, is_damage
from screening.database.sqlite.store import SQLiteStore


def test_a_damaged_file(path, store):
    store.update([{"_key": i, "text": "x" * 1000} for i in range(100, 300)])
    store.close()
    with Path(path).open("r+b") as file:
        file.seek(20_000)
        file.write(b"\xff" * 100_000)
    with (
        pytest.raises(StoreError, match=r"is damaged .*coatscreen store repair"),
        SQLiteStore(path, "documents") as damaged,
    ):
        found(damaged)


def test_the_checksum_is_of_the_key_and_the_document_together():
    """The CRC-32 of `123456789` is 0xCBF43926 in every implementation of it."""
    assert checksum(b"1234", b"56789") == checksum(b"123456789", b"") == checksum(b"", b"123456789") == 0xCBF43926
    document = b'{"coating":"LiF"}'
    changed = [bytes([*document[:n], letter ^ 1, *document[n + 1 :]]) for n, letter in enumerate(document)]
    assert checksum(b"key", document) not in [checksum(b"key", one) for one in changed]


@pytest.mark.parametrize(
    ("error", "damage"),
    [
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (sqlite3.DatabaseError("file is not a database"), True),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'doc' with text 'x'"), True),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), True),
        (sqlite3.OperationalError("database or disk is full"), False),
        (sqlite3.OperationalError("database is locked"), False),
        (sqlite3.OperationalError("attempt to write a readonly database"), False),
        (OSError("malformed"), False),  # no error of SQLite
    ],
    ids=str,
)
def test_damage_is_told_from_what_is_in_the_way(error, damage):
    assert is_damage(error) is damage


def test_sqlite_says_so_of_a_file_that_is_none(tmp_path):
    file = tmp_path / "none.sqlite"
    file.write_bytes(b"no database" * 1000)
    with closing(sqlite3.connect(file)) as db, pytest.raises(sqlite3.DatabaseError) as caught:
        db.execute("SELECT * FROM sqlite_master")
    assert is_damage(caught.value)


def test_the_message_names_the_file_and_the_remedy():
    error = damaged("/db/coatscreen.sqlite", "coatings: LiF")
    assert isinstance(error, StoreError)
    assert str(error) == (
        "the database /db/coatscreen.sqlite is damaged (coatings: LiF): `coatscreen store check` names what is "
        "damaged, `coatscreen store repair` mends what can be"
    )
