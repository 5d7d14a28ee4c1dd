"""Cathodes: states of charge, and what is no cathode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.materials.cathode import Cathode

NCM = Cathode(
    name="NCM", host={"Ni": "1/3", "Co": "1/3", "Mn": "1/3", "O": 2}, lithiations={"full": 1, "half": 0.5, "empty": 0}
)


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
