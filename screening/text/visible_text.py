"""Text for people: what would do something to a terminal or a spreadsheet is shown, not done."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from typing import Any

_LINES = "\n\t"
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str, kept: str = "") -> str:
    r"""Return a text with control characters, marks of direction and other invisible ones as JSON writes them.

    The escape character becomes ``\u001b``, and the mark that turns the direction of what follows ``\u202e``.

    Parameters
    ----------
    text
        The text.
    kept
        Characters that stay as they are.
    """
    if text.isprintable() or (kept and text.translate(dict.fromkeys(map(ord, kept))).isprintable()):
        return text
    return "".join(one if one in kept or _is_visible(one) else json.dumps(one)[1:-1] for one in text)


def visible_lines(text: str) -> str:
    """Return a text of several lines as :func:`visible` does, with its line breaks and tabs."""
    return visible(text, _LINES)


def cell(value: Any) -> Any:
    """Return a value for a cell of a CSV.

    A text that a spreadsheet would compute, since it begins with one of ``= + - @`` or a tab, gets an apostrophe before
    it; a number does not, and what is invisible is shown.
    """
    return _text_cell(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)  # of many lines, most hold the same texts
def _text_cell(text: str) -> str:
    return f"'{visible(text)}" if text.startswith(_RUN_BY_SPREADSHEETS) and not _is_number(text) else visible(text)


def _is_visible(one: str) -> bool:
    return one.isprintable() or unicodedata.category(one) == "Zs"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text
