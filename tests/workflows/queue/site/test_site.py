"""The configuration of a cluster: what it takes, what it refuses, and where it is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import InputError
from workflows.queue.fireworks.launchpad import read_fworker
from workflows.queue.managers import open_queue
from workflows.queue.site import Site, site_folder
from workflows.queue.site.config_files import FILES, PROJECT_FILE, write_site

pytestmark = pytest.mark.usefixtures("own_folder")

URI = "mongodb://me:secret@db.example.org:27017/coatings"
SMALL = {"scheduler": "slurm", "database": URI, "work_folder": "/scratch/me"}


def made(**options):
    return Site.make(**{**SMALL, **options})


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}


def test_defaults_are_those_of_one_core():
    import sys

    site = made()
    assert (site.manager, site.cores, site.max_jobs, site.ping_seconds) == ("fireworks", 1, 10, 60)
    assert str(site.environment) == sys.prefix
    assert site.location.uri == URI
    assert site.database_name == "coatings"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"wall_time_minutes": 1}, "wall_time_minutes: .* greater than or equal to 2", id="wall time"),
        pytest.param({"ping_seconds": 0}, "ping_seconds: .* greater than or equal to 5", id="ping"),
        pytest.param({"scheduler": "lsf"}, "scheduler: Input should be 'slurm', 'pbs' or 'sge'", id="scheduler"),
        pytest.param({"scheduler": "pbs"}, "partition: PBS needs the name of the queue", id="PBS' queue"),
        pytest.param({"scheduler": "sge", "cores": 2}, "parallel_env: SGE needs", id="SGE's cores"),
        pytest.param({"parallel_env": "smp"}, "parallel_env: only SGE has", id="not SGE"),
        pytest.param({"walltime": 3}, r"unknown option 'walltime' \(did you mean wall_time_minutes\?\)", id="unknown"),
        pytest.param({"work_folder": None}, "work_folder: Field required", id="missing"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(options, message):
    with pytest.raises(InputError, match=message) as caught:
        made(**options)
    assert len(str(caught.value).splitlines()) == 1
    assert "sec" not in str(caught.value).replace("seconds", "")


def test_no_password_is_in_the_representation():
    assert "secret" not in repr(made())
    assert "secret" not in str(made())


def test_files_are_their_owners_only(tmp_path):
    folder = tmp_path / "below" / "site"
    write_site(made(), folder)
    found = modes(folder)
    assert found.pop("site") == 0o700
    assert set(found.values()) == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["site"]
    for path in folder.iterdir():
        assert ("secret" in path.read_text()) == (path.name in ("site.yaml", "my_launchpad.yaml", "jobflow.yaml"))


@pytest.mark.parametrize("manager", ["fireworks", "jobflow-remote"])
def test_what_is_written_is_read_again(tmp_path, manager):
    site = made(manager=manager, setup=["module load 'a b'", 'export X="$HOME: #"'], cores=4, memory_mb=2000)
    written = write_site(site, tmp_path / "site")
    read = Site.read(tmp_path / "site")
    assert read == written
    assert read.model_dump() == site.model_dump()
    assert read.folder == tmp_path / "site"


def test_a_site_is_not_overwritten_unasked(tmp_path):
    write_site(made(cores=1), tmp_path / "site")
    before = {path: path.read_bytes() for path in (tmp_path / "site").iterdir()}
    with pytest.raises(InputError, match=r"holds my_launchpad\.yaml already: --overwrite replaces the site there"):
        write_site(made(cores=2), tmp_path / "site")
    assert {path: path.read_bytes() for path in (tmp_path / "site").iterdir()} == before


def test_overwriting_leaves_nothing_of_the_other_manager(tmp_path):
    folder = tmp_path / "site"
    write_site(made(), folder)
    (folder / "notes.txt").write_text("mine")
    write_site(made(manager="jobflow-remote"), folder, overwrite=True)
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        *("site.yaml", "jobflow.yaml", "atomate2.yaml", "jobflow_remote/coatscreen.yaml", "notes.txt")
    }
    write_site(made(), folder, overwrite=True)
    assert not (folder / "jobflow_remote" / "coatscreen.yaml").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_failed_writing_leaves_nothing_half_written(tmp_path, monkeypatch):
    folder, writing = tmp_path / "site", Path.write_text

    def full(self, text, **options):
        if self.name == "jobflow.yaml":
            raise OSError(28, "No space left on device")
        return writing(self, text, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match=r"cannot write the site into .*site: No space left on device"):
        write_site(made(), folder)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write the site into"):
        write_site(made(), tmp_path / "file" / "site")
    with pytest.raises(InputError, match="the site's folder: 'here' is relative"):
        write_site(made(), Path("here"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(f'database: "{URI}', "site.yaml is not YAML, line 1$", id="broken"),
        pytest.param(f"- {URI}\n", "site.yaml holds no options by name", id="list"),
        pytest.param(f"databas: {URI}\n", r"site.yaml: .*Field required|unknown option 'databas'", id="misspelt"),
    ],
)
def test_a_file_that_is_no_site(tmp_path, text, message):
    (tmp_path / "site.yaml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        Site.read(tmp_path)
    assert "secret" not in str(caught.value)


def without(*names):
    def change(content):
        part = content
        for name in names[:-1]:
            part = part[name]
        del part[names[-1]]

    return change


@pytest.mark.parametrize(
    ("manager", "name", "change", "fault"),
    [
        ("fireworks", "my_launchpad.yaml", without("mongoclient_kwargs"), "lacks 'mongoclient_kwargs'"),
        ("fireworks", "my_launchpad.yaml", lambda content: content.update(mongoclient_kwargs=3), "is not as it was"),
        ("jobflow-remote", PROJECT_FILE, without("queue", "store"), "lacks 'store'"),
        ("jobflow-remote", PROJECT_FILE, lambda content: content.update(pasword="secret"), "unknown key 'pasword'"),
        ("jobflow-remote", PROJECT_FILE, lambda content: content.clear(), "lacks 'queue'"),
    ],
)
def test_a_file_that_was_changed_into_a_wrong_one_is_named(tmp_path, manager, name, change, fault):
    """Each program's own reading of its file is what fails."""
    pytest.importorskip("jobflow_remote", reason="the extra [cluster] is not installed")
    site = write_site(made(manager=manager), tmp_path / "site")
    content = yaml.safe_load((site.folder / name).read_text())
    change(content)
    (site.folder / name).write_text(yaml.safe_dump(content))
    with pytest.raises(InputError) as raised:
        open_queue(site)
    assert f"site file {site.folder / name}" in str(raised.value)
    assert fault in str(raised.value)
    assert "secret" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["- a list", "{not: [yaml", ""])
