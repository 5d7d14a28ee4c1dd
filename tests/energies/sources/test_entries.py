"""Files of pymatgen entries, as monty writes them."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import FORMATION, synthetic
from monty.serialization import dumpfn, loadfn
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition, Lattice, Structure
from pymatgen.entries.compatibility import MaterialsProject2020Compatibility
from pymatgen.entries.computed_entries import (
    ComputedEntry,
    ComputedStructureEntry,
    ConstantEnergyAdjustment,
    GibbsComputedStructureEntry,
)

from screening.common.errors import InputError
from screening.energies.source import open_energies
from screening.equilibrium.interface import Interface
from screening.equilibrium.stability import phase_stability
from screening.phases.entries import scale_of_entries
from screening.phases.phase_set import PhaseSet


def entry(formula, energy=-5.0, name=None, **more):
    """Return an entry of an energy per atom."""
    return ComputedEntry(formula, energy * Composition(formula).num_atoms, entry_id=name, **more)


def corrected(formula, energy, run_type, name):
    """Return an entry with MP2020 corrections, made by pymatgen."""
    parameters = {"run_type": run_type, "hubbards": {"Co": 3.32} if run_type == "GGA+U" else {}, "potcar_symbols": []}
    return MaterialsProject2020Compatibility(check_potcar=False).process_entry(
        entry(formula, energy, name, parameters=parameters), clean=True
    )


@pytest.fixture
def write(tmp_path):
    def write(data, name="entries.json"):
        dumpfn(data, tmp_path / name)
        return str(tmp_path / name)

    return write


def all_entries():
    return [
        ComputedEntry(p.formula, p.energy_ev_per_atom * Composition(p.formula).num_atoms, entry_id=p.id)
        for p in synthetic().phases
    ]


@pytest.mark.parametrize("name", ["entries.json", "entries.json.gz", "entries.data"])
@pytest.mark.parametrize("under_a_key", [False, True])
def test_the_same_reactions_as_with_a_set(write, tmp_path, name, under_a_key):
    data = {"entries": all_entries(), "made": "by hand"} if under_a_key else all_entries()
    if name.endswith(".data"):
        path = tmp_path / name
        path.write_bytes((tmp_path / write(data, "entries.json.gz")).read_bytes())  # told by content
    else:
        path = write(data, name)
    phases = open_energies(str(path))
    assert len(phases) == len(synthetic())
    expected = Interface(synthetic(), "LiNbO3", "Li6PS5Cl").reaction().mutual.energy_ev
    assert Interface(phases, "LiNbO3", "Li6PS5Cl").reaction().mutual.energy_ev == pytest.approx(expected, abs=1e-9)
    assert phases.scale.name == str(name)
    assert len(phases.scale.version) == 12


def test_structures_and_corrections(write):
    structure = Structure(Lattice.cubic(4.0), ["Li", "Li", "O"], [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]])
    adjustment = ConstantEnergyAdjustment(-0.9, name="mine")
    compound = ComputedStructureEntry(structure, -14.4, entry_id="mine-1", energy_adjustments=[adjustment])
    phases = open_energies(write([entry("Li", -1.9), entry("O2", -4.9), compound]))
    found = phases.phases[phases.polymorphs({"Li": 2, "O": 1})[0]]
    assert found.id == "mine-1"
    assert found.energy_ev_per_atom == pytest.approx(-15.3 / 3)
    assert found.volume_a3_per_atom == pytest.approx(64 / 3)


@pytest.mark.filterwarnings("ignore")
def test_mp2020_corrections_name_the_scale(write):
    entries = [
        corrected("Li", -1.9, "GGA", "a"),
        corrected("O2", -4.9, "GGA", "b"),
        corrected("Co", -7.1, "GGA", "c"),
        corrected("LiCoO2", -5.5, "GGA+U", "d"),
    ]
    assert entries[3].correction < -1.0
    scale = open_energies(write(entries)).scale
    assert (scale.functional, scale.correction) == ("PBE and PBE+U", "MP2020")
    again = loadfn(write(entries))  # monty makes the scheme of each adjustment an object
    assert scale_of_entries(again, scale.name, scale.version) == scale
    assert open_energies(write(entries)).energies == pytest.approx(PhaseSet.from_entries(again, scale).energies)


@pytest.mark.parametrize(
    ("entries", "functional", "correction"),
    [
        ([entry("Li"), entry("Li2O")], "not stated", "none"),
        ([entry("Li", parameters={"run_type": "GGA"})], "PBE", "none"),
        ([entry("Li", parameters={"run_type": "r2SCAN"})], "r2SCAN", "none"),
        ([entry("Li", data={"run_type": "r2SCAN"})], "r2SCAN", "none"),
        ([entry("Li", parameters={"run_type": "PBEsol"})], "PBEsol", "none"),
        ([entry("Li", parameters={"run_type": "GGA"}), entry("O2")], "not stated", "none"),
        ([entry("Li2O", correction=-1.0)], "not stated", "not stated"),
        ([PDEntry("Li", -1.9)], "not stated", "not stated"),
    ],
)
def test_what_entries_say_of_their_scale(entries, functional, correction):
    scale = scale_of_entries(entries, "mine", "1")
    assert (scale.functional, scale.correction) == (functional, correction)


GOOD = {"@module": "pymatgen.entries.computed_entries", "@class": "ComputedEntry", "correction": 0.0}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({**GOOD, "composition": {"Li": 1}}, "entry 3: cannot be read: lacks 'energy'"),
        ({**GOOD, "energy": -1.0}, "entry 3: cannot be read: lacks 'composition'"),
        ({**GOOD, "composition": {"Li": 1}, "energy": "low"}, "entry 3: cannot be read"),
        ({**GOOD, "composition": {"Li": 1}, "energy": None}, "entry 3: cannot be read"),
        (
            {**GOOD, "composition": {"Li": 1}, "energy": float("nan")},
            r"entry 3 \(no id, Li\): its energy is not finite",
        ),
        ({**GOOD, "composition": {"Li": 1}, "energy": float("inf")}, "its energy is not finite"),
        (
            {**GOOD, "composition": {"Li": 2, "O": 1}, "energy": 0.0, "entry_id": "mine-7"},
            r"entry 3 \(mine-7, Li2O\): its energy is zero",
        ),
        ({**GOOD, "composition": {}, "energy": -1.0}, "entry 3: it holds no atom"),
        ({**GOOD, "composition": {"Li": float("inf"), "O": 1}, "energy": -1.0}, "entry 3: cannot be read"),
        ({**GOOD, "composition": {"Xx": 1}, "energy": -1.0}, "no element Xx"),
        (
            {**GOOD, "@class": "ComputedEntri"},
            r"ComputedEntri \(did you mean ComputedEntry\?\)",
        ),
        ({**GOOD, "@class": "GibbsComputedStructureEntry"}, "entry 3: cannot be read: lacks 'structure'"),
        ({"@class": "PDEntry", "composition": {"Li": 1}}, "entry 3: cannot be read: lacks 'energy'"),
        ({"@class": "ExpEntry", "composition": {"Li": 1}}, "none of ComputedEntry, .*PDEntry: ExpEntry"),
        ({"formula": "Li2O"}, "keys formula"),
        (7, "none of ComputedEntry, .*: 7"),
    ],
    ids=str,
)
def test_entries_that_are_unfit(tmp_path, item, message):
    good = [entry("Li", -1.9).as_dict(), entry("O2", -4.9).as_dict()]
    path = tmp_path / "entries.json"
    path.write_text(json.dumps([*good, item]))
    with pytest.raises(InputError, match=f"entries.json.*{message}") as caught:
        open_energies(str(path))
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "holds no entry"),
        ([entry("Li"), entry("Li2O")], "lack a reference phase of O"),
        ([entry("Li", name="a"), entry("O2", name="a")], "the entry 'a' occurs twice"),
        ([entry("Li"), entry("O2"), entry("Li2O"), entry("Li4O2")], "entry-2 and entry-3 are the same, Li2O"),
        (
            [entry("Li", parameters={"run_type": "GGA"}), entry("O2", parameters={"run_type": "R2SCAN"})],
            "entries.json: the entries mix functionals",
        ),
    ],
    ids=["none", "no reference", "ids", "twice", "functionals"],
)
def test_sets_of_entries_that_are_unfit(write, entries, message):
    with pytest.raises(InputError, match=message):
        open_energies(write(entries))


def formation_entries(kind):
    """The compounds and elements of the synthetic set, as one of pymatgen's classes, by formation energy."""
    elements = sorted({e for formula in FORMATION for e in Composition(formula).get_el_amt_dict()})
    energies = {**dict.fromkeys(elements, 0.0), **FORMATION}
    if kind is PDEntry:
        return [PDEntry(Composition(f), energy * Composition(f).num_atoms) for f, energy in energies.items()]
    return [gibbs(f, energy, f"id-{f}") for f, energy in energies.items()]


