"""The documentation as a site: what its pages show is what the program prints, and every page has its place."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
import yaml

import coatscreen
from screening.common.provenance import EnergyProvenance
from screening.equilibrium.interface import Interface

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def places(nav):
    """The pages that the navigation names."""
    for entry in nav:
        for inner in entry.values() if isinstance(entry, dict) else [entry]:
            yield from [inner] if isinstance(inner, str) else places(inner)


def test_every_page_is_in_the_navigation():
    text = re.sub(r"!!python\S+", "", (ROOT / "mkdocs.yml").read_text())
    named = list(places(yaml.safe_load(text)["nav"]))
    assert sorted(named) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def test_a_command_is_shown_with_what_it_prints(pages, tmp_path):
    table = tmp_path / "energies.csv"
    table.write_text("formula,formation_energy_ev_per_atom\nLi2O,-2.0\nLi,0\nO2,0\n")
    shown = pages.expanded(f"Before\n\n<!-- run: coatscreen stability Li2O --energies {table} -->\n\nAfter")
    assert shown.startswith(f"Before\n\n```console\n$ coatscreen stability Li2O --energies {table}\nLi2O (")
    assert "formation energy -2.0000 eV/atom, -6.000 eV or -579 kJ/mol per formula unit" in shown
    assert shown.endswith("\n```\n\nAfter")


@pytest.mark.parametrize("command", ["coatscreen stability Nonsense", "rm -r somewhere"])
def test_a_command_that_fails_fails_the_page(pages, command):
    with pytest.raises(RuntimeError, match=r"Nonsense|not rm"):
        pages.expanded(f"<!-- run: {command} -->")


def test_every_field_of_every_document_is_there(pages):
    for module, extra in (("mp_api", "mp"), ("atomate2", "mlip"), ("fireworks", "cluster")):
        pytest.importorskip(module, reason=f"the extra [{extra}] is not installed")  # documents of all modules are read
    text = pages.fields()
    for name, field in EnergyProvenance.model_fields.items():
        assert re.search(rf"^\| `{name}` \| `[^`]+` \| {re.escape(field.description)} \|$", text, re.M), name
    rows = [re.sub(r"\\\|", "", line) for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) > 800
    assert {row.count("|") for row in rows} == {4}
    for name in ("ClosedInterface", "RankedCoating", "WindowDocument", "Step", "VacancyDocument"):
        assert f"## {name}\n" in text


def test_every_public_name_is_there(pages):
    text = pages.api()
    assert re.findall(r"^## (\w+)$", text, re.M) == coatscreen.__all__
    for module, name in re.findall(r"^::: ([\w.]+)\.(\w+)$", text, re.M):
        assert hasattr(sys.modules[module], name)


@pytest.mark.parametrize("stub", ["contributing.md", "launch_configs.md", "tests.md"])
def test_pages_that_stand_elsewhere_link_to_pages_of_the_site(pages, stub):
    text = pages.expanded((ROOT / "docs" / stub).read_text())
    assert len(text) > 1000
    for target in re.findall(r"\]\(([^)#\s:]+)[^):]*\)", text):
        assert (ROOT / "docs" / target).exists(), target


def test_a_link_to_what_is_no_page_names_the_file(pages):
    text = "[numbers](../results/atlas.json) and [the house](../CONTRIBUTING.md#recipes), ![a picture](atlas.png)"
    written = "numbers (`results/atlas.json`) and [the house](contributing.md#recipes), ![a picture](atlas.png)"
    assert pages.expanded(text) == written


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path, reference):
    pytest.importorskip("mkdocstrings", reason="needs the extra docs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-3000:]
    page = unescape(re.sub(r"<[^>]+>", "", (tmp_path / "first_steps" / "index.html").read_text()))
    lowest = 1000 * Interface(reference, "LiNbO3", "Li6PS5Cl").profile().mutual.min()
    assert f"mutual: {lowest:.1f} meV/atom" in page
    assert "https://fonts" not in (tmp_path / "index.html").read_text()
