"""What a user may call a material."""

from __future__ import annotations

import pytest
from fixtures_screening import phase_set, synthetic
from pymatgen.core import Composition

from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.names import elements_named, material_text, resolve_formula, resolve_material


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("LiNbO3", "LiNbO3"),
        ("lithium niobate", "LiNbO3"),
        ("hafnia", "HfO2"),
        ("Argyrodite", "Li6PS5Cl"),
        ("ncm83", "LiNi0.83Co0.12Mn0.05O2"),
        ("NMC83:half", "Li0.5Ni0.83Co0.12Mn0.05O2"),
        ("NCM83 : HALF", "Li0.5Ni0.83Co0.12Mn0.05O2"),
        ("NCM83:0.3", "Li0.3Ni0.83Co0.12Mn0.05O2"),
        ("LFP#mp-19017", "LiFePO4#mp-19017"),
        ("Li5AlO4 # mp-1", "Li5AlO4 # mp-1"),
        ("NCM111:1/3", "Li0.33333333Ni0.33333333Co0.33333333Mn0.33333333O2"),
        ("CaSO4.2H2O", "CaSO4.2H2O"),
        ("NCM83:0", "Ni0.83Co0.12Mn0.05O2"),
        ("LiNbO3 ", "LiNbO3"),
        ("Li₃PO₄", "Li3PO4"),
        ("Li2Ni8O10", "Li2Ni8O10"),  # in no list, but charges can balance
        ("lithium niobate@30meV", "LiNbO3@30meV"),
        ("NCM83:half @ 30 meV/atom", "Li0.5Ni0.83Co0.12Mn0.05O2@30meV"),
        ("LPSI glass", "1.5Li2S-0.5P2S5-LiI"),
        ("LPSI glass@12.5meV", "1.5Li2S-0.5P2S5-LiI@12.5meV"),
        ("0.75Li2S-0.25P2S5@30meV", "0.75Li2S-0.25P2S5@30meV"),
    ],
)
def test_resolved(catalogue, text, formula):
    assert resolve_formula(text, catalogue, synthetic()) == formula


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("LiNbO33", r"^LiNbO33: no oxidation states balance it"),
        ("Xx2O3", "no element Xx"),
        ("NCM83:hlaf", r"unknown state 'hlaf' of NCM83 \(did you mean half\?\)"),
        ("NCM83:1.2", "holds 0 to 1 lithium"),
        ("NCM833:half", r"unknown cathode 'NCM833' \(did you mean NCM83\?\)"),
        ("lithium nobate", r"did you mean lithium niobate\?"),
        ("", "empty formula"),
        ("LPSI glass#mp-1", "is no one phase that could be mp-1"),
        ("Li2CO3/LiNbO3#mp-1", "is no one phase that could be mp-1"),
        ("LiNbO3#", "a formula stands before #"),
        ("LiPSCl", "LiPSCl is a name, not a formula: the argyrodite; write Li6PS5Cl"),
        ("LiFSI@30meV", "LiFSI is a name, not a formula"),
        ("Li-Nb-O", "is a chemical system"),
        ("Li+", "a charge cannot be given"),
        ("LiNbO3:half", "unknown cathode 'LiNbO3'"),
        ("LiNbO3@-30meV", "no material lies below the hull"),
        ("lithium nobate@30meV", r"did you mean lithium niobate\?"),
        ("0.7Li2S-0.2P2S5", "the fractions sum to 0.9, not to 1"),
        ("Li2CO3+LiNbO3", r"^Li2CO3\+LiNbO3 is several phases.*: ask for Li2CO3 or LiNbO3, or screen it as a coating"),
        ("Li2CO3/LiNbO3", "ask for Li2CO3 or LiNbO3"),
        ("Li2CO3/LiNbO3@30meV", "write the energy behind the one that has it"),
        ("Li2O-7LiF2", "no oxidation states balance it"),
    ],
)
def test_refused(catalogue, text, message):
    with pytest.raises(InputError, match=message):
        resolve_formula(text, catalogue, synthetic())


@pytest.mark.parametrize("text", ["Li2CO3/LiNbO3", "LiNbO3/Li2CO3", "0.5lithium niobate+0.5Li2CO3"])
def test_a_composite_where_one_is_asked_for(catalogue, text):
    assert resolve_material(text, catalogue, synthetic()) == "0.5Li2CO3+0.5LiNbO3"
    assert resolve_material("LiNbO3@30meV", catalogue, synthetic()) == "LiNbO3@30meV"
    assert elements_named(text, catalogue) == {"Li", "C", "O", "Nb"}


def test_a_known_phase_needs_no_balanced_charges(catalogue):
    text = "LiNb8O2"
    with pytest.raises(InputError):
        resolve_formula("LiO9", catalogue, synthetic())
    assert resolve_formula("LiO9", catalogue, phase_set({"LiO9": -0.1})) == "LiO9"
    assert resolve_formula(text, catalogue, synthetic()) == text  # metals may be short of anions


def test_a_name_of_two_materials_is_not_guessed(catalogue):
    """LNO is what papers call both the coating LiNbO3 and the cathode LiNiO2."""
    with pytest.raises(InputError, match=r"LNO means the cathode LiNiO2 or the coating LiNbO3: write the formula"):
        resolve_formula("LNO", catalogue, synthetic())
    assert catalogue.coating("LNO").formula == "LiNbO3"
    assert catalogue.cathode("LNO").formula("full") == "LiNiO2"
    assert resolve_formula("LNO:half", catalogue, synthetic()) == "Li0.5NiO2"  # a state of charge is a cathode's


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("LiNbO3", "LiNbO3"),
        ("Li4O2", "Li4O2"),  # as written: it defines the formula unit
        ("LiO9", "LiO9"),  # a function is asked for what it is asked for, balanced or not
        ("NCM83:half", "Li0.5Ni0.83Co0.12Mn0.05O2"),
        ("LGPS", "Li10GeP2S12"),
        ("Li2CO3/LiNbO3", "0.5Li2CO3+0.5LiNbO3"),
        ("1.5Li2S-0.5P2S5-LiI@30meV", "1.5Li2S-0.5P2S5-LiI@30meV"),
        (Composition("Li6PS5Cl"), "Li6PS5Cl"),
        (Composition({"Li+": 2, "O2-": 1}), "Li2O"),
        ({"Li": 1, "Ni": 1 / 3, "Co": 1 / 3, "Mn": 1 / 3, "O": 2}, "LiNi0.33333333Co0.33333333Mn0.33333333O2"),
    ],
)
def test_python_takes_names_notation_and_compositions(given, text):
    assert material_text(synthetic(), given) == text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("NCM38:half", r"unknown cathode 'NCM38' \(did you mean NCM83\?\)"),
        ({"Xx": 1}, "no element Xx"),
        ({}, "empty formula"),
        ({"Li": -1}, "the amount of Li is not a positive finite number"),
    ],
)
def test_python_refuses(given, message):
    with pytest.raises(InputError, match=message):
        material_text(synthetic(), given)
