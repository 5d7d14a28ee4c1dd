"""Intervals contain the other value as often as they should, and the factor that widens them is found."""

import numpy as np
import pytest
from fixtures_calibration import TRUTH, made_up_compounds
from fixtures_error_model import model
from fixtures_screening import FORMATION

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.validation.calibration.calibration import Compound
from screening.validation.calibration.coverage import (
    ALL,
    Division,
    coverage_of,
    fitting_factor,
    reliability_of,
    try_half,
)
from screening.validation.calibration.trials import FAR, Event, Hulls, Trial
from screening.validation.calibration.trials import FORMATION as FORMATION_ENERGY


@pytest.fixture(scope="module")
def compounds():
    return list(made_up_compounds())


def formation_rows(error_model, known, seed=0):
    """Coverage of the formation energies of some compounds."""
    errors = error_model.draw([compound.composition for compound in known], 200, seed)
    rows = coverage_of([Division(1.0, list(Hulls(known, errors).formation_energies(known)), [])])
    return {row.group: row for row in rows}


def test_intervals_hold_what_the_model_says_where_it_is_right(compounds):
    inside = []
    for seed in range(20, 26):  # the weights of the pairs are few, and shared by all compounds
        [errors] = TRUTH.draw([compound.composition for compound in compounds], 1, seed)
        drawn = [c._replace(dft_energy=c.energy + error) for c, error in zip(compounds, errors, strict=True)]
        row = formation_rows(TRUTH, drawn)[ALL]
        assert row.n == len(compounds)
        assert row.median_bias_mev == pytest.approx(0.0, abs=5.0)
        assert row.nominal_inside_90 == 1.0
        inside.append((row.inside_90, row.inside_50))
    assert np.mean(inside, axis=0) == pytest.approx((0.9, 0.5), abs=0.07)


def test_intervals_that_are_too_narrow_are_told(compounds):
    assert formation_rows(model(own_scale=0.002), compounds)[ALL].inside_90 < 0.4


def test_compounds_far_above_the_hull_are_counted_by_themselves(compounds):
    far = [compound._replace(above_hull=0.2) for compound in compounds[:40]]
    rows = formation_rows(TRUTH, [*far, *compounds[40:]])
    assert rows[FAR].n == 40
    assert rows[ALL].n == len(compounds) - 40


def reacting(off_by):
    """Compounds that react with each other, with DFT energies off by about so much, eV/atom."""
    random = np.random.default_rng(3)
    formulas = [f for f in FORMATION if set(parse_formula(f)) <= {"Li", "O", "P", "S"}]
    return [
        Compound(f, parse_formula(f), FORMATION[f], FORMATION[f] + off_by * float(random.standard_normal()), 0.0)
        for f in formulas
    ]


def test_the_factor_is_what_the_errors_are_larger_by():
    def factor(off_by, scale):
        known = reacting(off_by)
        errors = model(own_scale=scale).draw([compound.composition for compound in known], 200)
        return fitting_factor(Hulls(known, errors), known, 10, 0)

    large = factor(0.004, 0.001)
    assert large > 2.0
    assert factor(0.004, 0.002) == pytest.approx(large / 2.0, rel=0.1)  # intervals twice as wide
    assert factor(0.0, 0.001) < 0.5  # nothing is off


def test_too_few_reactions_to_fit_are_refused():
    still = [Compound(f, parse_formula(f), -1.0, -1.0, 0.0) for f in ("LiF", "LiCl", "LiBr")]
    with pytest.raises(InputError, match="gave 0 reaction energies to fit; 10 are needed"):
        try_half(model(own_scale=1e-6), still, still, still, 3, 0)


def test_a_half_is_tested_with_errors_times_the_factor():
    known = reacting(0.004)
    small, large = (try_half(model(own_scale=scale), known, known, known, 10, 0) for scale in (0.001, 0.002))
    assert small.factor == pytest.approx(2.0 * large.factor, rel=0.1)
    widths = [row.median_width_mev for one in (small, large) for row in coverage_of([one]) if row.group == ALL]
    half = len(widths) // 2
    assert widths[:half] == pytest.approx(widths[half:], rel=0.15, abs=0.2)
    assert {one.event for one in small.events} == {"stable", "reacts mutually", "reacts mutually, open to lithium"}


def trial(other, nominal, low, high, group="oxide"):
    middle = 0.5 * (low + high)
    return Trial(FORMATION_ENERGY, group, other, nominal, (low, middle - 0.01, middle, middle + 0.01, high))


def test_coverage_by_hand():
    first = Division(1.0, [trial(0.1, 0.2, 0.0, 0.4), trial(0.5, 0.2, 0.0, 0.4, "sulfide")], [])
    second = Division(1.0, [trial(0.2, 0.5, 0.1, 0.3), trial(0.25, 0.2, 0.1, 0.3)], [])
    rows = {row.group: row for row in coverage_of([first, second])}
    assert (rows[ALL].n, rows[ALL].inside_90, rows[ALL].inside_90_least) == (4, 0.75, 0.5)
    assert rows[ALL].inside_50 == 0.25
    assert rows[ALL].nominal_inside_90 == 0.75
    assert rows[ALL].median_width_mev == pytest.approx(300.0)
    assert rows["oxide"].median_error_mev == pytest.approx(100.0)  # 0.1, 0.3 and -0.05 eV
    assert rows["sulfide"].inside_90 == 0.0


def test_reliability_by_hand():
    events = [Event("stable", probability, so) for probability, so in ((0.1, False), (0.15, True), (0.9, True))]
    whole, low, high = reliability_of([Division(1.0, [], events[:2]), Division(1.0, [], events[2:])])
    assert (whole.n, whole.mean_probability, whole.share) == (3, 0.383, 0.667)
    assert (low.at_least, low.at_most, low.n, low.mean_probability, low.share) == (0.05, 0.2, 2, 0.125, 0.5)
    assert (high.at_least, high.at_most, high.n, high.share) == (0.8, 0.95, 1, 1.0)


def test_certainty_is_counted_too():
    events = [Event("stable", 0.0, False), Event("stable", 1.0, True)]
    rows = reliability_of([Division(1.0, [], events)])
    assert [(row.at_least, row.at_most, row.n) for row in rows] == [(0.0, 1.0, 2), (0.0, 0.05, 1), (0.95, 1.0, 1)]
