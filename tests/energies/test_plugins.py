"""Energies of another installed package: as good as any, opened only when they are asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PLUGIN = """
from screening import EnergyScale, Phase, PhaseSet

print("loaded")

def phases(argument):
    scale = EnergyScale(name="my lab", version=argument or "1", functional="measured", correction="none")
    energies = {"Li": -1.9, "F2": -1.5, "LiF": -1.7 - 3.1, "Na": -1.3}
    return PhaseSet(scale, [Phase(id=f, formula=f, energy_ev_per_atom=e) for f, e in energies.items()])

def fails(argument):
    raise KeyError(argument)

def other(argument):
    return [argument]
"""


@pytest.fixture
def ask(tmp_path):
    """Install a package with three sources of energies, as far as Python sees it, and run coatscreen beside it."""
    (tmp_path / "mylab.py").write_text(PLUGIN)
    info = tmp_path / "mylab-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mylab\nVersion: 1.0\n")
    lines = ["[coatscreen.energies]", "mylab = mylab:phases", "broken = mylab:fails", "list = mylab:other"]
    (info / "entry_points.txt").write_text("\n".join(lines))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}

    def run(*arguments):
        command = [sys.executable, "-m", "coatscreen", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    return run


def test_its_name_is_taken_as_energies_with_an_argument(ask):
    found = ask("window", "LiF", "--energies", "mylab:2026", "--json")
    assert found.returncode == 0, found.stderr
    assert '"name": "my lab"' in found.stdout
    assert '"version": "2026"' in found.stdout
    # 2 LiF -> 2 Li + F2, of four atoms: 2 (-1.9) + 2 (-1.5) - 4 (-4.8) = 12.4 eV, for two lithium atoms
    assert '"oxidation_limit_v": 6.2' in found.stdout


def test_it_is_loaded_only_when_asked_for(ask):
    assert "loaded" not in ask("window", "Li2O", "--json").stdout
    assert "loaded" in ask("window", "LiF", "--energies", "mylab").stdout


@pytest.mark.parametrize(
    ("energies", "message"),
    [
        (
            "broken:x",
            "the energies 'broken:x' of mylab:fails (entry point of coatscreen.energies) cannot be used: KeyE",
        ),
        ("list", "are a list, not a PhaseSet"),
        ("mylap", "unknown energies 'mylap' (did you mean mylab?)"),
    ],
)
def test_what_is_wrong_with_it_is_said_in_a_line(ask, energies, message):
    found = ask("window", "LiF", "--energies", energies)
    assert found.returncode == 2
    assert message in found.stderr
    assert len(found.stderr.splitlines()) == 1
