"""Whether the tests notice faults: each of tests/mutants.yaml is planted by itself in a copy, and tests must then fail.

    python tests/mutants.py            # all of them
    python tests/mutants.py pareto     # those with a word in their names

A fault is a name, a text of the program, what stands in its place, and the tests that must notice. The text is looked
for in all modules and the tests by their names, so that either may move; a text that is not there once, and once only,
is an error, as is a test that is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
PACKAGES = ("screening", "workflows", "coatscreen")


class Mutant(NamedTuple):
    """A fault that could be made."""

    name: str
    old: str
    new: str
    tests: list[str]


def only(patterns: tuple[str, ...], text: str, *folders: Path) -> Path:
    """Find the one file that holds a text, once."""
    files = [file for folder in folders for pattern in patterns for file in sorted(folder.rglob(pattern))]
    found = [file for file in files for _ in range(file.read_text(encoding="utf-8").count(text))]
    if len(found) != 1:
        raise SystemExit(f"{text!r} stands {len(found)} times in {', '.join(folder.name for folder in folders)}")
    return found[0]


def address(test: str, root: Path) -> str:
    """Return the address of a test, by which pytest runs it."""
    return f"{only(('test_*.py',), f'def {test}(', root / 'tests').relative_to(root)}::{test}"


def passes(tests: list[str], root: Path) -> bool:
    """Run some tests in a copy of the program."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # neither passed nor failed
        raise SystemExit(done.stdout + done.stderr)
    return done.returncode == 0


def survives(mutant: Mutant, root: Path) -> bool:
    """Plant a fault in the copy, run the tests, and take it out again."""
    file = only(("*.py", "*.js"), mutant.old, *(root / package for package in PACKAGES))
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        return passes([address(test, root) for test in mutant.tests], root)
    finally:
        file.write_text(text, encoding="utf-8")


def main(words: list[str]) -> int:
    """Plant the faults one after the other and say what became of each."""
    listed = yaml.safe_load((ROOT / "tests" / "mutants.yaml").read_text(encoding="utf-8"))
    mutants = [Mutant(**one) for one in listed if all(word in one["name"] for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in (*PACKAGES, "tests"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        every = list(dict.fromkeys(address(test, root) for mutant in mutants for test in mutant.tests))
        if not every or not passes(every, root):
            raise SystemExit("without a fault these tests do not pass: " + " ".join(every))
        survivors = 0
        for mutant in mutants:
            survived = survives(mutant, root)
            survivors += survived
            print(f"{'SURVIVED' if survived else 'killed  '}  {mutant.name}", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
