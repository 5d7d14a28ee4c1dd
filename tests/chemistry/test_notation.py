"""How glasses, composites and energies above the hull are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from screening.chemistry.notation import (
    composition_of,
    mole_fractions,
    read_composite,
    read_glass,
    read_material,
    split_energy,
    with_energy,
    write_terms,
)
from screening.common.errors import InputError

FORMULAS = ("Li2S", "P2S5", "LiI", "Li3PO4", "Li2CO3")


@pytest.mark.parametrize(
    ("text", "formula", "above"),
    [
        (" LiNbO3 ", "LiNbO3", None),
        ("LiNbO3@30meV", "LiNbO3", 0.03),
        ("LiNbO3 @ 2.5 meV/atom", "LiNbO3", 0.0025),
        ("LiNbO3@0meV", "LiNbO3", 0.0),
        ("1.5Li2S-0.5P2S5-LiI", "Li4PS4I", 0.0),
        ("1.5Li2S-0.5P2S5-LiI@30meV", "Li4PS4I", 0.03),
        ("0.75Li2S-0.25P2S5", "Li1.5P0.5S2", 0.0),
    ],
)
def test_one_material(text, formula, above):
    found = read_material(text)
    assert (found.name, found.formula) == (text.strip(), formula)
    assert found.above_hull_ev == (None if above is None else pytest.approx(above))


def test_a_phase_by_its_id():
    assert read_material("LiFePO4 # mp-19017") == ("LiFePO4 # mp-19017", "LiFePO4", None, "mp-19017")
    assert read_composite("LiFePO4#mp-19017+Li2O") == {"LiFePO4#mp-19017": 1.0, "Li2O": 1.0}
    assert composition_of("LiFePO4#mp-19017") == {"Li": 1.0, "Fe": 1.0, "P": 1.0, "O": 4.0}


@pytest.mark.parametrize(
    ("text", "moles"),
    [
        ("0.5Li2CO3+0.5LiNbO3", {"Li2CO3": 0.5, "LiNbO3": 0.5}),
        ("Li2CO3 + LiNbO3", {"Li2CO3": 1.0, "LiNbO3": 1.0}),
        ("2 Li2CO3 + LiNbO3@30meV", {"Li2CO3": 2.0, "LiNbO3@30meV": 1.0}),
        ("0.3333Li2O+0.3333Li2S+0.3333LiF", {"Li2O": 0.3333, "Li2S": 0.3333, "LiF": 0.3333}),  # rounded thirds
        ("LiNbO3", None),
    ],
)
def test_composites(text, moles):
    assert read_composite(text) == moles


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_composite, "0.5LiF+0.6LiCl", r"^0\.5LiF\+0\.6LiCl: the fractions sum to 1\.1, not to 1"),
        (read_composite, "0.5LiF+0.498LiCl", "the fractions sum to 0.998"),
        (read_composite, "-0.5LiF+1.5LiCl", "the amount of LiF must be positive, not -0.5"),
        (read_composite, "LiF+-0.5LiCl", "the amount of LiCl must be positive, not -0.5"),
        (read_composite, "LiF+0LiCl", "the amount of LiCl must be positive, not 0"),
        (read_composite, "LiF+", r"LiF\+: a material is missing beside '\+'"),
        (read_composite, "LiF+2LiF", "LiF occurs twice"),
        (read_composite, "Li+", "a charge cannot be given, since energies are those of neutral compounds"),
        (read_glass, "PF6-", "a charge cannot be given"),
        (read_glass, "Li-Nb-O", "Li-Nb-O is a chemical system, not one material: write a formula of these elements"),
        (read_glass, "0.7Li2S-0.2P2S5", "the fractions sum to 0.9, not to 1"),
        (read_glass, "Li2S-LPS", "no element L"),
        (read_glass, "Li2S-0P2S5", "the amount of P2S5 must be positive, not 0"),
        (split_energy, "LiF@-5meV", "LiF@-5meV: no material lies below the hull"),
        (split_energy, "LiF@30", "behind @ stands an energy above the hull, such as 30meV, not '30'"),
        (split_energy, "LiF@nanmeV", "not 'nanmeV'"),
        (split_energy, "LiF@", "not ''"),
        (read_material, "@30meV", "empty formula"),
        (read_material, "LiF#", "a formula stands before # and the id of a phase behind it"),
        (read_material, "#mp-1", "a formula stands before #"),
        (read_material, "LiF#mp-1@30meV", "write either a phase behind # or an energy above the hull behind @"),
    ],
)
def test_refused_with_what_is_wrong(read, text, message):
    with pytest.raises(InputError, match=message) as caught:
        composition_of(text) if read is read_material else read(text)
    assert "\n" not in str(caught.value)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(FORMULAS), st.integers(1, 400).map(lambda n: n / 100), min_size=2))
def test_what_is_written_is_read_and_has_the_composition_of_its_parts(moles):
    """Moles that are all below 1 would be fractions, so one is made larger."""
    moles[next(iter(moles))] = 4.25
    total = sum((Composition(formula) * amount for formula, amount in moles.items()), start=Composition())
    for sign, read in (("+", read_composite), ("-", read_glass)):
        text = write_terms(moles, sign)
        assert read(text) == moles
        assert composition_of(text) == pytest.approx(total.get_el_amt_dict())
        assert composition_of(with_energy(text, 12.5)) == composition_of(text) if sign == "-" else True
    assert sum(mole_fractions(moles).values()) == pytest.approx(1.0)
