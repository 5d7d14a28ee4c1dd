"""Requests that a queue cannot take are answered in one line, and nothing is submitted."""

from __future__ import annotations

import pytest
from cluster.queue_site import QueueSite, words_for
from fixtures_screening import energies_file, job_times, settings_for

from coatscreen.__main__ import execute
from screening.database import addresses
from workflows.queue.site import Site
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def site(tmp_path, database_uri, slurm, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    made = QueueSite(tmp_path / "queue", database_uri, slurm)
    monkeypatch.setenv("COATSCREEN_SITE", str(made.folder))
    return made


@pytest.fixture
def words(tmp_path):
    return ["submit", *words_for(tmp_path, energies=energies_file(tmp_path))]


@pytest.fixture
def refused(capsys):
    """Run a command that is to be refused in one line, and return that."""

    def run(*given, status=1):
        capsys.readouterr()
        found = execute([str(word) for word in given])
        out, err = capsys.readouterr()
        assert found == status, out + err
        assert out == ""
        assert len(err.splitlines()) == 1, err
        return err

    return run


def verbs(site, words):
    """Return the commands that need the database."""
    return [words, ["status"], ["recover"], ["rank", "--store", site.folder]]


def test_a_wrong_password(site, words, refused, capsys):
    right = site.uri.partition("//")[2].partition(":")[2].partition("@")[0]
    if "@" not in site.uri:
        pytest.skip("the server asks for no password")
    site.change(database=site.uri.replace(right, "swordfish"))
    for command in verbs(site, words):
        said = refused(*command)
        assert "Authentication failed" in said
        assert "swordfish" not in said
    assert execute(["doctor", "--no-worker"]) == 1
    shown = capsys.readouterr()
    assert "correct user name and password" in shown.out
    assert "swordfish" not in shown.out + shown.err


def test_a_database_that_cannot_be_reached(site, words, refused, capsys, monkeypatch):
    monkeypatch.setattr(addresses, "TIMEOUT_MS", 300)
    site.change(database="mongodb://me:swordfish@127.0.0.1:1/coatings")
    for command in verbs(site, words):
        said = refused(*command)
        assert "Connection refused" in said
        assert "swordfish" not in said
    assert execute(["doctor", "--no-worker"]) == 1
    shown = capsys.readouterr()
    assert "is the server up" in shown.out
    assert "swordfish" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("variable", "why"),
    [("SLURM_CONF", "squeue failed"), ("PATH", "the command squeue of the scheduler is not on this machine")],
)
def test_a_queue_that_does_not_answer(site, words, refused, capsys, monkeypatch, tmp_path, variable, why):
    """Nothing is submitted, but on request; status says what it knows without it."""
    (tmp_path / "nothing").touch()  # a file that is not there Slurm would seek for a minute
    monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    said = refused(*words)
    assert "nothing was submitted" in said
    assert why in said
    assert site.jobs() == []
    with site.database() as database:
        assert database["runs"].count_documents({}) == 0
    assert execute([*words, "--no-launch"]) == 0
    assert len(site.jobs()) == 10
    capsys.readouterr()
    assert execute(["status"]) == 0
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("name", ["work_folder", "database", "environment"])
def test_a_path_that_means_something_else_elsewhere(site, words, refused, name):
    file = site.folder / "site.yaml"
    lines = file.read_text().splitlines()
    file.write_text("\n".join(f'{name}: "results/queue"' if line.startswith(f"{name}:") else line for line in lines))
    for command in (words, ["status"], ["recover"]):
        assert f"{name}: " in refused(*command, status=2)


def test_flows_are_not_forgotten_by_mistake(site, words, refused, capsys, tmp_path):
    assert execute([*words, "--no-launch"]) == 0
    run_screening(settings_for(tmp_path, store=site.uri))
    times = job_times(site.uri)
    for confirm in ([], ["--confirm", "another"]):
        said = refused("site", "reset", *confirm, status=2)
        assert "1 flows with 10 unfinished jobs" in said
        assert "no output and no coating" in said
        assert len(site.jobs()) == 10
    assert execute(["site", "reset", "--confirm", Site.read(site.folder).database_name]) == 0
    assert site.jobs() == []
    assert job_times(site.uri) == times


def test_options_that_do_not_go_together(site, words, refused):
    assert "No such option: --partition" in refused(*words, "--partition", "long", status=2)
    assert "no flow is called 'screening'" in refused("recover", "screening", status=2)
    assert "--job-length 50" in refused(*words, "--job-length", "50", status=2)
    assert site.jobs() == []
