"""The kinds of values in a site's configuration, checked because they go into scripts and configuration files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from screening.common.errors import StoreError
from screening.database import StoreLocation
from screening.database.addresses import wrong_address


def database_name(uri: str) -> str:
    """Return the name of the database in a mongodb:// URI."""
    return uri.split("?")[0].rsplit("/", 1)[1]


def _line(text: str) -> str:
    """Refuse a text that is not exactly one line of a script."""
    if not text.strip():
        raise ValueError("is empty")
    if not text.isprintable():
        raise ValueError("holds a line break, a tab or another control character; write one line of printable text")
    if "$$" in text:
        raise ValueError("holds $$, and FireWorks leaves such a line out of the queue script")
    return text


def _word(text: str) -> str:
    if not re.fullmatch(r"\w[\w.@:+/,-]*", text, re.ASCII):
        raise ValueError(f"{text!r} is no name a queue knows: letters, digits and . _ - @ : + / , only")
    return text


def _absolute(path: Path) -> Path:
    _line(str(path))
    if not path.is_absolute():
        raise ValueError(f"{str(path)!r} is relative, which is another place in every job: write an absolute path")
    if ".." in path.parts:
        raise ValueError(f"{str(path)!r} holds '..': write the path without")
    return path


def _on_path(prefix: Path) -> Path:
    if ":" in str(prefix):
        raise ValueError(f"{str(prefix)!r} holds a colon, which ends a folder in PATH")
    return prefix


def _mongodb(uri: str) -> str:
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    try:
        location = StoreLocation(uri)
    except StoreError as error:
        raise ValueError(str(error)) from None
    if location.uri is None:
        raise ValueError(
            f"{location.name} is no mongodb:// address, and an embedded database loses data under two workers"
        )
    if not uri.isprintable() or " " in uri:
        raise ValueError(f"{location.name} holds a space or a control character: write them as %20 and so on")
    if not re.fullmatch(r"[\w-]+", database_name(uri), re.ASCII):
        raise ValueError(f"{location.name}: the database's name has letters, digits, _ and - only")
    try:
        if not uri.startswith("mongodb+srv:"):  # that one asks the name server
            parse_uri(uri)
    except (PyMongoError, ValueError) as error:
        raise ValueError(str(wrong_address(location.name, uri, error))) from None
    return uri


Line = Annotated[str, AfterValidator(_line)]
Word = Annotated[str, AfterValidator(_word)]
Folder = Annotated[Path, AfterValidator(_absolute)]
Environment = Annotated[Folder, AfterValidator(_on_path)]
MongoUri = Annotated[str, AfterValidator(_mongodb)]
