"""Energies of another installed package: as good as any, opened only when they are asked for."""

from __future__ import annotations

import pytest

from coatscreen.__main__ import execute

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
def ask(install, capsys):
    """Install a package with three sources of energies, and give a function that asks coatscreen."""
    install("mylab", PLUGIN, "coatscreen.energies", mylab="phases", broken="fails", list="other")

    def run(*arguments):
        status = execute(arguments)
        return status, *capsys.readouterr()

    return run


def test_its_name_is_taken_as_energies_with_an_argument(ask):
    status, out, _ = ask("window", "LiF", "--energies", "mylab:2026", "--json")
    assert status == 0
    assert '"name": "my lab"' in out
    assert '"version": "2026"' in out
    # 2 LiF -> 2 Li + F2, of four atoms: 2 (-1.9) + 2 (-1.5) - 4 (-4.8) = 12.4 eV, for two lithium atoms
    assert '"oxidation_limit_v": 6.2' in out


def test_it_is_loaded_only_when_asked_for(ask):
    assert "loaded" not in ask("window", "Li2O", "--json")[1]
    assert "loaded" in ask("window", "LiF", "--energies", "mylab")[1]


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
    status, _, said = ask("window", "LiF", "--energies", energies)
    assert status == 2
    assert message in said
    assert len(said.splitlines()) == 1
