"""Finished calculations as phases: the two kinds of documents, their corrections, and what is not taken."""

from __future__ import annotations

import json

import pytest
from fixtures_structures import rock_salt
from fixtures_tasks import antifluorite, force_field, job, vasp
from pymatgen.core import Lattice, Structure

from screening.common.errors import InputError
from screening.energies.potentials.models import MODELS
from screening.energies.user.task_documents import calculation_of


def sulfate():
    """Li2SO4 with its sulfur in a tetrahedron of oxygen, 1.48 angstrom away."""
    r = 1.48 / 3**0.5 / 6.0
    tetrahedron = [[r, r, r], [r, -r, -r], [-r, r, -r], [-r, -r, r]]
    return Structure(Lattice.cubic(6), ["Li", "Li", "S", "O", "O", "O", "O"],
                     [[0.5, 0.5, 0.5], [0.5, 0.0, 0.5], [0, 0, 0], *tetrahedron])  # fmt: skip


# corrections of MP2020Compatibility.yaml, eV/atom of the anion or metal (Wang et al., Sci. Rep. 11, 15496 (2021))
OXIDE, SULFIDE, FLUORIDE, IRON_OXIDE_U = -0.687, -0.503, -0.462, -2.256


@pytest.mark.parametrize(
    ("structure", "run_type", "hubbards", "correction"),
    [
        (antifluorite("O", 4.62), "GGA", None, OXIDE),
        (antifluorite("S", 5.7), "GGA", None, SULFIDE),
        (rock_salt(), "GGA", None, FLUORIDE),
        (sulfate(), "GGA", None, 4 * OXIDE),  # not a sulfide
        (rock_salt(4.3, "Fe", "O"), "GGA+U", {"Fe": 5.3, "O": 0.0}, OXIDE + IRON_OXIDE_U),
        (rock_salt(4.3, "Fe", "O"), "PBE+U", {"Fe": 5.3, "O": 0.0}, OXIDE + IRON_OXIDE_U),
        (Structure(Lattice.cubic(3.4), ["Li"], [[0, 0, 0]]), "GGA", None, 0.0),
    ],
)
def test_pbe_energies_get_the_published_corrections(structure, run_type, hubbards, correction):
    found = calculation_of(job("a-b", vasp(structure, -10.0, run_type, hubbards=hubbards)))
    assert found.phase.energy_ev_per_atom == pytest.approx((-10.0 + correction) / len(structure), abs=1e-6)
    assert (found.scale.functional, found.scale.correction) == ("PBE and PBE+U", "MP2020")
    assert found.phase.id == "a-b"
    assert found.phase.volume_a3_per_atom == pytest.approx(structure.volume / len(structure), abs=1e-4)


def test_other_functionals_are_taken_as_they_are():
    found = calculation_of(vasp(rock_salt(), -10.0, "r2SCAN", task_id="mp-1"))
    assert (found.phase.id, found.phase.energy_ev_per_atom) == ("mp-1", -5.0)
    assert (found.scale.functional, found.scale.correction) == ("r2SCAN", "none")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (vasp(rock_salt(), -10.0, state="failed"), "not finished or not converged"),
        (vasp(rock_salt(), -10.0, task_type="Molecular Dynamics"), "type 'Molecular Dynamics'"),
        (vasp(rock_salt(), -10.0, task_type="NSCF Line"), "type 'NSCF Line'"),
        (vasp(rock_salt(), 0.0, "r2SCAN"), "energy is 0 eV/atom"),
        (vasp(rock_salt(), float("nan"), "r2SCAN"), "energy is nan"),
        (vasp(rock_salt(4.3, "Fe", "O"), -10.0), "MP2020 corrections do not hold for it: Invalid U value of 0.0 on Fe"),
        (vasp(rock_salt(4.3, "Co", "F"), -10.0, "GGA+U", hubbards={"Co": 9.9}), "Invalid U value of 9.9 on Co"),
        (vasp(rock_salt(), -10.0, structure=None), "no structure"),
        (vasp(rock_salt(), -10.0, structure=json.loads(sulfate().to_json())), "different numbers of atoms"),
        (vasp(rock_salt(), -10.0, structure={"lattice": 1}), "not a whole task document"),
        (force_field(rock_salt(), -5.0, state="failed"), "not converged"),
        (force_field(rock_salt(), -5.0, state=None), "not converged"),  # molecular dynamics has no state
        (force_field(rock_salt(), -5.0, "MLFF.MACE"), "computed with MLFF.MACE, for which there is no energy scale"),
        (force_field(rock_salt(), -5.0, version="2.0.1"), "not known to be the weights 0.3.0"),  # of matgl
    ],
)
def test_what_has_no_sound_energy_is_named_with_the_reason(document, says):
    with pytest.raises(InputError, match=says) as caught:
        calculation_of(job("some-job", document))
    assert str(caught.value).startswith("some-job: ")
    assert "\n" not in str(caught.value)


def test_other_pseudopotentials_and_none_named_are_refused():
    document = vasp(rock_salt(), -10.0)
    document["entry"]["parameters"]["potcar_spec"][0]["titel"] = "PAW_PBE Li 17Jan2003"
    with pytest.raises(InputError, match="Incompatible POTCAR"):
        calculation_of(document)
    document["entry"]["parameters"]["potcar_spec"] = []
    with pytest.raises(InputError, match="does not name its pseudopotentials"):
        calculation_of(document)


@pytest.mark.parametrize(
    ("name", "model"),
    [("MLFF.CHGNet", "chgnet-0.3.0"), ("CHGNet 0.3.0", "chgnet-0.3.0"), ("CHGNet r2scan", "chgnet-r2scan")],
)
def test_chgnet_documents_name_their_weights(name, model):
    found = calculation_of(job("u", force_field(rock_salt(), -5.05, name, steps=9)))
    assert found.scale == MODELS[model].scale
    assert (found.phase.formula, found.phase.energy_ev_per_atom, found.phase.space_group) == ("LiF", -5.05, 225)
    assert found.phase.origin == f"relaxed, {MODELS[model].label} by atomate2 (chgnet 0.4.2)"
    assert not found.static


def test_documents_of_other_things_are_passed_over():
    assert calculation_of(job("u", {"formula": "LiF", "results": {}})) is None
    assert calculation_of(job("u", None)) is None
    assert calculation_of({}) is None
