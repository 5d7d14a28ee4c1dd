"""``--submit`` of orderings, vacancies, stacks and energies: what is refused before anything is written or asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixtures_screening import energies_file
from fixtures_structures import rock_salt, written

from coatscreen.__main__ import execute
from screening.database import StoreLocation
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

ORDER = ["energies", "order", "LiCoO2"]
VACANCIES = ["energies", "vacancies", "LiCoO2", "--cell", "1x1x1", "--lithium", "1", "--orderings", "1"]
STACK = ["stack", "--cathode", "LiCoO2", "--electrolyte", "Li6PS5Cl"]
ADD = ["energies", "add", "LiF.cif"]
ATLAS = ["atlas", "build", "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]


def make_site(tmp_path, database):
    (tmp_path / "work").mkdir()
    options = {"database": database, "work_folder": str(tmp_path / "work")}
    return write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")


@pytest.fixture
def nowhere(tmp_path):
    """A site whose database does not answer: what is refused is refused before it is asked."""
    return str(make_site(tmp_path, "mongodb://127.0.0.1:1/coatings").folder)


@pytest.mark.parametrize(
    "command", [ORDER, VACANCIES, STACK, ADD, ATLAS], ids=["order", "vacancies", "stack", "add", "atlas"]
)
@pytest.mark.parametrize("option", [["--site", "here"], ["--name", "a"], ["--max-jobs", "2"], ["--no-launch"]])
def test_options_of_a_queue_need_submit(tmp_path, capsys, command, option):
    assert execute([*command, *option]) == 2
    assert capsys.readouterr().err == f"coatscreen: {option[0]} needs --submit\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        [*ORDER, "--workers", "2"],
        [*VACANCIES, "--workers", "2"],
        [*STACK, "--workers", "2"],
        [*STACK, "--store", "db"],
        [*ATLAS, "--workers", "2"],
    ],
    ids=["order", "vacancies", "stack", "stack in a store", "atlas"],
)
def test_options_of_this_machine_do_not_go_with_submit(capsys, nowhere, command):
    assert execute([*command, "--submit", "--site", nowhere]) == 2
    assert capsys.readouterr().err == (
        f"coatscreen: {command[-2]} is for work on this machine: leave it out with --submit\n"
    )


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(["energies", "order", "NCM38"], "unknown cathode 'NCM38'", id="cathode of orderings"),
        pytest.param([*ORDER, "--output", "work"], "work is a folder: name a file in it", id="table of orderings"),
        pytest.param(["energies", "vacancies", "LiMn2O4"], "not a layered oxide", id="cathode of vacancies"),
        pytest.param([*VACANCIES, "--output", "work"], "work is a folder: name a file in it", id="file of vacancies"),
        pytest.param([*STACK, "--coatings", "LiQz2"], "LiQz2", id="coating of stacks"),
        pytest.param(ADD, "LiF.cif does not exist", id="structure"),
        pytest.param([*ATLAS, "--output", "work"], "work is a folder: name a file in it", id="file of an atlas"),
        pytest.param([*ADD, "--calculator", "vasp"], "does not say how VASP is started", id="site without VASP"),
    ],
)
def test_a_wrong_request_is_refused_before_the_database_is_asked(tmp_path, capsys, nowhere, command, reason):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    assert execute([*command, "--submit", "--site", nowhere]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert reason in err
    assert {file.name for file in tmp_path.iterdir()} == {"site", "work"}


def test_without_a_site_it_says_how_one_is_made(tmp_path, capsys):
    assert execute([*STACK, "--submit", "--site", str(tmp_path / "none")]) == 2
    assert "there is no site in" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
def test_what_was_submitted_as_json(tmp_path, capsys, database_uri):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    written(tmp_path, "LiF.cif", rock_salt())
    there = make_site(tmp_path, database_uri)
    queue = ["--submit", "--site", str(there.folder), "--no-launch", "--json"]
    stack = [*STACK, "--coatings", "LiNbO3,Li3PO4", "--energies", energies_file(tmp_path)]
    for command, kind in ((ADD, "energies"), (VACANCIES, "vacancies"), (stack, "stacks")):
        assert execute([*command, *queue, "--name", f"my {kind}"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["flow"]["kind"], said["flow"]["name"], said["known"]) == (kind, f"my {kind}", False)
        assert said["total"] == said["added"]
        assert said["launched"] == []
        assert execute([*command, *queue]) == 0
        assert json.loads(capsys.readouterr().out)["known"]
    assert not Path("LiCoO2-vacancies.json").exists()


@pytest.mark.filterwarnings("ignore")
def test_the_coatings_of_a_tier_are_those_of_the_sites_database(tmp_path, capsys, database_uri):
    there = make_site(tmp_path, database_uri)
    queue = ["--submit", "--site", str(there.folder), "--no-launch"]
    assert execute([*STACK, "--tier", "1", *queue]) == 2
    assert StoreLocation(database_uri).name in capsys.readouterr().err
