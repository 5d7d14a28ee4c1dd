"""The file a result goes to: named so that a worker elsewhere finds it, and refused before any work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from screening.common.errors import InputError
from screening.text.passwords import is_address


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
