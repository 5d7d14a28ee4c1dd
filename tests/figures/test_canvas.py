"""The frame of all pictures: formats, names, numbers."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import pytest
from PIL import Image

from screening.common.errors import InputError
from screening.figures.canvas import drawn, label, number


def draw(ax):
    ax.plot([0, 1], [0, -1], label=label("LiNbO3"))
    ax.set_xlabel(r"voltage against Li/Li$^+$ (V)")
    ax.legend()


def test_a_png_of_a_column_at_three_hundred_dots():
    image = Image.open(BytesIO(drawn(draw, "png")))
    assert image.size == (round(3.35 * 300), round(2.6 * 300))


def test_a_pdf_has_letters_that_can_be_edited():
    pdf = drawn(draw, "pdf")
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile2" in pdf  # TrueType
    [width, height] = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf).groups()
    assert (float(width), float(height)) == pytest.approx((3.35 * 72, 2.6 * 72))


def test_an_svg_is_xml():
    assert ElementTree.fromstring(drawn(draw, "svg")).tag.endswith("svg")


@pytest.mark.parametrize("form", ["pdf", "png", "svg"])
def test_the_same_picture_is_the_same_file(form):
    assert drawn(draw, form) == drawn(draw, form)


def test_other_formats_are_refused():
    with pytest.raises(InputError, match="a picture is one of pdf, png, svg, not gif"):
        drawn(draw, "gif")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("LiNbO3", "LiNbO$_{3}$"),
        ("Li(NiO2)2", "Li(NiO$_{2}$)$_{2}$"),
        ("LiNi0.83Co0.12Mn0.05O2", "LiNi$_{0.83}$Co$_{0.12}$Mn$_{0.05}$O$_{2}$"),
        ("0.5Li2CO3+0.5LiNbO3", "0.5Li$_{2}$CO$_{3}$+0.5LiNbO$_{3}$"),
        ("NCM83", "NCM83"),
        ("my $x$", r"my \$x\$"),
        ("a\x1b[31m", "a\\u001b[31m"),
        ("x" * 40, "x" * 27 + "…"),
    ],
)
def test_names(name, written):
    assert label(name) == written


def test_a_hostile_name_is_drawn():
    """Mathematics that cannot be read would be an error of matplotlib's."""
    name = "$\\frac{</script>\x1b_^{$%&#中"
    assert drawn(lambda ax: ax.set_title(label(name)), "svg")


def test_numbers():
    assert [number(-1.25), number(-0.01), number(2.0, 0)] == ["\N{MINUS SIGN}1.2", "0.0", "2"]


def test_neither_display_nor_pyplot_is_needed():
    script = (
        "import sys; from screening.figures import drawn; drawn(lambda ax: ax.plot([0, 1]), 'png'); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"PATH": "", "PYTHONPATH": ":".join(sys.path)})
