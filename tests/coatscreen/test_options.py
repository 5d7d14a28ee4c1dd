"""Each option is declared once: it has one help text, however many verbs have it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import typer

import coatscreen
from coatscreen.program import program

FOLDER = Path(coatscreen.__file__).parent
# names that mean something else in another verb, where the verbs say what
OF_ITS_VERB = {
    "--against", "--cathode", "--celsius", "--coating", "--electrolyte", "--elements",
    "--energies", "--lithiation", "--lithium", "--open", "--orderings", "--output", "--pairs",
    "--pressure", "--resume", "--samples", "--seed", "--sort", "--structures", "--temperature",
    "--tolerance", "--top", "--voltage", "--within-mev",
}  # fmt: skip


def verbs(command=None, name=()):
    """Yield every verb with its name."""
    command = command or typer.main.get_command(program())
    if hasattr(command, "commands"):
        for part, inner in command.commands.items():
            yield from verbs(inner, (*name, part))
    else:
        yield " ".join(name), command


def helps():
    """Return the help texts of each option, and the verbs that have each."""
    found = defaultdict(lambda: defaultdict(list))
    for name, command in verbs():
        for option in command.params:
            if option.param_type_name == "option":
                found[option.opts[0]][option.help].append(name)
    return found


def test_an_option_that_several_verbs_have_has_one_meaning():
    several = {option for option, texts in helps().items() if len(texts) > 1}
    assert several == OF_ITS_VERB


def test_no_option_is_declared_twice():
    declared = defaultdict(list)
    for file in FOLDER.rglob("*.py"):
        text = file.read_text()
        for found in re.finditer(r"typer\.(?:Option|Argument)\((?P<inside>(?:[^()]|\([^()]*\))*)\)", text):
            declared[" ".join(found["inside"].split())].append(file.name)
    assert {inside: files for inside, files in declared.items() if len(files) > 1} == {}


@pytest.mark.parametrize(("name", "command"), [pytest.param(*verb, id=verb[0]) for verb in verbs()])
def test_every_verb_has_an_example(name, command):
    assert f"Example: coatscreen {name}" in command.help


def test_help_is_quick():
    program = (
        "import sys; from coatscreen.__main__ import execute; execute(['--help']); execute(['run', '--help']);"
        "print([m for m in ('numpy', 'pymatgen', 'jobflow', 'rich', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FOLDER.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")
