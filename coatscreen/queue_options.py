"""Options of the verbs whose work can be put on a queue in place of being done here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workflows.queue.site import Site
    from workflows.requests.flow_request import FlowRequest

Submit = Annotated[
    bool, typer.Option("--submit", help="Put the jobs on the queue of a site (coatscreen submit --init makes one).")
]


def submission_site(
    submit: bool,
    site: Path | None,
    name: str | None,
    max_jobs: int | None,
    no_launch: bool,
    only_here: Mapping[str, bool],
) -> Site | None:
    """Return the site whose queue the work goes to; None where it is done here.

    Parameters
    ----------
    submit, site, name, max_jobs, no_launch
        The options.
    only_here
        Options for work on this machine, and whether each was given.

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
    there = {
        "--site": site is not None,
        "--name": name is not None,
        "--max-jobs": max_jobs is not None,
        "--no-launch": no_launch,
    }
    for option, given in there.items():
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
    result: str,
) -> None:
    """Submit a flow and say what came of it, and where its result will be.

    Parameters
    ----------
    result
        A sentence: how the result is seen.
    """
    from coatscreen.flows import print_submitted
    from coatscreen.output import print_json
    from workflows.queue.submission import submit

    submitted = submit(site, request, name, max_jobs, launch=not no_launch)
    if as_json:
        print_json(submitted.model_dump(mode="json"))
    else:
        print_submitted(submitted)
        print(result)
