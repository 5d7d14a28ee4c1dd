"""Elements against pymatgen's."""

from __future__ import annotations

import math

import pytest
from pymatgen.core import Element

from screening.chemistry.elements import ELEMENTS


def test_elements_are_those_of_pymatgen() -> None:
    assert list(ELEMENTS) == [element.symbol for element in sorted(Element, key=lambda e: e.Z)]


@pytest.mark.filterwarnings("ignore:No Pauling electronegativity")
@pytest.mark.parametrize("symbol", ELEMENTS)
def test_packaged_element_data_is_pymatgens(symbol: str) -> None:
    from screening.chemistry.elements import element

    ours, theirs = element(symbol), Element(symbol)
    if math.isnan(theirs.X):
        assert ours.electronegativity == math.inf
    else:
        assert ours.electronegativity == theirs.X
    states = theirs.oxidation_states
    assert (ours.lowest_state, ours.highest_state) == ((min(states), max(states)) if states else (None, None))
    assert (ours.kind == "s-block") == (theirs.is_alkali or theirs.is_alkaline)
    assert (ours.kind == "noble") == theirs.is_noble_gas
    if theirs.Z < 109:  # beyond, pymatgen calls no element a metal
        assert (ours.kind in ("metal", "s-block")) == (theirs.is_metal and not theirs.is_metalloid)
