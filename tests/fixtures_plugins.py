"""Packages of others with entry points, installed as far as Python sees it."""

from __future__ import annotations

import importlib
import sys

import pytest

from screening.criteria import quantities
from screening.energies import plugins

_CACHES = (quantities.registered, quantities.quantity, plugins.plugin_names)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Give a function that installs a module under entry points of a group, for this test alone."""
    installed = []

    def forget():
        importlib.invalidate_caches()
        for cached in _CACHES:
            cached.cache_clear()

    def package(name, code, group, **entries):
        (tmp_path / f"{name}.py").write_text(code)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[{group}]", *(f"{entry} = {name}:{function}" for entry, function in entries.items())]
        (info / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.chdir(tmp_path)
        installed.append(name)
        forget()

    yield package
    monkeypatch.undo()
    for name in installed:
        sys.modules.pop(name, None)
    forget()
