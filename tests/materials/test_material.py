"""Entries of a catalogue: what makes sense, and what a cathode is at each lithium content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from screening.chemistry.formulas import parse_formula, plain_text
from screening.common.errors import InputError
from screening.materials.material import Cathode, Material, Property

NCM = Cathode(
    name="NCM", host={"Ni": "1/3", "Co": "1/3", "Mn": "1/3", "O": 2}, lithiations={"full": 1, "half": 0.5, "empty": 0}
)


def coating(**fields):
    return Material(**{"name": "x", "role": "coating", **fields})


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "plain"),
    [(" LiNbO\u2083 ", "LiNbO3"), ("1.5Li2S\u20130.5P2S5\u2212LiI", "1.5Li2S-0.5P2S5-LiI"), ("\uff2eCM83", "NCM83")],
)
def test_names_are_found_however_they_are_typeset(written, plain):
    assert plain_text(written) == plain
    assert coating(name=written, formula="LiF").name == plain


# -- coatings and electrolytes --------------------------------------------------------------------


def test_a_composite_has_the_composition_of_its_phases():
    both = coating(components={"Li2CO3": 3, "LiNbO3": 1})
    assert parse_formula(both.formula) == {"Li": 7, "Nb": 1, "C": 3, "O": 12}
    assert both.mole_fractions == {"Li2CO3": 0.75, "LiNbO3": 0.25}
    assert both.reactant == "0.75Li2CO3+0.25LiNbO3"
    assert both.fractions == {}  # no formula means it


def test_a_glass_is_one_material_with_the_energy_of_the_hull():
    glass = coating(role="electrolyte", kind="glass", components={"Li2S": 1.5, "P2S5": 0.5, "LiI": 1})
    assert (glass.formula, glass.mole_fractions) == ("Li4PS4I", {})
    assert glass.reactant == "1.5Li2S-0.5P2S5-LiI"
    # a glass given by its formula says so, else it would be taken for the crystal
    assert coating(kind="glass", formula="Li3PS4").reactant == "Li3PS4@0meV"
    assert coating(kind="crystal", formula="Li3PS4").reactant == "Li3PS4"


def test_an_energy_above_the_hull_is_written_behind_the_material():
    given = {"mev_per_atom": 30, "source": "a paper", "verified": True}
    assert coating(formula="LiNbO3", energy_above_hull=given).reactant == "LiNbO3@30meV"
    assert coating(formula="LiNbO3", energy_above_hull=given).written == "LiNbO3"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "needed, unless there are components"),
        ({"components": {"LiF": 1}}, "one component alone"),
        ({"components": {"LiF": 1, "LiCl": 0}}, "greater than 0"),
        ({"components": {"LiF": 0.5, "LiCl": 0.4}}, "sum to"),
        ({"components": {"LiF": 1, "LiCl": 1}, "role": "electrolyte"}, "only a coating may be several phases"),
        ({"components": {"LiF": 1, "LiCl": 1}, "formula": "Li2FCl2"}, "not what the components make, Li2ClF"),
        ({"formula": "LiQ"}, "no element Q"),
        (
            {
                "components": {"LiF": 1, "LiCl": 1},
                "energy_above_hull": {"mev_per_atom": 1, "source": "x", "verified": True},
            },
            "a composite has none of its own",
        ),
    ],
)
def test_entries_that_make_no_sense_are_refused(fields, reason):
    with pytest.raises((ValidationError, InputError), match=reason):
        coating(**fields)


def test_a_range_that_falls_is_refused():
    common = {"quantity": "band_gap_ev", "source": "a paper", "verified": False}
    assert Property(**common, value=[None, 2]).value == (None, 2.0)
    assert Property(**common, value=[2, 2]).value == (2.0, 2.0)
    with pytest.raises(ValidationError, match="ends below its start"):
        Property(**common, value=[3, 2])


# -- cathodes ---------------------------------------------------------------------------------


def test_thirds_are_thirds():
    assert NCM.host["Ni"] == 1 / 3
    with pytest.raises(ValidationError, match="divides by zero"):
        Cathode(name="x", host={"Co": "1/0", "O": 2}, lithiations={"full": 1})


@pytest.mark.parametrize(
    ("state", "content"), [("full", 1.0), ("HALF", 0.5), ("empty", 0.0), (0.3, 0.3), (" 0.3 ", 0.3), ("1e-1", 0.1)]
)
def test_a_state_is_a_name_or_a_content(state, content):
    assert NCM.lithium(state) == content


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("hlaf", r"unknown state 'hlaf' of NCM \(did you mean half\?\)"),
        ("charged", "there are full, half, empty|did you mean"),
        (1.01, "holds 0 to 1 lithium in a formula unit, not 1.01"),
        ("-0.1", "not -0.1"),
        ("nan", "not nan"),
    ],
)
def test_what_is_neither_is_refused(state, reason):
    with pytest.raises(InputError, match=reason):
        NCM.lithium(state)


@given(st.floats(0.0, 1.0))
def test_composition_and_formula_agree_at_every_content(content):
    content = round(content, 4)
    composition = NCM.composition(content)
    assert composition.get("Li", 0.0) == content
    assert {element: n for element, n in composition.items() if element != "Li"} == NCM.host
    assert parse_formula(NCM.formula(content)) == pytest.approx(composition, abs=1e-8)


def test_further_states_are_part_of_the_name():
    more = NCM.with_states([0.3, 0.5, 0.125, 0.3])  # 0.5 is half, 0.3 is there twice
    assert more.name == "NCM+30%+12_5%"
    assert list(more.lithiations) == ["full", "half", "empty", "30%", "12_5%"]
    assert more.lithium("30%") == 0.3
    assert NCM.with_states([1.0]) == NCM
    with pytest.raises(InputError, match="holds 0 to 1"):
        NCM.with_states([1.2])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"host": {"Li": 1, "O": 2}}, "lithium belongs in lithiations"),
        ({"lithiations": {"half": 0.5}}, "the state 'full' is needed"),
        ({"lithiations": {"full": 1, "more": 1.2}}, "no state holds more lithium"),
        ({"voltages": {"full": 4.0}}, "full is the name of a lithiation"),
    ],
)
def test_cathodes_that_make_no_sense_are_refused(fields, reason):
    with pytest.raises(ValidationError, match=reason):
        Cathode(**{"name": "x", "host": {"Co": 1, "O": 2}, "lithiations": {"full": 1}, **fields})
