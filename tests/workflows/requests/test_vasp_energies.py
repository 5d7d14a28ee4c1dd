"""VASP's part: inputs up to its start, and from its outputs on to the table. VASP itself is never run."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from pymatgen.core import Lattice, Structure
from pymatgen.io.vasp import Incar, Kpoints, Poscar

pytest.importorskip("atomate2", reason="needs the extra 'mlip'")

from fixtures_structures import written
from pymatgen.io.vasp.sets import MPRelaxSet, MPStaticSet
from vasp_outputs import write_outputs

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.energies.sources.materials_project import scale_of
from screening.phases.files import read_table, write_table
from screening.phases.phase import PhaseColumns
from workflows.flows.energies import VaspEnergyMaker
from workflows.requests.flow_request import ResultCollector
from workflows.requests.run_request import run_request
from workflows.requests.user_energies import prepare_user_energies

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

# what the Materials Project documents of its PBE calculations (docs.materialsproject.org, "Calculation details"):
ENCUT = 520
HUBBARD_U = {"Co": 3.32, "Mn": 3.9, "Ni": 6.2}  # of oxides and fluorides
MOMENTS = {"Mn": 5.0, "Ni": 5.0, "Li": 0.6, "O": 0.6, "Nb": 0.6, "S": 0.6, "P": 0.6}
POTCARS = {"Li": "Li_sv", "O": "O", "Nb": "Nb_pv", "Ni": "Ni_pv", "Co": "Co", "Mn": "Mn_pv", "S": "S", "P": "P"}
TITELS = {el: f"PAW_PBE {name} 01Jan2001" for el, name in POTCARS.items()}
# MP2020 corrections in eV/atom of the element: Wang et al., Sci. Rep. 11, 15496 (2021), table 2
OXIDE, SULFIDE, METALS = -0.687, -0.503, {"Ni": -2.541, "Co": -1.638, "Mn": -1.668}


def antifluorite(anion, edge):
    half = edge / 2
    lattice = [[0, half, half], [half, 0, half], [half, half, 0]]
    return Structure(lattice, [anion, "Li", "Li"], [[0, 0, 0], [0.25] * 3, [0.75] * 3])


def niobate():
    places = [[0, 0, 0], [0.5] * 3, [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
    return Structure(Lattice.cubic(4.0), ["Li", "Nb", "O", "O", "O"], places)


def ncm():
    """LiNi1/3Co1/3Mn1/3O2, the three metals in one layer each, in the rock-salt stacking of three layers."""
    lattice = Lattice.hexagonal(2.86, 14.2)
    heights = [("Li", 0.5), ("Ni", 0.0), ("O", 0.24), ("O", 0.76)]
    sites = [(el, z) for el, z in heights]
    species, places = [], []
    for n, metal in enumerate(("Ni", "Co", "Mn")):
        for el, z in sites:
            species.append(metal if el == "Ni" else el)
            places.append([2 * n / 3, n / 3, z + n / 3])
    return Structure(lattice, species, places).get_sorted_structure()


def sulfide_of_nickel():
    return Structure(Lattice.hexagonal(3.44, 5.35), ["Ni", "Ni", "S", "S"],
                     [[0, 0, 0], [0, 0, 0.5], [1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]])  # fmt: skip


CRYSTALS = {"LiNbO3": niobate(), "NCM": ncm(), "Li2S": antifluorite("S", 5.71), "NiS": sulfide_of_nickel()}


# -- up to VASP's start ----------------------------------------------------------------------------------------------


@pytest.fixture
def spec(monkeypatch):
    """Names of pseudopotentials in place of themselves, which are not free."""
    from atomate2.vasp.jobs import base

    monkeypatch.setattr(base, "write_vasp_input_set", functools.partial(base.write_vasp_input_set, potcar_spec=True))
    return base


def inputs_of(maker, structure, folder, base, monkeypatch):
    """Run a job of VASP up to its start."""

    class Started(Exception):
        pass

    def start(**_):
        raise Started

    monkeypatch.setattr(base, "run_vasp", start)
    monkeypatch.chdir(folder)
    with pytest.raises(Started):
        maker.make.original(maker, structure)
    names = Path("POTCAR.spec").read_text().split()
    return Incar.from_file("INCAR"), Kpoints.from_file("KPOINTS"), Poscar.from_file("POSCAR").structure, names


@pytest.mark.parametrize("name", CRYSTALS)
@pytest.mark.parametrize("step", ["relax 1", "relax 2", "static"])
def test_inputs_are_those_of_the_materials_project(name, step, spec, tmp_path, monkeypatch):
    maker, crystal = VaspEnergyMaker(), CRYSTALS[name]
    which = {"relax 1": maker.relaxations()[0], "relax 2": maker.relaxations()[-1], "static": maker.static()}[step]
    incar, kpoints, structure, potcars = inputs_of(which, crystal, tmp_path, spec, monkeypatch)
    own_set = MPStaticSet if step == "static" else MPRelaxSet
    expected = own_set(crystal, force_gamma=True, auto_metal_kpoints=True)
    assert incar == Incar.from_str(str(expected.incar))
    assert kpoints.kpts == expected.kpoints.kpts
    assert kpoints.style == Kpoints.supported_modes.Gamma
    elements = [el.symbol for el in crystal.get_sorted_structure().composition.elements]
    assert potcars == expected.potcar_symbols == [POTCARS[symbol] for symbol in elements]
    assert structure.matches(crystal)
    # and by hand
    assert (incar["ENCUT"], incar["ISPIN"], incar["LASPH"]) == (ENCUT, 2, True)
    assert ("NSW" in incar and incar["NSW"] > 0) == (step != "static")
    assert "METAGGA" not in incar
    assert incar.get("GGA", "Pe").upper() == "PE"
    if name == "NCM":
        assert incar["LDAU"] is True
        assert dict(zip(elements, incar["LDAUU"], strict=True)) == {**dict.fromkeys(elements, 0), **HUBBARD_U}
    else:
        assert "LDAU" not in incar  # neither for niobium nor, in a sulfide, for nickel
    for site, moment in zip(structure, incar["MAGMOM"], strict=True):
        assert moment == MOMENTS.get(site.specie.symbol, moment)


def test_the_graph_is_that_of_atomate2_and_a_phase():
    from atomate2.vasp.flows.mp import MPGGADoubleRelaxStaticMaker

    ours = [job for job, _ in VaspEnergyMaker().make(niobate(), "x").iterflow()]
    theirs = [job for job, _ in MPGGADoubleRelaxStaticMaker().make(niobate()).iterflow()]
    assert [job.name for job in ours] == [*(f"{job.name}: x" for job in theirs), "vasp_phase: x"]

    def without_ids(jobs):
        numbers = {job.uuid: str(n) for n, job in enumerate(jobs)}
        found = []
        for job in jobs:
            maker = {**job.maker.as_dict(), "name": "", "copy_vasp_kwargs": {}}  # no wavefunction is copied
            given = {"structure": job.function_args[0] if job.function_args else job.function_kwargs["structure"]}
            given["prev_dir"] = job.function_kwargs.get("prev_dir")
            text = json.dumps(
                [maker, {k: getattr(v, "as_dict", lambda: None)() for k, v in given.items()}], default=str
            )
            for uuid, number in numbers.items():
                text = text.replace(uuid, number)
            found.append(text)
        return found

    assert without_ids(ours[:3]) == without_ids(theirs)
    assert {reference.uuid for reference in ours[3].input_references} == {job.uuid for job in ours[:3]}


def test_the_jobs_survive_the_way_to_a_queue():
    from monty.json import MontyDecoder

    for job, _ in VaspEnergyMaker().make(ncm(), "x").iterflow():
        again = MontyDecoder().decode(job.to_json())
        assert (again.uuid, again.name) == (job.uuid, job.name)


def test_only_workers_of_a_site_with_vasp_take_its_calculations():
    fireworks = pytest.importorskip("fireworks", reason="needs the extra 'cluster'")
    *calculations, phase = [job for job, _ in VaspEnergyMaker().make(niobate(), "x").iterflow()]
    assert [job.config.manager_config for job in calculations] == 3 * [{"_category": "vasp"}]
    assert phase.config.manager_config == {}
    without = fireworks.FWorker("here", category="__none__")  # as a site without VASP is written
    assert without.query["spec._category"] == {"$exists": False}


# -- what is not here is said before any work -------------------------------------------------------------------------


def oxide(tmp_path):
    return written(tmp_path, "Li2O.vasp", antifluorite("O", 4.65))


def test_no_vasp_is_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    table = tmp_path / "own.json"
    assert execute(["energies", "add", str(oxide(tmp_path)), "--calculator", "vasp", "--table", str(table)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "VASP is not here: atomate2's setting VASP_CMD is" in err
    assert not table.with_name("own.json.work").exists()


@pytest.mark.parametrize("folder", [None, "absent", "empty"])
def test_no_pseudopotentials_are_one_line(tmp_path, capsys, monkeypatch, folder):
    import atomate2
    from pymatgen.core import SETTINGS

    program = tmp_path / "vasp_std"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(atomate2.SETTINGS, "VASP_CMD", "vasp_std")
    monkeypatch.setattr(atomate2.SETTINGS, "VASP_GAMMA_CMD", "vasp_std")
    if folder == "empty":
        (tmp_path / "empty").mkdir()
    if folder is None:
        monkeypatch.delitem(SETTINGS, "PMG_VASP_PSP_DIR", raising=False)
    else:
        monkeypatch.setitem(SETTINGS, "PMG_VASP_PSP_DIR", str(tmp_path / folder))
    table = tmp_path / "own.json"
    assert execute(["energies", "add", str(oxide(tmp_path)), "--calculator", "vasp", "--table", str(table)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert ("PMG_VASP_PSP_DIR is" if folder != "empty" else "pseudopotential of Li2O is not in") in err
    assert not table.with_name("own.json.work").exists()


# -- from VASP's outputs on -------------------------------------------------------------------------------------------

ENERGIES = {"Li2O": -14.3, "Li2S": -11.9, "NCM": -65.0}  # of the cells, eV


@pytest.fixture
def outputs(spec, monkeypatch):
    """Outputs in place of VASP's run, of the structure that begins it; each run is listed."""
    runs: list[Path] = []
    settings = {"titels": TITELS, "converged": True, "incar": {}}

    def run(**_):
        here = Path.cwd()
        runs.append(here)
        incar = Incar.from_file("INCAR")
        incar.update(settings["incar"])
        incar.write_file("INCAR")
        start = Poscar.from_file("POSCAR").structure
        final = start.copy()
        if incar.get("NSW", 0):
            final.scale_lattice(start.volume * 0.99)
        energy = {3: ENERGIES["Li2S" if "S" in start.formula else "Li2O"], 12: ENERGIES["NCM"]}[len(start)]
        converged = settings["converged"]
        converged = converged(incar) if callable(converged) else converged
        write_outputs(here, final, energy, settings["titels"], converged)

    monkeypatch.setattr(spec, "run_vasp", run)
    monkeypatch.setattr("workflows.requests.user_energies.require_vasp", lambda structures: None)
    return runs, settings


