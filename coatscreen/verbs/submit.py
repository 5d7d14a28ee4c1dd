"""``coatscreen submit``: the main job on a queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from coatscreen import screening_options as options
from coatscreen.uncertainty import Samples, SamplingSeed, Uncertainty
from coatscreen.verbs.materials import AsJson
from coatscreen.verbs.status import MaxJobs, NoLaunch, SiteFolder

FlowName = Annotated[str | None, typer.Option("--name", help="Of the flow; made of its kind and its jobs.")]


def submit(
    coatings: options.Coatings = None,
    candidates: options.Candidates = None,
    cathodes: options.Cathodes = None,
    electrolytes: options.Electrolytes = None,
    lithiation: options.Lithiation = None,
    energies: options.Energies = None,
    prefer_mu: options.PreferMu = None,
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    catalogue: options.Catalogue = None,
    config: options.Config = None,
    job_length: Annotated[
        float | None, typer.Option(min=0.1, help="Minutes a job of the flow is to take: coatings are batched to it.")
    ] = None,
    name: FlowName = None,
    site: SiteFolder = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: AsJson = False,
    init: Annotated[bool, typer.Option("--init", help="Make or change a site instead; the options below.")] = False,
    scheduler: Annotated[str | None, typer.Option(help="With --init: slurm, pbs or sge.")] = None,
    database: Annotated[str | None, typer.Option(help="With --init: mongodb:// URI with the database's name.")] = None,
    account: Annotated[str | None, typer.Option(help="With --init: account or project that pays.")] = None,
    partition: Annotated[str | None, typer.Option(help="With --init: partition or queue.")] = None,
    wall_time_minutes: Annotated[int | None, typer.Option(help="With --init: of one queue job.")] = None,
    cores: Annotated[int | None, typer.Option(help="With --init: of one queue job.")] = None,
    memory_mb: Annotated[int | None, typer.Option(help="With --init: of one queue job.")] = None,
    work_folder: Annotated[Path | None, typer.Option(help="With --init: for launches and logs, on all nodes.")] = None,
    environment: Annotated[
        Path | None, typer.Option(help="With --init: the Python environment on the nodes; this one if not given.")
    ] = None,
    setup: Annotated[
        list[str] | None, typer.Option(help="With --init: a line of the shell that comes first; may be repeated.")
    ] = None,
    queue_option: Annotated[
        list[str] | None,
        typer.Option(help="With --init: a further option in the scheduler's words, as --qos=regular; may be repeated."),
    ] = None,
    parallel_env: Annotated[str | None, typer.Option(help="With --init: SGE's parallel environment.")] = None,
    vasp_command: Annotated[str | None, typer.Option(help="With --init: how VASP is started.")] = None,
    vasp_pseudopotentials: Annotated[Path | None, typer.Option(help="With --init: PMG_VASP_PSP_DIR.")] = None,
    ping_seconds: Annotated[int | None, typer.Option(help="With --init: between two signs of life of a job.")] = None,
    poll_seconds: Annotated[int | None, typer.Option(help="With --init: between two looks of an idle worker.")] = None,
    manager: Annotated[str | None, typer.Option(help="With --init: fireworks or jobflow-remote.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="With --init: change the site that is there.")] = False,
    reset_launchpad: Annotated[
        bool,
        typer.Option("--reset-launchpad", help="Forget all flows of the site; outputs and rankings stay. Asks first."),
    ] = False,
    confirm: Annotated[
        str | None, typer.Option(help="With --reset-launchpad: the name of the database, in place of being asked.")
    ] = None,
) -> None:
    """Screen coatings on a queue: put the jobs into the job database and start queue jobs that run them.

    The options of a screening are those of coatscreen run; its ranking comes into the site's database, where coatscreen
    rank --store SITE prints it. What was submitted or computed before is not submitted again.

    A site says which database, scheduler and environment: --init writes it, coatscreen doctor checks it.

    Example: coatscreen submit --init --scheduler slurm --database mongodb://me@db.example.org/coatings
    --partition short --wall-time-minutes 60 --work-folder /scratch/me/coatings

    Example: coatscreen submit --candidates stable.csv --job-length 15 --max-jobs 4 && coatscreen status --watch
    """
    given = options.given_options(locals())
    from coatscreen.flows import print_submitted
    from coatscreen.output import print_json
    from screening.errors import InputError
    from workflows.queue.site import Site, site_folder

    of_site = {
        "scheduler": scheduler,
        "database": database,
        "account": account,
        "partition": partition,
        "wall_time_minutes": wall_time_minutes,
        "cores": cores,
        "memory_mb": memory_mb,
        "work_folder": work_folder,
        "environment": environment,
        "setup": None if not setup else tuple(setup),
        "queue_options": None if not queue_option else tuple(queue_option),
        "parallel_env": parallel_env,
        "vasp_command": vasp_command,
        "vasp_pseudopotentials": vasp_pseudopotentials,
        "ping_seconds": ping_seconds,
        "poll_seconds": poll_seconds,
        "manager": manager,
    }
    if init:
        from coatscreen.verbs.site_setup import init_site

        _refuse({**given, "config": config, "job_length": job_length, "name": name}, "is not for --init")
        init_site(site, overwrite, **of_site, max_jobs=max_jobs)
        return
    _refuse({**of_site, "overwrite": overwrite or None}, "needs --init")
    there = Site.read(site_folder(site))
    if reset_launchpad:
        _reset(there, confirm)
        return
    if confirm is not None:
        raise InputError("--confirm needs --reset-launchpad")
    from workflows.queue.submission import submit as put
    from workflows.run import prepare_screening
    from workflows.settings import load_settings

    settings = load_settings(config, **given)
    if job_length is not None:
        from workflows.queue.job_length import batch_for

        settings = settings.model_copy(update={"batch_size": batch_for(settings, job_length, there)})
    submitted = put(there, prepare_screening(settings)[1], name, max_jobs, launch=not no_launch)
    if as_json:
        print_json(submitted.model_dump(mode="json"))
    else:
        print_submitted(submitted)


def _refuse(given: dict[str, Any], why: str) -> None:
    """Refuse options that are not for what is asked."""
    from screening.errors import InputError

    for name, value in given.items():
        if value is not None:
            raise InputError(f"--{name.replace('_', '-')} {why}")


def _reset(site: Any, confirm: str | None) -> None:
    """Reset the LaunchPad, with the consent of whoever sits there."""
    import sys

    from coatscreen.output import note
    from screening.errors import InputError
    from workflows.queue.site import reset_launchpad

    if site.manager != "fireworks":
        raise InputError("--reset-launchpad is for FireWorks; `jf admin reset` forgets the flows of jobflow-remote")
    if confirm is None and sys.stdin.isatty():
        confirm = typer.prompt(f"Name of the database whose flows are to be forgotten ({site.database_name})", err=True)
    reset_launchpad(site, confirm)
    note(f"the flows of {site.location.name} are forgotten; outputs and rankings are as they were")
