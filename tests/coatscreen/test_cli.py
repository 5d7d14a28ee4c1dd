"""The command line: what users type, and what they get back."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys

import pytest
import typer
from fixtures_screening import SMALL, contents, energies_file, synthetic

from coatscreen.__main__ import execute, main
from coatscreen.program import program as whole_program
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import software
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from screening.transport.interphase import interphase_of

ENERGIES_KEYS = {"name", "version", "functional", "correction", "n_phases", "sha256"}


pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture
def cli(capsys, energies):
    """Run the program and return its status, stdout and stderr; the energies are the synthetic ones."""

    def run(*arguments, own_energies=False):
        given = [str(argument) for argument in arguments]
        if not own_energies and given and given[0] not in ("rank", "query", "runs"):
            given += ["--energies", energies]
        status = execute(given)
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def answer(cli):
    """Run the program with --json and return its answer."""

    def run(*arguments, **options):
        status, out, err = cli(*arguments, "--json", **options)
        assert status == 0, err
        return strict_json(out)

    return run


def strict_json(text):
    """Read exactly one JSON document, without the numbers that are none."""

    def refuse(constant):
        raise AssertionError(f"{constant} in the output")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    """A database of a small screening on two cathodes."""
    folder = tmp_path_factory.mktemp("store")
    request = ["--coatings", "LiNbO3,Li3PO4,HfO2,Li2SO4", "--cathodes", "NCM83,LiCoO2"]
    assert execute(["run", *request, "--energies", energies, "--store", str(folder)]) == 0
    return folder


def one_ranking(text):
    """Read what holds one ranking."""
    whole = strict_json(text)
    assert whole.keys() == {"rankings"}
    (ranking,) = whole["rankings"]
    return ranking


def refused(outcome, status, *words):
    """Check that a request was refused in one line without a traceback."""
    got, out, err = outcome
    assert got == status, err
    assert out == ""
    assert err.startswith("coatscreen: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def has_origin(document):
    assert document["energies"].keys() >= ENERGIES_KEYS
    assert document["energies"]["sha256"] == synthetic().sha256
    assert document["energies"]["n_phases"] == len(synthetic())
    assert document["software"] == {"coatscreen": software().coatscreen}


# -- help -----------------------------------------------------------------------------------------------


def verbs(command=None, path=()):
    command = command or typer.main.get_command(whole_program())
    for name, verb in command.commands.items():
        if hasattr(verb, "commands"):
            yield from verbs(verb, (*path, name))
        else:
            yield (*path, name)


def help_of(verb, capsys):
    assert execute([*verb, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return " ".join(out.split())


def test_the_verbs_of_the_contract_are_there():
    assert {verb[0] for verb in verbs()} >= {"run", "rank", "query", "stability", "window", "interface", "cathode"}


@pytest.mark.parametrize("verb", list(verbs()), ids=" ".join)
def test_help_has_an_example(verb, capsys):
    text = help_of(verb, capsys)
    assert f"Example: coatscreen {' '.join(verb)}" in text


def test_without_a_verb_there_is_help(capsys):
    assert execute([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Usage: coatscreen")
    assert err == ""
    for verb in verbs():
        assert verb[0] in out


def test_the_examples_work(capsys):
    """With the packaged energies and the default database, as a new user types them."""
    assert execute(["run"]) == 0
    capsys.readouterr()
    for verb in verbs():
        if verb[0] not in ("run", "rank", "query", "stability", "window", "interface", "cathode"):
            continue
        examples = re.findall(r"Example: coatscreen (.*?)(?= Example:| Options:| Arguments:|$)", help_of(verb, capsys))
        assert examples
        for example in examples:
            assert execute(shlex.split(example)) == 0, example
            assert capsys.readouterr().out, example


# -- one question at a time -------------------------------------------------------------------------------

EXTREMUM = {"x_atomic_a", "x_molar_a", "products", "at_endpoint", "reaction"}


def test_closed_interface(answer):
    found = answer("interface", "LiNbO3", "Li6PS5Cl")
    assert found.keys() == {
        "a",
        "b",
        "ensemble",
        "unit",
        "total",
        "mutual",
        "self_a_ev_per_atom",
        "self_b_ev_per_atom",
        "reactants",
        "kinks",
        "doubtful_phases",
        "energies",
        "software",
        "interphase",
    }
    has_origin(found)
    assert (found["a"], found["b"], found["ensemble"], found["unit"]) == ("LiNbO3", "Li6PS5Cl", "closed", "eV/atom")
    for minimum in (found["total"], found["mutual"]):
        assert minimum.keys() == EXTREMUM | {"min_ev_per_atom"}
        assert minimum["min_ev_per_atom"] < 0
    assert found["reactants"].keys() == {"a", "b"}
    for reactant in found["reactants"].values():
        assert reactant.keys() == {"energy", "source_id", "above_hull_ev_per_atom"}
    assert found["reactants"]["a"] == {"energy": "phase", "source_id": "syn-LiNbO3", "above_hull_ev_per_atom": 0.0}
    assert found["reactants"]["b"]["above_hull_ev_per_atom"] == pytest.approx(-found["self_b_ev_per_atom"])
    assert len(found["kinks"]) > 2
    for kink in found["kinks"]:
        assert kink.keys() >= {"x_atomic_a", "total_ev_per_atom", "mutual_ev_per_atom", "products", "reaction"}
    assert [k["x_atomic_a"] for k in found["kinks"]] == sorted(k["x_atomic_a"] for k in found["kinks"])
    assert min(k["mutual_ev_per_atom"] for k in found["kinks"]) == found["mutual"]["min_ev_per_atom"]


def test_open_interface(answer):
    found = answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-3.66")
    assert found.keys() == {
        "a",
        "b",
        "ensemble",
        "unit",
        "total",
        "mutual",
        "self_a_ev_per_closed_atom",
        "self_b_ev_per_closed_atom",
        "reactants",
        "kinks",
        "doubtful_phases",
        "energies",
        "software",
        "interphase",
    }
    has_origin(found)
    assert found["ensemble"] == {"open": {"Li": -3.66}, "reference": "Li metal"}
    assert found["unit"] == "eV/non-open atom"
    for minimum in (found["total"], found["mutual"]):
        assert minimum.keys() == EXTREMUM | {"min_ev_per_closed_atom", "exchanged", "x_closed_a"}
        assert minimum["exchanged"].keys() == {"Li"}
    for kink in found["kinks"]:
        assert kink.keys() >= {"total_ev_per_closed_atom", "mutual_ev_per_closed_atom", "products", "exchanged"}


def test_a_voltage_alone_opens_lithium(answer):
    assert answer("interface", "LiNbO3", "Li6PS5Cl", "--voltage", "3") == answer(
        "interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-3"
    )


def test_lithium_at_a_voltage_and_oxygen_as_a_gas(answer):
    gas = ["--voltage", "3", "--open", "O", "--temperature", "700", "--pressure", "0.2"]
    found = answer("interface", "LiNbO3", "Li6PS5Cl", *gas)
    held = Reservoir.lithium_voltage(3.0).joined(Reservoir.oxygen_gas(700.0, 0.2))
    assert found["ensemble"] == {"open": held.mu_relative_ev, "reference": "element's reference phase"}
    alone = answer("stability", "LiNbO3", *gas)
    assert alone["distance_to_hull_ev_per_closed_atom"] == -found["self_a_ev_per_closed_atom"]
    assert alone["ensemble"] == found["ensemble"]


def test_a_cathode_between_two_phases(answer):
    found = answer("cathode", "LiCoO2#syn-LiCoO2", "--charged", "CoO2")
    assert {step["kind"] for step in found["voltages"]} == {"topotactic"}
    assert found["averages"][0]["phases"] == ["syn-LiCoO2", "syn-CoO2"]


@pytest.mark.parametrize("options", [[], ["--open", "Li", "--mu", "-2.5"], ["--open", "O", "--mu", "-0.5"]])
def test_products_are_the_whole_mixture_and_fractions_of_atoms_and_moles_agree(answer, options):
    found = answer("interface", "Li3PO4", "LiCoO2", *options)
    closed = {"Li", "P", "O", "Co"} - set(found["ensemble"]["open"] if options else ())

    def atoms(formula):
        return sum(n for element, n in parse_formula(formula).items() if element in closed)

    a, b = atoms(found["a"]), atoms(found["b"])
    all_a, all_b = (sum(parse_formula(found[one]).values()) for one in "ab")
    assert a != b
    for mixture in (found["total"], found["mutual"], *found["kinks"]):
        assert sum(mixture["products"].values()) == pytest.approx(1, abs=1e-7)
        molar, atomic = mixture["x_molar_a"], mixture["x_atomic_a"]
        assert atomic == pytest.approx(molar * all_a / (molar * all_a + (1 - molar) * all_b), abs=1e-8)
        counted = mixture["x_closed_a"] if options else atomic
        assert counted == pytest.approx(molar * a / (molar * a + (1 - molar) * b), abs=1e-8)
    assert {k["x_atomic_a"] for k in found["kinks"]} >= {0.0, 1.0}


def test_the_answer_is_that_of_python(answer):
    found, asked = answer("interface", "HfO2", "Li6PS5Cl"), Interface(synthetic(), "HfO2", "Li6PS5Cl")
    assert {**found, "energies": None, "software": None} == {
        **asked.document().model_dump(mode="json"),
        "doubtful_phases": [],
        "interphase": interphase_of(asked),
        "energies": None,
        "software": None,
    }


def test_names_states_of_charge_and_spaces(answer):
    assert answer("interface", "LiNbO3 ", " argyrodite")["b"] == "Li6PS5Cl"
    assert answer("interface", "LiNbO3 ", "Li6PS5Cl")["a"] == "LiNbO3"
    assert answer("interface", "NCM83:half", "Li6PS5Cl")["a"] == "Li0.5Ni0.83Co0.12Mn0.05O2"


def test_a_voltage_is_a_potential(answer):
    by_voltage = answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--voltage", "3.66")
    assert by_voltage == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-3.66")
    assert answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--voltage", "0")["ensemble"]["open"] == {"Li": 0}


def test_oxygen_of_a_gas(answer):
    from screening.thermochemistry.gas import oxygen_chemical_potential_ev

    found = answer("interface", "Li3PS4", "LiCoO2", "--open", "O", "--temperature", "600", "--pressure", "0.21")
    assert found["ensemble"]["open"] == {"O": oxygen_chemical_potential_ev(600, 0.21)}


def test_identical_reactants_do_not_react(answer):
    found = answer("interface", "Li6PS5Cl", "Li6PS5Cl")
    assert found["mutual"]["min_ev_per_atom"] == 0
    assert found["total"]["min_ev_per_atom"] < 0  # it decomposes alone


def test_stability(answer):
    found = answer("stability", "Li6PS5Cl")
    has_origin(found)
    assert found.keys() >= {
        "formula",
        "phase",
        "energy_above_hull_ev_per_atom",
        "formation_energy_ev_per_atom",
        "decomposition",
    }
    assert found["phase"] == {"source_id": "syn-Li6PS5Cl", "space_group": 1}
    assert found["energy_above_hull_ev_per_atom"] > 0
    assert sum(found["decomposition"].values()) == pytest.approx(1)
    unknown = answer("stability", "Li2Nb8O21")
    assert unknown["phase"] is None
    assert unknown["energy_above_hull_ev_per_atom"] is None


def test_window(answer):
    found = answer("window", "Li3PS4")
    has_origin(found)
    assert found.keys() >= {
        "formula",
        "reduction_limit_v",
        "oxidation_limit_v",
        "reduction_products",
        "oxidation_products",
        "distance_to_hull_ev_per_atom",
    }
    assert 0 < found["reduction_limit_v"] < found["oxidation_limit_v"]
    assert sum(found["reduction_products"].values()) == pytest.approx(1)
    assert sum(found["oxidation_products"].values()) == pytest.approx(1)
    assert answer("window", "HfO2")["oxidation_limit_v"] is None


def test_cathode(answer):
    found = answer("cathode", "ncm83")
    has_origin(found)
    assert found["cathode"] == "NCM83"
    states = {state["state"]: state for state in found["states"]}
    assert states["half"]["formula"] == "Li0.5Ni0.83Co0.12Mn0.05O2"
    assert {name: state["lithium"]["origin"] for name, state in states.items()} == {
        "full": "computed",
        "half": "computed",
        "discharged": "given",
        "charged": "given",
    }
    assert [one["published"]["voltage_v"] for one in found["published"]] == [3.66]
    for state in states.values():
        assert state["lithium"]["voltage_v"] == -state["lithium"]["mu_li_ev"]
        assert state["lithium"]["definition"]
    assert [v["lithium_from"] for v in found["voltages"]] == [1.0, 0.75, 0.5, 0.25]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["interface", "LiNbO3", "Li6PS5Cl"], ["LiNbO3 | Li6PS5Cl, closed", "mutual: -", "meV/atom", "x (atomic)"]),
        (["interface", "NCM83", "Li6PS5Cl"], ["no phase of this composition is known; the hull's energy is used"]),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-3.66"],
            ["open to Li at -3.66 eV", "meV per non-open atom"],
        ),
        (["stability", "Li6PS5Cl"], ["syn-Li6PS5Cl", "above the hull", "decomposition: Li6PS5Cl ->"]),
        (["stability", "Li3PO4"], ["stable, ", "below all other phases"]),
        (["window", "Li3PS4"], [" V to ", "reduction: Li3PS4 + ", "oxidation: 2 Li3PS4 -> "]),
        (["window", "HfO2"], ["no limit: no lithium to give up"]),
        (["cathode", "NCM83"], ["given", "3.660 computed", "Zhao et al.", "charged"]),
    ],
)
def test_tables_for_people(cli, arguments, words):
    status, out, err = cli(*arguments)
    assert (status, err) == (0, "")
    for word in words:
        assert word in out
    assert "Energies: synthetic" in out
    assert "-0.0" not in out.split()


# -- many pairs ---------------------------------------------------------------------------------------------


def test_pairs(cli, tmp_path, answer):
    file = tmp_path / "pairs.csv"
    file.write_text(
        "a,b,mu\n"
        "LiNbO3,Li6PS5Cl,\n"
        "LiNbO3, Li6PS5Cl, -3.66\n"
        "LiNbO33,Li6PS5Cl,\n"
        "\n"
        "NCM83:half,Li3PS4,\n"
        "LiNbO3,Li6PS5Cl,much\n"
        "LiNbO3,Li6PS5Cl,3.66\n"
        "LiNbO3,,\n"
        "LiNbO3\n"
        "LiNbO3,Li6PS5Cl,,extra\n"
        "Li,LiCoO2,-1\n"
    )
    status, out, err = cli("interface", "--pairs", file)
    assert (status, err) == (0, "")
    lines = [strict_json(line) for line in out.splitlines()]
    assert len(lines) == 10
    assert lines[0] == answer("interface", "LiNbO3", "Li6PS5Cl")
    assert lines[1] == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-3.66")
    assert lines[3] == answer("interface", "NCM83:half", "Li3PS4")
    bad = {2: "LiNbO33", 4: "mu 'much'", 5: "--mu -3.66", 6: "empty", 7: "empty", 8: "columns", 9: "open elements only"}
    for number, word in bad.items():
        assert lines[number].keys() == {"a", "b", "error"}
        assert word in lines[number]["error"]
    assert (lines[2]["a"], lines[2]["b"]) == ("LiNbO33", "Li6PS5Cl")
    assert lines[7]["b"] is None


def test_pairs_of_a_european_spreadsheet(cli, tmp_path, answer):
    file = tmp_path / "pairs.csv"
    file.write_text(
        "No;A;B;Voltage\n1;LiNbO3;Li6PS5Cl;3,66\n2;LiNbO33;Li6PS5Cl;\n3;LiNbO3;Li6PS5Cl;high\n", "utf-8-sig"
    )
    status, out, _ = cli("interface", "--pairs", file)
    assert status == 0
    first, second, third = [strict_json(line) for line in out.splitlines()]
    assert first.pop("columns") == {"No": "1"}
    assert first == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--voltage", "3.66")
    assert second["columns"] == {"No": "2"}
    assert "LiNbO33" in second["error"]
    assert third["error"] == "voltage 'high' is not a number"


def test_pairs_with_oxygen_open_in_every_row(cli, tmp_path, answer):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b,voltage,mu\nLiNbO3,Li6PS5Cl,3,\nLiNbO3,Li6PS5Cl,,-2.5\nLiNbO3,Li6PS5Cl,,\n")
    status, out, _ = cli("interface", "--pairs", file, "--open", "O", "--mu", "-1.5")
    assert status == 0
    volts, potential, oxygen = [strict_json(line) for line in out.splitlines()]
    assert volts == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "O", "--mu", "-1.5", "--voltage", "3")
    assert potential == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li,O", "--mu", "Li=-2.5,O=-1.5")
    assert oxygen["ensemble"]["open"] == {"O": -1.5}
    status, out, _ = cli("interface", "--pairs", file, "--open", "Li")
    assert "--open Li needs its chemical potential" in strict_json(out.splitlines()[2])["error"]


def test_pairs_with_one_reservoir(cli, tmp_path, answer):
    file = tmp_path / "pairs.csv"
    file.write_text("b,a\nLi6PS5Cl,LiNbO3\n", encoding="utf-8-sig")
    status, out, _ = cli("interface", "--pairs", file, "--open", "Li", "--voltage", "3")
    assert status == 0
    assert strict_json(out) == answer("interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--voltage", "3")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,c\nLiF,LiF\n", ["needs the columns a and b", "it has a, c"]),
        (b"", ["it has none"]),
        (b"a,b,mu,A\n1,2,3,4\n", ["the column 'a' twice"]),
        (b"a,b\n\xff\xfe,LiF\n", ["is not UTF-8 text"]),
        (None, ["does not exist"]),
    ],
)
def test_a_file_that_holds_no_pairs(cli, tmp_path, content, words):
    file = tmp_path / "pairs.csv"
    if content is not None:
        file.write_bytes(content)
    refused(cli("interface", "--pairs", file), 2, "pairs.csv", *words)


# -- requests that are wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["interface", "LiNbO33", "Li6PS5Cl"], ["LiNbO33"]),
        (["interface", "Xx2O3", "Li6PS5Cl"], ["Xx2O3", "no element Xx"]),
        (["interface", "Al2O3", "Li6PS5Cl"], ["no phase of Al"]),
        (["interface", "lithium nobate", "Li6PS5Cl"], ["did you mean lithium niobate?"]),
        (["interface", "NCM83:hlaf", "Li6PS5Cl"], ["did you mean half?"]),
        (["interface", "LNO", "Li6PS5Cl"], ["LNO means the cathode LiNiO2 or the coating LiNbO3"]),
        (["interface", "", "Li6PS5Cl"], ["empty formula"]),
        (["interface", "LiNbO3"], ["two materials are needed"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "HfO2"], ["HfO2"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "3.66"], ["+3.66", "--mu -3.66"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "nan"], ["not a number"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "much"], ["--mu"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--mu", "-1"], ["--mu needs --open"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Na", "--voltage", "1"], ["Li/Li+", "Na is open", "--ion"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li,O", "--mu", "-1"], ["which of Li, O?", "ELEMENT=NUMBER"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "Li=-1,O=-1"], ["O is not open"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--temperature", "600"], ["O2 gas", "--open O"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--ion", "Xx"], ["no working ion 'Xx'", "Li, Na, K, Mg"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2:3", "--voltage", "2"], ["--sweep", "no --voltage"]),
        (["window", "LiNbO3", "--open", "Li", "--mu", "-1"], ["the potential of lithium is what is asked for"]),
        (["window", "Li2O", "--open", "O", "--mu", "-1"], ["with O open: nothing of it stays"]),
        (["window", "LiNbO3", "--staircase", "--open", "O", "--mu", "-1"], ["--staircase takes no --open"]),
        (["cathode", "LiCoO2", "--ion", "Na"], ["LiCoO2 is a cathode of lithium, not of sodium"]),
        (["cathode", "LiCoO2", "--charged", "NiO2"], ["NiO2 is not LiCoO2 with less lithium"]),
        (["cathode", "LiCoO2#nobody"], ["no phase nobody of this composition", "syn-LiCoO2"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li"], ["--mu"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--mu", "-1", "--voltage", "1"], ["--mu with --voltage"]),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Li", "--voltage", "-1"], ["-1 V"]),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--open", "O", "--voltage", "1"],
            ["--open O needs its chemical potential", "--temperature with --pressure"],
        ),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "O", "--temperature", "600"], ["--temperature with --pressure"]),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--open", "O", "--temperature", "6", "--pressure", "1"],
            ["temperature 6 K", "is outside the tables of free energies"],
        ),
        (
            ["interface", "LiNbO3", "Li6PS5Cl", "--open", "O", "--temperature", "600", "--pressure", "0"],
            ["0 bar"],
        ),
        (["interface", "LiNbO3", "Li6PS5Cl", "--open", "Xx", "--mu", "-1"], ["Xx"]),
        (["interface", "Li", "Li6PS5Cl", "--open", "Li", "--mu", "-1"], ["Li consists of open elements only"]),
        (["interface", "--pairs", "x.csv", "LiNbO3", "Li6PS5Cl"], ["not both"]),
        (["stability", "Xx"], ["no element Xx"]),
        (["window", "Li"], ["lithium has no electrochemical window"]),
        (["cathode", "NCM833"], ["did you mean NCM83?"]),
        (["cathode", "CoO2"], ["no lithium"]),
        (["stability", "LiNbO3", "--jsn"], ["--jsn", "--json"]),
        (["stabilty", "LiNbO3"], ["stabilty", "stability"]),
        (["run", "--coating", "LiF"], ["--coating", "--coatings"]),
        (["run", "--coatings", ""], ["no coating is given"]),
        (["run", "--coatings", " , "], ["no coating is given"]),
        (["run", "--coatings", "LiNbO33"], ["LiNbO33"]),
        (["run", "--coatings", "MgO,Al2O3"], ["Al2O3", "no phase of Al", "no phase of Mg"]),
        (["run", "--cathodes", "NCM833"], ["NCM833", "did you mean NCM83?"]),
        (["run", "--coatings", "LiNi0.83Co0.12Mn0.05O2"], ["LiNi0.83Co0.12Mn0.05O2", "NCM83"]),
        (["run", "--coatings", "Li0.5Ni0.83Co0.12Mn0.05O2"], ["NCM83"]),
        (["run", "--coatings", "Li6PS5Cl"], ["Li6PS5Cl is the material it should protect or touch"]),
        (["run", "--workers", "0"], ["workers"]),
        (["run", "--workers", "two"], ["--workers"]),
        (["run", "--voltage", "high"], ["voltage", "number"]),
        (["run", "--config", "nothing.yaml"], ["nothing.yaml does not exist"]),
        (["run", "--catalogue", "nothing.yaml"], ["nothing.yaml"]),
        (["run", "--store", "/proc/nothing/here"], ["cannot make the folder /proc/nothing/here"]),
        (["run", "--store", "mongodb://user:geheim@host"], ["***@host names no database"]),
        (["run", "--store", "http://host/db"], ["http://host/db"]),
        (["run", "--resume", "--store", "nothing"], ["leave out --energies"]),
        (["rank", "--store", "nothing"], ["there is no database"]),
        (["query", "--store", "nothing"], ["there is no database"]),
    ],
    ids=lambda value: " ".join(value)[:70],
)
def test_refused(cli, tmp_path, arguments, words):
    outcome = cli(*arguments)
    refused(outcome, 2, *words)
    assert "geheim" not in outcome[2]
    assert list(tmp_path.iterdir()) == [], "something was stored"


def test_nothing_to_resume(cli, tmp_path):
    refused(cli("run", "--resume", "--store", "nothing", own_energies=True), 2, "no unfinished run in", "nothing")
    assert cli("run", *small_options())[0] == 0
    refused(cli("run", "--resume", "--store", "db", own_energies=True), 2, "no unfinished run in")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("coatngs: [LiF]", ["coatngs", "did you mean coatings?"]),
        ("workers: two", ["workers"]),
        ("coatings: 5", ["coatings"]),
        ("criteria: [{name: a, quantity: oxidation_limit, at_least: 4}]", ["did you mean oxidation_limit_v?"]),
        ("- LiF", ["holds no options by name"]),
        ("a: [", ["is not YAML"]),
    ],
)
def test_a_config_that_is_wrong(cli, tmp_path, text, words):
    (tmp_path / "mine.yaml").write_text(text)
    refused(cli("run", "--config", "mine.yaml"), 2, "mine.yaml", *words)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(
    "verb", [["stability", "LiNbO3"], ["interface", "LiNbO3", "HfO2"], ["cathode", "NCM83"], ["run"]]
)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ["neither 'reference'", "nor a file"]),
        ("truncated", ["some.json.gz is truncated or damaged"]),
        (b"a,b\n1,2\n", ["unknown column 'a'"]),
        (b'{"some": "thing"}', ["neither a set of phases nor pymatgen entries"]),
        (b"", ["is empty"]),
    ],
    ids=str,
)
def test_energies_that_are_none(cli, tmp_path, energies, verb, content, words):
    file = tmp_path / "some.json.gz"
    if content == "truncated":
        synthetic().to_file(file)
        file.write_bytes(file.read_bytes()[:-100])
    elif content is not None:
        file.write_bytes(content)
    refused(cli(*verb, "--energies", file, own_energies=True), 2, *words)
    assert set(tmp_path.iterdir()) <= {file}


@pytest.mark.parametrize("verb", [["stability", "LiNbO3"], ["run"]])
def test_energies_that_are_mistyped_are_named_as_typed(cli, verb):
    refused(cli(*verb, "--energies", "refernce", own_energies=True), 2, "'refernce' (did you mean reference?)")


def test_a_database_out_of_reach_is_no_wrong_request(cli, monkeypatch):
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 100)
    for arguments in (["run"], ["rank"], ["query"]):
        outcome = cli(*arguments, "--store", "mongodb://user:geheim@localhost:1/coatings")
        refused(outcome, 1, "mongodb://***@localhost:1/coatings")
        assert "geheim" not in outcome[2]


def test_a_run_that_fails_is_no_wrong_request(cli, monkeypatch):
    def no_states(*arguments):
        raise RuntimeError("no states")

    monkeypatch.setattr("screening.coatings.tasks.coating_meetings", no_states)
    refused(cli("run", *small_options()), 1, "no states")


def test_interrupted(cli, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("screening.coatings.tasks.coating_meetings", interrupt)
    refused(cli("run", *small_options()), 130, "run the same command again")


# -- run, rank, query -------------------------------------------------------------------------------------------

RANKING = {
    "cathode",
    "electrolyte",
    "bare_interface",
    "ranking",
    "criteria",
    "energies",
    "software",
    "ranking_id",
    "sampling",
}
RANKED = {
    "rank",
    "coating",
    "score",
    "tier",
    "worst_mutual_mev_per_atom",
    "interfaces",
    "stability",
    "window",
    "passes",
    "why_missing",
}


def small_options(store="db"):
    options = {name: ",".join(values) for name, values in SMALL.items()}
    return [f"--{name}={value}" for name, value in options.items()] + ["--store", store]


def test_run_and_rank_say_the_same(cli):
    status, out, err = cli("run", *small_options(), "--json")
    assert status == 0
    assert "jobs run, 0 were done before, 0 failed; database: " in err
    whole = strict_json(out)
    assert whole.keys() == {"rankings"}
    (found,) = whole["rankings"]
    assert found.keys() == RANKING
    has_origin(found)
    assert [c["rank"] for c in found["ranking"]] == [1, 2, 3]
    for coating in found["ranking"]:
        assert coating.keys() >= RANKED
        assert coating["why_missing"] is None
        assert all(type(passed) in (bool, type(None)) for passed in coating["passes"].values())
        assert coating["passes"].keys() == found["criteria"].keys()
        assert coating["worst_mutual_mev_per_atom"] >= coating["score"] == min(coating["score_parts"].values())
    assert len(found["bare_interface"]["interfaces"]) == 6  # both states closed, and open at four potentials
    for status, again, _ in (cli("rank", "--store", "db", "--json"), cli("rank", "--store", "db", "--format", "json")):
        assert status == 0
        assert strict_json(again) == whole
    status, again, notes = cli("run", *small_options(), "--json")
    assert strict_json(again) == whole
    assert notes.startswith("0 jobs run, ")


def test_a_coating_that_could_not_be_screened_stays_in_the_list(cli, monkeypatch):
    from screening.coatings import tasks as batch

    real = batch.coating_meetings

    def all_but_one(coating, cathode, electrolyte):
        if coating == "LiNbO3" and electrolyte is None:
            raise RuntimeError("out of luck")
        return real(coating, cathode, electrolyte)

    monkeypatch.setattr(batch, "coating_meetings", all_but_one)
    monkeypatch.setenv("COATSCREEN_BATCH_SIZE", "1")
    status, out, err = cli("run", *small_options(), "--json")
    assert status == 0
    assert "RuntimeError: out of luck" in err
    found = one_ranking(out)["ranking"]
    assert {c["coating"] for c in found} == set(SMALL["coatings"])
    assert [c["why_missing"] is None for c in found] == [True, True, False]
    assert found[-1]["coating"] == "LiNbO3"
    assert "the job computing contacts with the cathode failed" in found[-1]["why_missing"]


def test_a_run_of_several_pairs_is_one_document(cli):
    status, out, _ = cli("run", *small_options(), "--cathodes", "LiCoO2,NCM83", "--json")
    assert status == 0
    assert [(r["cathode"], r["electrolyte"]) for r in strict_json(out)["rankings"]] == [
        ("LiCoO2", "Li6PS5Cl"),
        ("NCM83", "Li6PS5Cl"),
    ]


def test_run_with_a_config_file(cli, tmp_path, energies):
    (tmp_path / "mine.toml").write_text(
        f'coatings = ["LiF"]\ncathodes = "LiCoO2"\nenergies = "{energies}"\nstore = "elsewhere"\n'
        '[[criteria]]\nname = "cheap"\nquantity = "raw_material_cost_usd_per_kg"\nat_most = 1\n'
    )
    refused(cli("run", "--config", "mine.toml", own_energies=True), 2, "LiF", "no phase of F")
    status, out, _ = cli("run", "--config", "mine.toml", "--coatings", "LiCl,Li2O", "--json", own_energies=True)
    assert status == 0
    found = one_ranking(out)
    assert {c["coating"] for c in found["ranking"]} == {"LiCl", "Li2O"}
    assert list(found["criteria"]) == ["cheap"]
    assert {c["tier"] for c in found["ranking"]} == {3}
    assert (tmp_path / "elsewhere").is_dir()


def test_a_run_says_what_else_is_in_the_database(cli):
    assert cli("run", *small_options())[0] == 0
    status, out, err = cli("run", *small_options(), "--coatings", "LiTaO3", "--json")
    assert status == 0
    assert "the ranking holds 3 more coatings" in err
    assert {c["coating"] for c in one_ranking(out)["ranking"]} == {*SMALL["coatings"], "LiTaO3"}


def test_run_for_people(cli):
    status, out, _ = cli("run", *small_options())
    assert status == 0
    assert (
        "Coatings on LiCoO2 against Li6PS5Cl. Mutual reaction energies: the worst of all contacts, meV per atom that "
        "is not exchanged, and the closed ones, meV/atom; the bare interface has -" in out
    )
    for word in ("rank", "worst", "gain", "tier", "window (V)", "Pareto", *SMALL["coatings"]):
        assert word in out
    assert "0.71 to none" in out  # hafnia is never oxidised


def test_rank_by_pair(cli, store):
    _, out, _ = cli("rank", "--store", store, "--json")
    assert [r["cathode"] for r in strict_json(out)["rankings"]] == ["LiCoO2", "NCM83"]
    _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83", "--electrolyte", "Li6PS5Cl", "--json")
    found = one_ranking(out)
    assert (found["cathode"], found["electrolyte"]) == ("NCM83", "Li6PS5Cl")
    assert [c["rank"] for c in found["ranking"]] == sorted(c["rank"] for c in found["ranking"])


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("rank", lambda c: c["rank"]),
        ("worst", lambda c: -c["score"]),
        ("worst_mutual", lambda c: -c["worst_mutual_mev_per_atom"]),
        ("cost", lambda c: c["economics"]["raw_material_cost_usd_per_kg"]),
        ("reduction", lambda c: c["window"]["reduction_limit_v"]),
        ("oxidation", lambda c: -(c["window"]["oxidation_limit_v"] or 99)),
    ],
)
def test_rank_sorted_and_cut(cli, store, sort, value):
    def ranked(*options):
        _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83", "--sort", sort, *options, "--json")
        return one_ranking(out)["ranking"]

    whole = ranked()
    assert [value(c) for c in whole] == sorted(value(c) for c in whole)
    assert len({value(c) for c in whole}) > 1
    assert ranked("--top", "2") == whole[:2]


def test_rank_as_csv(cli, store):
    _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83", "--json")
    ranking = one_ranking(out)["ranking"]
    assert [row["coating"] for row in rows] == [c["coating"] for c in ranking]
    for row, coating in zip(rows, ranking, strict=True):
        assert float(row["worst_mutual_mev_per_atom"]) == coating["worst_mutual_mev_per_atom"]
        assert row["oxidation_limit_v"] == str(coating["window"]["oxidation_limit_v"] or "")
        assert (row["energies"], row["energies_sha256"]) == ("synthetic, version 1", synthetic().sha256)
        assert float(row["hhi_production"]) == coating["quantities"]["hhi_production"]
        assert row["passes stable"] == {True: "yes", False: "NO", None: "?"}[coating["passes"]["stable"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rank", "--cathode", "ncm38"], ["ncm38", "did you mean NCM83?"]),
        (["rank", "--electrolyte", "Li3PS4"], ["Li3PS4"]),
        (["rank", "--sort", "costs"], ["cannot sort by 'costs' (did you mean cost?)"]),
        (["rank", "--top", "-1"], ["--top"]),
        (["rank", "--format", "xml"], ["--format", "xml"]),
        (["query", "--filter", "{"], ["--filter is not JSON"]),
        (["query", "--filter", "[]"], ["--filter must be a JSON object"]),
        (["query", "--filter", '{"rank": {"$lge": 1}}'], ["not a filter", "$lge"]),
        (["query", "--fields", "coatng"], ["no document has a field 'coatng' (did you mean coating?)"]),
        (["query", "--limit", "-1"], ["--limit"]),
        (["query", "--max-reaction-energy", "-100"], ["a size, zero or more, not -100"]),
        (["query", "--max-reaction-energy", "nan"], ["a size, zero or more, not nan"]),
        (["query", "--cathode", "ncm38"], ["ncm38", "did you mean NCM83?"]),
        (["query", "--coating", "nothing"], ["holds no coating 'nothing'"]),
        (["query", "--run", "nothing"], ["no run 'nothing' in"]),
        (["rank", "--run", "nothing"], ["no run 'nothing' in"]),
        (["rank", "--threshold", "oxidation"], ["--threshold 'oxidation': write NAME=VALUE"]),
        (["rank", "--threshold", "oxidatoin=4"], ["no criterion or quantity 'oxidatoin' (did you mean oxidation?)"]),
        (["rank", "--threshold", "oxidation=much"], ["'much' is not a number"]),
        (["rank", "--criteria", "nothing.yaml"], ["criteria file nothing.yaml does not exist"]),
    ],
    ids=lambda value: " ".join(value)[:60],
)
def test_questions_that_are_wrong(cli, store, arguments, words):
    refused(cli(*arguments, "--store", store), 2, *words)


def test_a_table_prints_the_thresholds_it_used(cli, store):
    _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83")
    line = next(line for line in out.splitlines() if line.startswith("criteria: "))
    assert "oxidation: oxidation_limit_v >= 4; " in line
    _, out, _ = cli("rank", "--store", store, "--cathode", "NCM83", "--threshold", "oxidation=4.25")
    assert "oxidation: oxidation_limit_v >= 4.25; " in out


def test_a_run_with_other_thresholds_is_a_ranking_of_its_own(cli):
    """Two sets of criteria do not overwrite each other."""
    assert cli("run", *small_options())[0] == 0
    before = one_ranking(cli("rank", "--store", "db", "--json")[1])
    options = ["--threshold", "oxidation=0.5", "--threshold", "hhi_production=1"]
    status, out, err = cli("run", *small_options(), *options, "--json")
    assert status == 0
    assert err.startswith("1 jobs run, ")
    strict = one_ranking(out)
    assert strict["criteria"]["oxidation"]["at_least"] == 0.5
    assert strict["criteria"]["hhi_production"]["at_most"] == 1
    assert {c["passes"]["hhi_production"] for c in strict["ranking"]} == {False}
    first, last = (
        run["run_id"] for run in reversed(strict_json(cli("runs", "list", "--store", "db", "--json")[1])["runs"])
    )
    assert one_ranking(cli("rank", "--store", "db", "--run", first, "--json")[1]) == before
    assert one_ranking(cli("rank", "--store", "db", "--run", last, "--json")[1]) == strict
    assert one_ranking(cli("rank", "--store", "db", "--json")[1]) == strict  # made last


def test_judged_again_without_computing_or_storing(cli, store, tmp_path):
    before = contents(store)
    (tmp_path / "mine.yaml").write_text(
        "- {name: guards, quantity: gain_over_bare_mev_per_atom, at_least: 0}\n"
        "- {name: late, quantity: oxidation_limit_v, at_least: 4}\n"
    )
    usual = one_ranking(cli("rank", "--store", store, "--cathode", "NCM83", "--json")[1])
    options = ["rank", "--store", store, "--cathode", "NCM83", "--criteria", "mine.yaml", "--threshold", "late=3"]
    status, out, err = cli(*options, "--json")
    assert (status, err) == (0, "")
    found = one_ranking(out)
    assert {name: c["at_least"] for name, c in found["criteria"].items()} == {"guards": 0, "late": 3}
    before_by_name = {c["coating"]: c for c in usual["ranking"]}
    assert before_by_name.keys() == {c["coating"] for c in found["ranking"]}
    for now in found["ranking"]:
        was = before_by_name[now["coating"]]
        assert now["passes"]["guards"] is (was["gain_over_bare_mev_per_atom"] >= 0)
        assert now["interfaces"] == was["interfaces"]
        assert now["quantities"] == was["quantities"]
    rows = list(csv.DictReader(io.StringIO(cli(*options, "--format", "csv", "--sort", "cost", "--top", "2")[1])))
    costs = [c["quantities"]["raw_material_cost_usd_per_kg"] for c in found["ranking"]]
    assert [float(row["raw_material_cost_usd_per_kg"]) for row in rows] == sorted(costs)[:2]
    assert rows[0].keys() >= {"passes guards", "passes late"}
    assert contents(store) == before


def test_rank_shows_what_is_finished_of_a_run_that_goes_on(cli, monkeypatch):
    from screening.coatings import tasks as batch

    real = batch.coating_meetings

    def interrupts(coating, cathode, electrolyte):
        if coating == "HfO2" and cathode is not None and electrolyte is not None:
            raise KeyboardInterrupt
        return real(coating, cathode, electrolyte)

    monkeypatch.setenv("COATSCREEN_BATCH_SIZE", "1")
    monkeypatch.setattr(batch, "coating_meetings", interrupts)
    assert cli("run", *small_options())[0] == 130
    status, out, err = cli("rank", "--store", "db", "--json")
    assert status == 0, err
    assert re.match(
        r"the run '3 coatings, LiCoO2\|Li6PS5Cl' is not finished: \d+ of \d+ jobs are done; this ranks what", err
    )
    missing = {c["coating"]: c["why_missing"] for c in one_ranking(out)["ranking"]}
    assert missing["LiNbO3"] is None
    assert missing["HfO2"] is not None
    monkeypatch.setattr(batch, "coating_meetings", real)
    assert cli("run", "--resume", "--store", "db", own_energies=True)[0] == 0
    status, out, err = cli("rank", "--store", "db", "--json")
    assert (status, err) == (0, "")
    assert {c["why_missing"] for c in one_ranking(out)["ranking"]} == {None}


def test_query(cli, store):
    def found(*options):
        status, out, err = cli("query", "--store", store, *options)
        assert (status, err) == (0, "")
        return strict_json(out)

    everything = found()
    assert len(everything) == 8
    for doc in everything:
        has_origin(doc)
        assert doc.keys() >= RANKED
    assert found("--json") == found("--format", "json") == everything
    assert {d["cathode"] for d in found("--coating", "HfO2")} == {"NCM83", "LiCoO2"}
    assert len(found("--coating", "HfO2", "--cathode", "NCM83", "--electrolyte", "Li6PS5Cl")) == 1
    small = found("--max-reaction-energy", "50")
    assert small == [d for d in everything if d["worst_mutual_mev_per_atom"] >= -50]
    assert 0 < len(small) < 8
    assert found("--filter", '{"contains_li": false}') == [d for d in everything if d["coating"] == "HfO2"]
    assert found("--limit", "3") == everything[:3]
    assert found("--fields", "coating, window.oxidation_limit_v") == [
        {"coating": d["coating"], "window.oxidation_limit_v": d["window"]["oxidation_limit_v"]} for d in everything
    ]
    assert found("--coating", "HfO2", "--max-reaction-energy", "0.001") == []


def test_query_as_csv_and_table(cli, store):
    options = [
        "query",
        "--store",
        store,
        "--cathode",
        "NCM83",
        "--fields",
        "coating,rank,passes,window.oxidation_limit_v",
    ]
    _, out, _ = cli(*options, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    _, out, _ = cli(*options)
    docs = strict_json(out)
    assert [row["coating"] for row in rows] == [doc["coating"] for doc in docs]
    assert [json.loads(row["passes"]) for row in rows] == [doc["passes"] for doc in docs]
    assert {row["window.oxidation_limit_v"] for row in rows if row["coating"] == "HfO2"} == {""}
    status, out, _ = cli(*options, "--format", "table")
    assert status == 0
    assert all(doc["coating"] in out for doc in docs)


# -- as a program of its own ---------------------------------------------------------------------------------------


def program(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "coatscreen", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_main_exits_with_the_status(monkeypatch, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["stability", "Xx"])
    assert caught.value.code == 2
    with pytest.raises(SystemExit) as caught:
        main(["stability", "--help"])
    assert caught.value.code == 0


@pytest.mark.parametrize(
    ("arguments", "status"), [(["interface", "LiNbO3", "Li6PS5Cl", "--json"], 0), (["interface", "LiNbO33", "LiF"], 2)]
)
def test_a_process(energies, arguments, status):
    done = program(*arguments, "--energies", energies)
    assert done.returncode == status
    if status:
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
    else:
        assert done.stderr == ""
        assert strict_json(done.stdout)["a"] == "LiNbO3"


def test_energies_from_the_environment(energies):
    done = program("stability", "LiNbO3", "--json", env={**os.environ, "COATSCREEN_ENERGIES": energies})
    assert strict_json(done.stdout)["energies"]["name"] == "synthetic"


def test_a_reader_that_has_read_enough(store):
    """As in ``coatscreen query | head -1``: no complaint."""
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{shlex.quote(sys.executable)} -m coatscreen query --store {shlex.quote(str(store))} | head -1",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[\n", "")


def test_a_database_is_read_from_a_read_only_disk(cli, store, tmp_path):
    before = contents(store)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.decode().strip()}")
    try:
        subprocess.run(["cp", "-r", str(store), str(tmp_path / "db")], check=True)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        status, out, _ = cli("rank", "--store", tmp_path / "db", "--cathode", "NCM83", "--json")
        assert status == 0
        assert one_ranking(out)["cathode"] == "NCM83"
        assert contents(tmp_path / "db") == before
        refused(cli("run", "--store", tmp_path / "db"), 2, "is read-only: choose another with --store")
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_the_packaged_energies_are_the_default(capsys):
    from screening import PhaseSet

    assert execute(["stability", "LiNbO3", "--json"]) == 0
    found = strict_json(capsys.readouterr().out)
    assert found["energies"]["sha256"] == PhaseSet.reference().sha256


def test_csv_of_lines_that_have_not_the_same_columns(capsys):
    """A column that comes up late is empty in the lines before it, whatever the order of the others."""
    from coatscreen.output import print_csv

    print_csv([{"a": 1, "b": 'x,"\n'}, {"b": 2, "a": None}, {"a": 3, "c": 0.5}])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["a", "b", "c"],
        ["1", r'x,"\n', ""],  # a line break is shown
        ["", "2", ""],
        ["3", "", "0.5"],
    ]
    print_csv([])
    assert capsys.readouterr().out == ""
