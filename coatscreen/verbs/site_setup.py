"""What ``coatscreen submit --init`` does: it writes the configuration of a cluster, from options or answers."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

if TYPE_CHECKING:
    from workflows.queue.site import Site

_ASKED = {  # in this order; whatever else a site has is left at its default
    "scheduler": "Scheduler (slurm, pbs or sge)",
    "database": "Address of the database, without a password (mongodb://user@host:27017/name)",
    "partition": "Partition or queue (empty: the scheduler's default)",
    "account": "Account or project that pays (empty: none)",
    "wall_time_minutes": "Wall time of a queue job, in minutes",
    "cores": "Cores of a queue job",
    "max_jobs": "Queue jobs at one time",
    "work_folder": "Folder for launches and logs, which all nodes see",
}
_COMMANDS = {"slurm": "sbatch", "sge": "qconf", "pbs": "qsub"}  # sge has a qsub too


def init_site(folder: Path | None = None, overwrite: bool = False, **options: Any) -> Site:
    """Write a site, and make ready what it needs; say on stderr what was written and what to do next.

    What is not given is taken from the site to be overwritten, if there is one; else it is asked for, where somebody
    sits at a terminal.

    Parameters
    ----------
    folder
        Of the site; by default :func:`workflows.queue.site.site_folder`.
    overwrite
        Whether to replace a site that is there.
    options
        Answers, with the names of the fields of :class:`workflows.queue.site.Site`; None means not given.

    Raises
    ------
    InputError
        If an answer is missing or unfit, or a folder cannot be made; then nothing was written.
    """
    from coatscreen.output import note
    from screening.errors import InputError, StoreError
    from workflows.queue.flow_queue import open_queue
    from workflows.queue.site import SITE_FILE, Site, site_folder
    from workflows.queue.site.config_files import render, write_site

    where = site_folder(folder)
    given = {name: value for name, value in options.items() if value is not None}
    there = (where / SITE_FILE).is_file()
    if there and overwrite:
        given = {**Site.read(where).model_dump(), **given}
    elif not there:
        _complete(given)
    site = Site.make(**given)
    if there and not overwrite:
        raise InputError(f"{where} holds a site already: --overwrite replaces it, and keeps what no option changes")
    try:
        site.work_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the work folder {site.work_folder}: {error.strerror}") from None
    site = write_site(site, where, overwrite)
    note(f"wrote {', '.join(render(site))} into {where}")
    try:
        open_queue(site).prepare()
        note(f"{site.location.name} is ready for jobs; what was in it is as it was")
    except StoreError as error:
        note(f"the database is not ready: {error}")
    if site.manager == "jobflow-remote":
        folder_of_project = site.environment_variables()["JFREMOTE_PROJECTS_FOLDER"]
        note(f"jobflow-remote finds it by: export JFREMOTE_PROJECTS_FOLDER={shlex.quote(folder_of_project)}")
        note("what submits and watches its jobs is started once, on this machine, by: jf runner start")
    note("next: `coatscreen doctor` checks every link, down to a probe on a node")
    return site


def _complete(given: dict[str, Any]) -> None:
    """Ask for what is not given, or say that it is missing."""
    from screening.errors import InputError
    from workflows.queue.site import Site

    fields = Site.model_fields
    if not sys.stdin.isatty():
        missing = [name for name, field in fields.items() if field.is_required() and name not in given]
        if missing:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
            raise InputError(f"a new site needs {names}; at a terminal they are asked for")
        return
    for name, question in _ASKED.items():
        if name in given:
            continue
        field = fields[name]
        usual = _scheduler_here() if name == "scheduler" else None if field.is_required() else field.default
        optional = not field.is_required() and usual is None
        answer = typer.prompt(question, default="" if optional else usual, show_default=not optional, err=True)
        if answer != "":
            given[name] = Path(answer).expanduser() if name == "work_folder" else answer
    given["database"] = _with_password(str(given["database"]))


def _scheduler_here() -> str | None:
    """Return the scheduler whose commands this machine has."""
    from shutil import which

    return next((scheduler for scheduler, command in _COMMANDS.items() if which(command)), None)


def _with_password(uri: str) -> str:
    """Ask for the password of the user a URI names without one, and put it in, escaped."""
    match = re.match(r"mongodb(?:\+srv)?://([^:@/]+)(?=@)", uri)
    if match is None:
        return uri
    password = typer.prompt(
        f"Password of {match[1]} (empty: none)", default="", hide_input=True, show_default=False, err=True
    )
    return f"{match[0]}:{quote(password, safe='')}{uri[match.end() :]}" if password else uri
