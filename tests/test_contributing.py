"""CONTRIBUTING.md: its recipes run as they stand, and what it names is there."""

import importlib
import json
import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from coatscreen.__main__ import execute
from screening.database import CoatingDatabase

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^<!-- (?P<kind>file|run|python)(?:: (?P<name>\S+))? -->\n```\w+\n(?P<text>.*?)^```$", re.M | re.S)


def recipe(title):
    """The marked blocks of one recipe, in order."""
    [section] = re.findall(rf"^### {title}\n(.*?)(?=^### |^## |\Z)", PAGE, re.M | re.S)
    return [found.groupdict() for found in BLOCK.finditer(section)]


@pytest.fixture
def follow(own_folder, tmp_path, monkeypatch, capsys):
    """Do what a recipe says in an empty folder: write its files, run its commands and its Python."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def followed(title):
        printed = ""
        for block in recipe(title):
            if block["kind"] == "file":
                (tmp_path / block["name"]).write_text(block["text"], encoding="utf-8")
            elif block["kind"] == "run":
                for line in filter(None, block["text"].splitlines()):
                    program, *arguments = shlex.split(line)
                    assert program == "coatscreen"
                    assert execute(arguments) == 0, capsys.readouterr().err
                    printed += capsys.readouterr().out
            else:
                exec(compile(block["text"], f"CONTRIBUTING.md, {title}", "exec"), {"__name__": "recipe"})
        return printed

    yield followed
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def test_every_block_of_code_in_a_recipe_is_run():
    recipes = PAGE[PAGE.index("## Recipes") :]
    assert len(re.findall(r"^```\w+$", recipes, re.M)) == len(BLOCK.findall(recipes)) > 0


def test_add_a_material(follow):
    printed = follow("Add a material")
    assert "Coatings on my NCM against Li6PS5Cl" in printed
    assert json.loads(printed[printed.rindex("\n[") :])[0]["coating"] == "Li2B4O7"
    with CoatingDatabase.open("results/mine") as database:
        [found] = database.search(coating="Li2B4O7", fields=["coating", "cathode", "worst_mutual_mev_per_atom"])
    assert found["cathode"] == "my NCM"
    assert found["worst_mutual_mev_per_atom"] <= 0.0


@pytest.mark.parametrize(
    ("title", "table", "group"),
    [
        ("Add a criterion", "criterion.toml", "coatscreen.criteria"),
        ("Add a source of energies", "energies.toml", "coatscreen.energies"),
    ],
)
def test_add_by_an_entry_point(follow, tmp_path, title, table, group):
    assert any("assert " in block["text"] for block in recipe(title))
    follow(title)
    entries = tomllib.loads((tmp_path / table).read_text(encoding="utf-8"))["project"]["entry-points"]
    ((name, target),) = entries[group].items()
    assert name
    module, function = target.split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_add_a_flow(follow):
    blocks = recipe("Add a flow")
    assert [block["kind"] for block in blocks] == ["file", "python"]
    assert sum(block["text"].count("assert ") for block in blocks) >= 3
    follow("Add a flow")
    sweep = importlib.import_module("voltage_sweep")
    assert sweep.safest({"2": -0.3, "3": -0.1, "4": -0.2}) == {"voltage_v": 3.0, "mutual_ev_per_closed_atom": -0.1}


def test_every_file_that_is_named_exists():
    named = set(re.findall(r"`((?:screening|workflows|coatscreen|tests)/[\w/.]*)`", PAGE))
    named |= {f"screening/{name}" for name in re.findall(r"<b>screening/(\w+)</b>", PAGE)}
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("screening.common.provenance", "Result"),
        ("screening.common.errors", "InputError"),
        ("screening.common.errors", "CalculationError"),
        ("screening.energies.source", "EnergySource"),
        ("screening.phases.phase_set", "PhaseSet"),
        ("screening.hull.phase_system", "PhaseSystem"),
        ("screening.equilibrium.interface", "Interface"),
        ("screening.database.client", "CoatingDatabase"),
        ("screening.materials.cathode", "Cathode"),
    ],
)
def test_every_class_that_is_named_is_where_the_page_says(module, name):
    assert f"`{name}`" in PAGE or f"`{name}." in PAGE
    assert hasattr(importlib.import_module(module), name)


def test_the_number_that_is_followed_is_the_one_computed(reference):
    from screening.equilibrium.interface import Interface

    [stated] = re.findall(r"LiNbO3 and Li6PS5Cl, (-[\d.]+) meV/atom", PAGE)
    assert 1000 * Interface(reference, "LiNbO3", "Li6PS5Cl").profile().mutual.min() == pytest.approx(
        float(stated), abs=0.05
    )


def test_imports_go_down_the_table_of_rooms():
    """No module of a lower line imports one of a higher line, database and workflows included."""
    table = PAGE[PAGE.index("## The rooms") : PAGE.index("## What a change looks like")]
    lines = [re.findall(r"`([\w/]+)`", row.split("|")[1]) for row in table.splitlines() if row.startswith("| `")]
    level = {room.replace("/", "."): number for number, rooms in enumerate(lines) for room in rooms}
    assert len(level) > 15
    wrong = []
    for room, own in level.items():
        for path in (ROOT / room.replace(".", "/")).rglob("*.py"):
            for imported in re.findall(r"^(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.M):
                met = max((r for r in level if imported == r or imported.startswith(f"{r}.")), key=len, default=None)
                if met is not None and level[met] > own:
                    wrong.append(f"{path.relative_to(ROOT)} imports {imported}")
    assert wrong == []
