"""A table of the user's own phases: written, read again, joined, and written to by several processes."""

from __future__ import annotations

import json
import multiprocessing

import pytest
from fixtures_structures import rock_salt
from fixtures_user_table import SCALE, made
from pymatgen.core import Lattice, Structure

from screening.common.errors import CalculationError, InputError
from screening.energies.packaged.packaged_table import load_reference
from screening.energies.source import open_energies
from screening.energies.user.added import added_phase, depth_remark, remarks
from screening.energies.user.user_phase import OwnPhase
from screening.energies.user.user_table import OwnTable, put_into_table, same_among
from screening.phases.files import read_table, write_table
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
        made("own-LiF", rock_salt(), converged=False)
    gas = Structure(Lattice.cubic(30), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    with pytest.raises(CalculationError, match="fell apart"):
        made("own-LiF", rock_salt(), relaxed=gas)


@pytest.mark.parametrize("name", ["own.json", "own.json.gz"])
def test_a_table_is_read_as_it_was_written_and_by_every_verb(tmp_path, name):
    path, own = tmp_path / name, made("own-LiF", rock_salt(), -5.06)
    assert put_into_table(path, SCALE, own) is None
    table = OwnTable.read(path, SCALE)
    assert (table.scale, table.phases, table.own) == (SCALE, [own.phase], {"own-LiF": own})
    scale, columns = read_table(path)
    assert (scale, columns.id, columns.energy_ev_per_atom) == (SCALE, ["own-LiF"], [-5.06])
    joined = open_energies(f"reference+{path}")
    position = next(i for i in joined.polymorphs({"Li": 1, "F": 1}) if joined.phase(i).id == "own-LiF")
    assert joined.phase(position) == own.phase
    assert len(joined) == len(load_reference()) + 1


def test_the_same_crystal_is_put_in_once(tmp_path):
    path = tmp_path / "own.json"
    assert put_into_table(path, SCALE, made("first", rock_salt())) is None
    before = path.read_bytes()
    assert put_into_table(path, SCALE, made("second", rock_salt(4.1).to_conventional())) == "first"
    assert path.read_bytes() == before
    assert put_into_table(path, SCALE, made("third", rock_salt(anion="Cl"))) is None
    assert [phase.id for phase in OwnTable.read(path, SCALE).phases] == ["first", "third"]


def test_a_structure_is_compared_with_those_given_or_with_those_relaxed(tmp_path):
    caesium_chloride = Structure(Lattice.cubic(2.5), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    path = tmp_path / "own.json"
    put_into_table(path, SCALE, made("own-LiF", caesium_chloride, relaxed=rock_salt()))
    table = OwnTable.read(path, SCALE)
    assert table.same_as(caesium_chloride, relaxed=False) == "own-LiF"
    assert table.same_as(caesium_chloride, relaxed=True) is None
    assert table.same_as(rock_salt(), relaxed=True) == "own-LiF"


def test_equal_ones_among_several_are_mapped_to_the_first():
    structures = [rock_salt(), rock_salt(anion="Cl"), rock_salt(4.2).to_conventional(), rock_salt(4.3)]
    assert same_among(structures) == {2: 0, 3: 0}


def test_a_table_of_another_scale_is_refused(tmp_path):
    path = tmp_path / "own.json"
    put_into_table(path, SCALE, made("own-LiF", rock_salt()))
    other = SCALE.model_copy(update={"name": "r2SCAN", "functional": "r2SCAN", "correction": "none"})
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"own\.json cannot take energies of 'r2SCAN': two scales"):
        put_into_table(path, other, made("other", rock_salt(anion="Cl")))
    assert path.read_bytes() == before


def test_a_table_without_structures_takes_more_phases(tmp_path):
    path = tmp_path / "energies.json"
    small = load_reference().within(["Li"])
    write_table(path, small.scale, small.table.columns())
    put_into_table(path, SCALE, made("own-LiF", rock_salt()))
    assert read_table(path)[1].id == [*(phase.id for phase in small.phases), "own-LiF"]


@pytest.mark.parametrize("damage", ["cut", "structures", "energy"])
def test_a_damaged_table_is_one_clear_line(tmp_path, damage):
    path = tmp_path / "own.json"
    put_into_table(path, SCALE, made("own-LiF", rock_salt()))
    data = json.loads(path.read_text())
    if damage == "structures":
        del data["own"][0]["given"]
    if damage == "energy":
        data["phases"]["energy_ev_per_atom"] = [-9.0]
    path.write_text(path.read_text()[:100] if damage == "cut" else json.dumps(data))
    with pytest.raises(InputError, match=r"own\.json") as caught:
        OwnTable.read(path, SCALE)
    assert "\n" not in str(caught.value)


def put_several(path, anions):
    for anion in anions:
        put_into_table(path, SCALE, made(f"own-{anion}", rock_salt(anion=anion)))


def test_two_processes_lose_no_phase(tmp_path):
    path = tmp_path / "own.json.gz"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=put_several, args=(path, anions)) for anions in (("F", "Cl", "I"), ("O", "S"))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sorted(p.id for p in OwnTable.read(path, SCALE).phases) == ["own-Cl", "own-F", "own-I", "own-O", "own-S"]


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


def test_an_own_phase_survives_json():
    own = made("own-LiF", rock_salt())
    assert OwnPhase.model_validate_json(own.model_dump_json()) == own
