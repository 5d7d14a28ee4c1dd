"""``coatscreen reproduce``."""

import json
from pathlib import Path

import pytest
from fixtures_samples import modelled_file
from fixtures_screening import energies_file

from coatscreen.__main__ import execute
from screening.validation.reproduction.reproduction_documents import ReproductionDocument

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture
def cli(capsys):
    def run(*arguments):
        status = execute(["reproduce", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def test_one_paper_is_printed_and_nothing_is_written(cli, energies):
    status, out, err = cli("zhao", "--energies", energies)
    assert status == 0, err
    assert "000 Zhao et al., ACS Nano (2024/25)" in out
    for words in (
        "-1178",
        "mutual",
        "total, hull",
        "total, own",
        "what explains it",
        "verdict",
        "No intervals: no error",
    ):
        assert words in out
    assert "004" not in out
    assert not list(Path().iterdir())


def test_json_is_the_document(cli, energies):
    status, out, err = cli("002", "--energies", energies, "--samples", 0, "--json")
    assert status == 0, err
    found = ReproductionDocument.model_validate(json.loads(out))
    assert [paper.key for paper in found.papers] == ["002"]
    assert list(json.loads(out))[-2:] == ["energies", "software"]


def test_samples_give_intervals(cli, tmp_path):
    status, out, err = cli("000", "--energies", modelled_file(tmp_path), "--samples", 20, "--seed", 3)
    assert status == 0, err
    assert "In brackets: 5 to 95 % of 20 samples of the energies" in out
    assert "seed 3" in out
    assert "holds in " in out


def test_one_paper_with_output_is_written_beside_the_complete_files(cli, energies):
    status, _, err = cli("000", "--energies", energies, "--output", "here")
    assert status == 0, err
    written = {"reproduction-000.json", "reproduction-000.md", "000-fig7.png"}
    assert {path.name for path in Path("here").iterdir()} - {"reproduction-000.lock"} == written
    assert "written: here/reproduction-000.json" in err


def test_other_energies_do_not_replace_the_results_of_the_packaged_ones(cli, energies):
    status, _, err = cli("--energies", energies, "--json")
    assert status == 0, err
    assert not list(Path().iterdir())


def test_all_papers_with_the_packaged_energies_go_into_results(cli):
    status, out, err = cli("--samples", 0)
    assert status == 0, err
    written = {path.name for path in Path("results").iterdir()}
    assert {"reproduction.json", "reproduction.md", "000-fig7.png", "004-fig5a.png"} <= written
    found = ReproductionDocument.model_validate_json(Path("results/reproduction.json").read_bytes())
    assert [paper.key for paper in found.papers] == ["000", "001", "002", "003", "004"]
    for paper in found.papers:
        assert f"{paper.key} {paper.citation}" in out


def test_the_same_command_writes_the_same_bytes(cli, tmp_path):
    energies = modelled_file(tmp_path)
    contents = []
    for folder in ("one", "two"):
        assert cli("002", "--energies", energies, "--samples", 20, "--output", folder)[0] == 0
        contents.append({path.name: path.read_bytes() for path in Path(folder).iterdir()})
    assert contents[0] == contents[1]
    assert {"reproduction-002.json", "reproduction-002.md"} <= set(contents[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Walter"], "unknown paper 'Walter' (did you mean Walther?); there are 000 (Zhao), 001 (Ma)"),
        (["005"], "unknown paper '005' (did you mean 00"),
        (["000", "--samples", "5"], "--samples 5: of fewer than 20 none lies below 5 %; 0 takes none"),
        (["000", "--output", "file"], "--output file: no file can be written there: "),
        (["000", "--energies", "nothing"], "unknown energies 'nothing'"),
    ],
)
def test_a_wrong_request_is_one_line_before_any_work(cli, arguments, message):
    Path("file").touch()
    status, out, err = cli(*arguments)
    assert status == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
