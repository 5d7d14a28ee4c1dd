"""Three nodes: one is cut off or loses power, or the database is killed. The result is that of one machine.

While it happens `status` is asked all the time, and says what is so.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from cluster.queue_site import QueueSite, assert_same, hook, words_for
from cluster.three_nodes import HEAD, TIMEOUT_S, ThreeNodes, why_no_nodes
from fixtures_screening import energies_file, settings_for
from mongo_server import MongoServer

from screening.common.errors import StoreError
from workflows.outputs import finished
from workflows.queue.status import status
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]

PATIENCE_S = 240
SMALL_JOBS = {"batch_size": 1}


@pytest.fixture(scope="module")
def nodes():
    """Three nodes; the tests of this module are on their head."""
    if reason := why_no_nodes():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="nodes-"))
    sandbox = ThreeNodes(folder)
    try:
        sandbox.start()
        with sandbox.inside(), pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLURM_CONF", str(sandbox.configuration))
            patch.delenv("MONGODB_URI", raising=False)
            yield sandbox
    finally:
        sandbox.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(nodes):
    """A MongoDB on the head."""
    own = MongoServer(nodes.folder / "mongodb", HEAD)
    try:
        own.start()
        yield own
    finally:
        own.remove()


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def local(tmp_path_factory, energies):
    """The small screening on this machine: its database."""
    folder = tmp_path_factory.mktemp("local")
    run_screening(settings_for(folder, energies=energies, **SMALL_JOBS))
    return str(folder / "db")


@pytest.fixture
def site(tmp_path, nodes, server):
    uri = server.database_uri(f"coatscreen_test_{uuid.uuid4().hex[:12]}")
    return QueueSite(tmp_path / "queue", uri, nodes, max_jobs=3)


@pytest.fixture
def words(tmp_path, energies):
    return words_for(tmp_path, energies=energies, **SMALL_JOBS)


class Watch(threading.Thread):
    """Asks for the status all the time, and notes what of it is not so.

    Parameters
    ----------
    site
        Whose status.
    away
        The nodes that are or were cut off or without power: only their jobs may be lost.
    """

    def __init__(self, site: QueueSite, away: set[str]) -> None:
        super().__init__(daemon=True)
        self.site, self.away = site, away
        self.wrong: list[str] = []
        self.asked = self.unreachable = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(1):
            try:
                self.ask()
            except StoreError:  # which is what is to be said of a server that is down
                self.unreachable += 1
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")

    def ask(self) -> None:
        (flow,) = status(self.site.site).flows
        jobs = self.site.jobs()
        store = self.site.site.job_store()
        ended = {job.uuid: job.name for job in jobs if job.state == "completed" and job.uuid is not None}
        there = finished(store, ended)
        store.close()
        self.asked += 1
        self.wrong += [f"completed without an output: {name}" for one, name in ended.items() if one not in there]
        self.wrong += [f"lost, but {job.host} was never away: {job}" for job in flow.lost if job.host not in self.away]
        self.wrong += [f"failed: {job}" for job in flow.failed]
        if sum(flow.jobs.values()) != flow.total or (flow.state == "complete") != (flow.done == flow.total):
            self.wrong.append(f"{flow.state}, {flow.done} of {flow.total}, {flow.jobs}")


@contextmanager
def watched(site, *away):
    """See that the status is right all the time."""
    watch = Watch(site, set(away))
    watch.start()
    try:
        yield watch
    finally:
        watch.over.set()
        watch.join(60)
    assert watch.wrong == []
    assert watch.asked > 0


def until_whole(site):
    """Recover until the flow is complete, as a user would who asks every few seconds."""
    give_up = time.monotonic() + PATIENCE_S
    while set(site.states()) != {"completed"}:
        assert time.monotonic() < give_up, f"{site.states()}\n{site.logs()}"
        site.recover(most_attempts=10)
        time.sleep(3)


BLOCKED = """
import time
from screening.coatings import tasks

def wait(*_):
    while not os.path.exists({go!r}):
        time.sleep(0.1)
before(tasks, 'material_window', wait)
"""


@pytest.fixture
def blocked(site, words, tmp_path, nodes):
    """Three jobs that run on three nodes until a file is there; gives the file."""
    go = tmp_path / "go"
    site.change(setup=[hook(tmp_path / "hook", BLOCKED.format(go=str(go)))])
    site.run("submit", *words)
    site.until(lambda: site.states()["running"] == 3, "three jobs")
    yield go
    go.touch()
    for name in nodes.running:
        nodes.mend(name)
        nodes.until_up(name)
    site.until_idle()


def running(site):
    return [job for job in site.jobs() if job.state == "running"]


@pytest.mark.parametrize(
    ("seconds", "recovering"),
    [
        pytest.param(20, True, id="20 s, recovered meanwhile"),
        pytest.param(20, False, id="20 s", marks=pytest.mark.slow),
        pytest.param(70, True, id="70 s, recovered meanwhile", marks=pytest.mark.slow),
        pytest.param(70, False, id="70 s", marks=pytest.mark.slow),
    ],
)
def test_a_node_is_cut_off(site, blocked, nodes, local, seconds, recovering):
    """Its worker goes on, and may be there again when another has its job."""
    cut_off = running(site)[0]
    with watched(site, cut_off.host):
        nodes.cut(cut_off.host)
        mended = time.monotonic() + seconds
        while time.monotonic() < mended:
            if recovering:
                site.recover()
            time.sleep(2)
        nodes.mend(cut_off.host)
        blocked.touch()
        until_whole(site)
    assert_same(site.uri, local)


@pytest.mark.parametrize(
    "beyond",
    [
        pytest.param(False, id="at once"),
        pytest.param(True, id="after Slurm has given it up", marks=pytest.mark.slow),
    ],
)
def test_a_node_loses_power_and_comes_back(site, blocked, nodes, local, beyond):
    lost = running(site)[0]
    others = {job.name for job in running(site)} - {lost.name}
    with watched(site, lost.host):
        nodes.power_off(lost.host)
        if beyond:
            site.until(lambda: nodes.node_state(lost.host).startswith("down"), "the end of the node", 3 * TIMEOUT_S)
        nodes.power_on(lost.host)
        site.until(lambda: site.states()["lost"], "the loss", PATIENCE_S)
        (found,) = site.recover().rerun
        assert found.name == lost.name
        blocked.touch()
        until_whole(site)
    assert_same(site.uri, local)
    launches = site.launches()
    assert launches[lost.name] == 2
    assert {launches[name] for name in others} == {1}


SLOW = """
import time
from screening.coatings import tasks

before(tasks, 'material_window', lambda *_: time.sleep(1))
"""


def test_the_database_is_killed_under_load(site, words, local, server, tmp_path, nodes):
    """Twice, while three workers are at it; what was completed stays so."""
    site.change(setup=[hook(tmp_path / "hook", SLOW)])
    site.run("submit", *words)
    with watched(site, *nodes.running):
        for number in (1, 4):
            site.until(lambda number=number: site.states()["completed"] >= number, "some jobs")
            done = {job.name for job in site.jobs() if job.state == "completed"}
            server.kill()
            time.sleep(3)
            server.start()
            assert {job.name for job in site.jobs() if job.state == "completed"} >= done
        until_whole(site)
    assert_same(site.uri, local)
    site.until_idle()
