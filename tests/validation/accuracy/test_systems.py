"""Materials as papers write them, resolved to formulas."""

from __future__ import annotations

import pytest
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.validation.accuracy.systems import resolve_system

CATALOGUE = Catalogue.load()


class TestSystems:
    @pytest.mark.parametrize(
        ("text", "formulas"),
        [
            ("LiNbO3|Li6PS5Cl", ("LiNbO3", "Li6PS5Cl")),
            ("NCM83 (half lithiated)|LPSCl", ("Li0.5Ni0.83Co0.12Mn0.05O2", "Li6PS5Cl")),
            ("NCM83 (fully lithiated LiNi0.83Co0.12Mn0.05O2)|Li3PS4", ("LiNi0.83Co0.12Mn0.05O2", "Li3PS4")),
            ("LiMn2O4 (half)|LiPO3", ("Li0.5Mn2O4", "LiPO3")),
            ("LiNbO3|SE (Li6PS5Cl)", ("LiNbO3", "Li6PS5Cl")),
            ("P2S5 (per P2S5)", ("P2S5",)),
            ("Li2Hf(PO4)2", ("Li2Hf(PO4)2",)),
        ],
    )
    def test_materials(self, text: str, formulas: tuple[str, ...]) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert system.formulas == formulas
        assert system.remarks == ("",) * len(formulas)
        assert system.mu_li_ev is None

    @pytest.mark.parametrize("text", ["LiCoO2|Li3PS4 at mu_Li=-5.0 eV", "LiCoO2|Li3PS4, mu_Li(open) = -5 eV"])
    def test_potentials(self, text: str) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert system.formulas == ("LiCoO2", "Li3PS4")
        assert system.mu_li_ev == -5.0

    @pytest.mark.parametrize(
        ("text", "formula", "remark"),
        [("SO2(g)", "SO2", "g"), ("MnS (alpha)", "MnS", "alpha"), ("Li3PS4 (Pmn21)", "Li3PS4", "Pmn21")],
    )
    def test_remarks_are_kept(self, text: str, formula: str, remark: str) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert (system.formulas, system.remarks) == ((formula,), (remark,))

    def test_what_is_no_material(self) -> None:
        for text in ("half a cathode", "Xx2O3 (cubic)", "LiNbO3|"):
            with pytest.raises(InputError):
                resolve_system(text, CATALOGUE, synthetic())
