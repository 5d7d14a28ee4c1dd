"""Sets of phases: what is refused, what is kept, and how they go to disk and back."""

import gzip
import json
import math

import numpy as np
import pytest
from monty.json import MontyDecoder, MontyEncoder
from random_phases import SCALE, build

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.stability import phase_stability
from screening.phases.phase_set import EnergyScale, Phase, PhaseSet


def phase(name, formula, energy, **more):
    return Phase(id=name, formula=formula, energy_ev_per_atom=energy, **more)


LIST = [
    phase("a", "Li", -1.9, space_group=229, volume_a3_per_atom=20.2),
    phase("b", "O2", -4.9),
    phase("c", "Li2O", -4.8),
    phase("d", "Li4O2", -4.7),
]
SET = PhaseSet(SCALE, LIST)


# -- building ----------------------------------------------------------------------------------


def test_formation_energies_are_relative_to_the_lowest_phase_of_each_element():
    phases = PhaseSet(SCALE, [*LIST, phase("e", "Li3", -2.0)])
    assert phases.elements == ("Li", "O")
    # Li2O: -4.8 - (2 * -2.0 - 4.9) / 3
    assert phases.formation_energies == pytest.approx([0.1, 0.0, -4.8 + 8.9 / 3, -4.7 + 8.9 / 3, 0.0])


def test_no_phase():
    with pytest.raises(InputError, match="hold no phase"):
        PhaseSet(SCALE, [])


def test_an_id_twice():
    with pytest.raises(InputError, match="phase id 'c' occurs twice"):
        PhaseSet(SCALE, [*LIST, phase("c", "LiO", -3.0)])


@pytest.mark.parametrize("energy", [math.nan, math.inf, -math.inf])
def test_an_energy_that_is_no_number(energy):
    with pytest.raises(InputError, match=r"phase e \(LiO\) has no finite energy"):
        PhaseSet(SCALE, [*LIST, phase("e", "LiO", energy)])


def test_an_element_without_a_phase_of_its_own():
    with pytest.raises(InputError, match="lack a reference phase of Cl, Zr"):
        PhaseSet(SCALE, [*LIST, phase("e", "ZrCl4", -4.0)])


@pytest.mark.parametrize("formula", ["Li2X", "", "2", "Li-O"])
def test_a_formula_that_is_none(formula):
    with pytest.raises(InputError):
        PhaseSet(SCALE, [*LIST, phase("e", formula, -4.0)])


# -- asking ------------------------------------------------------------------------------------


def test_an_element_that_is_not_there():
    with pytest.raises(InputError, match="hold no phase of Zr; they cover Li O"):
        SET.system({"Li", "Zr"})


def test_without():
    left = SET.without([2])
    assert [p.id for p in left.phases] == ["a", "b", "d"]
    with pytest.raises(InputError, match="lack a reference phase of O"):
        SET.without([1])


# -- identity ----------------------------------------------------------------------------------


def test_the_hash_does_not_depend_on_the_order():
    backwards = PhaseSet(SCALE, LIST[::-1])
    assert backwards.sha256 == SET.sha256
    assert backwards == SET
    assert hash(backwards) == hash(SET)


