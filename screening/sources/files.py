"""The content of files: JSON or not, gzipped or not; written whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from pathlib import Path
from typing import Any

from screening.errors import InputError
from screening.passwords import is_address

_GZIP = b"\x1f\x8b"


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
    """Write JSON, gzipped if the name ends in ``.gz``; whole or not at all, also with several writers.

    Raises
    ------
    InputError
        If it cannot be written, or is an address.
    """
    if is_address(str(path)):
        raise InputError(f"{path} is an address, and no file")
    path = Path(path)
    content = json.dumps(data, separators=(",", ":")).encode()
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
        half.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from None
