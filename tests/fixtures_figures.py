"""Pictures looked at by program: what is drawn, and whether any text is cut or covers another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from screening.figures import canvas


def looked_at(draw: Callable[[Axes], None], width: float = 3.35, height: float = 2.6) -> Axes:
    """Draw as :func:`screening.figures.canvas.drawn` does, and return the Axes."""
    with rc_context(fname=canvas.STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        ax = figure.subplots()
        draw(ax)
        FigureCanvasAgg(figure).draw()
    return ax


def texts(ax: Axes) -> Iterator[Text]:
    """Yield each text that is seen."""
    for one in ax.figure.findobj(Text):
        if one.get_visible() and one.get_text().strip():
            yield one


def assert_legible(ax: Axes) -> None:
    """No text leaves the picture, and no two cover each other."""
    renderer = ax.figure.canvas.get_renderer()
    boxes = [(one, one.get_window_extent(renderer)) for one in texts(ax) if _is_drawn(one, ax)]
    page = ax.figure.bbox
    assert boxes
    for one, box in boxes:
        assert box.x0 >= page.x0 - 1, one
        assert box.x1 <= page.x1 + 1, one
        assert box.y0 >= page.y0 - 1, one
        assert box.y1 <= page.y1 + 1, one
    for (one, box), (other, second) in combinations(boxes, 2):
        if one.get_rotation() % 90 == 0 and other.get_rotation() % 90 == 0:
            inner = (box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)
            apart = inner[2] <= second.x0 or inner[0] >= second.x1 or inner[3] <= second.y0 or inner[1] >= second.y1
            assert apart, (one, other)


def _is_drawn(one: Text, ax: Axes) -> bool:
    """Tick labels beyond the limits of an axis are not drawn."""
    for place in ax.figure.axes:
        for axis, limits in ((place.xaxis, sorted(place.get_xlim())), (place.yaxis, sorted(place.get_ylim()))):
            for tick in axis.get_major_ticks():
                if one in (tick.label1, tick.label2):
                    slack = 1e-9 * (limits[1] - limits[0])
                    return bool(limits[0] - slack <= tick.get_loc() <= limits[1] + slack)
    return True


def labels(axis: Any) -> list[str]:
    """The texts of an axis's ticks."""
    return [one.get_text() for one in axis.get_ticklabels()]
