"""A screening on a real Slurm says the same as one on this machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from cluster.double import Double
from cluster.queue_site import QueueSite, assert_same

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The default screening on this machine: its database."""
    store = str(tmp_path_factory.mktemp("local") / "db")
    subprocess.run([sys.executable, "-m", "coatscreen", "run", "--store", store], check=True, capture_output=True)
    return store


@pytest.fixture(scope="module")
def double(tmp_path_factory):
    running = Double(tmp_path_factory.mktemp("mongodb"))
    running.start()
    yield running
    running.stop()

@pytest.fixture(scope="module")
def submitted(tmp_path_factory, double, slurm):
    """The default screening, submitted with three queue jobs at one time, and complete."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(slurm.configuration))
        site = QueueSite(tmp_path_factory.mktemp("queue"), double.database_uri("submitted"), slurm, max_jobs=3)
        site.answer = site.json("submit")
        site.until_complete()
        yield site


def test_it_is_that_of_a_run_here(submitted, local):
    assert len(submitted.answer["launched"]) == 3
    assert_same(submitted.uri, local)
