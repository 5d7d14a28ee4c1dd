"""The file a result goes to: where it is, and that it is written by one process at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from screening.database.locks import LOCK_SECONDS, Held, file_lock
from screening.errors import InputError, StoreError
from screening.passwords import is_address


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError(f"{path} is not absolute, and a worker works in a folder of its own")
    return path


ResultFile = Annotated[Path, AfterValidator(_absolute)]


def result_file(path: str | Path) -> Path:
    """Return the absolute path of a file that can be written.

    Raises
    ------
    InputError
        If it is a folder or an address, or its folder can be neither written to nor made.
    """
    if is_address(str(path)):
        raise InputError(f"{path} is an address, and no file")
    file = Path(path).expanduser().resolve()
    if file.is_dir():
        raise InputError(f"{file} is a folder: name a file in it")
    there = next(folder for folder in file.parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{file} cannot be written: {there} is {'read-only' if there.is_dir() else 'no folder'}")
    return file


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Hold a file while it is read and written anew; other processes wait, a killed holder does not hold on.

    Parameters
    ----------
    file
        Absolute; its folder is made. The lock is a file beside it.

    Raises
    ------
    StoreError
        If another process holds it for ten minutes, or it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(file.with_name(f"{file.name}.lock")):
            yield
    except Held:
        raise StoreError(f"another process has been writing {file} for {LOCK_SECONDS / 60:g} minutes") from None
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror or error}") from None


def write_whole(file: Path, text: str) -> None:
    """Write a text file, whole or not at all; call it while :func:`writing`."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
