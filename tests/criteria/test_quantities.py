"""The registry: what a coating is judged by, and how another package adds to it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fixtures_screening import energies_file

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.criteria.contact_names import contact_quantity, is_contact, states_named
from screening.criteria.quantities import GAIN, OXIDATION, UNLIMITED_V, WORST, quantity, registered


def coating(**parts):
    """A coating of which only some parts are known."""
    unknown = {"formula": "LiNbO3", "stability": None, "window": None, "economics": None, "transport": None}
    return SimpleNamespace(
        **{**unknown, "worst_mutual": None, "bare_worst_mutual": None, "worst_contact_energy": None, **parts}
    )


def test_what_is_unknown_has_no_value():
    assert {one.value(coating()) for one in registered().values()} == {None}
    assert {one.compare(coating()) for one in registered().values()} == {None}


def test_each_ends_in_a_unit_or_is_without_one_and_says_what_it_is():
    for name, one in registered().items():
        assert name == one.name
        units = (
            "_mev_per_atom",
            "_mev_per_closed_atom",
            "_v",
            "_usd_per_kg",
            "_s_per_cm",
            "_ohm_cm2",
            "_barrier_ev",
            "_gap_ev",
        )
        assert name.endswith(units) or name.startswith("hhi_") or name == "electron_insulation"
        assert one.label
        assert one.description


def test_values_in_the_units_of_their_names():
    document = coating(
        stability=SimpleNamespace(energy_above_hull_ev_per_atom=0.0125), worst_mutual=-20.5, bare_worst_mutual=-300.25
    )
    assert quantity("energy_above_hull_mev_per_atom").value(document) == pytest.approx(12.5)
    assert quantity(WORST).value(document) == -20.5
    assert quantity(GAIN).value(document) == 279.75


def test_never_oxidised_is_null_and_compares_as_the_highest():
    never = coating(window=SimpleNamespace(reduction_limit_v=0.5, oxidation_limit_v=None, oxidation_limited=False))
    assert quantity(OXIDATION).value(never) is None
    assert quantity(OXIDATION).compare(never) == UNLIMITED_V
    unknown = coating(window=SimpleNamespace(reduction_limit_v=0.5, oxidation_limit_v=None, oxidation_limited=True))
    assert quantity(OXIDATION).compare(unknown) is None


@pytest.mark.parametrize(
    ("contact", "closed", "states"),
    [
        ("electrolyte", True, set()),
        ("cathode half", True, {"half"}),
        ("cathode 12_5%", True, {"12_5%"}),
        ("cathode charged to 0.3", True, {"charged_to_0.3"}),
        ("electrolyte at mu(half)", False, {"half"}),
        ("cathode full at mu(full)", False, {"full"}),
        ("cathode full with LiTi2(PO4)3", True, {"full"}),
        ("inner Li2CO3|LiNbO3", True, set()),
        ("inner at mu(30%)", False, {"30%"}),
    ],
)
def test_every_contact_is_a_quantity(contact, closed, states):
    name = contact_quantity(contact)
    assert name.endswith("_mev_per_atom" if closed else "_mev_per_closed_atom")
    found = quantity(name)
    assert is_contact(name)
    assert (found.name, found.better, found.highest) == (name, "higher", 0.0)
    assert found.value(SimpleNamespace(mutual={name: -7.0}.get)) == -7.0
    assert states_named(name) == states


@pytest.mark.parametrize(
    "name",
    [
        "mutual_electrolyte_mev_per_closed_atom",  # closed, and counted as if it were open
        "mutual_electrolyte_at_mu(half)_mev_per_atom",
        "mutual_nothing_mev_per_atom",
        "oxidation",
    ],
)
def test_what_is_no_quantity(name):
    with pytest.raises(InputError, match="no quantity"):
        quantity(name)


PLUGIN = """
from screening.criteria.quantities import Quantity

def share(coating):
    from screening.chemistry.compositions import atomic_fractions
    from screening.chemistry.formulas import parse_formula
    return atomic_fractions(parse_formula(coating.formula)).get("Li", 0.0)

def quantities():
    return [Quantity(name="lithium_share", label="Li share", better="higher", description="atoms that are lithium",
                     value=share, from_energies=False, lowest=0.0, highest=1.0, digits=2)]

def wrong():
    return [1]

def taken():
    return [Quantity(name="hhi_production", label="", better="lower", description="", value=share)]
"""


def test_a_quantity_of_another_package_is_a_criterion_a_column_and_an_order(install, tmp_path, capsys):
    install("shares", PLUGIN, "coatscreen.criteria", shares="quantities")
    screening = ["--coatings", "LiNbO3,Li3PO4,HfO2", "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]
    energies = ["--energies", energies_file(tmp_path)]
    assert execute(["run", *screening, *energies, "--threshold", "lithium_share=0.3"]) == 0
    assert "lithium_share >= 0.3" in capsys.readouterr().out
    fields = ["--fields", "coating,lithium_share,passes.lithium_share"]
    assert execute(["query", "--sort", "lithium_share", *fields, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "coating,lithium_share,passes.lithium_share",
        "Li3PO4,0.375,True",
        "LiNbO3,0.2,False",
        "HfO2,0.0,False",
    ]
    assert execute(["query", "--filter", '{"lithium_share": {"$gt": 0.3}}', "--fields", "coating"]) == 0
    wanted = capsys.readouterr().out
    assert "Li3PO4" in wanted
    assert "LiNbO3" not in wanted


@pytest.mark.parametrize(
    ("function", "message"),
    [("wrong", "returns a int, not quantities"), ("taken", "a name that is taken"), ("nothing", "cannot be used")],
)
def test_a_package_that_cannot_be_used_is_named(install, capsys, function, message):
    install("shares", PLUGIN, "coatscreen.criteria", shares=function)
    assert execute(["run"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "'shares'" in said
    assert len(said.splitlines()) == 1
