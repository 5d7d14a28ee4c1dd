"""The checks of a site: each link between this machine, the database, the queue and its nodes, one after another."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import CoatscreenError, InputError, StoreError
from screening.common.provenance import Software, software
from workflows.outputs import LARGE
from workflows.queue.doctor.node_probe import probe_node
from workflows.queue.doctor.node_report import NodeReport, versions, write_and_read
from workflows.queue.fireworks.launchpad import read_queue_adapter
from workflows.queue.site import SITE_FILE, Site
from workflows.queue.site.config_files import render
from workflows.queue.site.indexes import missing_indexes
from workflows.queue.site.scheduler import jobs_in_queue, scheduler_of
from workflows.queue.words import INSTALL

_WRITE_AGAIN = "`coatscreen site init --overwrite` writes them again from site.yaml"
_LARGE_BYTES = 1_000_000
_COUNTER = {"fireworks": "next_fw_id", "jobflow-remote": "next_id"}
_PACKAGES = {"fireworks": "FireWorks", "jobflow-remote": "jobflow-remote"}
_PROGRAMS = {"fireworks": ("python",), "jobflow-remote": ("python", "jf")}


class Check(BaseModel):
    """The check of one link."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="name of the link")
    ok: bool | None = Field(description="whether the link holds; null: not checked")
    what: str = Field(description="what was found, or why it was not checked")
    how_to_mend: str | None = Field(None, description="what to do where it does not hold")


