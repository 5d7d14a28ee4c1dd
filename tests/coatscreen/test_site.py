"""A site from the command line: made from options and answers at a terminal, and its flows forgotten."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest
import typer

from coatscreen.__main__ import execute
from coatscreen.program import program
from coatscreen.verbs.site import init
from screening.common.errors import InputError
from workflows.queue.site import Site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

CLOSED = "mongodb://me:secret@127.0.0.1:9/coatings?serverSelectionTimeoutMS=200"  # the port of discard: nobody is there


@pytest.fixture
def answers(tmp_path):
    return {"scheduler": "slurm", "database": CLOSED, "work_folder": str(tmp_path / "work" / "below")}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """An unreachable database is given up at once."""
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 200)


def test_options_make_a_site_and_its_work_folder(tmp_path, answers, capsys):
    init(tmp_path / "site", cores=2, **answers)
    assert Site.read(tmp_path / "site").cores == 2
    assert (tmp_path / "work" / "below").is_dir()
    out, err = capsys.readouterr()
    assert out == ""
    assert "wrote my_launchpad.yaml, " in err
    assert "the database is not ready: mongodb://***@127.0.0.1:9/coatings" in err
    assert err.splitlines()[-1].startswith("next: `coatscreen doctor`")
    assert "secret" not in err


def test_without_a_terminal_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115, PTH123
    with pytest.raises(InputError, match="a new site needs --database, --work-folder; at a terminal"):
        init(tmp_path / "site", scheduler="slurm")
    assert not (tmp_path / "site").exists()


def test_overwriting_keeps_what_no_option_changes(tmp_path, answers):
    init(tmp_path / "site", cores=2, partition="short", **answers)
    with pytest.raises(InputError, match="holds a site already: --overwrite replaces it, and keeps"):
        init(tmp_path / "site", **answers)
    init(tmp_path / "site", overwrite=True, cores=3)
    changed = Site.read(tmp_path / "site")
    assert (changed.cores, changed.partition, changed.database) == (3, "short", CLOSED)


def test_nothing_is_written_where_the_work_folder_cannot_be(tmp_path, answers):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot make the work folder .*file/work: Not a directory"):
        init(tmp_path / "site", **{**answers, "work_folder": str(tmp_path / "file" / "work")})
    assert not (tmp_path / "site").exists()


def test_jobflow_remote_is_told_its_own_next_steps(tmp_path, answers, capsys):
    init(tmp_path / "site", manager="jobflow-remote", **answers)
    assert f"export JFREMOTE_PROJECTS_FOLDER={tmp_path}/site/jobflow_remote" in capsys.readouterr().err


def test_at_a_terminal_the_rest_is_asked_for_and_the_password_not_shown(tmp_path):
    """In a real terminal (a pseudo-terminal), answered line by line."""
    replies = ["slurm", "mongodb://me@127.0.0.1:9/coatings", "", "my_account", "30", "", "3", f"{tmp_path}/work"]
    script = (
        "import sys; from pathlib import Path; import screening.database.addresses as s; s.TIMEOUT_MS = 200\n"
        "from coatscreen.verbs.site import init; init(Path(sys.argv[1]))"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", script, str(tmp_path / "site")])
    shown = ""
    for reply in [*replies, "p@ss/word"]:
        shown += until_asked(terminal)
        os.write(terminal, f"{reply}\n".encode())
    shown += until_asked(terminal)
    assert os.waitpid(pid, 0)[1] == 0, shown
    site = Site.read(tmp_path / "site")
    assert site.database == "mongodb://me:p%40ss%2Fword@127.0.0.1:9/coatings"
    assert (site.partition, site.account, site.wall_time_minutes, site.cores) == (None, "my_account", 30, 1)
    assert (site.max_jobs, site.work_folder) == (3, Path(tmp_path / "work"))
    assert "Password of me" in shown
    assert "ss/word" not in shown
    assert "p%40ss" not in shown


def until_asked(terminal):
    """Return what is printed until a question has been asked, or until the program ends."""
    shown, give_up = "", time.monotonic() + 60
    while time.monotonic() < give_up:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 4096).decode()
            except OSError:  # the program has ended
                return shown
        elif shown.rstrip(" ").endswith((":", "]")):
            return shown
    raise AssertionError(f"no question in a minute: {shown!r}")


def commands(group, words=()):
    """Yield all commands of the program with their words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def options_of(command):
    return {option.opts[0]: option for option in command.params if option.opts[0].startswith("--")}


@pytest.fixture(scope="module")
def verbs():
    return dict(commands(typer.main.get_command(program())))


def test_every_field_of_a_site_is_an_option(verbs):
    fields = {f"--{name.replace('_', '-')}" for name in Site.model_fields}
    once = {"--queue-option" if name == "--queue-options" else name for name in fields}  # may be repeated
    assert set(options_of(verbs["site init"])) - {"--help"} == once | {"--site", "--overwrite"}


def test_submit_has_none_of_them(verbs):
    assert set(options_of(verbs["submit"])) & set(options_of(verbs["site init"])) <= {"--site", "--max-jobs", "--help"}


@pytest.mark.parametrize("name", ["--site", "--name", "--max-jobs", "--no-launch", "--submit"])
def test_an_option_of_the_queue_means_the_same_in_every_verb(verbs, name):
    queue_verbs = {verb for verb in verbs if "--site" in options_of(verbs[verb])}
    assert {"submit", "status", "recover", "doctor", "site init", "site reset", "stack", "energies add"} < queue_verbs
    assert len({options_of(verbs[verb])[name].help for verb in queue_verbs if name in options_of(verbs[verb])}) == 1


def test_options_of_a_screening_are_no_answers(tmp_path, answers, capsys):
    words = [word for name, value in answers.items() for word in (f"--{name.replace('_', '-')}", value)]
    assert execute(["site", "init", "--site", str(tmp_path / "site"), *words, "--coatings", "LiF"]) == 2
    assert "No such option: --coatings" in capsys.readouterr().err
    assert execute(["site", "init", "--site", str(tmp_path / "site"), *words, "--setup", "a", "--setup", "b"]) == 0
    assert Site.read(tmp_path / "site").setup == ("a", "b")


@pytest.mark.parametrize("option", ["cores", "ping_seconds", "poll_seconds", "wall_time_minutes", "memory_mb"])
def test_zero_is_an_answer_that_is_refused(tmp_path, answers, option):
    with pytest.raises(InputError, match=f"{option}: Input should be greater than or equal to"):
        init(tmp_path / "site", **answers, **{option: 0})


def test_flows_are_forgotten_only_with_the_name_of_the_database(tmp_path, database_uri, capsys):
    options = {"database": database_uri, "work_folder": str(tmp_path / "work")}
    folder = tmp_path / "site"
    init(folder, scheduler="slurm", **options)
    capsys.readouterr()
    for confirm in ([], ["--confirm", "another"]):
        assert execute(["site", "reset", "--site", str(folder), *confirm]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert "this would delete 0 flows with 0 unfinished jobs" in err
    assert execute(["site", "reset", "--site", str(folder), "--confirm", Site.read(folder).database_name]) == 0
    assert "are forgotten; outputs and rankings are as they were" in capsys.readouterr().err


def test_the_flows_of_jobflow_remote_are_not_forgotten(tmp_path, answers, capsys):
    init(tmp_path / "site", manager="jobflow-remote", **answers)
    capsys.readouterr()
    assert execute(["site", "reset", "--site", str(tmp_path / "site"), "--confirm", "coatings"]) == 2
    assert "site reset is for FireWorks; `jf admin reset` forgets" in capsys.readouterr().err
