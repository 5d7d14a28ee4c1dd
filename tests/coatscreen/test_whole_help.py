"""The help of the whole program is kept as text, and is what its verbs make."""

import subprocess
import sys

import pytest

from coatscreen.__main__ import execute
from coatscreen.whole_help import make_help, whole_help


def test_the_text_is_that_of_the_verbs(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert whole_help() == make_help(), "make it again: python -m coatscreen.whole_help"


@pytest.mark.parametrize("columns", ["80", "200"])
@pytest.mark.parametrize("words", [[], ["--help"]])
def test_it_is_printed_where_it_fits(monkeypatch, capsys, words, columns):
    monkeypatch.setenv("COLUMNS", columns)
    assert execute(words) == 0
    assert capsys.readouterr().out == whole_help()


def test_a_narrow_terminal_has_it_wrapped(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    assert execute(["--help"]) == 0
    narrow = capsys.readouterr().out
    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow != make_help()
    assert all(verb in narrow for verb in ("interface", "catalogue"))


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["--help"], {"typer", "pydantic", "numpy"}),
        (["query", "--help"], {"numpy", "coatscreen.verbs.run", "screening.database"}),
        (["query", "--store", "nowhere"], {"numpy", "maggma", "pymongo", "pymatgen", "screening.coatings.contacts"}),
    ],
)
def test_only_what_is_needed_is_loaded(tmp_path, words, absent):
    code = "import sys, coatscreen.__main__ as m; m.execute(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path)
    loaded = set(done.stderr.split())
    assert "coatscreen.whole_help" in loaded
    assert not loaded & absent