@pytest.mark.parametrize("number", range(len(LIST)))
@pytest.mark.parametrize(
    "change",
    [
        {"energy_ev_per_atom": -4.800001},
        {"id": "other"},
        {"formula": "Li8O4"},
        {"space_group": 1},
        {"volume_a3_per_atom": 9.0},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_hash_changes_with_every_field_of_every_phase(number, change):
    if "formula" in change:
        change = {"formula": {"Li": "Li2", "O2": "O"}.get(LIST[number].formula, "Li8O4")}
    changed = [*LIST]
    changed[number] = changed[number].model_copy(update=change)
    assert PhaseSet(SCALE, changed).sha256 != SET.sha256


@pytest.mark.parametrize("field", ["name", "version", "functional", "correction"])
def test_the_hash_changes_with_the_scale(field):
    other = SCALE.model_copy(update={field: "other"})
    assert PhaseSet(other, LIST).sha256 != SET.sha256
    assert PhaseSet(other, LIST) != SET


def test_provenance():
    assert SET.provenance.model_dump() == {**SCALE.model_dump(), "n_phases": 4, "sha256": SET.sha256}


# -- to disk and back ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["phases.json", "phases.json.gz"])
def test_there_and_back_as_a_file(tmp_path, name):
    SET.to_file(tmp_path / name)
    again = PhaseSet.from_file(tmp_path / name)
    assert again == SET
    assert again.phases == SET.phases
    np.testing.assert_array_equal(again.energies, SET.energies)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_files_of_one_set_are_equal(tmp_path):
    for name in ("one.json.gz", "two.json.gz"):
        SET.to_file(tmp_path / name)
    assert (tmp_path / "one.json.gz").read_bytes() == (tmp_path / "two.json.gz").read_bytes()


def test_there_and_back_as_msonable():
    for encoded in (SET.as_dict(), {"nested": [SET]}):
        decoded = json.loads(json.dumps(encoded, cls=MontyEncoder), cls=MontyDecoder)
        again = decoded if isinstance(decoded, PhaseSet) else decoded["nested"][0]
        assert isinstance(again, PhaseSet)
        assert again == SET


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        PhaseSet.from_file(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["phases.json", "phases.json.gz"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file(tmp_path, name, share):
    SET.to_file(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match=name):
        PhaseSet.from_file(tmp_path / name)


def test_a_damaged_archive(tmp_path):
    SET.to_file(tmp_path / "phases.json.gz")
    damaged = bytearray((tmp_path / "phases.json.gz").read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "phases.json.gz").write_bytes(damaged)
    with pytest.raises(InputError, match=r"phases\.json\.gz"):
        PhaseSet.from_file(tmp_path / "phases.json.gz")


def test_an_edited_file(tmp_path):
    document = SET.as_dict()
    document["phases"]["energy_ev_per_atom"][2] = -4.81
    (tmp_path / "phases.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="do not match their hash: damaged or edited"):
        PhaseSet.from_file(tmp_path / "phases.json")


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b"3", b"{}", gzip.compress(b"{}", mtime=0), b'{"scale": {}, "phases": {}}']
)
def test_a_file_of_something_else(tmp_path, content):
    (tmp_path / "phases.json").write_bytes(content)
    with pytest.raises(InputError):
        PhaseSet.from_file(tmp_path / "phases.json")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("energy_ev_per_atom", [-1.9, -4.9, None, -4.7]),
        ("energy_ev_per_atom", [-1.9, -4.9, "low", -4.7]),
        ("energy_ev_per_atom", [-1.9, -4.9, math.nan, -4.7]),
        ("energy_ev_per_atom", [-1.9, -4.9, -4.8]),
        ("energy_ev_per_atom", -1.9),
        ("formula", ["Li", "O2", 3, "Li4O2"]),
        ("formula", ["Li", "O2", "Li2Qq", "Li4O2"]),
        ("id", ["a", "b", "b", "d"]),
        ("id", None),
        ("space_group", [229, None, "P1", None]),
        ("colour", ["red"] * 4),
    ],
)
def test_phases_that_are_unfit(field, values):
    document = SET.as_dict()
    del document["sha256"]
    document["phases"][field] = values
    with pytest.raises(InputError):
        PhaseSet.from_dict(document)


@pytest.mark.parametrize("field", ["id", "formula", "energy_ev_per_atom"])
def test_a_column_that_is_missing(field):
    document = SET.as_dict()
    del document["phases"][field]
    with pytest.raises(InputError, match=field):
        PhaseSet.from_dict(document)


def test_a_scale_with_a_field_missing():
    document = SET.as_dict()
    del document["scale"]["functional"]
    with pytest.raises(InputError, match="functional"):
        PhaseSet.from_dict(document)


# -- the packaged energies -----------------------------------------------------------------------


def test_the_packaged_energies_keep_their_hash_through_a_file(reference, tmp_path):
    reference.to_file(tmp_path / "reference.json.gz")
    assert PhaseSet.from_file(tmp_path / "reference.json.gz").sha256 == reference.sha256


def test_sets_of_two_scales_are_not_equal():
    assert build([({"Li": 2, "O": 1}, -2.0)]) != build([({"Li": 2, "O": 1}, -2.1)])
    assert EnergyScale(name="a", version="1", functional="f", correction="c") != SCALE


def test_within_keeps_the_phases_of_a_chemical_space() -> None:
    phases = PhaseSet.reference().within(["Li", "P", "S"])
    assert phases.elements == ("Li", "P", "S")
    assert {e for p in phases.phases for e in parse_formula(p.formula)} == {"Li", "P", "S"}
    whole = PhaseSet.reference()
    assert phase_stability(phases, "Li3PS4").decomposition == phase_stability(whole, "Li3PS4").decomposition


def test_shifted_energies_move_reactions_by_the_shift() -> None:
    whole = PhaseSet.reference().within(["Li", "P", "S"])
    shifts = np.zeros(len(whole))
    shifts[whole.polymorphs(parse_formula("Li3PS4"))] = 0.05
    sample = whole.shifted(shifts)
    above = phase_stability(sample, "Li3PS4").energy_above_hull_ev_per_atom
    others = phase_stability(whole, "Li3PS4").energy_to_other_phases_ev_per_atom
    assert above is not None
    assert others is not None
    assert above == pytest.approx(max(0.0, others + 0.05), abs=1e-9)
    assert sample.provenance == whole.provenance
    assert phase_stability(whole, "Li3PS4").formation_energy_ev_per_atom != pytest.approx(
        phase_stability(sample, "Li3PS4").formation_energy_ev_per_atom, abs=0.04
    )


def test_parts_of_a_sample_keep_its_energies() -> None:
    whole = PhaseSet.reference().within(["Li", "P", "S"])
    rng = np.random.default_rng(0)
    shifts = {whole.formula(i): float(rng.normal(0.0, 0.05)) for i in range(len(whole))}
    by_phase = np.array(
        [0.0 if len(whole.table.composition(i)) == 1 else shifts[whole.formula(i)] for i in range(len(whole))]
    )
    sample = whole.shifted(by_phase)
    for part in (sample.within(["Li", "S"]), sample.without(whole.polymorphs({"Li": 3.0, "P": 1.0, "S": 4.0}))):
        energies = {part.table.id(i): part.energies[i] for i in range(len(part))}
        assert energies == {
            sample.table.id(i): sample.energies[i] for i in range(len(sample)) if sample.table.id(i) in energies
        }
    inside, alone = phase_stability(sample, "Li2S"), phase_stability(sample.within(["Li", "S"]), "Li2S")
    assert inside.formation_energy_ev_per_atom == alone.formation_energy_ev_per_atom
