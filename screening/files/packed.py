"""Data packed small: JSON, compressed, and as text where it is to stand in other JSON."""

from __future__ import annotations

import base64
import zlib

from screening.common.errors import InputError
from screening.files.content import largest_file_mb

PACKED = 0x78  # the first byte of what zlib compresses, with which no JSON begins
_LEVEL = 6  # of 9; more brings nothing


def packed(content: bytes) -> bytes:
    """Compress."""
    return zlib.compress(content, _LEVEL)


def unpacked(content: bytes) -> bytes:
    """Return what was compressed.

    Raises
    ------
    InputError
        If it is damaged, or more than the largest file that is read at once.
    """
    most = int(1e6 * largest_file_mb())
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(content, most)
    except zlib.error as error:
        raise InputError(f"packed data is damaged: {error}") from None
    if reader.unconsumed_tail:
        raise InputError(f"packed data is larger than {largest_file_mb():g} MB")
    if not reader.eof:
        raise InputError("packed data is damaged: it is cut short")
    return found


def packed_text(content: bytes) -> str:
    """Compress to text of ASCII."""
    return base64.b64encode(packed(content)).decode()


def unpacked_text(text: str) -> bytes:
    """Return what :func:`packed_text` made text of.

    Raises
    ------
    InputError
        As :func:`unpacked`, and if it is no such text.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError(f"packed data is damaged: {error}") from None
    return unpacked(content)
