"""Setting up a cluster from the command line: answers by option and at a terminal, and what is said of them."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from coatscreen.verbs.site_setup import init_site
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
    monkeypatch.setattr("screening.database.stores._TIMEOUT_MS", 200)


def test_options_make_a_site_and_its_work_folder(tmp_path, answers, capsys):
    site = init_site(tmp_path / "site", cores=2, **answers)
    assert site.folder == tmp_path / "site"
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
        init_site(tmp_path / "site", scheduler="slurm")
    assert not (tmp_path / "site").exists()


def test_overwriting_keeps_what_no_option_changes(tmp_path, answers):
    init_site(tmp_path / "site", cores=2, partition="short", **answers)
    with pytest.raises(InputError, match="holds a site already: --overwrite replaces it, and keeps"):
        init_site(tmp_path / "site", **answers)
    changed = init_site(tmp_path / "site", overwrite=True, cores=3)
    assert (changed.cores, changed.partition, changed.database) == (3, "short", CLOSED)


def test_nothing_is_written_where_the_work_folder_cannot_be(tmp_path, answers):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot make the work folder .*file/work: Not a directory"):
        init_site(tmp_path / "site", **{**answers, "work_folder": str(tmp_path / "file" / "work")})
    assert not (tmp_path / "site").exists()


def test_jobflow_remote_is_told_its_own_next_steps(tmp_path, answers, capsys):
    init_site(tmp_path / "site", manager="jobflow-remote", **answers)
    assert f"export JFREMOTE_PROJECTS_FOLDER={tmp_path}/site/jobflow_remote" in capsys.readouterr().err


def test_at_a_terminal_the_rest_is_asked_for_and_the_password_not_shown(tmp_path):
    """In a real terminal (a pseudo-terminal), answered line by line."""
    replies = ["slurm", "mongodb://me@127.0.0.1:9/coatings", "", "my_account", "30", "", "3", f"{tmp_path}/work"]
    script = (
        "import sys; from pathlib import Path; import screening.database.stores as s; s._TIMEOUT_MS = 200\n"
        "from coatscreen.verbs.site_setup import init_site; init_site(Path(sys.argv[1]))"
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
