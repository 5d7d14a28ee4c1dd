"""Which scales agree, and what a result says of its origin."""

from importlib.metadata import version

import pytest

from screening.common.provenance import NOT_STATED, EnergyScale, software


def scale(name="one", functional="PBE and PBE+U", correction="MP2020"):
    return EnergyScale(name=name, version="1", functional=functional, correction=correction)


def test_names_versions_and_sources_do_not_make_a_scale():
    other = EnergyScale(name="two", version="9", functional="PBE and PBE+U", correction="MP2020", source="elsewhere")
    assert scale().disagreement(other) is None


def test_case_and_blanks_do_not_matter():
    assert scale().disagreement(scale("two", "pbe  and PBE+U", "mp2020")) is None


@pytest.mark.parametrize(
    ("what", "other"), [("functional", scale("two", "r2SCAN")), ("correction", scale("two", correction="none"))]
)
def test_two_scales_are_told_apart_by_what_differs(what, other):
    for one, two in ((scale(), other), (other, scale())):
        said = one.disagreement(two)
        assert said.startswith(f"two scales: the {what} of {one.name!r} is {getattr(one, what)!r}")
        assert repr(two.name) in said


@pytest.mark.parametrize("what", ["functional", "correction"])
def test_what_is_not_stated_agrees_with_nothing_not_even_itself(what):
    silent = scale("silent", **{what: NOT_STATED})
    for one, two in ((scale(), silent), (silent, scale()), (silent, silent)):
        assert one.disagreement(two) == (
            f"'silent' does not state its {what}, so it is not known to be on the same scale"
        )


def test_the_software_is_the_installed_distribution():
    assert software().coatscreen == version("coatscreen")
