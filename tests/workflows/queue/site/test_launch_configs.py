"""The sets of configurations in the repository: they are what the program writes, and what it says of them is true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[4] / "launch_configs"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="launch_configs is not beside the tests")


def make():
    spec = importlib.util.spec_from_file_location("make_launch_configs", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["slurm", "pbs", "sge", "jobflow_remote"])
def test_committed_sets_are_what_is_rendered(name):
    committed = {
        str(path.relative_to(FOLDER / name)): path.read_text(encoding="utf-8")
        for path in (FOLDER / name).rglob("*")
        if path.is_file()
    }
    assert committed == make().texts(name)


def test_every_set_and_every_file_is_explained():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    module = make()
    assert {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(module.SETS)
    for name in module.SETS:
        assert f"`{name}/`" in readme
        for file in module.texts(name):
            assert f"`{file}`" in readme


def test_every_option_of_the_readmes_command_is_one_of_a_site():
    from workflows.queue.site import Site

    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    command = readme.split("coatscreen site init ")[1].split("\n\n")[0]
    for option in re.findall(r"--([a-z-]+)", command):
        assert option.replace("-", "_") in Site.model_fields


def test_jobflow_on_one_machine_writes_where_a_screening_does(tmp_path):
    """As jobflow's settings read it, with the path set."""
    from jobflow import JobStore

    from screening.database import StoreLocation
    from workflows.outputs import job_store

    text = (FOLDER / "jobflow.local.yaml").read_text().replace("/absolute/path/to/results/coatings", str(tmp_path))
    store = JobStore.from_dict(yaml.safe_load(text)["JOB_STORE"])
    store.connect()
    document = {"uuid": "a", "index": 1, "output": {"value": [1, 2]}}
    store.update([document], key=["uuid", "index"], save={"data": "value"})
    with_large = job_store(StoreLocation(tmp_path))
    assert with_large.get_output("a", load=True) == {"value": [1, 2]}
    assert with_large.docs_store.count() == with_large.additional_stores["data"].count() == 1
