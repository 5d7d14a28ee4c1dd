"""``coatscreen site init`` and ``coatscreen site reset``: the configuration of a cluster, and its flows forgotten."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from coatscreen.queue_options import MaxJobs, SiteFolder
from coatscreen.verb_groups import VerbGroup

app = typer.Typer(
    cls=VerbGroup, help="The site: the configuration of a cluster.", no_args_is_help=True, rich_markup_mode=None
)
_ASKED = {  # in this order; everything else stays at its default
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


@app.command()
def init(
    site: SiteFolder = None,
    scheduler: Annotated[str | None, typer.Option(help="slurm, pbs or sge.")] = None,
    database: Annotated[str | None, typer.Option(help="mongodb:// URI with the name of the database.")] = None,
    account: Annotated[str | None, typer.Option(help="Account or project that pays.")] = None,
    partition: Annotated[str | None, typer.Option(help="Partition or queue.")] = None,
    wall_time_minutes: Annotated[int | None, typer.Option(help="Wall time of one queue job.")] = None,
    max_jobs: MaxJobs = None,
    cores: Annotated[int | None, typer.Option(help="Cores of one queue job.")] = None,
    memory_mb: Annotated[int | None, typer.Option(help="Memory of one queue job.")] = None,
    work_folder: Annotated[Path | None, typer.Option(help="Folder for launches and logs, which all nodes see.")] = None,
    environment: Annotated[
        Path | None, typer.Option(help="Prefix of the Python environment on the nodes; by default this one.")
    ] = None,
    setup: Annotated[
        list[str] | None, typer.Option(help="A line of the shell that comes first; may be repeated.")
    ] = None,
    queue_options: Annotated[
        list[str] | None,
        typer.Option(
            "--queue-option", help="A further option in the scheduler's words, such as --qos=regular; may be repeated."
        ),
    ] = None,
    parallel_env: Annotated[str | None, typer.Option(help="SGE's parallel environment.")] = None,
    vasp_command: Annotated[str | None, typer.Option(help="Command that starts VASP.")] = None,
    vasp_pseudopotentials: Annotated[Path | None, typer.Option(help="Folder that is PMG_VASP_PSP_DIR.")] = None,
    ping_seconds: Annotated[int | None, typer.Option(help="Time between two signs of life of a job.")] = None,
    poll_seconds: Annotated[int | None, typer.Option(help="Time between two looks of an idle worker.")] = None,
    manager: Annotated[str | None, typer.Option(help="fireworks or jobflow-remote.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Change the site that is there.")] = False,
) -> None:
    """Write the configuration of a cluster, and make its database ready for jobs.

    What is not given for a new site is asked for at a terminal. With --overwrite a site that is there is written again
    from its site.yaml, and what no option changes stays.

    Example: coatscreen site init --scheduler slurm --database mongodb://me@db.example.org/coatings --partition short
    --work-folder /scratch/me/coatings
    """
    fields = {name: value for name, value in locals().items() if name not in ("site", "overwrite")}
    given = {name: value for name, value in fields.items() if value is not None and value != []}
    from coatscreen.output import note
    from screening.common.errors import InputError, StoreError
    from workflows.queue.managers import open_queue
    from workflows.queue.site import SITE_FILE, Site, site_folder
    from workflows.queue.site.config_files import render, write_site

    where = site_folder(site)
    there = (where / SITE_FILE).is_file()
    if there and overwrite:
        given = {**Site.read(where).model_dump(), **given}
    elif not there:
        _complete(given)
    made = Site.make(**given)
    if there and not overwrite:
        raise InputError(f"{where} holds a site already: --overwrite replaces it, and keeps what no option changes")
    try:
        made.work_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the work folder {made.work_folder}: {error.strerror}") from None
    made = write_site(made, where, overwrite)
    note(f"wrote {', '.join(render(made))} into {where}")
    try:
        open_queue(made).prepare()
        note(f"{made.location.name} is ready for jobs; what was in it is as it was")
    except StoreError as error:
        note(f"the database is not ready: {error}")
    if made.manager == "jobflow-remote":
        folder_of_project = made.environment_variables()["JFREMOTE_PROJECTS_FOLDER"]
        note(f"jobflow-remote finds it by: export JFREMOTE_PROJECTS_FOLDER={shlex.quote(folder_of_project)}")
        note("what submits and watches its jobs is started once, on this machine, by: jf runner start")
    note("next: `coatscreen doctor` checks every link, down to a probe on a node")


@app.command()
def reset(
    site: SiteFolder = None,
    confirm: Annotated[
        str | None, typer.Option(help="The name of the database; asked for at a terminal where it is not given.")
    ] = None,
) -> None:
    """Forget all flows of a site. Outputs and rankings stay.

    Example: coatscreen site reset --confirm coatings
    """
    from coatscreen.output import note
    from screening.common.errors import InputError
    from workflows.queue.fireworks.launchpad import reset_launchpad
    from workflows.queue.site import Site, site_folder

    there = Site.read(site_folder(site))
    if there.manager != "fireworks":
        raise InputError("site reset is for FireWorks; `jf admin reset` forgets the flows of jobflow-remote")
    if confirm is None and sys.stdin.isatty():
        confirm = typer.prompt(
            f"Name of the database whose flows are to be forgotten ({there.database_name})", err=True
        )
    reset_launchpad(there, confirm)
    note(f"the flows of {there.location.name} are forgotten; outputs and rankings are as they were")


def _complete(given: dict[str, Any]) -> None:
    """Ask for what is not given; without a terminal, say what is missing."""
    from screening.common.errors import InputError
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
    """Return the scheduler whose commands this machine has; None if it has none."""
    from shutil import which

    return next((scheduler for scheduler, command in _COMMANDS.items() if which(command)), None)


def _with_password(uri: str) -> str:
    """Return the URI with the password of its user, which is asked for where the URI does not hold it."""
    match = re.match(r"mongodb(?:\+srv)?://([^:@/]+)(?=@)", uri)
    if match is None:
        return uri
    password = typer.prompt(
        f"Password of {match[1]} (empty: none)", default="", hide_input=True, show_default=False, err=True
    )
    return f"{match[0]}:{quote(password, safe='')}{uri[match.end() :]}" if password else uri
