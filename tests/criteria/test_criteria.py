"""What coatings are judged by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import InputError
from screening.criteria.criteria import (
    Criterion,
    default_criteria,
    read_criteria,
    read_criteria_file,
    tier,
    with_thresholds,
)
from screening.criteria.quantities import registered


def test_packaged_thresholds_are_those_of_xiao_2019():
    """Joule 3, 1252: within 5 meV/atom of stable, window 2.7 to 4.0 V, at most 100 meV/atom of reaction."""
    found = {c.name: (c.quantity, c.at_most, c.at_least) for c in default_criteria()}
    assert found == {
        "stable": ("energy_above_hull_mev_per_atom", 5.0, None),
        "reduction": ("reduction_limit_v", 2.7, None),
        "oxidation": ("oxidation_limit_v", None, 4.0),
        "cathode full": ("mutual_cathode_full_mev_per_atom", None, -100.0),
        "cathode half": ("mutual_cathode_half_mev_per_atom", None, -100.0),
        "electrolyte": ("mutual_electrolyte_mev_per_atom", None, -100.0),
        "protects": ("gain_over_bare_mev_per_atom", None, 0.0),  # ours
    }


@given(st.floats(-1e6, 1e6))
def test_thresholds_are_inclusive(threshold):
    most = Criterion(name="a", quantity="reduction_limit_v", at_most=threshold)
    least = Criterion(name="b", quantity="reduction_limit_v", at_least=threshold)
    assert most.judge({"reduction_limit_v": threshold}) is True
    assert least.judge({"reduction_limit_v": threshold}) is True
    step = max(1e-9, abs(threshold) * 1e-9)
    assert most.judge({"reduction_limit_v": threshold + step}) is False
    assert most.judge({"reduction_limit_v": threshold - step}) is True
    assert least.judge({"reduction_limit_v": threshold - step}) is False
    assert least.judge({"reduction_limit_v": threshold + step}) is True


def test_zero_is_a_threshold():
    least = Criterion(name="a", quantity="worst_mutual_mev_per_atom", at_least=0.0)
    most = Criterion(name="a", quantity="reduction_limit_v", at_most=0.0)
    assert least.judge({"worst_mutual_mev_per_atom": -0.1}) is False
    assert most.judge({"reduction_limit_v": 0.1}) is False


def test_unknown_is_neither_passed_nor_failed():
    criterion = Criterion(name="a", quantity="reduction_limit_v", at_most=2.7)
    assert criterion.judge({"reduction_limit_v": None}) is None
    assert criterion.judge({}) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("oxidation_limit", "oxidation_limit_v"),
        ("energy_above_hull_ev_per_atom", "energy_above_hull_mev_per_atom"),
        ("mutual_cathode_half", "mutual_cathode_half_mev_per_atom"),
        ("mutual_electrolyte_ev_per_atom", "mutual_electrolyte_mev_per_atom"),
        ("raw_material_cost", "raw_material_cost_usd_per_kg"),
    ],
)
def test_unknown_quantity_names_the_nearest(written, meant):
    with pytest.raises(InputError, match=rf"no quantity '{written}' \(did you mean {meant}\?\)"):
        read_criteria([{"name": "a", "quantity": written, "at_most": 1.0}])


@pytest.mark.parametrize(
    "quantity",
    [*registered(), "mutual_electrolyte_mev_per_atom", "mutual_cathode_half_mev_per_atom"],
)
def test_known_quantities(quantity):
    (criterion,) = read_criteria([{"name": "a", "quantity": quantity, "at_least": 1}])
    assert criterion.judge({quantity: 2.0}) is True


def test_a_threshold_changes_the_criterion_of_a_name_or_those_on_a_quantity():
    criteria = default_criteria()
    by_name = with_thresholds(criteria, {"oxidation": 4.3})
    by_quantity = with_thresholds(criteria, {"oxidation_limit_v": 4.3})
    assert by_name == by_quantity != criteria
    assert [c.at_least for c in by_name if c.name == "oxidation"] == [4.3]


@pytest.mark.parametrize(
    ("quantity", "value", "side"),
    [
        ("worst_mutual_mev_per_atom", -100.0, "at_least"),
        ("hhi_production", 2500.0, "at_most"),
        ("raw_material_cost_usd_per_kg", 50.0, "at_most"),
        ("mutual_electrolyte_at_mu(half)_mev_per_closed_atom", -300.0, "at_least"),
    ],
)
def test_a_threshold_on_a_quantity_without_criterion_adds_one_on_its_better_side(quantity, value, side):
    *before, added = with_thresholds(default_criteria(), {quantity: value})
    assert tuple(before) == default_criteria()
    assert (added.name, added.quantity, getattr(added, side)) == (quantity, quantity, value)


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ({"oxidaton": 4.0}, r"no criterion or quantity 'oxidaton' \(did you mean oxidation\?\)"),
        ({"electrolyte": 50.0}, "is never above 0; -50 allows 50 of it"),
        ({"stable": -1.0}, "is never below 0"),
        ({"stable": float("nan")}, "not a finite number"),
    ],
)
def test_thresholds_that_mean_nothing(thresholds, message):
    with pytest.raises(InputError, match=message):
        with_thresholds(default_criteria(), thresholds)


def test_criteria_of_a_file_stand_alone_or_among_options(tmp_path):
    alone, among, bad = (tmp_path / name for name in ("alone.yaml", "among.yaml", "bad.yaml"))
    alone.write_text("- {name: stable, quantity: energy_above_hull_mev_per_atom, at_most: 25}\n")
    among.write_text("workers: 2\ncriteria:\n" + alone.read_text())
    assert read_criteria_file(alone) == read_criteria_file(among)
    assert read_criteria_file(alone)[0].at_most == 25.0
    bad.write_text("- {name: a, quantity: b, at_most: 1}\n")
    with pytest.raises(InputError, match=r"bad.yaml: criterion 'a': no quantity 'b'"):
        read_criteria_file(bad)
    with pytest.raises(InputError, match="does not exist"):
        read_criteria_file(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "a"}, "must be a list"),
        ([1], "criterion 1: "),
        ([{"name": "a", "quantity": "reduction_limit_v"}], "either at_most or at_least"),
        ([{"name": "a", "quantity": "reduction_limit_v", "at_most": 1, "at_least": 0}], "either at_most or at_least"),
        ([{"name": "a", "quantity": "reduction_limit_v", "at_most": "much"}], "criterion 'a': at_most: "),
        ([{"name": "a", "quantity": "reduction_limit_v", "at_most": float("nan")}], "criterion 'a': at_most: "),
        ([{"name": "a", "quantity": "reduction_limit_v", "most": 1}], "unknown key 'most' .did you mean at_most"),
        ([{"quantity": "reduction_limit_v", "at_most": 1}], "criterion 1: name: "),
        ([{"name": "a", "quantity": "reduction_limit_v", "at_most": 1}] * 2, "'a' occurs twice"),
    ],
)
def test_malformed(data, message):
    with pytest.raises(InputError, match=message) as caught:
        read_criteria(data)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("passes", "expected"),
    [
        ([True, True], 1),
        ([], 1),
        ([True, None], 2),
        ([None, None], 2),
        ([False, True], 3),
        ([False, None], 3),
        ([False, False], 4),
        ([False, None, False, True], 4),
    ],
)
def test_tiers(passes, expected):
    assert tier({str(i): value for i, value in enumerate(passes)}) == expected
