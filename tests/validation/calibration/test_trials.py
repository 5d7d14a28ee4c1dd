"""What intervals are tested on: against hulls drawn by hand, and against the verbs' own functions."""

from itertools import combinations

import numpy as np
import pytest
from fixtures_error_model import model

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.validation.calibration.calibration import Compound, formation_phases
from screening.validation.calibration.trials import OPEN_AT_V, Event, Hulls, draw_pairs, is_something

# ours: LiO2 below the line Li2O | O; the others': above it
KNOWN = [
    Compound("Li2O", {"Li": 2, "O": 1}, -2.0, -2.0, 0.0),
    Compound("LiO2", {"Li": 1, "O": 2}, -1.2, -0.8, 0.0),
    Compound("Li2S", {"Li": 2, "S": 1}, -1.5, -1.4, 0.0),
    Compound("Li2SO4", {"Li": 2, "S": 1, "O": 4}, -2.1, -2.0, 0.0),
    Compound("Li17S8", {"Li": 17, "S": 8}, -1.3, -1.25, 0.3),
    Compound("Li21S10", {"Li": 21, "S": 10}, -1.45, -1.35, 0.05),
]


@pytest.fixture(scope="module")
def hulls():
    errors = model(own_scale=0.01).draw([compound.composition for compound in KNOWN], 20)
    return Hulls(KNOWN, errors)


def sets():
    return [formation_phases({c.formula: e for c, e in zip(KNOWN, energies, strict=True)}) for energies in columns()]


def columns():
    return [c.energy for c in KNOWN], [c.dft_energy for c in KNOWN]


def test_energies_above_the_hull_by_hand(hulls):
    found = list(hulls.above_hull(KNOWN[:2]))
    tested = [one for one in found if not isinstance(one, Event)]
    # LiO2 lies on the line from Li2O (-2 at 1/3 O) to O (0): -1 there. Ours is below, the others' 0.2 above
    assert [(one.nominal, one.other) for one in tested] == [(0.0, 0.0), (0.0, pytest.approx(0.2))]
    assert [(one.probability, one.so) for one in found if isinstance(one, Event)] == [(1.0, True), (1.0, False)]


def test_compounds_far_above_the_hull_are_not_asked_for(hulls):
    assert len(list(hulls.above_hull(KNOWN))) == 2 * (len(KNOWN) - 1)
    assert [one.group for one in hulls.formation_energies(KNOWN)].count("all further above the hull") == 1


def test_near_compounds_are_those_of_almost_one_composition(hulls):
    found = list(hulls.neighbours(KNOWN))
    # Li2S and Li21S10 differ by 0.0108 in both fractions; Li17S8 is too far above the hull
    assert [(one.nominal, one.other) for one in found] == [(pytest.approx(-0.05), pytest.approx(-0.05))]


def test_reactions_are_those_of_interfaces(hulls):
    pairs = [(KNOWN[0], KNOWN[1]), (KNOWN[1], KNOWN[2]), (KNOWN[2], KNOWN[3])]
    closed = [one for one in hulls.reactions(pairs) if not isinstance(one, Event)]
    opened = [one for one in hulls.open_reactions(pairs) if not isinstance(one, Event)]
    ours, theirs = sets()
    for k, (a, b) in enumerate(pairs):
        for phases, field in ((ours, "nominal"), (theirs, "other")):
            profile = Interface(phases, a.formula, b.formula).profile()
            assert getattr(closed[2 * k], field) == pytest.approx(profile.mutual.min(), abs=1e-9)
            assert getattr(closed[2 * k + 1], field) == pytest.approx(profile.total.min(), abs=1e-9)
            held = Reservoir.lithium_voltage(OPEN_AT_V[k])
            profile = Interface(phases, a.formula, b.formula, held).profile()
            assert getattr(opened[k], field) == pytest.approx(profile.mutual.min(), abs=1e-9)


def test_windows_are_those_of_the_verb(hulls):
    found = list(hulls.windows(KNOWN[:4]))
    ours, theirs = sets()
    for compound, (reduction, oxidation) in zip(KNOWN[:4], zip(found[::2], found[1::2], strict=True), strict=True):
        for phases, field in ((ours, "nominal"), (theirs, "other")):
            window = electrochemical_window(phases, compound.formula)
            assert getattr(reduction, field) == pytest.approx(window.reduction_limit_v, abs=1e-9)
            assert getattr(oxidation, field) == pytest.approx(window.oxidation_limit_v, abs=1e-9)


def test_without_lithium_there_are_no_windows_and_no_open_contacts():
    known = [Compound(f, parse_formula(f), -1.0, -1.1, 0.0) for f in ("TiO2", "NiO", "TiS2")]
    hulls = Hulls(known, np.zeros((20, 3)))
    assert list(hulls.windows(known)) == []
    assert list(hulls.open_reactions(list(combinations(known, 2)))) == []


def test_what_is_zero_in_both_energies_is_nothing():
    hulls = Hulls(KNOWN, np.zeros((20, len(KNOWN))))
    stable, above = (one for one in hulls.above_hull(KNOWN[:2]) if not isinstance(one, Event))
    assert not is_something(stable)
    assert is_something(above)


def test_each_pair_of_families_is_drawn_as_often_and_no_pair_has_ten_elements():
    formulas = ["Li2O", "NbO2", "Li2S", "NiS", "LiF", "LiCl", "LiNaKRbCsBeMgCaSrBaO6"]
    compounds = [Compound(f, parse_formula(f), -1.0, -1.0, 0.0) for f in formulas]
    pairs = draw_pairs(compounds, 60, seed=2)
    families = {"Li2O": "O", "NbO2": "O", "Li2S": "S", "NiS": "S", "LiF": "X", "LiCl": "X", formulas[-1]: "O"}
    counted = {}
    for a, b in pairs:
        assert a is not b
        assert len({*a.composition, *b.composition}) <= 9
        kind = "".join(sorted(families[a.formula] + families[b.formula]))
        counted[kind] = counted.get(kind, 0) + 1
    assert counted == {"".join(pair): 10 for pair in [*combinations("OSX", 2), "OO", "SS", "XX"]}
    assert draw_pairs(compounds, 60, seed=2) == pairs
    assert draw_pairs(compounds, 60, seed=3) != pairs