def test_outputs_become_corrected_energies_in_a_table(outputs, tmp_path, capsys):
    from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
    from pymatgen.entries.computed_entries import ComputedStructureEntry

    runs, _ = outputs
    files = [
        oxide(tmp_path),
        written(tmp_path, "Li2S.cif", antifluorite("S", 5.71)),
        written(tmp_path, "NCM.vasp", ncm()),
    ]
    table = tmp_path / "own.json.gz"
    command = ["energies", "add", *map(str, files), "--calculator", "vasp", "--table", str(table), "--json"]
    assert execute(command) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["failed"] == {}
    assert out["use_as"] == f"mp+{table}"
    assert len(set(runs)) == len(runs) == 9  # each job in a folder of its own
    # by hand
    corrections = {"Li2O": OXIDE, "Li2S": SULFIDE, "NCM": 6 * OXIDE + sum(METALS.values())}
    for one, (name, n_atoms) in zip(out["added"], {"Li2O": 3, "Li2S": 3, "NCM": 12}.items(), strict=True):
        expected = (ENERGIES[name] + corrections[name]) / n_atoms
        assert one["energy_ev_per_atom"] == pytest.approx(expected, abs=1e-5)
        assert one["correction_ev_per_atom"] == pytest.approx(corrections[name] / n_atoms, abs=1e-5)
        assert one["energy_above_hull_ev_per_atom"] is one["lowering_ev_per_atom"] is one["known_id"] is None
    # by pymatgen, from its own inputs
    inputs = MPStaticSet(ncm())
    hubbards = dict(
        zip([el.symbol for el in ncm().get_sorted_structure().composition.elements], inputs.incar["LDAUU"], strict=True)
    )
    parameters = {"run_type": "GGA+U", "is_hubbard": True, "hubbards": hubbards,
                  "potcar_symbols": [f"PBE {name}" for name in inputs.potcar_symbols]}  # fmt: skip
    entry = ComputedStructureEntry(ncm(), ENERGIES["NCM"], parameters=parameters)
    processed = MaterialsProject2020Compatibility().process_entry(entry)
    assert out["added"][2]["energy_ev_per_atom"] == pytest.approx(processed.energy_per_atom, abs=1e-6)
    scale, columns = read_table(table)
    assert scale.disagreement(scale_of("2025.09.25")) is None
    assert columns.volume_a3_per_atom[0] == pytest.approx(0.99**2 * antifluorite("O", 4.65).volume / 3, abs=1e-3)
    import gzip

    own = json.loads(gzip.decompress(table.read_bytes()))["own"][2]["relaxation"]
    assert own["functional"] == "PBE+U"
    assert {el: u for el, u in own["hubbard_u_ev"].items() if u} == HUBBARD_U
    assert own["vasp_version"] == "6.4.2"
    assert own["uncorrected_energy_ev_per_atom"] == pytest.approx(ENERGIES["NCM"] / 12, abs=1e-5)
    # done work is not done again
    assert execute(command) == 0
    assert len(json.loads(capsys.readouterr().out)["skipped"]) == 3
    table.unlink()
    assert execute(command) == 0
    assert len(json.loads(capsys.readouterr().out)["added"]) == 3
    assert len(runs) == 9


