"""The content of files: JSON or not, gzipped or not; written whole or not at all."""

from __future__ import annotations

import errno
import gzip
import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from screening.common.errors import InputError, StoreError
from screening.common.passwords import is_address

DATA = Path(__file__).parents[1] / "data"  # what is packaged
_GZIP = b"\x1f\x8b"
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def read_bytes(path: str | Path) -> bytes:
    """Read a file's content, unzipped where it is gzipped, whatever its name.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or is truncated or damaged.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(_GZIP) else raw
    except FileNotFoundError:
        raise InputError(f"energies file {path} does not exist") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"energies file {path} is truncated or damaged: {error}") from None
    except OSError as error:  # a bad checksum is one too
        raise InputError(f"energies file {path} cannot be read: {error.strerror or error}") from None


def parse_json(content: bytes, path: str | Path) -> Any:
    """Decode JSON; NaN and infinities pass, for a later and better message.

    Raises
    ------
    InputError
        If it is not JSON, as when the file was only half written.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"energies file {path} is not JSON, or was only half written: {error}") from None


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
    if is_address(str(path)):
        raise InputError(f"{path} is an address, and no file")
    path = Path(path)
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        kind = StoreError if error.errno in _DISK_ERRORS else InputError
        raise kind(f"{path} cannot be written: {error.strerror or error}") from None
