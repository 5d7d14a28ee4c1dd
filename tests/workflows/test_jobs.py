"""Jobs under names that stay, whichever module their functions are in."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from fixtures_screening import energies_file
from jobflow import JobStore
from maggma.stores import MemoryStore
from monty.json import MontyDecoder

from screening.coatings.tasks import PropertiesBatch
from screening.common.errors import InputError
from screening.energies.source import energy_source
from screening.equilibrium.window import electrochemical_window
from workflows import jobs
from workflows.identity import by_content


def module_of(name):
    """Import a module of jobs; those that compute with CHGNet need the extra 'mlip'."""
    if name in ("energies", "orderings", "vacancies"):
        pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    return import_module(f"workflows.jobs.{name}")


@pytest.mark.parametrize("name", jobs.JOBS)
def test_every_name_is_that_of_a_job(name):
    module = module_of(jobs.JOBS[name])
    function = getattr(jobs, name)
    assert function is getattr(module, name)
    assert (function.__module__, function.__qualname__) == ("workflows.jobs", name)


@pytest.mark.parametrize("module", sorted(set(jobs.JOBS.values())))
def test_every_job_has_a_name(module):
    inside = vars(module_of(module))
    made = {name for name, one in inside.items() if inspect.isfunction(one) and hasattr(one, "original")}
    assert made == {name for name, where in jobs.JOBS.items() if where == module}


def test_a_job_store_without_a_place_for_large_outputs_is_named(tmp_path):
    """Before anything is computed: the energies are gone, and not missed."""
    file = energies_file(tmp_path)
    job = jobs.material_properties(energy_source(file), ["LiNbO3"])
    Path(file).unlink()
    store = JobStore(MemoryStore())
    store.connect()
    with pytest.raises(InputError, match=r"^the job store has no additional store 'data', where large outputs go: "):
        job.run(store)
    assert store.count() == 0


def test_a_name_that_is_none():
    with pytest.raises(AttributeError, match="no_such_job"):
        _ = jobs.no_such_job


def test_a_round_trip_through_json(tmp_path):
    source = energy_source(energies_file(tmp_path))
    job = by_content(jobs.material_properties(source, ["LiNbO3"]))
    text = job.to_json()
    function = json.loads(text)["function"]
    assert (function["@module"], function["@callable"]) == ("workflows.jobs", "material_properties")
    back = MontyDecoder().decode(text)
    assert back.uuid == by_content(back).uuid == job.uuid
    store = JobStore(MemoryStore(), additional_stores={"data": MemoryStore()})
    store.connect()
    back.run(store)
    found = MontyDecoder().process_decoded(store.get_output(job.uuid, load=True))
    assert isinstance(found, PropertiesBatch)
    assert found.results["LiNbO3"].window == electrochemical_window(source.open(), "LiNbO3")


def test_a_process_that_has_imported_nothing_else_reads_it(tmp_path):
    source = energy_source(energies_file(tmp_path))
    job = by_content(jobs.coating_contacts(source, ["LiNbO3"], None, "Li6PS5Cl"))
    (tmp_path / "job.json").write_text(job.to_json())
    script = (
        "import sys; from pathlib import Path; from monty.json import MontyDecoder\n"
        "job = MontyDecoder().decode(Path(sys.argv[1]).read_text())\n"
        "print(job.uuid, len(job.function.original(*job.function_args).results))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "job.json")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stdout.split() == [job.uuid, "1"], answer.stderr
