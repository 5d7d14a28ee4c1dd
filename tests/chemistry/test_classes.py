"""Chemistry classes and complex anions, against pymatgen's periodic table and compounds anyone would name alike."""

from __future__ import annotations

import pytest
from pymatgen.core import Element

from screening.chemistry.classes import (
    CHEMISTRY_CLASSES,
    RADIOACTIVE,
    TRANSITION_METALS,
    chemistry_class,
    polyanions,
)
from screening.chemistry.elements import ELEMENTS
from screening.chemistry.formulas import parse_formula

CLASSES = {
    "Li": "element",
    "Li2Nb": "intermetallic",
    "LiSi": "intermetallic",
    "LiH": "hydride",
    "TiB2": "boride",
    "TiC": "carbide",
    "Li3N": "nitride",
    "Li3P": "pnictide",
    "Ni2P": "pnictide",
    "Li2O": "oxide",
    "LiAlO2": "oxide",
    "LiNbO3": "transition-metal oxide",
    "LiNi0.83Co0.12Mn0.05O2": "transition-metal oxide",
    "Li2SO4": "polyanionic oxide",
    "LiTi2(PO4)3": "polyanionic oxide",
    "LiMnPO4F": "polyanionic oxide",
    "Li2S": "sulfide",
    "NiS2": "sulfide",
    "Li3PS4": "thiophosphate",
    "Li6PS5Cl": "thiophosphate",
    "P2S5": "thiophosphate",
    "Li4GeS4": "sulfide",
    "Li2Se": "selenide or telluride",
    "LiCl": "halide",
    "LiPF6": "halide",
    "LiBF4": "halide",
    "LiNbOCl4": "mixed anion",
    "P4S3O6": "mixed anion",
    "Li2S2O3": "mixed anion",
    "LiAl2(OH)6Cl": "mixed anion",
}

ANIONS = {
    "Li2SO4": ("sulfate",),
    "LiPO3": ("phosphate",),
    "P2O5": ("phosphate",),
    "PO": (),
    "Li3PO4": ("phosphate",),
    "Li3BO3": ("borate",),
    "BPO4": ("phosphate", "borate"),
    "Li2B3PO8": ("phosphate", "borate"),
    "LiAlSi2O6": ("silicate",),
    "Li2CO3": ("carbonate",),
    "LiNO3": ("nitrate",),
    "LiNbO3": (),
    "Li10GeP2S12": ("thiophosphate", "thiogermanate"),
    "Li6PS5Cl": ("thiophosphate",),
    "Ni2P": (),
    "Li6PS5O": ("thiophosphate",),
    "LiClO4": ("perchlorate",),
    "KBrO3": ("bromate",),
    "LiIO3": ("iodate",),
    "Li4B7O12Cl": ("borate",),
    "Li4Be3P3O12Br": ("phosphate",),
    "LiAl2(OH)6Cl": (),
}


@pytest.mark.parametrize(("formula", "expected"), CLASSES.items())
def test_class_is_what_a_chemist_calls_it(formula: str, expected: str) -> None:
    assert expected in CHEMISTRY_CLASSES
    assert chemistry_class(parse_formula(formula)) == expected


@pytest.mark.parametrize(("formula", "expected"), ANIONS.items())
def test_complex_anions(formula: str, expected: tuple[str, ...]) -> None:
    assert polyanions(parse_formula(formula)) == expected


@pytest.mark.parametrize("factor", [0.01, 3.0, 1000.0])
def test_neither_depends_on_the_size_of_the_formula(factor: float) -> None:
    for formula, expected in CLASSES.items():
        scaled = {symbol: amount * factor for symbol, amount in parse_formula(formula).items()}
        assert chemistry_class(scaled) == expected
        assert polyanions(scaled) == polyanions(parse_formula(formula))


def test_groups_of_elements_are_those_of_pymatgen() -> None:
    known = [Element(symbol) for symbol in ELEMENTS[:103]]
    # pymatgen counts La and Ac among the transition metals
    assert {e.symbol for e in known if e.is_transition_metal} - {"La", "Ac"} == TRANSITION_METALS
    assert {e.symbol for e in known if e.is_radioactive} - {"Bi"} == RADIOACTIVE & {e.symbol for e in known}
