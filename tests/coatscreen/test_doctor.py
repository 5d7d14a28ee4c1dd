"""``coatscreen doctor``: its lines, its JSON and its exit status."""

from __future__ import annotations

import json

import pytest

from coatscreen.__main__ import execute
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def folder(tmp_path, database_uri, monkeypatch):
    """A site whose every link holds but the queue's, whose commands are not there."""
    monkeypatch.setenv("PATH", "/nowhere")
    (tmp_path / "work").mkdir()
    options = {"database": database_uri, "work_folder": str(tmp_path / "work")}
    write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")
    return tmp_path / "site"


def test_a_line_for_each_link_and_how_to_mend_it(folder, capsys, monkeypatch):
    monkeypatch.setenv("COATSCREEN_SITE", str(folder))
    assert execute(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    lines = dict(line.split(": ", 1) for line in out.splitlines())
    assert list(lines) == [
        *("ok    site", "ok    files", "ok    programs", "ok    paths", "ok    settings", "ok    database"),
        *("ok    large results", "ok    job database", "ok    indexes", "fails queue", "-     node"),
    ]
    assert (
        "the command sbatch is not on this machine; to mend: run this where jobs are submitted" in lines["fails queue"]
    )
    assert lines["-     node"] == "not checked, since it needs: queue"


def test_the_same_as_json(folder, capsys):
    assert execute(["doctor", "--site", str(folder), "--no-worker", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["site"] == str(folder)
    assert report["ok"] is False
    assert [check["ok"] for check in report["checks"]] == [*[True] * 9, False, None]
    assert set(report["checks"][0]) == {"name", "ok", "what", "how_to_mend"}
    assert report["checks"][0]["how_to_mend"] is None
    assert set(report["software"]) == {"coatscreen"}


def test_without_a_site(tmp_path, capsys):
    assert execute(["doctor", "--site", str(tmp_path / "none")]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (
        f"fails site: there is no site in {tmp_path}/none: `coatscreen site init` makes one; "
        "to mend: coatscreen site init"
    )
    assert execute(["doctor", "--timeout", "0"]) == 2
