"""The pages that are served, asked as a browser asks: read only, for this machine only, and a name is text."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from fixtures_report import HOSTILE

pytest.importorskip("datasette", reason="the extra browse is not installed")

import httpx

from coatscreen.serve.server import site


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "coatscreen.db"
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE coatings (coating TEXT, rank INTEGER)")
        opened.executemany("INSERT INTO coatings VALUES (?, ?)", [("LiNbO3", 1), (HOSTILE, 2)])
    return path


@pytest.fixture
def ask(file):
    def request(path, method="GET", base="http://127.0.0.1:8001", host="127.0.0.1", **options):
        async def answer():
            app = site(file, "Coatings", {"/": "<p>report</p>"}, host)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base) as client:
                return await client.request(method, path, **options)

        return asyncio.run(answer())

    return request


def test_the_report_is_in_front(ask):
    answer = ask("/")
    assert (answer.status_code, answer.text) == (200, "<p>report</p>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-frame-options"] == "DENY"
    assert ask("/", "HEAD").content == b""
    assert ask("/", "POST").status_code == 405


def test_tables_are_behind_it(ask):
    answer = ask("/coatscreen/coatings.json?_shape=array&_sort=rank")
    assert [row["coating"] for row in answer.json()] == ["LiNbO3", HOSTILE]


def test_a_name_is_text(ask):
    html = ask("/coatscreen/coatings").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    "sql", ["DELETE FROM coatings", "DROP TABLE coatings", "PRAGMA user_version = 9", "nonsense", "SELECT x"]
)
def test_nothing_can_be_changed(ask, file, capfd, sql):
    before = file.read_bytes()
    answer = ask("/coatscreen.json", params={"sql": sql})
    assert answer.status_code == 400
    assert file.read_bytes() == before
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") <= 1  # and no traceback


def test_a_foreign_name_of_this_machine_is_refused(ask):
    """As a page of another site asks whose name was turned to this machine."""
    for path in ("/", "/coatscreen/coatings.json"):
        answer = ask(path, base="http://evil.example:8001")
        assert answer.status_code == 403
        assert "LiNbO3" not in answer.text
        assert ask(path, headers={"Origin": "https://evil.example"}).status_code == 403
        assert ask(path, headers={"Origin": "http://localhost:3000"}).status_code == 200
    assert ask("/", base="http://localhost:8001").status_code == 200
    assert ask("/", base="http://[::1]:8001").status_code == 200
    assert ask("/", base="http://compute.example:8001", host="0.0.0.0").status_code == 200
