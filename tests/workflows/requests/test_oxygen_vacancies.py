"""Oxygen vacancies from the command line: what is refused, and a small cell from ordering to result."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from filelock import FileLock
from pymatgen.core import Structure

from coatscreen.__main__ import execute
from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.database import StoreLocation
from screening.energies.packaged.packaged_table import packaged_energies
from screening.materials.catalogue import Catalogue

SMALL = ["energies", "vacancies", "LiCoO2", "--cell", "1x1x1", "--lithium", "1", "--orderings", "1"]
SMALL += ["--environments", "1", "--tolerance", "0.2"]  # 12 atoms


# -- bad input: nothing is computed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["NMC533"], "unknown cathode 'NMC533': no element M (did you mean NMC532?)"),
        (["LiMn2O4"], "not a layered oxide"),
        (["NCM83"], "a supercell of 120 sites is off by 0.0167 in an occupancy (allowed 0.01); the nearest"),
        (["NMC532", "--lithium", "31"], "31 lithium vacancies in a cell of 30 lithium atoms"),
        (["NMC532", "--environments-at", "13=4"], "for 13 lithium vacancies, which are outside 0 to 12"),
        (["NMC532", "--environments-at", "all"], "--environments-at 'all': write LITHIUM=ENVIRONMENTS"),
        (["NMC532", "--cell", "5x2"], "--cell '5x2': write three numbers of cells, as in 5x2x1"),
        (["NMC532", "--model", "0.9"], "unknown model '0.9'"),
    ],
)
def test_an_unfit_request_is_one_line_and_leaves_nothing(own_folder, tmp_path, capsys, arguments, reason):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    assert execute(["energies", "vacancies", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert reason in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["chgnet", "atomate2"])
def test_an_absent_extra_is_one_line_that_says_how_to_install_it(own_folder, tmp_path, capsys, monkeypatch, package):
    if package == "atomate2":
        pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    monkeypatch.setitem(sys.modules, package, None)  # as if not installed
    assert execute(["energies", "vacancies", "NMC532"]) == 2
    assert "is not installed: python -m pip install 'coatscreen[mlip]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# -- with CHGNet ------------------------------------------------------------------------------------------


@pytest.fixture
def chgnet():
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    pytest.importorskip("torch", reason="needs the extra 'mlip'").set_num_threads(1)  # tests may share the cores
    return pytest.importorskip("chgnet.model", reason="needs the extra 'mlip'")


@pytest.mark.filterwarnings("ignore")
def test_two_computations_of_one_file_do_not_meet(chgnet, own_folder, tmp_path, capsys):
    work = tmp_path / "found.json.work"
    work.mkdir()
    with FileLock(work / "lock"):
        assert execute([*SMALL, "--output", "found.json"]) == 2
    assert "another process is computing found.json" in capsys.readouterr().err
    assert not (tmp_path / "found.json").exists()


@pytest.mark.filterwarnings("ignore")
def test_there_is_a_job_for_every_environment_there_can_be(chgnet):
    from workflows.flows.vacancies import VacancyMaker

    crystal = lithiated_cathode(Catalogue.load().cathode("NMC532"), 1.0)

    def relaxing(**options):
        jobs = VacancyMaker(most_lithium_vacancies=2, **options).make("NMC532", crystal).iterflow()
        names = [job.name for job, _ in jobs if ", environment " in job.name]
        return [sum(f"{n} Li vacancies" in name for name in names) for n in range(3)]

    assert relaxing() == [10, 20, 30]
    assert relaxing(n_relaxed_environments=3, n_relaxed_environments_at={0: 99, 2: 4}) == [10, 3, 4]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_killed_and_taken_up_again_it_gives_the_energies_of_chgnet_by_itself(chgnet, own_folder, tmp_path, capsys):
    command = [*SMALL, "--output", "found.json"]
    killed = subprocess.Popen(
        [sys.executable, "-m", "coatscreen", *command], env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    while not (done := _finished(tmp_path)) and killed.poll() is None:
        time.sleep(0.1)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert not (tmp_path / "found.json").exists()
    ended = {job["uuid"]: job["completed_at"] for job in _jobs(tmp_path)}
    assert done.issubset(ended)

    assert execute([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jobs = {job["uuid"]: job for job in _jobs(tmp_path)}
    assert {uuid: jobs[uuid]["completed_at"] for uuid in ended} == ended  # what was done is not done again
    assert json.loads((tmp_path / "found.json").read_text())["states"] == found["states"]
    assert [state["lithium_vacancies"] for state in found["states"]] == [0, 1]

    model = chgnet.CHGNet.load(model_name="0.3.0", verbose=False)
    oxygen = packaged_energies().phase(packaged_energies().polymorphs({"O": 1.0})[0]).energy_ev_per_atom
    assert found["oxygen_ev_per_atom"] == oxygen
    by_name = {job["name"]: job["output"] for job in jobs.values()}

    def energy(structure):
        crystal = structure if isinstance(structure, Structure) else Structure.from_dict(structure)
        return float(model.predict_structure(crystal)["e"]) * len(crystal)

    for n, cell in enumerate(("lithiated_cell: LiCoO2", "delithiated_cell: LiCoO2, 1 Li vacancies")):
        vacancy = by_name[f"relax in fixed cell: LiCoO2, {n} Li vacancies, environment 0"]["structure"]
        expected = energy(vacancy) + oxygen - energy(by_name[cell]["structure"])
        state = found["states"][n]
        assert state["formation_energy_ev"] == pytest.approx(expected, abs=2e-3)
        assert state["without_oxide_correction_ev"] == pytest.approx(state["formation_energy_ev"] - 0.687, abs=1e-4)
        assert sum(one["n_sites"] for one in state["environments"]) == 6
        sizes = [Structure.from_dict(cell).lattice.parameters for cell in (vacancy, by_name[cell]["structure"])]
        assert sizes[0] == pytest.approx(sizes[1])  # in the vectors of the cell

    assert execute(command) == 0  # nothing is left to do but print
    out = capsys.readouterr().out
    assert "Oxygen vacancies of LiCoO2, Li3Co3O6" in out
    lowest = [f"{state['formation_energy_ev']:.2f}" for state in found["states"]]
    assert [line.split("│")[3].strip() for line in out.splitlines() if line.startswith("│")] == lowest
    assert len(_jobs(tmp_path)) == len(jobs)


def _jobs(folder):
    location = StoreLocation(folder / "found.json.work")
    if not location.exists:
        return []
    store = location.open("jobs", read_only=True)
    found = list(store.query({}))
    store.close()
    return found


def _finished(folder):
    """Return the jobs that are done, once there are three."""
    done = {job["uuid"] for job in _jobs(folder)}
    return done if len(done) >= 3 else set()
