"""The page of a reproduction: numbers, signs and cells."""

import pytest

from screening.uncertainty.uncertainty_documents import Interval
from screening.validation.reproduction.page import (
    difference_text,
    number_of,
    rests_on,
    samples_text,
    system_text,
    value_text,
)
from screening.validation.reproduction.reproduction_documents import CheckedClaim, OurValue, ReproducedQuantity


def quantity(unit="meV/atom", ours=-105.4, difference=58.6, compared="mutual", interval=None, ensemble=None):
    value = OurValue.model_construct(convention="mutual", ours=ours, difference=difference, interval=interval)
    return ReproducedQuantity.model_construct(
        unit=unit, system="LiNbO3 | Li6PS5Cl", ensemble=ensemble, compared=compared, values=[value]
    )


def claim(**fields):
    common = {"numbers": {}, "why_missing": None, "threshold_source": None, "fraction_of_samples": None}
    return CheckedClaim.model_construct(**{**common, **fields})


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("meV/atom", -105.4, "-105"),
        ("meV/non-Li atom", 0.4, "0"),
        ("meV/atom", -0.4, "0"),
        ("V", 3.883, "3.88"),
        ("eV", -0.001, "0.00"),
    ],
)
def test_digits_follow_the_unit_and_zero_has_no_sign(unit, value, text):
    assert number_of(quantity(unit), value) == text


@pytest.mark.parametrize(("difference", "text"), [(58.6, "+59"), (-58.6, "-59"), (0.2, "+0"), (-0.2, "+0")])
def test_a_difference_has_a_sign(difference, text):
    assert difference_text(quantity(difference=difference)) == text


def test_without_our_value_there_is_no_difference():
    assert difference_text(quantity(compared=None)) == "-"


def test_an_interval_stands_in_brackets():
    found = quantity(interval=Interval.model_construct(low=-140.4, median=-105.0, high=-58.7))
    assert value_text(found, found.values[0]) == "-105 [-140 to -59]"
    assert value_text(quantity(), quantity().values[0]) == "-105"


def test_the_ensemble_follows_the_system():
    assert system_text(quantity()) == "LiNbO3 | Li6PS5Cl"
    assert system_text(quantity(ensemble="open at -3.66 eV")) == "LiNbO3 | Li6PS5Cl, open at -3.66 eV"


@pytest.mark.parametrize(("fraction", "text"), [(None, "-"), (2 / 3, "holds in 67 %"), (0.0, "holds in 0 %")])
def test_the_fraction_of_samples(fraction, text):
    assert samples_text(claim(fraction_of_samples=fraction)) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ({"limit_v": 3.88321, "other": None, "empty": []}, "limit_v: 3.883"),
        ({"by_temperature": {"300": 1.0, "400": -2.5}}, "by_temperature: 300 1, 400 -2.5"),
        ({"forms": {"Li3PO4": [0.1, 0.2, 0.5], "LiPO3": []}}, "forms: Li3PO4 0.1 to 0.5 (3 kinks), LiPO3 nowhere"),
        ({"at": [0.25, 0.5]}, "at: 0.25, 0.5"),
        ({"energies": [2.0, 1.0, 1.5]}, "energies: 2, 1, 1.5"),  # not kinks: they do not rise
        ({"present": ["Li3PO4", "sulfate"]}, "present: Li3PO4, sulfate"),
    ],
)
def test_what_a_verdict_rests_on_is_written_short(numbers, text):
    assert rests_on(claim(numbers=numbers)) == text


def test_the_source_of_thresholds_and_the_reason_stand_with_the_numbers():
    found = claim(numbers={"x": 1.0}, why_missing="within the error", threshold_source="Xiao et al.")
    assert rests_on(found) == "within the error. x: 1. thresholds: Xiao et al."
    assert rests_on(claim(threshold_source="Xiao et al.")) == ""  # without a number no threshold was used
