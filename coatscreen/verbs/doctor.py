"""``coatscreen doctor``: whether flows can run on the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coatscreen.options import AsJson
from coatscreen.queue_options import SiteFolder


def doctor(
    site: SiteFolder = None,
    worker: Annotated[bool, typer.Option(help="Submit a short job to the queue and see what it finds.")] = True,
    timeout: Annotated[float, typer.Option(help="How long that job may take, s.", min=1)] = 120.0,
    as_json: AsJson = False,
    node_report: Annotated[
        Path | None, typer.Option(hidden=True, help="Write into this file what a queue job finds on its node.")
    ] = None,
) -> None:
    """Check every link of a site: files, programs, paths, database, queue, and what a job on a node finds.

    What does not hold is said with how to mend it; the exit status is then 1. Nothing is left behind but the log of a
    job that failed.

    Example: coatscreen doctor --no-worker
    """
    import sys
    from contextlib import redirect_stdout

    from coatscreen.output import print_json
    from workflows.queue.doctor.node_report import write_report
    from workflows.queue.doctor.site_checks import examine
    from workflows.queue.site import site_folder

    if node_report is not None:  # the queue job that the check submits
        write_report(node_report)
        return
    with redirect_stdout(sys.stderr):  # FireWorks prints what it thinks
        report = examine(site_folder(site), worker, timeout)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for check in report.checks:
            mark = {True: "ok", False: "fails", None: "-"}[check.ok]
            print(
                f"{mark:6}{check.name}: {check.what}" + (f"; to mend: {check.how_to_mend}" if check.how_to_mend else "")
            )
    if not report.ok:
        raise typer.Exit(1)
