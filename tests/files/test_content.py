"""Files are read whatever way they are packed, and written whole or not at all."""

from __future__ import annotations

import errno
import gzip
import os
import threading

import pytest

from screening.common.errors import InputError, StoreError
from screening.files import content as files
from screening.files.content import parse_json, read_bytes, write_json, write_whole


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, StoreError), (errno.EIO, StoreError), (errno.EACCES, InputError)]
)
def test_half_of_a_file_is_never_there(tmp_path, monkeypatch, number, kind):
    file = tmp_path / "found.json"
    file.write_text("old")

    def fails(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", fails)
    with pytest.raises(kind, match=rf"found.json cannot be written: {os.strerror(number)}$"):
        write_whole(file, "new text")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_who_reads_a_file_while_it_is_written_reads_the_old_one(tmp_path):
    file = tmp_path / "found.json"
    write_whole(file, "old")
    with file.open() as opened:
        write_whole(file, b"new")
        assert opened.read() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_its_folder_is_made_and_what_is_no_folder_is_refused(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c.txt", "é")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == "é".encode()
    with pytest.raises(InputError, match=r"d\.txt cannot be written: "):
        write_whole(tmp_path / "a" / "b" / "c.txt" / "d.txt", "")


def test_json_is_zipped_by_its_name_and_the_same_each_time(tmp_path):
    for name in ("plain.json", "zipped.json.gz", "again.json.gz"):
        write_json(tmp_path / name, {"a": [1, 2]})
        assert parse_json(read_bytes(tmp_path / name), name) == {"a": [1, 2]}
    assert gzip.decompress((tmp_path / "zipped.json.gz").read_bytes()) == (tmp_path / "plain.json").read_bytes()
    assert (tmp_path / "zipped.json.gz").read_bytes() == (tmp_path / "again.json.gz").read_bytes()


def test_a_reader_beside_a_writer_never_sees_a_part(tmp_path):
    file, content = tmp_path / "big.json", {"numbers": list(range(20_000))}
    write_json(file, content)
    writer = threading.Thread(target=lambda: [write_json(file, content) for _ in range(20)])
    writer.start()
    while writer.is_alive():
        assert parse_json(read_bytes(file), file) == content
    writer.join()
