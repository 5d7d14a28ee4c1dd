"""Composites, glasses and energies above the hull on the command line."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import FORMATION, energies_file, synthetic

from coatscreen.__main__ import execute
from screening.equilibrium.composite import material_stability, material_window

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture
def cli(capsys, energies):
    """Run the program with the synthetic energies; return its status, stdout and stderr."""

    def run(*arguments):
        status = execute([*arguments, "--energies", energies])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize(("verb", "compute"), [("stability", material_stability), ("window", material_window)])
def test_a_composite_as_json(cli, verb, compute):
    status, out, _ = cli(verb, "LiPO3+3Li2O", "--json")
    expected = compute(synthetic(), "0.25LiPO3+0.75Li2O").model_dump(mode="json")
    expected |= {"doubtful_phases": []} | ({"other_ground_states": []} if verb == "stability" else {})
    assert (status, json.loads(out)) == (0, expected)


def test_a_composite_in_words(cli):
    status, out, _ = cli("stability", "LiPO3@40meV+Li2O")
    before = (5 * (FORMATION["LiPO3"] + 0.04) + 3 * FORMATION["Li2O"]) / 8
    above = 1000 * (before - FORMATION["Li3PO4"])
    assert status == 0
    assert f"{above:.1f} meV/atom above the hull: 25.0 of its phases alone, {above - 25:.1f} of their reaction" in out
    assert f"inner interface LiPO3@40meV|Li2O: {25 - above:.1f} meV/atom" in out
    status, out, _ = cli("window", "LiNbO3+Li3PO4")
    assert status == 0
    assert "the narrowest of its phases: reduction limited by LiNbO3" in out


def test_a_material_above_the_hull(cli):
    status, out, _ = cli("stability", "Li3PO4@30meV")
    assert status == 0
    assert "Li3PO4@30meV: taken 30.0 meV/atom above the hull" in out
    status, out, _ = cli("interface", "LiNbO3", "0.7Li2S-0.3P2S5@30meV")
    assert status == 0
    assert "self: LiNbO3 0.0, 0.7Li2S-0.3P2S5@30meV -30.0 meV/atom" in out
    assert "0.7Li2S-0.3P2S5@30meV: taken 30.0 meV/atom above the hull" in out


def test_pairs_with_a_glass_and_a_composite(cli, tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b\nLiNbO3,0.7Li2S-0.3P2S5@30meV\nLiNbO3+Li3PO4,Li6PS5Cl\n")
    status, out, _ = cli("interface", "--pairs", str(file))
    glass, composite = map(json.loads, out.splitlines())
    assert status == 0
    assert glass["reactants"]["b"] == {"energy": "hull", "source_id": None, "above_hull_ev_per_atom": 0.03}
    assert composite["error"].endswith("ask for LiNbO3 or Li3PO4, or screen it as a coating")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--coatings", "0.5LiNbO3+0.6Li3PO4"], "the fractions sum to 1.1, not to 1"),
        (["run", "--coatings", "LiNbO3+-1Li3PO4"], "the amount of Li3PO4 must be positive, not -1"),
        (["run", "--coatings", "LiNbO3,LiNbO3+"], "LiNbO3+: a material is missing beside '+'"),
        (["run", "--coatings", "LiNbO3+LiNbO33"], "did you mean LiNbO3?"),
        (["run", "--electrolytes", "Li6PS5Cl+Li3PS4"], "an electrolyte is one material"),
        (["run", "--electrolytes", "Li6PS5Cl@-30meV"], "no material lies below the hull"),
        (["run", "--electrolytes", "0.7Li2S-0.2P2S5"], "the fractions sum to 0.9"),
        (["run", "--cathodes", "NCM83@30meV"], "unknown cathode 'NCM83@30meV'"),
        (["interface", "LiNbO3", "LiNbO3+Li3PO4"], "ask for LiNbO3 or Li3PO4, or screen it as a coating"),
        (["window", "LiNbO3@thirty"], "such as 30meV, not 'thirty'"),
    ],
)
def test_refused_in_one_line(cli, tmp_path, arguments, words):
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("coatscreen: ")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())  # nothing was begun