def test_a_file_that_describes_nothing_is_named(tmp_path, text):
    pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
    site = write_site(made(), tmp_path / "site")
    (site.folder / "my_fworker.yaml").write_text(text)
    with pytest.raises(InputError, match=r"my_fworker\.yaml is not"):
        read_fworker(site)


def test_no_site(tmp_path):
    with pytest.raises(InputError, match=r"there is no site in .*nothing: `coatscreen site init` makes one"):
        Site.read(tmp_path / "nothing")


def test_a_site_in_no_folder_opens_nothing():
    with pytest.raises(InputError, match="the site is in no folder yet"):
        made().environment_variables()


def test_where_the_site_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert site_folder() == tmp_path / "config" / "coatscreen" / "queue"
    monkeypatch.setenv("COATSCREEN_SITE", str(tmp_path / "variable"))
    assert site_folder() == tmp_path / "variable"
    assert site_folder(Path("option")) == tmp_path / "option"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert site_folder(Path("~/a/../b")) == tmp_path / "b"
    with pytest.raises(InputError, match="the site's folder: holds a line break"):
        site_folder(Path("a\nb"))


def test_variables_name_files_that_are_there(tmp_path):
    for manager in ("fireworks", "jobflow-remote"):
        site = write_site(made(manager=manager), tmp_path / manager)
        for value in site.environment_variables().values():
            assert Path(value).exists()
            assert Path(value).is_absolute()


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_survives_the_file_or_is_refused(text):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            site = made(setup=[text], vasp_command=text)
        except InputError:
            assert not text.isprintable() or not text.strip() or "$$" in text
            return
        write_site(site, Path(folder) / "site")
        assert Site.read(Path(folder) / "site").setup == (text,)
        assert yaml.safe_load((Path(folder) / "site" / "atomate2.yaml").read_text())["VASP_CMD"] == text


def test_every_file_of_a_site_is_known(tmp_path):
    for manager in ("fireworks", "jobflow-remote"):
        write_site(made(manager=manager), tmp_path / manager)
        found = {str(p.relative_to(tmp_path / manager)) for p in (tmp_path / manager).rglob("*") if p.is_file()}
        assert found <= set(FILES)
