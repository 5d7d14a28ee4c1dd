"""Products sorted by what holds their sulfur and phosphorus, against what is known of each compound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.formulas import parse_formula
from screening.heat.oxygen.product_classes import KINDS, product_class, sorted_elements

KNOWN = {
    "S": {
        "sulfate": "Li2SO4 NiSO4 CoSO4 MnSO4 Fe2(SO4)3 Zr(SO4)2 Nb(SO4)2 Li2Co(SO4)2 Li2S2O7 PbSO4 LiSO3Cl La2(SO4)3 "
        "CuSO4 Ag2SO4 Al2(SO4)3 Cr2(SO4)3 BaSO4",
        "sulfite": "Li2SO3 CaSO3 MnSO3 Na2S2O5 Na2S2O6 ZnSO3",
        "thiosulfate": "Li2S2O3 Na2S2O3 Na2S4O6 Na2S2O4 BaS2O3",
        "sulfur oxide": "SO2 SO3",
        "sulfur oxyhalide": "SCl2O SO2Cl2 SF4O",
        "sulfur": "S",
        "sulfur halide": "S2Cl2 SCl2 SF6",
        "polysulfide": "Li2S2 LiS4 Na2S5 K2S3 P2S7 LiPS4 BaS3",
        "thiophosphate": "Li3PS4 Li6PS5Cl Nb3(PS4)5 Li7PS6 Mn3(PS4)2",
        "condensed thiophosphate": "P2S5 Li2P2S6 Li4P2S6 Li4P2S7 NiPS3 Li7P3S11 PSCl3",
        "transition-metal sulfide": "NiS Ni3S2 Ni3S4 NiS2 Co9S8 Co2NiS4 MnS NbS2 NbS3 Li3NbS4 Nb(SCl)2 LiTiS2 ZrSO",
        "sulfide": "Li2S GeS2 SnS2 SnS Li4GeS4 La2O2S H2S CS2 Al2S3 Li10GeS7",
        "oxythiophosphate": "Li3PO3S Li3PO2S2",
    },
    "P": {
        "phosphate": "Li3PO4 LiPO3 P2O5 Li4P2O7 NbPO5 Nb9PO25 MnNiP2O7 Ni3(PO4)2 LiTi2(PO4)3 Li6PClO5 GeP2O7 "
        "CoNi(PO3)4",
        "lower oxide or oxyhalide of phosphorus": "PCl3O P4O6 NbPCl8O",
        "thiophosphate": "Li3PS4 Li6PS5Cl Li10GeP2S12",
        "condensed thiophosphate": "P2S5 P2S7 LiPS4 Li2P2S6 P4S3 NiPS3 Nb2PS10",
        "phosphorus halide": "PCl5 PCl3 LiPF6",
        "phosphide or phosphorus": "Li3P Ni2P P CoP LiP7",
        "oxythiophosphate": "Li3PO3S Li3PO2S2",
    },
    "Ge": {
        "oxide": "GeO2 Li4GeO4 Li2MnGeO4 GeP2O7",
        "sulfide": "GeS2 Li4GeS4 Li10GeP2S12",
        "halide": "GeCl4",
        "element or alloy": "Ge Li15Ge4",
    },
}


@pytest.mark.parametrize(
    ("centre", "name", "formula"),
    [
        (centre, name, formula)
        for centre, classes in KNOWN.items()
        for name, formulas in classes.items()
        for formula in formulas.split()
    ],
)
def test_known_compound(centre, name, formula):
    assert product_class(parse_formula(formula), centre).name == name


@given(
    st.dictionaries(
        st.sampled_from(["Li", "O", "S", "P", "Cl", "Ni", "Nb", "Ge", "C", "Pu"]), st.floats(0.1, 20), min_size=1
    ),
    st.floats(0.01, 100),
)
def test_every_composition_has_one_class_whatever_its_unit(composition, scale):
    for centre in composition:
        found = product_class(composition, centre)
        assert found.kind in KINDS
        assert product_class({symbol: scale * amount for symbol, amount in composition.items()}, centre) == found


def test_an_element_that_is_absent_changes_nothing():
    assert product_class({"Li": 2, "S": 1, "O": 0.0}, "S").name == "sulfide"


@pytest.mark.parametrize(
    ("electrolyte", "expected"),
    [("Li6PS5Cl", {"P", "S"}), ("Li10GeP2S12", {"Ge", "P", "S"}), ("Li3YCl6", {"Y"}), ("Li7La3Zr2O12", {"La", "Zr"})],
)
def test_elements_that_are_sorted(electrolyte, expected):
    assert set(sorted_elements(parse_formula(electrolyte))) == expected
