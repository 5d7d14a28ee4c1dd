"""Many lines at once, by hand, and what is refused before it reaches the compiled core."""

import numpy as np
import pytest

from screening.hull.compiled.core import core
from screening.hull.compiled.lines import Field, Rows, Shelves, compute_lines

pytestmark = pytest.mark.skipif(core() is None, reason="the compiled core is not built, or not wanted")

LI, OX, SU = 3, 70, 127  # any numbers below 128, in both words of bits
PHASES = Rows(  # Li, O, Li2O, Li2O2, S
    np.array([0, 1, 2, 4, 6, 7]), np.array([LI, OX, LI, OX, LI, OX, SU]), np.array([1, 1, 2 / 3, 1 / 3, 0.5, 0.5, 1])
)
ENERGIES = np.array([[0.0, 0.0, -2.0, -1.6, 0.0], [0.0, 0.0, -2.0, -1.0, 0.0]])
POINTS = Rows(np.array([0, 1, 2, 4, 5]), np.array([LI, OX, LI, OX, SU]), np.array([1, 1, 0.6, 0.4, 1.0]))


def lines(ends, reservoirs, **changed):
    given = {
        "energies": ENERGIES,
        "own": np.zeros((2, 4)),
        "open_starts": np.array([0, 1, 2]),
        "open_elements": np.array([LI, SU]),
        "potentials": np.array([[-3.0, -1.0], [-3.0, 0.5]]),
        **changed,
    }
    arrays = {"points": POINTS, "ends": np.array(ends), "reservoirs": np.array(reservoirs)}
    return compute_lines(core(), Shelves.of(PHASES), **arrays, **given, asked=LI).records


def test_by_hand():
    """Li against O: kinks at Li2O2 and Li2O, which is lower at x = 2/3; without Li2O2 there is one kink less."""
    [found] = lines([(1, 0)], [-1])
    np.testing.assert_allclose(found[:, Field.MUTUAL], -2.0)
    np.testing.assert_allclose(found[:, Field.X_MUTUAL], 2 / 3)
    assert found[:, Field.KINKS].tolist() == [4, 3]
    # at O the potential of Li is that of the first reaction: 2 Li + 2 O -> Li2O2 of -6.4 eV, or 2 Li + O -> Li2O of -6
    np.testing.assert_allclose(found[:, Field.POTENTIAL], [-3.2, -3.0])


def test_the_mixture_at_a_point():
    """Li3O2 (fractions 0.6 and 0.4) as 0.6 Li2O and 0.4 Li2O2, or as 0.9 Li2O and 0.1 O."""
    [found] = lines([(-1, 2)], [-1])
    np.testing.assert_allclose(found[:, Field.AT_TO], [0.6 * -2.0 + 0.4 * -1.6, 0.9 * -2.0])
    np.testing.assert_allclose(found[:, Field.SELF_TO], found[:, Field.AT_TO])
    assert np.isnan(found[:, Field.TOTAL]).all()


def test_open_to_a_reservoir():
    """With Li at -3 eV, per O: Li2O2 (-6.4 + 6) / 2, Li2O (-6 + 6) / 1; a line between O and Li3O2 stays there."""
    [found] = lines([(1, 2)], [0])
    np.testing.assert_allclose(found[:, [Field.AT_FROM, Field.AT_TO]], [[-0.2, -0.2], [0.0, 0.0]], atol=1e-12)


def test_what_cannot_be_computed_says_so_by_a_negative_number():
    """A reservoir above its own phase, in one sample of two; a point of open elements; the next line is computed."""
    found = lines([(1, 0), (1, 0), (1, 0)], [1, 0, -1])
    kinks = found[:, :, Field.KINKS]
    assert (kinks[0] > 0).tolist() == [True, False]
    assert (kinks[1] < 0).all()
    assert np.isnan(found[1, :, Field.MUTUAL]).all()
    assert (kinks[2] > 0).all()


def test_an_element_without_a_phase_of_its_own():
    without = Rows(PHASES.starts[:-1], PHASES.elements[:-1], PHASES.fractions[:-1])
    found = compute_lines(
        core(), Shelves.of(without), ENERGIES[:, :-1], POINTS, np.zeros((2, 4)), np.array([(0, 3)]), np.array([-1]),
        np.array([0]), np.zeros(0), np.zeros((2, 0)),
    )  # fmt: skip
    assert (found.records[0, :, Field.KINKS] < 0).all()


@pytest.mark.parametrize(
    ("ends", "reservoirs", "changed"),
    [
        ([(1, 4)], [-1], {}),
        ([(1, -1)], [-1], {}),
        ([(-2, 1)], [-1], {}),
        ([(1, 0)], [2], {}),
        ([(1, 0)], [-1, -1], {}),
        ([(1, 0)], [-1], {"own": np.zeros((1, 4))}),
        ([(1, 0)], [-1], {"energies": ENERGIES[:, :-1]}),
        ([(1, 0)], [-1], {"potentials": np.zeros((2, 3))}),
    ],
)
def test_what_would_lead_outside_an_array_is_refused(ends, reservoirs, changed):
    with pytest.raises(ValueError, match=r"must be given|ends at no point|has no reservoir"):
        lines(ends, reservoirs, **changed)
