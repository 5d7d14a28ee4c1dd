"""Formulas with subscripts among other words."""

from __future__ import annotations

import pytest

from screening.chemistry.subscripts import subscripted


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Li6PS5Cl", "Li<6>PS<5>Cl"),
        ("0.5Li2CO3+NCM83", "0.5Li<2>CO<3>+ncm83"),
        ("2 Li3PS4 -> P2S5 + 6 Li", "2 Li<3>PS<4> -> P<2>S<5> + 6 Li"),
        ("LiNi0.83Co0.12Mn0.05O2", "LiNi<0.83>Co<0.12>Mn<0.05>O<2>"),
        ("LiTi2(PO4)3", "LiTi<2>(PO<4>)<3>"),
        ("SO2(g) at 300 K", "SO<2>(g) at 300 K"),
        ("Tier 1", "tier 1"),
        ("", ""),
    ],
)
def test_numbers_behind_elements_and_brackets_of_formulas_alone(text, written):
    """What is no formula is written otherwise: here in small letters."""
    assert subscripted(text, lambda n: f"<{n}>", str.lower) == written
