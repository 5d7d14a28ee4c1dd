"""The help of the program and of verbs with verbs below them, and completion in a shell."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer

from coatscreen.__main__ import execute
from coatscreen.program import program

PROGRAM = typer.main.get_command(program())
GROUPS = ["Screen coatings", "Ask about a material", "Energies", "Cluster", "Results and names"]


@pytest.mark.parametrize(
    "verbs", [[], *([name] for name, verb in PROGRAM.commands.items() if hasattr(verb, "commands"))]
)
def test_no_line_of_the_help_is_cut(capsys, monkeypatch, verbs):
    monkeypatch.setenv("COLUMNS", "80")
    assert execute([*verbs, "--help"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "..." not in out.partition("[ARGS]...")[2]
    below = PROGRAM.commands[verbs[0]].commands if verbs else PROGRAM.commands
    words = " ".join(out.split())
    for name, verb in below.items():
        first = " ".join(verb.help.split("\n\n")[0].split()).partition(". ")[0]
        assert f"{name} {first}" in words, name


def test_every_verb_stands_in_a_group(capsys):
    assert execute(["--help"]) == 0
    headings = [line.removesuffix(":") for line in capsys.readouterr().out.splitlines() if line.endswith(":")]
    assert sorted(headings) == sorted(["Options", *GROUPS])


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("coatscreen inter", ["interface"]),
        ("coatscreen interface --temp", ["--temperature"]),
        ("coatscreen plot he", ["heatmap"]),
    ],
)
def test_a_shell_completes_verbs_and_options(typed, completed):
    """What the script of --show-completion asks when Tab is pressed."""
    asked = {
        **os.environ,
        "_COATSCREEN_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    command = [sys.executable, "-m", "coatscreen"]
    answer = subprocess.run(command, env=asked, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == completed
