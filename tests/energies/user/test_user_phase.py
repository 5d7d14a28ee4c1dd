"""A phase of the user: how it was relaxed, and when its energy stands for nothing."""

import pytest
from fixtures_structures import rock_salt
from fixtures_user_table import made
from pymatgen.core import Lattice, Structure

from screening.common.errors import CalculationError
from screening.energies.user.user_phase import UserPhase
from screening.phases.phase import Phase


def test_a_phase_says_how_it_was_relaxed():
    own = made("own-LiF", rock_salt().to_conventional(), -5.05)
    assert own.phase == Phase(
        id="own-LiF",
        formula="LiF",
        energy_ev_per_atom=-5.05,
        space_group=225,
        volume_a3_per_atom=round(4.06**3 / 8, 4),
        origin="relaxed by CHGNet 0.3.0 (chgnet 0.4.2, weights d14ab7c0f093; FIRE to 0.05 eV/angstrom)",
    )
    assert own.lowering_ev_per_atom == pytest.approx(0.01)


def test_an_unfinished_relaxation_and_one_that_fell_apart_have_no_energy():
    with pytest.raises(CalculationError, match="not converged in 500 steps"):
        made("own-LiF", rock_salt(), state="failed")
    gas = Structure(Lattice.cubic(30), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    with pytest.raises(CalculationError, match="fell apart"):
        made("own-LiF", rock_salt(), relaxed=gas)


def test_an_own_phase_survives_json():
    own = made("own-LiF", rock_salt())
    assert UserPhase.model_validate_json(own.model_dump_json()) == own


def test_without_an_energy_as_given_it_is_not_known_how_far_relaxing_lowered_it():
    own = made("own-LiF", rock_salt()).model_copy(update={"energy_as_given_ev_per_atom": None})
    assert own.lowering_ev_per_atom is None
