"""Checks of annealing with measured enthalpies: calcium carbonate gives off CO2 when it is hot enough."""

import pytest
from fixtures_anneal import small_set
from fixtures_reproduction import CATALOGUE, claim

from screening.validation.reproduction.annealing_checks import anneals, survives_annealing
from screening.validation.reproduction.claims import Anneals, SurvivesAnnealing
from screening.validation.reproduction.study import Study


def carbonate(**fields):
    given = {"material": "CaCO3", "oxygen_bar": 0.21, "temperatures_c": [900], **fields}
    return anneals(claim(Anneals, **given), Study(small_set(), CATALOGUE))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"present": ["CaO"], "absent": ["CaCO3"], "mass": "loss"}, True),
        ({"present": ["CaO", "CO2"]}, True),  # a gas is named by its molecule
        ({"present": ["CaO"], "mass": "gain"}, False),
        ({"present": ["CaO"], "absent": ["CO2"]}, False),
        ({"present": ["CaO"], "temperatures_c": [200, 900]}, False),  # at 200 C it is still CaCO3
        ({"present": ["CaCO3"], "absent": ["CaO"], "temperatures_c": [200]}, True),
        ({"mass": "loss", "temperatures_c": [200]}, False),  # no change is neither gain nor loss
        ({"mass": "gain", "temperatures_c": [200]}, False),
    ],
)
def test_products_and_mass_must_be_as_claimed_at_every_temperature(fields, expected):
    assert carbonate(**fields).holds is expected


def test_the_answer_gives_the_reaction_at_each_temperature():
    numbers = carbonate(present=["CaO"], temperatures_c=[200, 900.5]).numbers
    assert list(numbers["reaction_by_temperature_c"]) == ["200", "900.5"]
    assert numbers["reaction_by_temperature_c"]["900.5"] == "CaCO3 -> CaO + CO2(g)"
    change = numbers["mass_change_percent_by_temperature_c"]
    assert change == pytest.approx({"200": 0.0, "900.5": -100 * 44.009 / 100.086}, abs=0.01)  # molar masses


def hafnia(enthalpy):
    """HfO2 of an enthalpy of formation, kJ/mol; -1144.7 is measured (CRC Handbook)."""
    given = claim(SurvivesAnnealing, material="HfO2", cathode="NCM85")
    return survives_annealing(given, Study(small_set(HfO2=enthalpy), CATALOGUE))


def test_a_coating_that_is_stable_survives():
    found = hafnia(-1144.7)
    assert (found.holds, found.why_missing) == (True, None)
    assert found.numbers["temperature_c"] == 400.0
    assert found.numbers["reaction_ev_per_closed_atom"] == 0.0


def test_a_coating_decomposes_or_is_undecided_by_the_size_of_the_reaction():
    verdicts = {}
    for enthalpy in range(-400, 400, 2):  # it falls apart into hafnium and oxygen somewhere
        found = hafnia(float(enthalpy))
        verdicts.setdefault(found.holds, found)
    assert verdicts.keys() == {True, None, False}
    assert verdicts[None].why_missing == "the reaction lies within the error of free energies"
    assert 0.005 < -verdicts[None].numbers["reaction_ev_per_closed_atom"] <= 0.05
    assert -verdicts[False].numbers["reaction_ev_per_closed_atom"] > 0.05
