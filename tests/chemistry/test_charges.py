"""Which compositions no charges balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Element

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError


def cation_states(symbol: str) -> list[int]:
    """Common oxidation states of a metal, those of a cation."""
    return [state for state in Element(symbol).common_oxidation_states if state > 0]


METALS = [element.symbol for element in Element if element.is_metal and cation_states(element.symbol)]


class TestChargeBalance:
    @pytest.mark.parametrize(
        "formula",
        [
            *(
                "LiNbO3",
                "LiTaO3",
                "HfO2",
                "Li2SO4",
                "Li3PO4",
                "Li6PS5Cl",
                "Li10GeP2S12",
                "Li7P3S11",
                "Li4PS4I",
                "Li2CO3",
            ),
            *("LiNi0.83Co0.12Mn0.05O2", "Li0.5Ni0.83Co0.12Mn0.05O2", "Ni0.83Co0.12Mn0.05O2", "LiFePO4", "LiMn2O4"),
            *(
                "Li2O2",
                "KO2",
                "Li2S8",
                "FeS2",
                "LiN3",
                "CsI3",
                "LiC6",
                "LiP7",
                "LiH",
                "K2SeCl6",
                "KICl4",
                "NiF2",
                "Li3N",
            ),
            *("Li", "O2", "S8", "LiAl", "Nb3Sn", "Li22Si5", "CO2", "SF6", "H2SO4", "XeF2", "RfO2", "Ni3S2", "Co9S8"),
        ],
    )
    def test_known_compounds_pass(self, formula: str) -> None:
        assert check_charge_balance(parse_formula(formula)) is None

    @pytest.mark.parametrize(
        ("formula", "charge"),
        [
            ("LiNbO33", "-66 and -10.5"),  # 1 - 1 - 66 and 1 + 5 - 33/2
            ("Li2Nb2O66", "-66 and -10.5"),  # the charge is that of the formula shown
            ("HfO22", "-44 and -7"),
            ("Li33PO4", "22 and 36"),
            ("Li3PO44", "-88 and -14"),
            ("Li2SO44", "-88 and -14"),
            ("Li6PS55Cl", "-108 and -3.75"),  # octasulfide: -1/4 an atom
            ("LiMn2O44", "-93 and -7"),
            ("LiF3", "-2 and -2"),
            ("LiCl2", "-1 and -1"),
        ],
    )
    def test_slips_of_the_pen_are_caught(self, formula: str, charge: str) -> None:
        reason = check_charge_balance(parse_formula(formula))
        shown = format_formula(parse_formula(formula))
        assert reason == f"{shown}: no oxidation states balance it (charge between {charge})"

    @given(
        cations=st.dictionaries(st.sampled_from(METALS), st.integers(1, 6), min_size=1, max_size=3),
        anion=st.sampled_from([("O", 2), ("S", 2), ("F", 1), ("Cl", 1), ("N", 3), ("Br", 1), ("I", 1), ("Se", 2)]),
        data=st.data(),
    )
    def test_every_neutral_salt_passes(
        self, cations: dict[str, int], anion: tuple[str, int], data: st.DataObject
    ) -> None:
        symbol, charge = anion
        positive = sum(n * data.draw(st.sampled_from(cation_states(cation))) for cation, n in cations.items())
        assert check_charge_balance({**cations, symbol: positive / charge}) is None

    def test_refuses_what_is_no_composition(self) -> None:
        with pytest.raises(InputError, match="no element Xx"):
            check_charge_balance({"Xx": 1.0})
