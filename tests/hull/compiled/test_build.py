"""Compiling the numerical core."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from screening.hull.compiled import build
from screening.hull.compiled.core import Core


@pytest.mark.parametrize(
    ("compiler", "said"), [("/bin/false", "status 1"), ("no-such-compiler --fast", "no-such-compiler")], ids=str
)
def test_a_compiler_that_fails(tmp_path, monkeypatch, compiler, said):
    monkeypatch.setenv("CC", compiler)
    with pytest.raises(build.BuildError, match=said):
        build.build(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no compiler")
def test_it_is_built_in_place_by_one_command(tmp_path):
    """In a copy of its folder, by a Python that knows nothing of the project."""
    for file in (*build.SOURCES, *build.HEADERS, Path(build.__file__)):
        shutil.copy(file, tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "build.py"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert Core(Path(done.stdout.strip())).source == build.source_hash()