def gibbs(formula, energy, name, kelvin=300):
    composition = Composition(formula)
    species = [el for el, n in composition.items() for _ in range(round(n))]
    places = [[k / len(species), 0.0, 0.0] for k in range(len(species))]
    structure = Structure(Lattice.orthorhombic(4.0 * len(species), 4.0, 4.0), species, places)
    return GibbsComputedStructureEntry(structure, energy, temp=kelvin, composition=composition, entry_id=name)


@pytest.mark.parametrize("kind", [PDEntry, GibbsComputedStructureEntry])
def test_other_classes_of_entries(write, kind):
    entries = formation_entries(kind)
    phases = open_energies(write(entries))
    for one in entries:
        position = phases.polymorphs(dict(one.composition.get_el_amt_dict()))[0]
        expected = one.energy_per_atom
        assert phases.energies[position] == pytest.approx(expected, abs=1e-9)
    assert phases == PhaseSet.from_file(write(entries))
    if kind is GibbsComputedStructureEntry:
        assert phases.scale.functional == "not stated, Gibbs energies of formation at 300 K"


def test_a_dumped_phase_diagram_has_the_hull_of_pymatgen(write):
    diagram = PhaseDiagram(formation_entries(PDEntry))
    phases = PhaseSet.from_file(write(diagram))
    stable = {e.composition.reduced_formula for e in diagram.stable_entries if len(e.composition) > 1}
    ours = {f for f in FORMATION if phase_stability(phases, f).energy_above_hull_ev_per_atom < 1e-9}
    assert ours == stable


