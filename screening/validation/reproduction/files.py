"""The files of a reproduction: JSON, a page and figures. Each is written completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from screening.common.errors import InputError
from screening.files.content import write_whole
from screening.files.locks import locked
from screening.validation.reproduction.drawing import draw
from screening.validation.reproduction.page import page
from screening.validation.reproduction.reproduction_documents import ReproductionDocument


def check_folder(folder: Path) -> None:
    """Create a folder and check that files can be written in it.

    Raises
    ------
    InputError
        If files cannot be written; the message gives the reason.
    """
    probe = folder / f"reproduction.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"--output {folder}: no file can be written there: {error.strerror or error}") from None


def write_reproduction(document: ReproductionDocument, folder: Path, name: str) -> list[Path]:
    """Write ``NAME.json``, ``NAME.md`` and the figures.

    At any moment each file is complete. Files that several processes write at once all come from one of them.

    Parameters
    ----------
    document
        The reproduction.
    folder
        Checked by :func:`check_folder`.
    name
        Name of the JSON file and the page.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError, StoreError
        If one cannot be written, or another process has been writing them for ten minutes.
    """
    contents = {
        f"{name}.json": orjson.dumps(document.model_dump(mode="json"), option=orjson.OPT_INDENT_2) + b"\n",
        f"{name}.md": page(document).encode(),
        **{f"{figure.id}.png": draw(figure) for paper in document.papers for figure in paper.figures},
    }
    with locked(folder / name):
        for file, content in contents.items():
            write_whole(folder / file, content)
    return [folder / file for file in contents]
