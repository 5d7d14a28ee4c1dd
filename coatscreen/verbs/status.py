"""``coatscreen status`` and ``coatscreen recover``: flows on a queue."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import AsJson
from coatscreen.queue_options import MaxJobs, SiteFolder
from workflows.queue.words import MOST_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.queue.flow_documents import StatusDocument

_Names = Annotated[list[str] | None, typer.Argument(help="Names of flows; all if not given.", show_default=False)]
_WATCH_SECONDS = 10


def status(
    names: _Names = None,
    site: SiteFolder = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again and again, until all has ended.")] = False,
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks, with --watch.")] = _WATCH_SECONDS,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="File to write, .html: the same as a page; with --watch again and again."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print how far the flows on a queue have come, from the job database.

    For each flow: its jobs by state, done of all, jobs an hour and the time left at that rate, what failed with the
    first line of its error, and what is lost. Beside it the queue jobs, where the scheduler answers.

    Example: coatscreen status --watch

    Example: coatscreen status --html status.html
    """
    from coatscreen.flows import print_status
    from coatscreen.output import print_json
    from coatscreen.report.status_page import status_page
    from screening.common.errors import InputError
    from screening.files.content import write_whole
    from workflows.queue.site import Site, site_folder
    from workflows.queue.status import status as status_of
    from workflows.requests.result_file import result_file

    if watch and as_json:
        raise InputError("--watch shows tables; leave out --json")
    page = None if html is None else result_file(html)
    there = Site.read(site_folder(site))

    def look() -> StatusDocument:
        found = status_of(there, names or ())
        if page is not None:
            write_whole(page, status_page(found))
        return found

    if watch:
        _watch(look, every)
        return
    found = look()
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_status(found)


def recover(
    names: _Names = None,
    site: SiteFolder = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Run failed jobs again, once what made them fail is mended.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Let jobs run that someone paused or defused in the job manager.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Count lost jobs as failed; the result is made without them, and says so.")
    ] = False,
    most_attempts: Annotated[
        int, typer.Option(min=1, help="A job lost so often is given up: it may need more time or memory.")
    ] = MOST_ATTEMPTS,
    lost_after: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds without a sign of life after which a job is lost; five pings of the site."),
    ] = None,
    max_jobs: MaxJobs = None,
    launch: Annotated[
        bool | None,
        typer.Option(
            "--launch/--no-launch",
            help="Launch queue jobs, also where the last ones ended before a worker came up; or none at all.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run again what was lost on a queue: killed by the scheduler, out of wall time, a node gone.

    A job is lost if its queue job has ended or it gave no sign of life for too long; it runs again, and so does what
    needs it. Jobs that failed by themselves are listed; --failed runs them again. What is finished is not computed
    again. Then queue jobs are launched for what is left, unless the last ones ended before a worker came up.

    Example: coatscreen recover

    Example: coatscreen recover screening-3f2a91c0 --failed
    """
    from coatscreen.flows import print_recovery
    from coatscreen.output import print_json
    from workflows.queue.recovery import recover as run_again
    from workflows.queue.site import Site, site_folder

    found = run_again(
        Site.read(site_folder(site)),
        names or (),
        failed=failed,
        resume=resume,
        give_up=give_up,
        most_attempts=most_attempts,
        lost_after_s=lost_after,
        max_jobs=max_jobs,
        launch=launch,
    )
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_recovery(found)


def _watch(look: Callable[[], StatusDocument], every: int) -> None:
    """Print the status again and again, in place where it is a terminal, until no job is left that may still run."""
    from coatscreen.flows import print_status
    from screening.text.terminal import console

    screen = console()
    while True:
        found = look()
        if screen.is_terminal:
            screen.clear()
        print_status(found)
        if all(flow.state in ("complete", "incomplete") for flow in found.flows):
            return
        time.sleep(every)