def test_gibbs_energies_stand_alone(write):
    with pytest.raises(InputError, match=r"mix Gibbs energies: 300 K of Li .*, no temperature of O2"):
        open_energies(write([gibbs("Li", 0.0, "a"), entry("O2", name="b")]))
    with pytest.raises(InputError, match=r"mix Gibbs energies: 300 K of Li .*, 900 K of O2"):
        open_energies(write([gibbs("Li", 0.0, "a"), gibbs("O2", 0.0, "b", 900)]))


LITHIUM_CHLORIDE = [entry("Li", -1.9, "li"), entry("Cl2", -1.8, "cl"), entry("LiCl", -3.9, "licl")]


@pytest.mark.parametrize(
    ("energy", "message"),
    [
        (-4 * 3.9, r"mine \(LiCl\): a formation energy of -13.75 eV/atom is beyond .*energy of a cell given for one"),
        (-6.5, r"mine \(LiCl\): it lies 2.60 eV/atom below all other phases of its composition.*licl"),
        (9.0, r"mine \(LiCl\): a formation energy of 10.85 eV/atom .*energy of one formula unit given for a cell"),
    ],
)
def test_energies_that_no_compound_has(write, energy, message):
    entries = [*LITHIUM_CHLORIDE, entry("LiCl", energy, "mine")]
    with pytest.raises(InputError, match=message):
        open_energies(write(entries))
    with pytest.raises(InputError, match=message):
        PhaseSet.from_entries(entries, scale_of_entries(entries, "mine", "1"))


@pytest.mark.parametrize("anion", ["O2", "S", "F2", "Cl2", "Br2", "I", "N2", "Se", "Si", "Sb", "Te", "H2"])
def test_each_anion_that_mp2020_corrects_is_looked_at(write, anion):
    symbol = Composition(anion).elements[0].symbol
    good = [corrected("Li", -1.9, "GGA", "li"), corrected(anion, -3.0, "GGA", "x"), corrected("Na", -1.3, "GGA", "na")]
    salts = [corrected(f"Li{symbol}", -4.0, "GGA", "a"), corrected(f"Na{symbol}", -3.5, "GGA", "b")]
    assert all(salt.energy_adjustments for salt in salts)
    open_energies(write([*good, *salts]))
    bare = entry(f"Na{symbol}", -3.5, "b", parameters={"run_type": "GGA", "hubbards": {}})
    with pytest.raises(InputError, match=f"mix corrected and uncorrected compounds of {symbol}: .*Na"):
        open_energies(write([*good, salts[0], bare]))


def test_half_written(write, tmp_path):
    for name in ("entries.json", "entries.json.gz"):
        content = (tmp_path / write(all_entries(), name)).read_bytes()
        for size in (1, len(content) // 2, len(content) - 1):
            (tmp_path / f"cut-{name}").write_bytes(content[:size])
            with pytest.raises(InputError, match=f"cut-{name}.*(half written|truncated|not CSV|damaged)"):
                open_energies(str(tmp_path / f"cut-{name}"))


def test_every_formation_energy_survives(write):
    phases = open_energies(write(all_entries()))
    for formula, energy in FORMATION.items():
        position = phases.polymorphs(dict(Composition(formula).get_el_amt_dict()))[0]
        assert phases.formation_energies[position] == pytest.approx(energy, abs=1e-9)
