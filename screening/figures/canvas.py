"""What all pictures share: size, letters, colours, and how names and numbers are written."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.chemistry.subscripts import subscripted
from screening.common.errors import InputError
from screening.text.visible_text import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMN_INCHES, PAGE_INCHES = 3.35, 7.0  # widths of journals: one column, and the page
FORMATS = ("pdf", "png", "svg")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's, which people with any colour vision tell apart (https://jfly.uni-koeln.de/color/)."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # so that colour is never all that tells two apart
CLEAR: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # behind a text that a line would cross
_DPI = 300
_MOST_LETTERS = 28
STYLE = Path(__file__).with_name("journal.mplstyle")
"""The look of the pictures, for ``matplotlib.pyplot.style.use``."""


def drawn(draw: Callable[[Axes], None], form: str, width: float = COLUMN_INCHES, height: float = 2.6) -> bytes:
    """Return a picture as a file; needs neither a display nor fonts beyond matplotlib's own.

    Parameters
    ----------
    draw
        Draws into the Axes that it is given.
    form
        One of :data:`FORMATS`.
    width, height
        Size, inches.

    Raises
    ------
    InputError
        If there is no such format.
    """
    if form not in FORMATS:
        raise InputError(f"a picture is one of {', '.join(FORMATS)}, not {form or 'of no format'}")
    import warnings

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    dates: dict[str, Any] = {"pdf": {"CreationDate": None}, "png": {"Software": None}, "svg": {"Date": None}}
    with rc_context(fname=STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # drawn as a box
        figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
        draw(figure.subplots())
        file = BytesIO()
        figure.savefig(file, format=form, metadata=dates[form])
    return file.getvalue()


def label(name: str) -> str:
    """Return a name as matplotlib writes it: a formula with subscripts, any other name as it is, a long one cut."""
    name = visible(name)
    if len(name) > _MOST_LETTERS:
        name = name[: _MOST_LETTERS - 1] + "…"
    return subscripted(name, lambda amount: f"$_{{{amount}}}$", lambda text: text.replace("$", r"\$"))


def number(value: float, digits: int = 1) -> str:
    """Return a number with a minus sign, and zero without one."""
    text = f"{value:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "\N{MINUS SIGN}")
