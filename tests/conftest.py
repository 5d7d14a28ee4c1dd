"""Fixtures that several test modules share."""

import os

import pytest
from hypothesis import settings

from screening.phase_set import PhaseSet

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")


@pytest.fixture(scope="session")
def reference():
    """The packaged energies."""
    return PhaseSet.reference()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder of its own, and nothing of the user's environment."""
    for name in list(os.environ):
        if name.upper().startswith("COATSCREEN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
