"""Results collected from a job store: the same again, by two at once, in another process, and with jobs that failed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from fixtures_cells import cell
from fixtures_structures import rock_salt
from fixtures_user_table import SCALE, made

from screening.cathodes.ordering.cell_table import read_cells
from screening.cathodes.ordering.ordered_cell import JOB_FAILED
from screening.cathodes.vacancies.vacancy_documents import packaged_vacancies, read_vacancies
from screening.common.errors import CalculationError, InputError
from screening.database import StoreLocation
from screening.energies.user.user_table import UserTable
from workflows.outputs import job_store
from workflows.requests.flow_request import ResultCollector
from workflows.requests.ordered_materials import AskedCell, OrderingCollector
from workflows.requests.oxygen_vacancies import VacancyCollector
from workflows.requests.user_energies import AskedStructure, UserEnergyCollector
from workflows.stack import StackCollector

COLLECT = """
import sys
from pathlib import Path
from screening.database import StoreLocation
from workflows.outputs import job_store
from workflows.requests.flow_request import ResultCollector
collectors = [ResultCollector.from_text(text) for text in Path(sys.argv[1]).read_text().splitlines()]
location = StoreLocation(sys.argv[2])
store = job_store(location)
print("ready", flush=True)
sys.stdin.readline()
for collector in collectors:
    collector.collect(store, location, {})
