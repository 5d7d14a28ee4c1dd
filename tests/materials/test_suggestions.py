"""Suggestions lead to the same chemistry or to nothing."""

from __future__ import annotations

import pytest

from screening.materials.catalogue import Catalogue
from screening.materials.suggestions import nearest_material

NAMES = [name for entry in Catalogue.load().entries for name in entry.names]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("LGSP", "LGPS"),
        ("NCM38", "NCM83"),
        ("NMC62", "NMC622"),
        ("LiNbOx", "LiNbO3"),
        ("LiNbO33", "LiNbO3"),
        ("lithium nobate", "lithium niobate"),
        ("argyrodit", "argyrodite"),
        ("hafna", "hafnia"),
    ],
)
def test_a_slip_is_seen_through(text, meant):
    assert nearest_material(text, NAMES) == f" (did you mean {meant}?)"


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("LLZO", ["LZO", "Li2ZrO3"]),
        ("LFP", ["LTP"]),
        ("LAGP", ["LGPS"]),
        ("LLTO", ["LTO"]),
        ("LPSI", ["Li3PS4", "LPS"]),
        ("LiTaO33", ["LiNbO3"]),
        ("lithium titanite", ["lithium tantalate"]),
        ("lithium zincate", ["lithium zirconate"]),
        ("FooBar", NAMES),
    ],
)
def test_another_chemistry_is_never_suggested(text, others):
    assert nearest_material(text, others) == ""