class DoctorReport(BaseModel):
    """The checks of all links of a site."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(description="folder of the site")
    ok: bool = Field(description="whether every link that was checked holds")
    checks: list[Check] = Field(description="in the order in which they depend on each other")
    software: Software = Field(default_factory=software, description="the program that checked")


class _Broken(Exception):
    """Says that a link does not hold: what was found, and how to mend it."""

    def __init__(self, what: str, how_to_mend: str) -> None:
        self.check = {"what": what, "how_to_mend": how_to_mend}


_Link = tuple[str, tuple[str, ...], Callable[[Site], str]]  # its name, the links it needs, and its check


def examine(folder: Path, worker: bool = True, timeout_s: float = 120) -> DoctorReport:
    """Check a site.

    Parameters
    ----------
    folder
        The folder of the site.
    worker
        Whether to submit a probe to the queue.
    timeout_s
        How long the probe may take, s.
    """
    checks = list(_checks(folder, worker, timeout_s))
    return DoctorReport(site=str(folder), ok=all(check.ok is not False for check in checks), checks=checks)


def _checks(folder: Path, worker: bool, timeout_s: float) -> Iterator[Check]:
    links: list[_Link] = [
        ("files", (), _files),
        ("programs", (), _programs),
        ("paths", (), _paths),
        ("settings", ("programs",), _settings),
        ("database", (), _database),
        ("large results", ("database",), _large_results),
        ("job database", ("database",), _job_database),
        ("indexes", ("job database",), _indexes),
        ("queue", ("programs", "paths", "files"), _queue),
        ("node", ("queue",), lambda site: _node(site, timeout_s)),
    ]
    try:
        site = Site.read(folder)
    except InputError as error:
        mend = "coatscreen site init" if not (folder / SITE_FILE).exists() else f"correct {folder / SITE_FILE}"
        yield Check(name="site", ok=False, what=str(error), how_to_mend=mend)
        for name, _, _ in links:
            yield Check(name=name, ok=None, what="not checked, since there is no site")
        return
    yield Check(name="site", ok=True, what=f"{site.manager} on {site.scheduler}, {site.location.name}")
    held: set[str] = set()
    for name, needs, link in links:
        missing = [need for need in needs if need not in held]
        if missing or (name == "node" and not worker):
            why = ": --no-worker" if not worker and name == "node" else f", since it needs: {', '.join(missing)}"
            yield Check(name=name, ok=None, what=f"not checked{why}")
            continue
        try:
            yield Check(name=name, ok=True, what=link(site))
            held.add(name)
        except _Broken as broken:
            yield Check(name=name, ok=False, **broken.check)
        except CoatscreenError as error:
            yield Check(name=name, ok=False, what=str(error))


def _files(site: Site) -> str:
    """Check that the files are as the configuration makes them, and that nobody else can read them."""
    texts = render(site)
    for name, text in texts.items():
        file = site.folder / name
        try:
            found = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            fault = getattr(error, "strerror", None) or "it is no text"
            raise _Broken(f"{file} cannot be read: {fault}", _WRITE_AGAIN) from None
        if found != text and name != SITE_FILE:
            raise _Broken(f"{file} is not what site.yaml makes it", f"change site.yaml instead; {_WRITE_AGAIN}")
    for path in (site.folder, *(site.folder / name for name in texts)):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _Broken(f"{path} can be read by others, and holds a password", f"chmod go= {path}")
    return f"{len(texts)} files in {site.folder}, as site.yaml makes them, readable by their owner only"


def _programs(site: Site) -> str:
    package = _PACKAGES[site.manager]
    try:
        return f"coatscreen {software().coatscreen}, {package} {version(package)}"
    except PackageNotFoundError:
        raise _Broken(f"{package} is not installed here", INSTALL) from None


def _paths(site: Site) -> str:
    """Check that the folders and programs that queue jobs use are there, as seen from this machine."""
    for file in (site.environment / "bin" / program for program in _PROGRAMS[site.manager]):
        if not os.access(file, os.X_OK):
            raise _Broken(
                f"{file} is not there or cannot be run",
                f"install coatscreen[cluster] into {site.environment}, or correct `environment` in site.yaml",
            )
    try:
        with tempfile.TemporaryFile(dir=site.work_folder):
            pass
    except OSError as error:
        raise _Broken(
            f"cannot write in the work folder {site.work_folder}: {error.strerror}",
            "make it, or correct `work_folder` in site.yaml",
        ) from None
    potentials = site.vasp_pseudopotentials
    if potentials is not None and not potentials.is_dir():
        raise _Broken(f"there is no folder {potentials}", "correct `vasp_pseudopotentials` in site.yaml")
    return f"environment {site.environment}, work folder {site.work_folder}"


def _settings(site: Site) -> str:
    """Check that no other settings come before the site's."""
    if site.manager == "jobflow-remote":
        return "the project is found by JFREMOTE_PROJECTS_FOLDER"
    for other in (Path.cwd(), Path.home() / ".fireworks"):
        file = other / "FW_config.yaml"
        if file.exists() and other != site.folder:
            raise _Broken(f"FireWorks reads {file} in place of the site's", f"move {file} away")
    if os.environ.get("MONGOMOCK_SERVERSTORE_FILE"):
        raise _Broken(
            "MONGOMOCK_SERVERSTORE_FILE is set: FireWorks would use a file in place of the database",
            "unset MONGOMOCK_SERVERSTORE_FILE",
        )
    return "no other settings of FireWorks come before the site's"


def _database(site: Site) -> str:
    try:
        write_and_read(site.location)
    except StoreError as error:
        text = str(error).casefold()
        if "authentication" in text:
            mend = "correct user name and password in `database` of site.yaml, and perhaps authSource"
        elif "not authorized" in text:
            mend = f"give the user the role readWrite on {site.database_name}"
        else:
            mend = "is the server up, the address in site.yaml right, and no firewall between?"
        raise _Broken(str(error), mend) from None
    return "a document was written, read and removed"


