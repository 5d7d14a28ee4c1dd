"""Entries of a catalogue: what makes sense, and what a cathode is at each lithium content."""

import pytest
from pydantic import ValidationError

from screening.chemistry.formulas import parse_formula, plain_text
from screening.common.errors import InputError
from screening.materials.material import Material, Property


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
