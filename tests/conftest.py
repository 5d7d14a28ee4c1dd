"""Fixtures that several test modules share."""

import pytest
from hypothesis import settings

from screening.phase_set import PhaseSet

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")


@pytest.fixture(scope="session")
def reference():
    """The packaged energies."""
    return PhaseSet.reference()
