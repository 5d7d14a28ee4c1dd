"""Structures added to a table, beside the packaged energies: by hand."""

import pytest
from fixtures_screening import FORMATION, synthetic
from fixtures_structures import rock_salt
from fixtures_tasks import antifluorite
from fixtures_user_table import made
from pymatgen.core import Lattice, Structure

from screening.energies.user.added import added_phase, depth_remark, remarks
from screening.energies.user.user_phase import VaspCalculation


def test_a_phase_is_compared_with_the_packaged_hull(reference):
    [lowest, *_] = reference.polymorphs({"Li": 1, "F": 1})
    energy = float(reference.energies[lowest]) + 0.02
    added = added_phase("LiF.cif", made("own-LiF", rock_salt(), energy), reference)
    assert added.energy_above_hull_ev_per_atom == pytest.approx(0.02, abs=1e-6)  # LiF is on the hull
    assert added.known_id == reference.phase(lowest).id
    assert added.above_known_ev_per_atom == pytest.approx(0.02, abs=1e-6)
    assert depth_remark(added) == []


def test_a_phase_of_no_packaged_composition_is_compared_with_their_mixture(reference):
    structure = Structure(
        Lattice.cubic(4), ["Li", "Li", "Li", "F"], [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0.5, 0.5, 0.5]]
    )
    [salt, *_], [metal, *_] = reference.polymorphs({"Li": 1, "F": 1}), reference.polymorphs({"Li": 1})
    mixture = (2 * float(reference.energies[salt]) + 2 * float(reference.energies[metal])) / 4
    added = added_phase("Li3F.cif", made("own-Li3F", structure, mixture - 0.8), reference)
    assert added.energy_above_hull_ev_per_atom == pytest.approx(-0.8, abs=1e-6)
    assert added.known_id is added.above_known_ev_per_atom is None
    assert "below all packaged phases" in depth_remark(added)[0]


def test_an_unbalanced_composition_is_remarked_on():
    assert "no oxidation states balance it" in remarks("a.cif", "Li3F")[0]
    assert remarks("a.cif", "LiF") == []


def test_an_unstable_polymorph_lies_above_the_hull_and_above_the_known_phase():
    """Li2O 50 meV/atom above the one known, which is on the hull."""
    known = synthetic()
    [lowest] = known.polymorphs({"Li": 2, "O": 1})
    assert float(known.formation_energies[lowest]) == pytest.approx(FORMATION["Li2O"])
    own = made("own-Li2O", antifluorite("O", 4.6), float(known.energies[lowest]) + 0.05)
    added = added_phase("Li2O.cif", own, known)
    assert (added.energy_above_hull_ev_per_atom, added.above_known_ev_per_atom) == pytest.approx((0.05, 0.05))
    assert (added.known_id, added.lowering_ev_per_atom) == ("syn-Li2O", pytest.approx(0.01))
    assert added.correction_ev_per_atom is None


def test_an_energy_by_vasp_is_compared_with_nothing_and_names_its_corrections():
    own = made("own-Li2O", antifluorite("O", 4.6))
    vasp = VaspCalculation(
        vasp_version="6",
        functional="PBE",
        hubbard_u_ev={},
        pseudopotentials=[],
        uncorrected_energy_ev_per_atom=-4.5,
        corrections_ev_per_atom={"oxide": -0.229, "other": 0.1},
        folder=None,
    )
    added = added_phase("Li2O.cif", own.model_copy(update={"relaxation": vasp}), None)
    assert added.correction_ev_per_atom == pytest.approx(-0.129)
    assert added.energy_above_hull_ev_per_atom is added.known_id is None
    assert depth_remark(added) == []


@pytest.mark.parametrize(("below", "warned"), [(0.3, False), (0.9, True)])
def test_a_phase_deeper_than_any_real_one_is_warned_of(below, warned):
    known = synthetic()
    [lowest] = known.polymorphs({"Li": 2, "O": 1})
    own = made("own-Li2O", antifluorite("O", 4.6), float(known.energies[lowest]) - below)
    said = depth_remark(added_phase("Li2O.cif", own, known))
    assert bool(said) is warned
    assert not warned or said[0].startswith("Li2O.cif: Li2O lies 0.900 eV/atom below all packaged phases")
