"""Drawing of the papers' figures from our numbers."""

from __future__ import annotations

from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

from screening.validation.reproduction.reproduction_documents import Figure, Panel, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DPI = 110
_TITLE_WIDTH = 60  # letters per line of a title, for each panel
_STYLES = {"ours": "-", "ours, total": "--"}


def draw(figure: Figure) -> bytes:
    """Draw a figure as PNG. With the same matplotlib the same numbers give identical bytes.

    Solid lines are our mutual energies and dashed lines our total energies; each dot is a kink or a computed point. A
    published value is a dotted line, or a point if its abscissa is known.
    """
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(5.6 * len(figure.panels), 4.4), dpi=_DPI, layout="constrained")
    axes = canvas.subplots(1, len(figure.panels), squeeze=False)[0]
    for ax, panel in zip(axes, figure.panels, strict=True):
        _draw_panel(ax, panel)
    canvas.suptitle(fill(figure.title, _TITLE_WIDTH * len(figure.panels)), fontsize=10)
    file = BytesIO()
    canvas.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _draw_panel(ax: Axes, panel: Panel) -> None:
    colours: dict[str, str] = {}
    for series in panel.series:
        colour = colours.setdefault(_drawn_with(series), f"C{len(colours)}")
        if series.kind == "published" and not series.x:
            for value in series.y:
                ax.axhline(value, color=colour, linestyle=":", linewidth=1, label=series.label)
        elif series.kind == "published":
            ax.plot(series.x, series.y, "s", color="black", label=series.label)
        else:
            marker = "." if series.kind == "ours" else None
            ax.plot(series.x, series.y, _STYLES[series.kind], marker=marker, color=colour, label=series.label)
    ax.set_title(panel.title, fontsize=9)
    ax.set_xlabel(panel.x_label, fontsize=8)
    ax.set_ylabel(panel.y_label, fontsize=8)
    ax.tick_params(labelsize=8)
    ax.legend(fontsize=7)


def _drawn_with(series: Series) -> str:
    """Return the label whose colour a series shares: the same curve in other conventions, and as published."""
    return series.label.partition(",")[0].partition(" at ")[0]
