"""Journals of long calculations: one JSON line for each thing computed, which a later call goes on from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.common.errors import InputError
from screening.files.locks import Held, file_lock


class Outcome(BaseModel):
    """What a line of a journal holds at least."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="identifier of what was computed")


_Outcome = TypeVar("_Outcome", bound=Outcome)


def read_outcomes(path: Path, kind: type[_Outcome]) -> dict[str, _Outcome]:
    """Read what a journal holds, by id; a last line cut off by a kill is ignored (and computed again).

    Parameters
    ----------
    path
        The journal; one that is not there holds nothing.
    kind
        The document of one line.

    Raises
    ------
    InputError
        If another line is no such document.
    """
    outcomes: dict[str, _Outcome] = {}
    if not path.exists():
        return outcomes
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                try:
                    outcome = kind.model_validate_json(line)
                except ValidationError:
                    raise InputError(f"{path} line {number} is damaged: remove it to compute it again") from None
                outcomes[outcome.id] = outcome
    return outcomes


def cut_half_line(path: Path) -> None:
    """Cut off a last line that a kill left half-written."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


def append(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Append outcomes; they are on disk when this returns."""
    with path.open("ab") as journal:
        journal.write("".join(o.model_dump_json(exclude_none=True) + "\n" for o in outcomes).encode())
        journal.flush()
        os.fsync(journal.fileno())


@contextmanager
def held_journal(path: Path) -> Iterator[None]:
    """Hold a journal while it is written; its folder is made.

    Raises
    ------
    InputError
        If another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file_lock(path.with_name(f"{path.name}.lock"), 0):
            yield
    except Held:
        raise InputError(f"another process is writing {path}") from None
