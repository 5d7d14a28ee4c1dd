"""What products are called when a coating is asked to form none of them."""

import pytest

from screening.atlas.product_kinds import Unwanted
from screening.common.errors import InputError


@pytest.mark.parametrize(
    ("name", "among", "not_among"),
    [
        ("conducting", ["Co9S8", "Ni"], ["Li2S", "NiSO4", "S"]),
        ("sulfate", ["Li2SO4", "NiSO4"], ["Li2S", "Li3PO4"]),
        ("transition-metal sulfide", ["Co9S8", "MnS"], ["Li2S"]),
        ("halide", ["LiCl"], ["Li2O"]),
        ("phosphate", ["Li3PO4"], ["Li3PS4"]),
        ("Co9S8", ["Co9S8", "S8Co9", "Co4.5S4"], ["CoS"]),
    ],
)
def test_kinds(name, among, not_among):
    unwanted = Unwanted((name,))
    assert all(unwanted.includes(formula) for formula in among)
    assert not any(unwanted.includes(formula) for formula in not_among)


def test_several_at_once():
    unwanted = Unwanted(("halide", "Li2S"))
    assert [unwanted.includes(formula) for formula in ("LiCl", "Li2S", "Li2O")] == [True, True, False]


def test_a_name_that_is_none():
    with pytest.raises(
        InputError, match=r"^'sulfat' is no class of products and no formula \(did you mean sulfate\?\)"
    ):
        Unwanted(("sulfat",))