def _large_results(site: Site) -> str:
    """Write, read and remove an output with a large part, which lies in GridFS."""
    job = {"uuid": f"doctor-{uuid.uuid4().hex}", "index": 1}
    value = os.urandom(_LARGE_BYTES // 2).hex()
    try:
        store = site.job_store()
        with site.location.errors():
            try:
                store.update({**job, "output": {"value": [value]}}, key=["uuid", "index"], save={LARGE: ["value"]})
                found = store.get_output(job["uuid"], load=True)
            finally:
                store.remove_docs({"uuid": job["uuid"]})
                store.additional_stores[LARGE].remove_docs({"job_uuid": job["uuid"]})
                store.close()
    except StoreError as error:
        raise _Broken(
            str(error), f"the user needs to write data.files and data.chunks in {site.database_name}"
        ) from None
    if found != {"value": [value]}:
        raise _Broken("a large output came back changed", "is another program writing into this database?")
    return f"an output of {_LARGE_BYTES / 1e6:g} MB went through GridFS and was removed"


def _job_database(site: Site) -> str:
    """Check that jobs can be added to the database: their counter is there, or nothing is there yet."""
    from pymongo import MongoClient

    jobs, counters = ("fireworks", "fw_id_assigner") if site.manager == "fireworks" else ("jf_jobs", "jf_auxiliary")
    with site.location.first_contact(), MongoClient(site.location.uri, **site.location.client_options) as client:
        database = client.get_default_database()
        n_jobs = database[jobs].count_documents({})
        prepared = database[counters].find_one({_COUNTER[site.manager]: {"$exists": True}}) is not None
    if n_jobs and not prepared:
        raise _Broken(
            f"{n_jobs} jobs of {site.manager} are there, but no counter of them ({counters})",
            "restore it from a backup, or use another database",
        )
    return f"{n_jobs} jobs" if prepared else "empty; the first submission prepares it"


def _indexes(site: Site) -> str:
    """Check that what is looked up often is found without reading everything."""
    missing = missing_indexes(site)
    if missing:
        raise _Broken(
            f"the database has no index of {', '.join(missing)}: looking things up will be slow",
            "`coatscreen site init --overwrite` makes them",
        )
    return "flows, coatings, outputs and their large parts are indexed"


def _queue(site: Site) -> str:
    """Check that the scheduler's commands are there and answer, also where FireWorks asks."""
    scheduler = scheduler_of(site)
    for command in (scheduler.submit, scheduler.ask, scheduler.cancel):
        if shutil.which(command) is None:
            raise _Broken(
                f"the command {command} is not on this machine",
                f"run this where jobs are submitted, or correct `scheduler` ({site.scheduler}) in site.yaml",
            )
    try:
        jobs = jobs_in_queue(site)
        counted = len(jobs) if site.manager == "jobflow-remote" else read_queue_adapter(site).get_njobs_in_queue()
    except CoatscreenError as error:
        raise _Broken(str(error), f"does {scheduler.ask} work by hand?") from None
    except Exception as error:  # FireWorks reads the scheduler's table as it comes
        raise _Broken(
            f"FireWorks cannot read what {scheduler.ask} prints ({type(error).__name__}: {error})",
            "is it the scheduler that site.yaml names?",
        ) from None
    if counted is None:
        raise _Broken(
            f"{scheduler.ask} does not answer FireWorks",
            f"see qadapter.{site.scheduler.upper()} in {site.work_folder}; is `partition` right?",
        )
    return f"{len(jobs)} of your jobs are in it"


def _node(site: Site, timeout_s: float) -> str:
    """Check that a queue job finds the same software and the same database on its node."""
    try:
        node = probe_node(site, timeout_s)
    except CoatscreenError as error:
        raise _Broken(
            str(error), "see `partition`, `account`, `environment`, `setup` and `work_folder` in site.yaml"
        ) from None
    return _same_as_here(site, node)


def _same_as_here(site: Site, node: NodeReport) -> str:
    here, there = versions(), node.versions
    if there["coatscreen"] != here["coatscreen"]:
        raise _Broken(
            f"on {node.host}, {node.python} has coatscreen {there['coatscreen']}; here is {here['coatscreen']}",
            f"install the same version into {site.environment}",
        )
    if site.manager == "fireworks" and node.ping_seconds != site.ping_seconds:
        raise _Broken(
            f"on {node.host}, jobs give a sign of life every {node.ping_seconds} s, not {site.ping_seconds}",
            "some other FW_config.yaml comes before the site's there",
        )
    if node.database_fault is not None:
        raise _Broken(f"on {node.host}: {node.database_fault}", "may nodes reach the database through the firewall?")
    other = ", ".join(f"{name} {there[name]} (here {here[name]})" for name in here if there[name] != here[name])
    found = ", ".join(f"{name} {value}" for name, value in there.items() if value is not None)
    return f"{node.host} reaches the database and has {found}" + (f"; other than here: {other}" if other else "")
