"""The recipes name versions, extras and requirements that exist. They are not built."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = ["Dockerfile", "coatscreen.def", "conda/meta.yaml", "README.md"]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def text(name):
    return (ROOT / "recipes" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_every_version_is_that_of_the_project(name):
    found = re.findall(r"(?:coatscreen[:-]|[Vv]ersion(?:=|: | ))\"?(\d+\.\d+\.\d+)", text(name))
    assert found
    assert set(found) == {PROJECT["version"]}


@pytest.mark.parametrize("name", ["Dockerfile", "coatscreen.def"])
def test_extras_exist(name):
    [listed] = re.findall(r"'\.\[(.*?)\]'", text(name))
    assert set(listed.split(",")) <= set(PROJECT["optional-dependencies"])
    assert set(listed.split(",")) <= set(re.findall(r"`(\w+)`", text("README.md")))


@pytest.mark.parametrize("name", ["Dockerfile", "coatscreen.def"])
def test_the_python_is_one_that_is_supported(name):
    [minor] = re.findall(r"python:3\.(\d+)-slim", text(name))
    least = re.fullmatch(r">=3\.(\d+)", PROJECT["requires-python"])[1]
    assert int(minor) >= int(least)
    assert (ROOT / "constraints.txt").is_file()


def test_conda_asks_for_what_the_project_asks_for():
    recipe = yaml.safe_load(re.sub(r"\{\{.*?\}\}", "compiler", text("conda/meta.yaml")))
    asked = dict(one.split(" ", 1) for one in recipe["requirements"]["run"])
    assert asked.pop("python") == PROJECT["requires-python"]
    wanted = {re.match(r"[\w.-]+", one)[0]: one for one in PROJECT["dependencies"]}
    found = {CONDA_NAMES.get(name, name): limits for name, limits in asked.items()}
    assert {name: f"{name}{limits}" for name, limits in found.items()} == wanted
    [script] = recipe["build"]["entry_points"]
    assert script == f"coatscreen = {PROJECT['scripts']['coatscreen']}"


@pytest.mark.parametrize("name", ["Dockerfile", "coatscreen.def", "conda/meta.yaml"])
def test_they_say_that_they_were_not_built(name):
    assert "has not been built" in text(name)
