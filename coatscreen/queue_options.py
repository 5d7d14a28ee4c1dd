"""The options of a queue, which several verbs have, and what the verbs do with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.queue.site import Site
    from workflows.requests.flow_request import FlowRequest

SiteFolder = Annotated[
    Path | None,
    typer.Option("--site", help="Folder of the site; by default $COATSCREEN_SITE, else ~/.config/coatscreen/queue."),
]
FlowName = Annotated[
    str | None, typer.Option("--name", help="A name for the flow; by default made of its kind and its jobs.")
]
MaxJobs = Annotated[
    int | None,
    typer.Option(
        "--max-jobs", min=1, help="Most queue jobs at one time; by default max_jobs of the site, 10 in a new one."
    ),
]
NoLaunch = Annotated[bool, typer.Option("--no-launch", help="Launch no queue job.")]
Submit = Annotated[
    bool, typer.Option("--submit", help="Put the jobs on the queue of a site (coatscreen site init makes one).")
]


def submission_site(
    submit: bool,
    site: Path | None,
    name: str | None,
    max_jobs: int | None,
    no_launch: bool,
    only_here: Mapping[str, bool],
) -> Site | None:
    """Return the site whose queue the work goes to; None where it is done on this machine.

    `only_here` has the options for work on this machine, and whether each was given.

    Raises
    ------
    InputError
        If an option does not go with the others, or there is no such site.
    """
    from screening.common.errors import InputError
    from workflows.queue.site import Site, site_folder

    if submit:
        for option, given in only_here.items():
            if given:
                raise InputError(f"{option} is for work on this machine: leave it out with --submit")
        return Site.read(site_folder(site))
    for_queue = {
        "--site": site is not None,
        "--name": name is not None,
        "--max-jobs": max_jobs is not None,
        "--no-launch": no_launch,
    }
    for option, given in for_queue.items():
        if given:
            raise InputError(f"{option} needs --submit")
    return None


def put_on_queue(
    site: Site,
    request: FlowRequest[Any],
    name: str | None,
    max_jobs: int | None,
    no_launch: bool,
    as_json: bool,
    result: str | None = None,
) -> None:
    """Submit a flow, and print what that changed and, by the sentence `result`, how its result is seen."""
    from coatscreen.flows import print_submitted
    from coatscreen.output import print_json
    from workflows.queue.submission import submit

    submitted = submit(site, request, name, max_jobs, launch=not no_launch)
    if as_json:
        print_json(submitted.model_dump(mode="json"))
        return
    print_submitted(submitted)
    if result is not None:
        print(result)
