"""A site on the sandbox's Slurm, as its user and its workers see it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from urllib.parse import urlsplit

from cluster.slurm_sandbox import UNFINISHED, SlurmSandbox
from fixtures_screening import SMALL, contents, without

from screening.database import StoreLocation
from workflows.outputs import finished, job_store
from workflows.queue.fireworks.fireworks_queue import FireworksQueue
from workflows.queue.flow_documents import QueuedJob, Recovery
from workflows.queue.recovery import recover
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

PATIENCE_S = 90
POLL_S = 0.2
_VOLATILE = ("_id", "@version", "completed_at", "hosts", "metadata", "blob_uuid", "store", "_ref")


class QueueSite:
    """A site in a folder, the database it uses and the queue it starts its jobs in.

    Parameters
    ----------
    folder
        Everything the site writes is in it.
    database
        URI of its database.
    slurm
        The queue.
    options
        Of the site.
    """

    def __init__(self, folder: Path, database: str, slurm: SlurmSandbox, **options: Any) -> None:
        self.work, self.slurm, self.uri = folder / "work", slurm, database
        self.work.mkdir(parents=True)
        self.options: dict[str, Any] = {
            "scheduler": "slurm",
            "database": database,
            "partition": "debug",
            "max_jobs": 1,
            "ping_seconds": 5,
            "poll_seconds": 1,
            "work_folder": str(self.work),
            **options,
        }
        self.site = write_site(Site.make(**self.options), folder / "site")
        self.folder = self.site.folder
        self.said: list[str] = []

    def change(self, **options: Any) -> None:
        """Write the site again with other options."""
        self.options |= options
        self.site = write_site(Site.make(**self.options), self.folder, overwrite=True)

    def run(self, *words: str, status: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``coatscreen`` as a user would, on this site, and see that it ends with a status."""
        done = self.start(*words, **variables)
        out, err = done.communicate(timeout=PATIENCE_S)
        self.said += [out, err]
        assert done.returncode == status, f"{words}: {done.returncode}\n{out}\n{err}"
        return subprocess.CompletedProcess(words, done.returncode, out, err)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start ``coatscreen``."""
        environment = {**self.slurm.environment(), "COATSCREEN_SITE": str(self.folder), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "coatscreen", *words],
            env={**environment, **variables},
            cwd=self.work,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def json(self, *words: str) -> Any:
        """Run ``coatscreen`` with ``--json``, and return the document."""
        return json.loads(self.run(*words, "--json").stdout)

    def refused(self, *words: str, status: int, **variables: str) -> str:
        """Run ``coatscreen``, which is to say in one line what is wrong, and return that."""
        done = self.run(*words, status=status, **variables)
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert done.stdout == ""
        return done.stderr

    def recover(self, **options: Any) -> Recovery:
        """Recover in this process, which is faster."""
        return recover(self.site, **options)

    # -- the database -------------------------------------------------------------------------------------

    @property
    def location(self) -> StoreLocation:
        return StoreLocation(self.uri)

    @property
    def password(self) -> str:
        """The password in the URI; a word that is nowhere where there is none."""
        return urlsplit(self.uri).password or "no password"

    @contextmanager
    def database(self) -> Iterator[Any]:
        """Open the database with pymongo."""
        from pymongo import MongoClient

        with MongoClient(self.uri) as client:
            yield client.get_default_database()

    def jobs(self) -> list[QueuedJob]:
        """Return the jobs of all flows."""
        return [job for flow in FireworksQueue(self.site).flows() for job in flow.jobs]

    def states(self) -> Counter[str]:
        """Count the jobs of all flows by state."""
        return Counter(job.state for job in self.jobs())

    def launches(self) -> dict[str, int]:
        """Return how often each job was started, by name, also before it was put back."""
        with self.database() as database:
            started = Counter(launch["fw_id"] for launch in database["launches"].find({}, {"fw_id": 1}))
            return {
                job["name"]: started[job["fw_id"]] for job in database["fireworks"].find({}, {"fw_id": 1, "name": 1})
            }

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield all documents of the database, the files the workers wrote, and what was printed."""
        with self.database() as database:
            for name in database.list_collection_names():
                for document in database[name].find({}):
                    yield f"collection {name}", repr(document)
        for file in (*self.work.rglob("*"), *self.slurm.folder.rglob("*")):
            if file.is_file():
                yield str(file), file.read_text(errors="replace")
        for said in self.said:
            yield "what was printed", said

    # -- waiting ------------------------------------------------------------------------------------------

    def until(self, done: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:
        """Wait until something is there, and return it."""
        give_up = time.monotonic() + timeout_s
        while not (found := done()):
            assert time.monotonic() < give_up, f"waited in vain for {what}: {self.states()}\n{self.logs()}"
            time.sleep(POLL_S)
        return found

    @property
    def idle(self) -> bool:
        """Whether no queue job of this site is left."""
        ids = {int(job_id) for job_id in FireworksQueue(self.site).queue_jobs()}
        return not any(state in UNFINISHED for number, (_, state) in self.slurm.jobs().items() if number in ids)

    def until_idle(self) -> None:
        """Wait until no queue job of this site is left."""
        self.until(lambda: self.idle, "the end of the queue jobs")

    def until_ended(self) -> None:
        """Wait until all jobs have ended, one is lost, or no worker is left."""
        ended = {"completed", "failed"}
        self.until(lambda: set(self.states()) <= ended or self.states()["lost"] or self.idle, "the end of the jobs")

    def until_complete(self) -> None:
        """Wait until all jobs of all flows are completed."""
        self.until(lambda: set(self.states()) == {"completed"}, "the end of the flow")

    def queue_job(self, job: QueuedJob) -> int:
        """Return the number of the queue job a job was started in."""
        return next(
            int(job_id)
            for job_id, folder in FireworksQueue(self.site).queue_jobs().items()
            if job.folder is not None and Path(job.folder).is_relative_to(folder)
        )

    def logs(self) -> str:
        """Return the ends of the logs of the queue jobs."""
        return "\n".join(f"{log}:\n{log.read_text()[-1500:]}" for log in self.work.rglob("coatscreen-*.out"))


def outputs(store: str) -> dict[str, Any]:
    """Return the outputs of all finished jobs of a database by their ids, large parts in place, without when and where.

    Every part that lies apart belongs to an output, and every output is there once.
    """
    jobs = job_store(StoreLocation(store))
    documents = list(jobs.query({}, properties=["uuid", "index", "name", "output"], load=False))
    uuids = [document["uuid"] for document in documents]
    assert len(set(uuids)) == len(uuids), Counter(uuids).most_common(3)
    assert set(finished(jobs, uuids)) == set(uuids)
    wanted = [part for document in documents for part in parts_of(document["output"])]
    there = [part["blob_uuid"] for part in jobs.additional_stores["data"].query({}, properties=["blob_uuid"])]
    assert sorted(there) == sorted(wanted)
    loaded = {
        doc["uuid"]: without({"name": doc["name"], "output": doc["output"]}, *_VOLATILE)
        for doc in jobs.query({}, load=True)
    }
    jobs.close()
    return loaded


def parts_of(output: Any) -> list[str]:
    """Return the ids of the large parts of an output."""
    if isinstance(output, dict):
        if "blob_uuid" in output:
            return [output["blob_uuid"]]
        output = list(output.values())
    return [part for value in output for part in parts_of(value)] if isinstance(output, list) else []


def assert_same(one: str, other: str) -> None:
    """See that two databases say the same, document by document, and hold the same outputs."""
    ours, theirs = contents(one), contents(other)
    assert {name: len(docs) for name, docs in ours.items()} == {name: len(docs) for name, docs in theirs.items()}
    assert ours == theirs
    assert outputs(one) == outputs(other)


def hook(folder: Path, code: str, word: str = "workflows.queue.fireworks.worker") -> str:
    """Return a line of the shell after which every worker, a process with `word` in its command, runs some code first.

    In the code, ``once(name)`` is true in the first process that asks, ``die()`` is a kill -9 of this process, and
    ``before(owner, name, do)`` calls ``do(caller, *arguments)`` before each call of a function.
    """
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(
        _WORKER.format(folder=str(folder), word=word, code=indent(dedent(code), "    "))
    )
    return f"export PYTHONPATH={shlex.quote(str(folder))}${{PYTHONPATH:+:$PYTHONPATH}}"


_WORKER = """\
import os, signal, sys

def once(name):
    try:
        os.close(os.open(os.path.join({folder!r}, name), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def before(owner, name, do):
    real = getattr(owner, name)
    def changed(*args, **kwargs):
        do(sys._getframe(1).f_code.co_name, *args)
        return real(*args, **kwargs)
    setattr(owner, name, changed)

if {word!r} in sys.orig_argv:
{code}
"""


def words_for(folder: Path, **options: Any) -> list[str]:
    """Return the options of a small screening for the command line; a file in the folder holds what has none there."""
    given = {**SMALL, **options}
    if "batch_size" in given:
        file = folder / "screening.yaml"
        file.write_text(f"batch_size: {given.pop('batch_size')}\n")
        given["config"] = str(file)
    joined = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}
    return [word for name, value in joined.items() for word in (f"--{name}", value)]
