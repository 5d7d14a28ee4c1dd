"""A table of the user's own phases: written, read again, joined, and written to by several processes."""

from __future__ import annotations

import json
import multiprocessing

import pytest
from fixtures_structures import rock_salt
from fixtures_user_table import SCALE, made
from pymatgen.core import Lattice, Structure

from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.source import open_energies
from screening.energies.user.user_table import UserTable, put_into_table, same_among
from screening.phases.files import read_table, write_table


@pytest.mark.parametrize("name", ["own.json", "own.json.gz"])
def test_a_table_is_read_as_it_was_written_and_by_every_verb(tmp_path, name):
    path, own = tmp_path / name, made("own-LiF", rock_salt(), -5.06)
    assert put_into_table(path, SCALE, own) is None
    table = UserTable.read(path, SCALE)
    assert (table.scale, table.phases, table.computed) == (SCALE, [own.phase], {"own-LiF": own})
    scale, columns = read_table(path)
    assert (scale, columns.id, columns.energy_ev_per_atom) == (SCALE, ["own-LiF"], [-5.06])
    joined = open_energies(f"reference+{path}~all")
    position = next(i for i in joined.polymorphs({"Li": 1, "F": 1}) if joined.phase(i).id == "own-LiF")
    assert joined.phase(position) == own.phase
    assert len(joined) == len(packaged_energies()) + 1


def test_the_same_crystal_is_put_in_once(tmp_path):
    path = tmp_path / "own.json"
    assert put_into_table(path, SCALE, made("first", rock_salt())) is None
    before = path.read_bytes()
    assert put_into_table(path, SCALE, made("second", rock_salt(4.1).to_conventional())) == "first"
    assert path.read_bytes() == before
    assert put_into_table(path, SCALE, made("third", rock_salt(anion="Cl"))) is None
    assert [phase.id for phase in UserTable.read(path, SCALE).phases] == ["first", "third"]


def test_a_structure_is_compared_with_those_given_or_with_those_relaxed(tmp_path):
    caesium_chloride = Structure(Lattice.cubic(2.5), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    path = tmp_path / "own.json"
    put_into_table(path, SCALE, made("own-LiF", caesium_chloride, relaxed=rock_salt()))
    table = UserTable.read(path, SCALE)
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
    small = packaged_energies().within(["Li"])
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
        UserTable.read(path, SCALE)
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
    assert sorted(p.id for p in UserTable.read(path, SCALE).phases) == ["own-Cl", "own-F", "own-I", "own-O", "own-S"]
