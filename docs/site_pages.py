"""What mkdocs does with a page before it builds it: it runs the commands shown there, and fills in what is made.

=================================  ==================================================================
``<!-- run: coatscreen ... -->``   the command, run now, and what it prints
``<!-- include: FILE -->``         a page that stands elsewhere in the repository
``<!-- fields -->``                every field of every document, from the models
``<!-- api -->``                   the public names for Python, for mkdocstrings
=================================  ==================================================================
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import coatscreen
import screening
import workflows

ROOT = Path(__file__).parents[1]
ELSEWHERE = {  # pages that stand elsewhere in the repository, and their place in the site
    "CONTRIBUTING.md": "contributing.md",
    "launch_configs/README.md": "launch_configs.md",
    "tests/README.md": "tests.md",
}
_NEED_EXTRAS = (  # modules that cannot be imported without them; their documents pass between jobs alone
    "screening.energies.potentials.chgnet",
    "screening.energies.potentials.sevennet",
    "workflows.chgnet_calculator",
    "workflows.flows",
    "workflows.jobs",
    "workflows.queue.fireworks",
    "workflows.queue.jobflow_remote",
)
_FOLDER = tempfile.TemporaryDirectory(prefix="site-")  # of the commands, one after the other, for all pages


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Return a page as it is built."""
    return expanded(markdown)


def expanded(markdown: str) -> str:
    """Return a page with all that its comments ask for; a command stands in a line of its own."""
    text = re.sub(r"<!-- include: (\S+) -->", lambda found: included(found[1]), markdown)
    text = re.sub(r"^<!-- run: (.+?) -->$", lambda found: ran(found[1]), text, flags=re.MULTILINE)
    for mark, made in (("<!-- fields -->", fields), ("<!-- api -->", api)):
        if mark in text:
            text = text.replace(mark, made())
    for file, place in ELSEWHERE.items():
        text = text.replace(f"](../{file}", f"]({place}")
    return re.sub(r"(?<!!)\[([^\]]+)\]\(\.\./([^)]+)\)", r"\1 (`\2`)", text)  # a file that is no page


def ran(command: str) -> str:
    """Run a command of coatscreen; return it and its output as a block.

    Raises
    ------
    RuntimeError
        If it fails: then the page is wrong.
    """
    program, *arguments = shlex.split(command)
    if program != "coatscreen":
        raise RuntimeError(f"a page runs commands of coatscreen, not {program}")
    found = subprocess.run(
        [sys.executable, "-m", "coatscreen", *arguments],
        cwd=_FOLDER.name,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": _FOLDER.name, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise RuntimeError(f"{command}: {found.stderr}")
    return f"```console\n$ {command}\n{found.stdout.rstrip()}\n```"


def included(file: str) -> str:
    """Return a page that stands elsewhere, its links as seen from the folder of the pages."""
    text = (ROOT / file).read_text(encoding="utf-8")
    for other, place in ELSEWHERE.items():
        text = text.replace(f"]({other}", f"]({place}")
    return re.sub(r"\]\((?:\.\./)?docs/", "](", text)


def documents() -> dict[str, type[BaseModel]]:
    """Return every document of the program, by its dotted name."""
    found = {}
    for package in (screening, workflows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.startswith(_NEED_EXTRAS) or module.name.rpartition(".")[2].startswith("_"):
                continue
            for name, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(member, BaseModel) and member.__module__ == module.name and not name.startswith("_"):
                    found[f"{module.name}.{name}"] = member
    return found


def fields() -> str:
    """Return a table of the fields of each document."""
    parts = []
    for place, model in documents().items():
        if not model.model_fields:
            continue
        rows = [
            f"| `{name}` | `{_kind(field.annotation)}` | {_cell(field.description or '')} |"
            for name, field in model.model_fields.items()
        ]
        about = _cell((inspect.getdoc(model) or "").partition("\n\n")[0])
        head = [
            f"## {model.__name__}\n\n{about} `{place.rpartition('.')[0]}`\n",
            "| field | type | what it is |",
            "|---|---|---|",
        ]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts)


def api() -> str:
    """Return a place for the docstring of each public name."""
    blocks = []
    for name in coatscreen.__all__:
        member = getattr(coatscreen, name)
        blocks.append(f"## {name}\n\n::: {member.__module__}.{name}\n    options:\n      heading_level: 3")
    return "\n\n".join(blocks)


def _kind(annotation: Any) -> str:
    text = (
        annotation.__name__ if inspect.isclass(annotation) and not hasattr(annotation, "__args__") else str(annotation)
    )
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])", "", text).replace("|", "or").replace("NoneType", "None")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
