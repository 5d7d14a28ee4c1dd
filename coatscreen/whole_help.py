"""The help of the whole program, kept as text: to make it, all verbs are loaded, which takes longer than to read it.

After a change to a verb's name or first line it is made again by

    python -m coatscreen.whole_help
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

_TEXT = Path(__file__).with_name("help.txt")
_COLUMNS = 80  # of a terminal that the text fits; in a wider one it is the same


def whole_help() -> str | None:
    """Return the help of the whole program; None where the terminal is narrower than the text."""
    return _TEXT.read_text(encoding="utf-8") if shutil.get_terminal_size().columns >= _COLUMNS else None


def make_help() -> str:
    """Make the help of the whole program from its verbs."""
    import typer

    from coatscreen.program import program

    command: Any = typer.main.get_command(program())
    context = command.make_context("coatscreen", [], resilient_parsing=True, terminal_width=_COLUMNS - 2)
    return f"{command.get_help(context)}\n"


if __name__ == "__main__":
    _TEXT.write_text(make_help(), encoding="utf-8")
