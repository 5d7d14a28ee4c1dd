"""Files are data: no class is built and no module imported because a file names it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures_structures import rock_salt
from fixtures_tasks import computed_entry, job, vasp
from maggma.stores import JSONStore

from coatscreen.__main__ import execute
from screening.database import StoreLocation
from screening.files.plain_data import plain
from screening.structures.files import read_user_structure

NAMED = (
    {"@module": "trap", "@class": "Trap"},
    {"@module": "trap", "@callable": "spring"},
    {"@module": "fireworks.core.launchpad", "@class": "LaunchPad", "logdir": "{folder}/logs"},
    {"@class": "OutputReference", "uuid": "u", "attributes": [], "output_schema": {"@module": "trap", "@class": "T"}},
)


@pytest.fixture(params=NAMED, ids=["class", "function", "launchpad", "reference"])
def trap(request, own_folder, tmp_path, monkeypatch):
    """Something a file may name: a module in the working folder, where Python looks first, and a class that writes."""
    (tmp_path / "trap.py").write_text("open('sprung', 'w').close()\nclass Trap: pass\nspring = Trap\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield json.loads(json.dumps(request.param).replace("{folder}", str(tmp_path)))
    assert "trap" not in sys.modules
    assert not {"sprung", "logs"} & {path.name for path in tmp_path.iterdir()}


@pytest.fixture
def run(capsys):
    """Run the program; return its status and what it printed."""

    def call(*arguments):
        status = execute(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def test_entries(trap, run, tmp_path):
    entries = [
        computed_entry("Li", -1.9, parameters={"run_type": "GGA", "x": trap}, data={"y": [trap]}),
        {
            **computed_entry("Li", -1.8, entry_id="other"),
            "@class": "ComputedStructureEntry",
            "structure": {**rock_salt(anion="Li").as_dict(), "properties": {"z": trap}},
            "composition": {"Li": 2.0},
        },
    ]
    for site in entries[1]["structure"]["sites"]:
        site["properties"] = {"magmom": trap}
    (tmp_path / "entries.json").write_text(json.dumps(entries))
    status, out, err = run("stability", "Li", "--energies", "entries.json", "--json")
    assert status == 0, err
    assert json.loads(out)["phase"]["source_id"] == "Li"


def test_a_module_in_the_working_folder_does_not_run(own_folder, tmp_path):
    (tmp_path / "trap.py").write_text("open('sprung', 'w').close()\n")
    (tmp_path / "entries.json").write_text(json.dumps([computed_entry("Li", -1.9, parameters={"x": NAMED[0]})]))
    command = [sys.executable, "-m", "coatscreen", "stability", "Li", "--energies", "entries.json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "above the hull" in ran.stdout
    assert not (tmp_path / "sprung").exists()


def test_adjustments(trap, run, tmp_path):
    scheme = {"@module": "trap", "@class": "MaterialsProject2020Compatibility"}
    adjustment = {
        "@module": "trap",
        "@class": "ConstantEnergyAdjustment",
        "value": -0.5,
        "name": "of a trap",
        "cls": {**scheme, "settings": trap},
        "description": "",
    }
    (tmp_path / "good.json").write_text(json.dumps([computed_entry("Li", -1.9, energy_adjustments=[adjustment])]))
    status, out, err = run("stability", "Li", "--energies", "good.json", "--json")
    assert status == 0, err
    assert json.loads(out)["energies"]["correction"] == "MP2020"
    (tmp_path / "bad.json").write_text(json.dumps([computed_entry("Li", -1.9, energy_adjustments=[trap])]))
    status, _, err = run("stability", "Li", "--energies", "bad.json")
    assert status == 2
    assert "is no energy adjustment" in err


def test_descriptions_of_stores(trap, run, tmp_path):
    (tmp_path / "tasks.json").write_text("[]")
    good = JSONStore(str(tmp_path / "tasks.json")).as_dict()
    for description in (trap, {"docs_store": trap}, {**good, "validator": trap}, {**good, "x": trap}):
        (tmp_path / "store.json").write_text(json.dumps(description))
        assert run("energies", "import", "store.json", "--output", "own.json")[0] == 2


def test_documents_of_stores(trap, run, tmp_path):
    document = vasp(rock_salt(), -10.0, task_id="a", last_updated=trap)
    document["entry"]["data"] = {"x": trap}
    document["entry"]["parameters"]["y"] = trap
    document["structure"]["properties"] = {"z": trap}
    (tmp_path / "tasks.json").write_text(json.dumps([document]))
    (tmp_path / "store.json").write_text(JSONStore(str(tmp_path / "tasks.json")).to_json())
    with StoreLocation(tmp_path / "db").open("jobs") as store:
        store.update([job("a", document)], key="uuid")
    for where in ("store.json", "db"):
        (tmp_path / "own.json").unlink(missing_ok=True)
        status, _, err = run("energies", "import", where, "--output", "own.json")
        assert status == 0, err
        assert (tmp_path / "own.json").exists()


@pytest.mark.parametrize("name", ["structure.json", "structure.yaml"])
def test_structures(trap, tmp_path, name):
    data = rock_salt().as_dict()
    data["properties"] = {"x": trap}
    for site in data["sites"]:
        site["properties"] = {"y": trap}
    (tmp_path / name).write_text(json.dumps(data))
    assert read_user_structure(tmp_path / name).composition.reduced_formula == "LiF"


def test_what_is_left_of_data_that_names_classes():
    data = {"@module": "m", "@class": "c", "a": [{"@callable": "f", "b": (1, None)}], "c": "@d", 1: 2}
    assert plain(data) == {"a": [{"b": [1, None]}], "c": "@d", 1: 2}


def test_few_places_build_what_data_names():
    """Structures, entries (from files, and those that pymatgen packages), jobs of this process and jobs of a queue."""
    root = Path(__file__).parents[2]
    reading = ("MontyDecoder", "loadfn(", "Structure.from_dict", "Entry.from_dict", "from_dict_spec")
    found = {
        (str(file.relative_to(root)), word)
        for package in ("screening", "workflows", "coatscreen")
        for file in (root / package).rglob("*.py")
        for word in reading
        if word in file.read_text(encoding="utf-8")
    }
    words = sorted(word for _, word in found)
    assert words == ["Entry.from_dict", "Entry.from_dict", "MontyDecoder", "MontyDecoder", "Structure.from_dict"]
