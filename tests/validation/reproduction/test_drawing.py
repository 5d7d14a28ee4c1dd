"""Figures as PNG: what is drawn decides the bytes, and nothing else does."""

import pytest

from screening.validation.reproduction.drawing import draw
from screening.validation.reproduction.reproduction_documents import Figure, Panel, Series

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_same_figure_gives_the_same_bytes():
    lines = [
        Series(label="one, mutual", kind="ours", x=[0.0, 0.5, 1.0], y=[0.0, -3.0, 0.0]),
        Series(label="one, total", kind="ours, total", x=[0.0, 0.5, 1.0], y=[-1.0, -3.5, 0.0]),
        Series(label="one, published", kind="published", x=[], y=[-2.0]),
    ]
    panel = Panel(title="small", x_label="x", y_label="y", series=lines)
    first = draw(Figure(id="small", title="small", panels=[panel], why_missing=None))
    assert first.startswith(PNG)
    assert draw(Figure(id="other", title="small", panels=[panel], why_missing=None)) == first
    without = panel.model_copy(update={"series": lines[:2]})
    assert draw(Figure(id="small", title="small", panels=[without], why_missing=None)) != first


@pytest.fixture
def drawn(monkeypatch):
    """Draw one panel and return its axes."""

    def axes_of(*series):
        kept = []
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda canvas, *_, **__: kept.append(canvas))
        panel = Panel(title="small", x_label="x", y_label="y", series=list(series))
        draw(Figure(id="small", title="small", panels=[panel], why_missing=None))
        return kept[0].axes[0]

    return axes_of


@pytest.mark.parametrize(
    ("label", "same"), [("one, total", True), ("one at -3.66 eV, mutual", True), ("other, mutual", False)]
)
def test_conventions_of_one_curve_share_a_colour(drawn, label, same):
    mutual = Series(label="one, mutual", kind="ours", x=[0.0, 1.0], y=[0.0, 1.0])
    second = Series(label=label, kind="ours, total", x=[0.0, 1.0], y=[1.0, 0.0])
    one, two = (line.get_color() for line in drawn(mutual, second).lines)
    assert (one == two) is same


def test_a_published_minimum_is_a_line_across_and_a_published_point_a_mark(drawn):
    across = Series(label="a, published", kind="published", x=[], y=[-2.0])
    points = Series(label="a, published", kind="published", x=[0.0, 12.0], y=[2.05, 0.98])
    line, marks = drawn(across, points).lines
    assert (list(line.get_ydata()), line.get_linestyle()) == ([-2.0, -2.0], ":")
    assert (list(marks.get_xdata()), marks.get_marker()) == ([0.0, 12.0], "s")