def test_the_table_joins_energies_on_the_scale_of_mp_and_no_others(outputs, tmp_path, capsys):
    table = tmp_path / "own.json"
    run_request(prepare_user_energies([oxide(tmp_path)], table, calculator="vasp"))
    elements = tmp_path / "elements.json"
    columns = {"id": ["Li", "O2"], "formula": ["Li", "O2"], "energy_ev_per_atom": [-1.9, -4.9]}
    empty = {name: [None, None] for name in ("space_group", "volume_a3_per_atom", "origin")}
    write_table(elements, scale_of("2025.09.25"), PhaseColumns(**columns, **empty))
    assert execute(["stability", "Li2O", "--energies", f"{elements}+{table}", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    expected = (ENERGIES["Li2O"] + OXIDE) / 3 - (2 * -1.9 - 4.9) / 3
    assert out["formation_energy_ev_per_atom"] == pytest.approx(expected, abs=1e-5)
    assert execute(["stability", "Li2O", "--energies", f"reference+{table}"]) == 2
    assert "two scales" in capsys.readouterr().err
    with pytest.raises(InputError, match="cannot take energies of"):
        prepare_user_energies([oxide(tmp_path)], table)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"converged": False}, "not successful"),
        ({"titels": {**TITELS, "Ni": "PAW_PBE Ni 02Aug2007"}}, "MP2020 corrections do not hold for it: "),
        ({"incar": {"LDAUU": [0, 3.9, 3.32, 4.0, 0]}}, "MP2020 corrections do not hold for it: "),
        ({"incar": {"METAGGA": "R2scan", "LDAU": False}}, "not on the scale of the Materials Project's PBE"),
        ({"incar": {"ENCUT": 400.0}}, "computed with plane waves up to 400 eV, not 520 eV"),
    ],
    ids=["unconverged", "pseudopotential", "hubbard-u", "functional", "plane-waves"],
)
def test_other_calculations_are_refused_with_the_reason(outputs, tmp_path, change, reason):
    outputs[1].update(change)
    file, table = written(tmp_path, "NCM.vasp", ncm()), tmp_path / "own.json"
    outcome, _ = run_request(prepare_user_energies([file], table, calculator="vasp"))
    assert outcome.added == []
    assert reason in outcome.failed[str(file)]
    assert not table.exists()


