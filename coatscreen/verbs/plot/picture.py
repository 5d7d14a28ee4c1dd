"""The file that a picture is written into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Picture = Annotated[Path, typer.Option("--output", help="File to write: .pdf, .png or .svg.")]
ROW_INCHES = 0.22  # of a line of a table


def picture_file(output: Path) -> Path:
    """Return the file, if a picture can be written there; see :func:`workflows.requests.result_file.result_file`."""
    from screening.common.errors import InputError
    from screening.figures import FORMATS
    from workflows.requests.result_file import result_file

    if output.suffix.lower().removeprefix(".") not in FORMATS:
        raise InputError(f"--output {output}: the name of a picture ends in .{', .'.join(FORMATS)}")
    return result_file(output)


def draw_into(file: Path, draw: Callable[[Axes], None], height: float = 2.6, width: float | None = None) -> None:
    """Draw a picture of so many inches, a journal's column wide unless told, and write it into a file."""
    from screening.figures import drawn
    from screening.figures.canvas import COLUMN_INCHES
    from screening.files.content import write_whole

    write_whole(file, drawn(draw, file.suffix.lower().removeprefix("."), width or COLUMN_INCHES, height))
