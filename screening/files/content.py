"""The content of files: JSON or not, gzipped or not; written whole or not at all."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import math
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from screening.common.errors import InputError, StoreError
from screening.text.passwords import is_address

DATA = Path(__file__).parents[1] / "data"  # what is packaged
_GZIP = b"\x1f\x8b"
LARGEST_VARIABLE = "COATSCREEN_LARGEST_FILE_MB"
_LARGEST_MB = "1000"  # all compounds of the Materials Project as pymatgen entries with structures are not far below
_MOST_UNZIPPED = 100  # times what is zipped; JSON and CSV come to ten or twenty
_SMALL = 10**7  # bytes, which are no harm
_PART = 2**22
DEEPEST = 100  # levels of JSON
_MOST_DIGITS = 300  # of a whole number; a float has no room for more
_LONG_NUMBER = re.compile(rb"\d{%d}" % _MOST_DIGITS)
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def read_bytes(path: str | Path, what: str = "energies file") -> bytes:
    """Read a file's content, unzipped where it is gzipped, whatever its name.

    Parameters
    ----------
    path
        The file.
    what
        What it is, for messages.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, is truncated or damaged, or too large.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            zipped = file.peek(len(_GZIP)).startswith(_GZIP)
            most = _most_bytes(path, zipped)
            parts: list[bytes] = []
            read = gzip.GzipFile(fileobj=file).read if zipped else file.read
            while most >= 0 and (part := read(_PART)):
                parts.append(part)
                most -= len(part)
    except FileNotFoundError:
        raise InputError(f"{what} {path} does not exist") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"{what} {path} is truncated or damaged: {error}") from None
    except OSError as error:  # a bad checksum is one too
        raise InputError(f"{what} {path} cannot be read: {error.strerror or error}") from None
    if most < 0:
        bomb = f" or, unzipped, than {_MOST_UNZIPPED} times its size" if zipped else ""
        raise InputError(
            f"{what} {path} is larger than {largest_file_mb():g} MB{bomb}: if it is meant to be, "
            + (f"unzip it, and set {LARGEST_VARIABLE}" if zipped else f"set {LARGEST_VARIABLE} to more")
        )
    return b"".join(parts)


def largest_file_mb() -> float:
    """Return how large a file may be that is read at once, in millions of bytes, unzipped.

    Raises
    ------
    InputError
        If the environment variable ``COATSCREEN_LARGEST_FILE_MB`` is no such number.
    """
    text = os.environ.get(LARGEST_VARIABLE) or _LARGEST_MB
    try:
        size = float(text)
    except ValueError:
        size = -1.0
    if not 0.0 < size < math.inf:
        raise InputError(f"{LARGEST_VARIABLE} must be a number of megabytes, not {text!r}")
    return size


def _most_bytes(path: Path, zipped: bool) -> int:
    largest = int(1e6 * largest_file_mb())
    return min(largest, max(_SMALL, _MOST_UNZIPPED * path.stat().st_size)) if zipped else largest


def read_text(path: str | Path, what: str) -> str:
    """Read a text file, with or without a mark of its byte order; see :func:`read_bytes`.

    Raises
    ------
    InputError
        As :func:`read_bytes`, and if it is not UTF-8.
    """
    try:
        return read_bytes(path, what).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{what} {path} is not UTF-8 text") from None


def parse_json(content: bytes | str, path: str | Path, what: str = "energies file") -> Any:
    """Decode JSON; NaN and infinities pass, for a later and better message.

    Raises
    ------
    InputError
        If it is not JSON, as when the file was only half written, if it is deeply nested, or if it holds a number of
        hundreds of digits or half a character (an unpaired surrogate), which nothing later could write again.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{what} {path} is not JSON, or was only half written: {error}") from None
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if _LONG_NUMBER.search(raw):
        raise InputError(f"{what} {path} holds a number of {_MOST_DIGITS} or more digits")
    if _HALF_CHARACTER.search(raw) and not _is_text(data):
        raise InputError(f"{what} {path} holds half a character (an unpaired surrogate)")
    level = [data]
    for _ in range(DEEPEST):
        level = [
            member
            for part in level
            for member in (part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
            if isinstance(member, dict | list)
        ]
        if not level:
            return data
    raise InputError(f"{what} {path} is nested more than {DEEPEST} levels deep")


def _is_text(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def write_json(path: str | Path, data: Any) -> None:
    """Write JSON, gzipped if the name ends in ``.gz``, as :func:`write_whole` writes."""
    path = Path(path)
    content = json.dumps(data, separators=(",", ":")).encode()
    write_whole(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def write_whole(path: str | Path, content: bytes | str) -> None:
    """Write a file whole or not at all, also with several writers, and when the disk is full or the process killed.

    Parameters
    ----------
    path
        The file, replaced if present; its folder is made.
    content
        What it is to hold; text is encoded as UTF-8.

    Raises
    ------
    InputError
        If no file can be written there, or it is an address.
    StoreError
        If the disk is full or fails.
    """
    with whole_file(path) as half, half.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Give the path of a new file that takes the place of another when it is complete, or of none.

    Parameters
    ----------
    path
        The file, replaced if present; its folder is made.

    Raises
    ------
    InputError
        If no file can be written there, or it is an address.
    StoreError
        If the disk is full or fails.
    """
    if is_address(str(path)):
        raise InputError(f"{path} is an address, and no file")
    path = Path(path)
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield half
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        kind = StoreError if error.errno in _DISK_ERRORS else InputError
        raise kind(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 hash of a file, read in parts.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