def test_a_relaxation_that_did_not_converge_counts_also_where_atomate2_goes_on(outputs, tmp_path, monkeypatch):
    from atomate2.vasp.jobs import base

    monkeypatch.setattr(base, "should_stop_children", lambda *_, **__: False)  # its setting VASP_HANDLE_UNSUCCESSFUL
    outputs[1]["converged"] = lambda incar: incar["NSW"] == 0
    file = oxide(tmp_path)
    outcome, _ = run_request(prepare_user_energies([file], tmp_path / "own.json", calculator="vasp"))
    assert outcome.failed == {str(file): "relaxation 1 did not finish or converge (state failed)"}


def test_another_process_collects_and_collecting_again_changes_nothing(outputs, tmp_path):
    from screening.database import StoreLocation
    from workflows.local import run_local
    from workflows.outputs import job_store

    table = tmp_path / "own.json"
    request = prepare_user_energies([oxide(tmp_path)], table, calculator="vasp")
    location = StoreLocation(tmp_path / "store")
    store = job_store(location)
    run_local(request.flow, store, folder=tmp_path / "launches")
    collector = ResultCollector.from_text(request.collector.to_text())
    first = collector.collect(store, location, {})
    before = table.read_bytes()
    assert collector.collect(store, location, {}) == first
    assert [one.formula for one in first.added] == ["Li2O"]
    assert table.read_bytes() == before
    store.close()
