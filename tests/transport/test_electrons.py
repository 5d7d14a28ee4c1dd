"""Closed shells, by compounds whose character is known."""

from __future__ import annotations

import pytest

from screening.chemistry.notation import composition_of
from screening.criteria.criteria import Criterion
from screening.transport.electrons import electron_class, material_electrons


@pytest.mark.parametrize(
    "formula",
    ["LiNbO3", "Al2O3", "Li3PS4", "Li6PS5Cl", "LiF", "Li2CO3", "Li3N", "Li2S", "La2O3", "MgO", "ZnO", "LiBH4", "GeS2"],
)
def test_closed_shells_of_hard_anions_and_simple_sulfides_insulate(formula: str) -> None:
    assert electron_class(composition_of(formula)) == "insulating"


@pytest.mark.parametrize(
    "formula",
    [
        "ZrS2",  # d0, a low band: 1.7 eV
        "Bi2S3",  # s2: 1.4 eV
        "Li3P",
        "LiCoO2",  # d6 of low spin: 2.1 eV
        "NiO",  # Mott's kind: 4 eV
        "Li2O2",  # a peroxide
        "S",
    ],
)
def test_what_may_have_a_small_gap_or_is_an_insulator_of_another_kind_is_likely(formula: str) -> None:
    assert electron_class(composition_of(formula)) == "likely"


@pytest.mark.parametrize("formula", ["Ni3S2", "Co9S8", "Li0.5CoO2", "Fe3O4", "Li7Ti5O12", "LiIn", "Li", "TiN", "C"])
def test_metals_and_mixed_valence_conduct(formula: str) -> None:
    assert electron_class(composition_of(formula)) == "conducting"


def test_a_formula_measured_to_a_per_cent_may_be_off_by_that() -> None:
    """LiPON as it is written, Li2.9PO3.3N0.46, misses the balance by 0.08 charges on 7.7 atoms; Li29 O33 would not."""
    assert electron_class(composition_of("Li2.9PO3.3N0.46")) == "insulating"
    assert electron_class({"Li": 290, "P": 100, "O": 330, "N": 46}) == "conducting"


def test_measured_gaps_stand_beside_the_class() -> None:
    found = material_electrons("HfO2")
    assert found is not None
    assert (found.kind, found.low_gap_ev, found.high_gap_ev) == ("insulating", 5.5, 6.0)
    assert any("arXiv:1811.02362" in source for source in found.sources)
    unmeasured = material_electrons("Li3BO3")
    assert unmeasured is not None
    assert unmeasured.low_gap_ev is None


def test_several_phases_have_no_class_and_unknown_is_not_passed() -> None:
    assert material_electrons("Li2CO3+LiNbO3") is None
    assert Criterion(name="x", quantity="electron_insulation", at_least=1).judge({"electron_insulation": None}) is None
