"""One formula unit: symbols, amounts and brackets."""

from __future__ import annotations

from fractions import Fraction

import pytest

from screening.chemistry.formula_units import read_unit
from screening.common.errors import InputError


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("LiNbO3", {"Li": 1, "Nb": 1, "O": 3}),
        ("Li3(PO4)2", {"Li": 3, "P": 2, "O": 8}),
        ("[Li{P(O2)2}3]2", {"Li": 2, "P": 6, "O": 24}),
        ("Ni1/3O", {"Ni": Fraction(1, 3), "O": 1}),
        ("D2O", {"H": 2, "O": 1}),
        ("HOD", {"H": 2, "O": 1}),
    ],
)
def test_amounts_are_exact_and_in_the_order_of_writing(text, amounts):
    found = read_unit(text, text)
    assert found == amounts
    assert list(found) == list(amounts)


@pytest.mark.parametrize(
    ("unit", "whole", "message"),
    [
        ("Xx2", "Xx2", "Xx2: no element Xx"),
        ("Li(PO4", "Li(PO4", "Li(PO4: '(' is never closed"),
        ("LiPO4)", "LiPO4)", "LiPO4): ')' closes no bracket"),
        ("Li(PO4]", "Li(PO4]", "Li(PO4]: ']' closes no bracket"),
        ("Li()2", "Li()2", "Li()2: empty brackets"),
        ("Li0O", "Li0O", "Li0O: the amount of Li is not a positive finite number"),
        ("Li1/0", "Li1/0", "Li1/0: the amount of Li is not a positive finite number"),
        ("O?", "LiO?", "LiO?: unexpected '?' at position 4"),
    ],
)
def test_what_is_no_unit_is_refused_with_the_whole_text(unit, whole, message):
    with pytest.raises(InputError) as refused:
        read_unit(unit, whole)
    assert str(refused.value) == message
