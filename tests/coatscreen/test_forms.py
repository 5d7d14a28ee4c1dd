"""Results in every form: for papers, for spreadsheets and for other programs."""

from __future__ import annotations

import csv
import io
import json
import re

import pandas
import pytest
from fixtures_screening import SMALL, energies_file
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from coatscreen.__main__ import execute
from coatscreen.forms import Format, heading, latex_text, print_rows, print_text_table
from screening.criteria.quantities import WORST_CONTACT
from screening.energies.source import open_energies

pytestmark = pytest.mark.usefixtures("own_folder")
READ = {"csv": pandas.read_csv, "parquet": pandas.read_parquet, "xlsx": pandas.read_excel}


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    folder = str(tmp_path_factory.mktemp("store"))
    options = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]
    assert execute(["run", *options, "--energies", energies, "--store", folder]) == 0
    return folder


@pytest.fixture
def asked(capsysbinary, energies, store):
    def run(*arguments):
        capsysbinary.readouterr()
        stored = arguments[0] in ("rank", "query", "runs")
        place = ["--store", store] if stored else [] if arguments[0] == "catalogue" else ["--energies", energies]
        assert execute([*map(str, arguments), *place]) == 0
        return capsysbinary.readouterr().out

    return run


@pytest.mark.parametrize("form", READ)
def test_the_kinks_of_an_interface_in_a_file(asked, form):
    whole = json.loads(asked("interface", "LiNbO3", "Li6PS5Cl", "--json"))
    table = READ[form](io.BytesIO(asked("interface", "LiNbO3", "Li6PS5Cl", "--format", form)))
    for name in ("x_atomic_a", "x_molar_a", "mutual_ev_per_atom", "total_ev_per_atom", "reaction"):
        assert list(table[name]) == [kink[name] for kink in whole["kinks"]]
    assert [json.loads(text) for text in table["products"]] == [kink["products"] for kink in whole["kinks"]]
    assert set(table["energies_sha256"]) == {whole["energies"]["sha256"]}


def test_energies_per_formula_unit_are_those_of_pymatgen(asked, energies):
    """Its kinks are per mole of formula units of both reactants too; its energies are those that A and B release."""
    phases = open_energies(energies)
    entries = [PDEntry(Composition(phase.formula), phase.energy_ev_per_atom * Composition(phase.formula).num_atoms)
               for phase in map(phases.phase, range(len(phases)))
               if {e.symbol for e in Composition(phase.formula)} <= {"Li", "P", "S", "Cl", "O"}]  # fmt: skip
    theirs = InterfacialReactivity(
        Composition("Li2O"), Composition("Li3PS4"), PhaseDiagram(entries), norm=False, use_hull_energy=True
    )
    ours = pandas.read_csv(io.BytesIO(asked("interface", "Li2O", "Li3PS4", "--format", "csv")))
    expected = {round(x, 6): molar for _, x, _, _, molar in theirs.get_kinks()}
    found = dict(zip(ours["x_molar_a"].round(6), ours["mutual_kj_per_mol"], strict=True))
    assert len(found) > 2
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    "arguments",
    [
        ("stability", "LiNbO3"),
        ("window", "Li3PS4"),
        ("window", "Li6PS5Cl", "--staircase"),
        ("interface", "LiNbO3", "Li6PS5Cl", "--sweep", "2.5:4.5:1"),
        ("cathode", "LiCoO2"),
        ("oxygen", "LiCoO2"),
        ("rank",),
        ("query",),
        ("query", "--fields", "coating,rank"),
        ("runs", "list"),
        ("catalogue", "list", "--role", "anode"),
        ("catalogue", "list", "--quantities"),
    ],
    ids=" ".join,
)
def test_every_answer_in_every_form(asked, arguments, form):
    out = asked(*arguments, "--format", form)
    if form == "json":
        assert json.loads(out)
    elif form in READ:
        assert len(READ[form](io.BytesIO(out))) > 0
    elif form == "markdown":
        lines = [re.sub(r"\\\|", "", line) for line in out.decode().splitlines() if line.startswith("|")]
        assert len(lines) > 2
        assert len({line.count("|") for line in lines}) == 1
    elif form == "latex":
        lines = out.decode().splitlines()
        rows = [re.sub(r"\\&", "", line) for line in lines if line.endswith(r" \\")]
        assert lines[0].startswith(r"\begin{tabular}")
        assert len(rows) > 1
        assert len({line.count("&") for line in rows}) == 1
        assert not re.search(r"(?<![\\])[#%_](?!\{)", "".join(rows))


def test_a_ranking_for_a_paper_is_that_of_the_terminal(asked):
    lines = asked("rank", "--format", "markdown").decode().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    ranked = list(csv.DictReader(io.StringIO(asked("rank", "--format", "csv").decode())))
    place = cells[0].index("coating")
    assert [row[place] for row in cells[2:]] == [row["coating"] for row in ranked]
    worst = [float(row[cells[0].index("worst")]) for row in cells[2:]]
    assert worst == pytest.approx([float(row[WORST_CONTACT]) for row in ranked], abs=0.05)


def test_what_a_name_holds_is_text_in_every_form(capsysbinary):
    """A spreadsheet computes nothing of it, and neither Markdown nor LaTeX obeys it."""
    name = "=1+1|$x$ <script>\x1b[2J"
    print_rows(Format.xlsx, [{"coating": name}])
    [[written]] = pandas.read_excel(io.BytesIO(capsysbinary.readouterr().out)).to_numpy().tolist()
    assert written == "'=1+1|$x$ <script>\\u001b[2J"
    print_text_table(Format.markdown, ["coating"], [[name]])
    assert capsysbinary.readouterr().out.decode().splitlines()[2] == r"| =1+1\|$x$ &lt;script>\\u001b[2J |"
    print_text_table(Format.latex, ["coating"], [[name]])
    text = capsysbinary.readouterr().out.decode()
    assert r"=1+1\textbar{}\$x\$ \textless{}script\textgreater{}\textbackslash{}u001b[2J" in text


def test_formulas_have_subscripts():
    assert latex_text("2 Li3PS4 -> P2S5 + 3 S") == r"2 Li$_{3}$PS$_{4}$ $\rightarrow$ P$_{2}$S$_{5}$ + 3 S"
    assert latex_text("-12.5") == "$-12.5$"
    assert latex_text("passes (%)") == r"passes (\%)"


def test_headings_have_units():
    names = ["mutual_ev_per_closed_atom", "worst_mutual_mev_per_atom", "voltage_v", "mass_change_percent", "coating"]
    written = ["mutual (eV/closed atom)", "worst mutual (meV/atom)", "voltage (V)", "mass change (%)", "coating"]
    assert list(map(heading, names)) == written


@pytest.mark.parametrize(("form", "package"), [("parquet", "pyarrow"), ("xlsx", "openpyxl")])
def test_files_are_not_sent_to_a_terminal_and_need_their_package(capsys, monkeypatch, form, package):
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout.isatty", lambda: True)
        assert execute(["stability", "LiNbO3", "--format", form]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"coatscreen: --format {form} is no text: send it into a file by ... > result.{form}\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert execute(["stability", "LiNbO3", "--format", form]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"coatscreen: --format {form} needs the package {package}: python -m pip install 'coatscreen[tables]'\n"
    )


def test_pairs_are_a_document_a_line(capsys, tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b\nLiNbO3,Li6PS5Cl\n")
    assert execute(["interface", "--pairs", str(file), "--format", "csv"]) == 2
    assert "one JSON document a line: it takes no --format csv" in capsys.readouterr().err
