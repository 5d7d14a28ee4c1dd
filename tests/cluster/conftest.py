"""A queue for the tests on a cluster."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from cluster.slurm_sandbox import SlurmSandbox, why_no_slurm


@pytest.fixture(scope="session")
def slurm():
    """A real Slurm of one node, in an environment that holds no password to be handed to its jobs."""
    if reason := why_no_slurm():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # pytest's own folders have paths too long for a socket
    sandbox = SlurmSandbox(folder)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("MONGODB_URI", raising=False)
            sandbox.start()
            yield sandbox
    finally:
        sandbox.stop()
        shutil.rmtree(folder)
