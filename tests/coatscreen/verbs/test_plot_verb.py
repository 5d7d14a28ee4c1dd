"""``coatscreen plot``: what users type, and what they get back."""

from __future__ import annotations

import pytest
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute

pytestmark = pytest.mark.usefixtures("own_folder")
BEGINS = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<?xml"}


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    folder = str(tmp_path_factory.mktemp("store"))
    request = {**SMALL, "cathodes": ["LiCoO2", "NCM83"]}
    options = [f"--{name}={','.join(values)}" for name, values in request.items()]
    assert execute(["run", *options, "--energies", energies, "--store", folder]) == 0
    return folder


@pytest.fixture
def plot(capsys, energies):
    def run(*arguments):
        capsys.readouterr()
        given = [str(one) for one in arguments]
        if given[0] not in ("ranking", "heatmap", "vacancies"):
            given += ["--energies", energies]
        status = execute(["plot", *given])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("form", BEGINS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("profile", "LiNbO3", "Li6PS5Cl"),
        ("profile", "LiNbO3", "Li6PS5Cl", "LiCoO2:half", "Li6PS5Cl", "--voltage", "3.9"),
        ("window", "LiNbO3", "HfO2", "--cathode", "LiCoO2"),
        ("voltage", "LiCoO2", "--lithiation", "0.3"),
        ("staircase", "Li6PS5Cl", "LiNbO3"),
        ("sweep", "LiNbO3", "Li6PS5Cl", "--sweep", "2.5:4.5:0.5"),
        ("oxygen", "LiCoO2"),
        ("vacancies", "NMC532"),
        ("parity",),
    ],
    ids=lambda arguments: f"{arguments[0]} of {len(arguments)}",
)
def test_of_materials(plot, tmp_path, arguments, form):
    file = tmp_path / "made" / f"picture.{form}"
    assert plot(*arguments, "--output", file) == (0, "", "")
    assert file.read_bytes().startswith(BEGINS[form])


@pytest.mark.parametrize("kind", ["ranking", "heatmap"])
def test_of_a_ranking(plot, tmp_path, store, kind):
    file = tmp_path / "picture.PNG"
    assert plot(kind, "--store", store, "--cathode", "NCM83", "--top", 2, "--output", file) == (0, "", "")
    assert file.read_bytes().startswith(BEGINS["png"])


def test_bad_requests_are_one_line(plot, tmp_path, store):
    (tmp_path / "file").write_text("")
    two = tmp_path / "two.csv"
    two.write_text("formula,formation_energy_a_ev_per_atom,formation_energy_b_ev_per_atom\nLi2O,-2.0,-2.1\n")
    good = tmp_path / "picture.png"
    for arguments, told in [
        (("profile", "LiNbO3", "--output", good), "'LiNbO3' has no partner"),
        (("profile", "LiNbO3", "Nonsense", "--output", good), "Nonsense"),
        (("sweep", "LiNbO3", "Li6PS5Cl", "--sweep", "4:3", "--output", good), "--sweep 4:3: rising voltages"),
        (("window", "LiNbO3", "--output", tmp_path / "picture.gif"), "ends in .pdf, .png, .svg"),
        (("oxygen", "Li6PS5Cl", "--output", good), "Li6PS5Cl"),
        (("vacancies", "NCM83", "--output", good), "no oxygen vacancies of 'NCM83' are packaged"),
        (("vacancies", tmp_path / "none.json", "--output", good), "none.json cannot be read"),
        (("parity", "--against", tmp_path / "none.csv", "--output", good), "none.csv"),
        (("parity", "--against", two, "--output", good), "has 2 columns of formation energies"),
        (("window", "LiNbO3", "--output", tmp_path / "picture"), "ends in .pdf, .png, .svg"),
        (("window", "LiNbO3", "--output", tmp_path / "file" / "picture.png"), "no folder"),
        (("ranking", "--store", store, "--output", good), "2 rankings: name one by --cathode"),
        (("heatmap", "--store", store, "--cathode", "NCM622", "--output", good), "holds no cathode 'NCM622'"),
        (("heatmap", "--store", tmp_path / "none", "--output", good), "none"),
        (("ranking", "--store", store, "--cathode", "NCM83", "--sort", "colour", "--output", good), "cannot sort by"),
    ]:
        status, out, err = plot(*arguments)
        assert status in (1, 2), arguments
        assert out == ""
        assert told in err, err
        assert err.count("\n") == 1
    assert not good.exists()


def test_doubtful_phases_are_dropped_on_demand(capsys, tmp_path):
    """Without them the oxidation limit of LiNbO3 is another, so the picture is."""
    pictures = []
    for doubtful in ("keep", "drop"):
        file = tmp_path / f"{doubtful}.svg"
        assert execute(["plot", "window", "LiNbO3", "--doubtful", doubtful, "--output", str(file)]) == 0
        pictures.append(file.read_text())
    assert pictures[0] != pictures[1]


def test_of_annealing(tmp_path):
    """With the packaged energies: free energies of solids take volumes."""
    file = tmp_path / "anneal.svg"
    assert execute(["plot", "anneal", "Li3PS4", "--output", str(file)]) == 0
    assert file.read_bytes().startswith(BEGINS["svg"])
