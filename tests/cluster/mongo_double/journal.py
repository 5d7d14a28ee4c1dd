"""The journal: every write command, on disk before it is acknowledged."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson

HEADER = struct.Struct("<II")


class JournalError(Exception):
    """A journal whose middle is not what was written."""


class Journal:
    """A file of write commands, each with its length and checksum.

    Parameters
    ----------
    path
        The file; made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._end = 0

    def replay(self) -> Iterator[dict[str, Any]]:
        """Give every whole entry, and cut off what was only half written when the server was killed.

        Raises
        ------
        JournalError
            Where an entry is damaged and others follow it.
        """
        contents = self.path.read_bytes()
        place = 0
        while place < len(contents):
            start = place + HEADER.size
            length, checksum = HEADER.unpack_from(contents, place) if start <= len(contents) else (0, 0)
            end = start + length
            if start > len(contents) or end > len(contents):
                break
            if zlib.crc32(contents[start:end]) != checksum:
                if end < len(contents):
                    raise JournalError(f"{self.path}: the entry at byte {place} is damaged, and others follow it")
                break
            yield bson.decode(contents[start:end])
            place = end
        self._cut(place)

    def append(self, entry: dict[str, Any]) -> None:
        """Put an entry on disk.

        Raises
        ------
        OSError
            Where the disk does not take it; the journal is then what it was.
        """
        encoded = bson.encode(entry)
        left = memoryview(HEADER.pack(len(encoded), zlib.crc32(encoded)) + encoded)
        size = len(left)
        try:
            place = self._end
            while left:
                written = os.pwrite(self._file, left, place)
                left, place = left[written:], place + written
            os.fdatasync(self._file)
        except OSError:
            self._cut(self._end)
            raise
        self._end += size

    def _cut(self, end: int) -> None:
        os.ftruncate(self._file, end)
        os.fsync(self._file)
        self._end = end
