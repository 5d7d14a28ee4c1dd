"""``import coatscreen``: the public names, loaded when first used; a foreign package in the place of ours is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import coatscreen
from coatscreen import own_packages
from coatscreen.__main__ import execute

ROOT = Path(coatscreen.__file__).parents[1]
FOREIGN = 'raise RuntimeError("a foreign package was run")\n'


@pytest.mark.parametrize("name", coatscreen.__all__)
def test_every_public_name_is_there(name):
    found = getattr(coatscreen, name)
    assert found.__name__ == name
    assert name in dir(coatscreen)


def test_the_names_of_the_contract_are_public():
    wanted = {"PhaseSet", "Interface", "Reservoir", "CoatingDatabase", "CoatingScreeningMaker", "InputError"}
    assert wanted <= set(coatscreen.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Interfaces'"):
        _ = coatscreen.Interfaces


def test_the_version_is_that_of_the_installed_package(capsys, monkeypatch):
    monkeypatch.setenv("COATSCREEN_CORE", "numpy")
    assert coatscreen.__version__ == version("coatscreen")
    assert execute(["--version"]) == 0
    assert capsys.readouterr().out == f"coatscreen {version('coatscreen')}, numpy core (COATSCREEN_CORE=numpy)\n"


def test_importing_is_quick():
    program = (
        "import sys, coatscreen;"
        "print([m for m in ('numpy', 'pydantic', 'pymatgen', 'jobflow', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# -- a foreign package ------------------------------------------------------------------------------------


def foreign(folder, name, distribution=None):
    """Install a package of another project, as far as Python can tell."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(FOREIGN)
    if distribution is not None:
        info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")
    return folder


def with_path(*folders, command):
    """Run Python with folders at the front of its path, ours after them."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*folders, ROOT]))}
    return subprocess.run(
        [sys.executable, *command], cwd=folders[0], env=environment, capture_output=True, text=True, check=False
    )


def program(folder):
    """Write the program as an installer does."""
    script = folder / "coatscreen"
    script.write_text("import sys\nfrom coatscreen.__main__ import main\nsys.exit(main())\n")
    return str(script)


@pytest.mark.parametrize(
    ("name", "distribution", "named"),
    [
        ("workflows", "llama-index-workflows", "that of llama-index-workflows"),
        ("workflows", None, "that of another project"),
        ("screening", "screening", "that of screening"),
    ],
)
def test_a_foreign_package_is_named_in_one_line_and_not_run(tmp_path, name, distribution, named):
    folder = foreign(tmp_path / "site", name, distribution)
    reason = f"{folder}/{name}/__init__.py is not coatscreen's package '{name}' but {named}: install coatscreen in an "
    done = with_path(folder, command=[program(tmp_path), "run"])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"coatscreen: {reason}environment of its own\n"
    done = with_path(folder, command=["-m", "coatscreen", "run"])
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr
    done = with_path(folder, command=["-c", "import coatscreen"])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"ImportError: {reason}environment of its own"


def test_a_foreign_package_that_was_written_over_ours_is_seen_too(tmp_path):
    for name in ("coatscreen", "screening", "workflows"):
        shutil.copytree(
            ROOT / name, tmp_path / "site" / name, ignore=shutil.ignore_patterns("data", "__pycache__", "queue")
        )
    (tmp_path / "site" / "workflows" / "__init__.py").write_text(FOREIGN)
    done = with_path(tmp_path / "site", command=["-c", "import coatscreen"])
    assert "is not coatscreen's package 'workflows'" in done.stderr


def test_a_missing_package_is_said_to_be(monkeypatch):
    monkeypatch.setattr(own_packages, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="the package 'screening' of coatscreen is missing: install coatscreen anew"):
        own_packages.require_own_packages()