"""


@pytest.fixture
def location(tmp_path):
    return StoreLocation(tmp_path / "db")


@pytest.fixture
def jobs(location):
    store = job_store(location)
    yield store
    store.close()


def finished(jobs, uuid, output):
    """Put the output of a job into the store, as jobflow does."""
    jobs.update({"uuid": uuid, "index": 1, "name": uuid, "output": output.model_dump(mode="json")}, key=["uuid"])


def lithiated(lithium):
    n = round(100 * lithium)
    return cell("LiCoO2", f"Li{n}Co100O200" if n else "Co100O200", -6.0 - lithium / 10, lithium)


def asking(table, *lithium):
    """Return a collector of cells of LiCoO2, each from two relaxations."""
    cells = [
        AskedCell(job=f"cell {each:g}", relaxations=[f"relax ordering: {i} of LiCoO2 with {each:g} Li" for i in (0, 1)])
        for each in lithium
    ]
    return OrderingCollector(table=table, model="chgnet-0.3.0", with_structures=True, cells=cells)


def contents(table):
    return {one.lithium_per_formula_unit: one for one in read_cells(table)}


# -- orderings --------------------------------------------------------------------------------------------


def test_cells_collected_again_make_the_same_table(tmp_path, jobs, location):
    table = tmp_path / "new" / "cells.json.gz"
    for each in (1.0, 0.5):
        finished(jobs, f"cell {each:g}", lithiated(each))
    collector = asking(table, 1.0, 0.5)
    assert collector.target == str(table)
    found = collector.collect(jobs, location, {})
    once = table.read_bytes()
    assert ResultCollector.from_text(collector.to_text()).collect(jobs, location, {}) == found
    assert table.read_bytes() == once
    assert contents(table) == {1.0: lithiated(1.0), 0.5: lithiated(0.5)}
    assert found.use_as == f"reference+{table}"


def test_cells_of_other_requests_stay(tmp_path, jobs, location):
    table = tmp_path / "cells.json"
    for each in (1.0, 0.5):
        finished(jobs, f"cell {each:g}", lithiated(each))
        asking(table, each).collect(jobs, location, {})
    assert contents(table).keys() == {1.0, 0.5}


def test_a_cell_whose_job_failed_is_named_and_the_others_are_there(tmp_path, jobs, location):
    table = tmp_path / "cells.json"
    finished(jobs, "cell 1", lithiated(1.0))
    failed = {"ordered_cell: LiCoO2 with 0.5 Li": "no ordering could be relaxed"}
    found = asking(table, 1.0, 0.5).collect(jobs, location, failed)
    assert contents(table).keys() == {1.0}
    assert found.failed == failed
    finished(jobs, "cell 0.5", lithiated(0.5))  # recovered
    assert asking(table, 1.0, 0.5).collect(jobs, location, {}).failed == {}
    assert contents(table).keys() == {1.0, 0.5}


def test_an_ordering_whose_job_failed_is_named_with_the_reason(tmp_path, jobs, location):
    table = tmp_path / "cells.json"
    left_out = {"0": "BFGS: not converged in 300 steps", "1": JOB_FAILED}
    finished(jobs, "cell 1", lithiated(1.0).model_copy(update={"failed": left_out}))
    failed = {
        "relax ordering: 1 of LiCoO2 with 1 Li": "lost on node7: queue job 12 has ended",
        "relax ordering: 1 of LiCoO2 with 0.5 Li": "of another cell",
    }
    found = asking(table, 1.0).collect(jobs, location, failed)
    told = {"0": left_out["0"], "1": "lost on node7: queue job 12 has ended"}
    assert contents(table)[1.0].failed == found.materials[0].failed == told


def test_without_any_cell_the_table_is_as_it_was(tmp_path, jobs, location):
    table = tmp_path / "cells.json"
    with pytest.raises(CalculationError, match=r"^no cell for cells.json: draw: LiCoO2: no memory$"):
        asking(table, 1.0).collect(jobs, location, {"draw: LiCoO2": "no memory"})
    assert not table.exists()
    with pytest.raises(CalculationError, match=f"orderings: none is in {location.name}"):
        asking(table, 1.0).collect(jobs, location, {})


def test_two_processes_that_collect_at_once_lose_no_cell(tmp_path, jobs, location):
    table = tmp_path / "cells.json"
    halves = ([1.0, *(i / 100 for i in range(2, 26, 2))], [1.0, *(i / 100 for i in range(1, 25, 2))])
    for lithium in {each for half in halves for each in half}:
        finished(jobs, f"cell {lithium:g}", lithiated(lithium))
    asking(table, 1.0).collect(jobs, location, {})
    running = []
    for number, half in enumerate(halves):
        file = tmp_path / f"collectors {number}"
        file.write_text("\n".join(asking(table, each).to_text() for each in half))
        command = [sys.executable, "-c", COLLECT, str(file), str(location.folder)]
        running.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert contents(table).keys() == {*halves[0], *halves[1]}


# -- vacancies --------------------------------------------------------------------------------------------


def test_vacancies_collected_again_are_the_same_file(tmp_path, jobs, location):
    file = tmp_path / "new" / "found.json"
    collector = VacancyCollector(file=file, result="document")
    assert collector.target == str(file)
    document = packaged_vacancies("NMC532")
    finished(jobs, "document", document)
    assert collector.collect(jobs, location, {}) == document
    once = file.read_bytes()
    assert ResultCollector.from_text(collector.to_text()).collect(jobs, location, {}) == document
    assert file.read_bytes() == once
    assert read_vacancies(file) == document


def test_vacancies_are_not_made_from_part(tmp_path, jobs, location):
    collector = VacancyCollector(file=tmp_path / "found.json", result="document")
    with pytest.raises(CalculationError, match=r"the result for .*found.json is not in"):
        collector.collect(jobs, location, {})
    finished(jobs, "document", packaged_vacancies("NMC532"))
    with pytest.raises(CalculationError, match=r"^relax ordering: 3 of NMC532: no memory$"):
        collector.collect(jobs, location, {"relax ordering: 3 of NMC532": "CalculationError: no memory"})
    assert not (tmp_path / "found.json").exists()


# -- energies of structures -------------------------------------------------------------------------------


def adding(table, **structures):
    """Return a collector of the energies of structures, by their phases' ids."""
    asked = [
        AskedStructure(
            file=f"{name}.cif", phase_id=name, phase_job=name, jobs=[f"relax: {name}", f"relaxed_phase: {name}"]
        )
        for name in structures
    ]
    return UserEnergyCollector(
        table=table,
        shown_table=table.name,
        calculator="chgnet",
        model="chgnet-0.3.0",
        scale=SCALE,
        asked=asked,
        skipped=[],
        notes=[],
    )


