"""Plant faults of one line in a copy of the project, one after the other, and see that the tests notice each.

    python tests/mutants.py            all of them
    python tests/mutants.py pareto     those whose name holds a word

A mutant names a file, a line of it as it stands, the line in its place, and the tests that must fail. Where the line
has changed since, that is said and counts as a failure too: the mutant is to be written anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Mutant(NamedTuple):
    """A fault, and the tests that kill it."""

    name: str
    file: str
    line: str
    fault: str
    tests: str


MUTANTS = [
    Mutant(
        "pareto: a dear coating is better than a cheap one",
        "screening/coatings/ranking.py",
        "quantity(COST).sign * cost",
        "-quantity(COST).sign * cost",
        "tests/coatings/test_ranking.py",
    ),
    Mutant(
        "order: decided only above the share asked for",
        "screening/coatings/ranking_uncertainty.py",
        ".mean(axis=1) >= decided_at",
        ".mean(axis=1) > decided_at",
        "tests/coatings/test_ranking_uncertainty.py",
    ),
    Mutant(
        "builder: of two requests the one asked for first counts",
        "workflows/builders.py",
        'key=lambda u: (u in asked, str(docs[u]["completed_at"]), u)',
        'key=lambda u: (u not in asked, str(docs[u]["completed_at"]), u)',
        "tests/workflows/test_builders.py",
    ),
    Mutant(
        "documents: a reason that comes twice is said twice",
        "screening/coatings/ranking_request.py",
        'why_missing="; ".join(dict.fromkeys(missing)) or None',
        'why_missing="; ".join(missing) or None',
        "tests/coatings/test_ranking_request.py",
    ),
]


def killed(mutant: Mutant) -> str:
    """Return what became of a mutant: killed, SURVIVED, or that its line is gone."""
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.line) != 1:
        return f"its line is not there once in {mutant.file}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", "results", ".*_cache", "__pycache__"))
        (copy / mutant.file).write_text(text.replace(mutant.line, mutant.fault), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-n", "0", *mutant.tests.split()]
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return "killed" if done.returncode == 1 else "SURVIVED"


def main() -> None:
    """Try the mutants whose name holds the word given, or all."""
    wanted = [mutant for mutant in MUTANTS if all(word in mutant.name for word in sys.argv[1:])]
    found = {}
    for mutant in wanted:
        found[mutant.name] = killed(mutant)
        print(f"{found[mutant.name]}: {mutant.name}", flush=True)
    sys.exit(any(outcome != "killed" for outcome in found.values()))


if __name__ == "__main__":
    main()