def test_energies_of_structures_collected_again_are_the_same_table(tmp_path, jobs, location):
    table = tmp_path / "new" / "own.json"
    structures = {"LiF": rock_salt(), "MgO": rock_salt(4.3, "Mg", "O")}
    for name, structure in structures.items():
        finished(jobs, name, made(name, structure))
    collector = adding(table, **structures)
    assert collector.target == str(table)
    found = collector.collect(jobs, location, {})
    once = table.read_bytes()
    assert ResultCollector.from_text(collector.to_text()).collect(jobs, location, {}) == found
    assert table.read_bytes() == once
    assert [(one.file, one.id) for one in found.added] == [("LiF.cif", "LiF"), ("MgO.cif", "MgO")]


def test_a_structure_whose_job_failed_is_named_with_the_first_reason(tmp_path, jobs, location):
    table = tmp_path / "own.json"
    finished(jobs, "LiF", made("LiF", rock_salt()))
    failed = {"relaxed_phase: MgO": "needs relax: MgO, which failed", "relax: MgO": "lost: queue job 12 has ended"}
    collector = adding(table, LiF=None, MgO=None)
    found = collector.collect(jobs, location, failed)
    assert found.failed == {"MgO.cif": "lost: queue job 12 has ended"}
    assert UserTable.read(table, SCALE).computed.keys() == {"LiF"}
    finished(jobs, "MgO", made("MgO", rock_salt(4.3, "Mg", "O")))  # recovered
    assert collector.collect(jobs, location, {}).failed == {}
    assert UserTable.read(table, SCALE).computed.keys() == {"LiF", "MgO"}


# -- stacks -----------------------------------------------------------------------------------------------


def test_stacks_that_were_not_found_are_an_error(jobs, location):
    collector = StackCollector(result="search")
    with pytest.raises(CalculationError, match="the best stacks are not in"):
        collector.collect(jobs, location, {})
    failed = {
        "material_properties: coatings 1/1": "of one batch",
        "best_stacks: NCM83|Li6PS5Cl": "InputError: no coating is left",
    }
    with pytest.raises(CalculationError, match=r"^no coating is left$"):
        collector.collect(jobs, location, failed)


# -- requests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({"names": ["NCM38"]}, "unknown cathode 'NCM38'", id="name"),
        pytest.param({"output": "."}, "is a folder: name a file in it", id="folder"),
        pytest.param({"output": "broken.json"}, "broken.json is not JSON", id="damaged table"),
        pytest.param(
            {"model": "chgnet-r2scan"},
            "is told from LiCoO2 or LiNiO2: order one too",
            id="nothing to tell relaxing from",
        ),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_written(own_folder, tmp_path, options, reason):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from workflows.requests.ordered_materials import prepare_orderings

    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(InputError, match=reason):
        prepare_orderings(**{"names": ["NCM83"], "output": "cells.json", **options})
    assert [file.name for file in tmp_path.iterdir()] == ["broken.json"]


def test_what_goes_to_a_queue_is_known_by_its_jobs_and_its_file(own_folder, tmp_path):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from screening.cathodes.ordering.orderings import Draw
    from screening.cathodes.ordering.supercell import CellSize
    from workflows.requests.ordered_materials import prepare_orderings

    def prepared():
        size = CellSize(least_atoms=8, tolerance=0.4)
        drawing = Draw(n_orderings=3)
        return prepare_orderings(["LiCoO2"], "cells.json", (1.0, 0.5), drawing, n_relaxed=2, size=size)

    one, other = prepared(), prepared()
    assert one.flow.job_uuids == other.flow.job_uuids
    assert one.collector == other.collector == ResultCollector.from_text(one.collector.to_text())
    assert json.loads(one.collector.to_text())["fields"]["table"] == str(tmp_path / "cells.json")
    assert [asked.relaxations for asked in one.collector.cells] == [
        [f"relax ordering: {i} of LiCoO2 with {lithium} Li" for i in (0, 1)] for lithium in ("1", "0.5")
    ]
    assert one.about == "LiCoO2: 2 compositions"
    assert list(tmp_path.iterdir()) == []
