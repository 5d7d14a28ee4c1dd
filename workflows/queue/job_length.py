"""The number of coatings that make a job of a wanted length."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from screening.common.errors import InputError
from workflows.queue.site import Site
from workflows.queue.site.config_files import worker_timeout_seconds
from workflows.settings import ScreeningSettings

_MEASURED = Path(__file__).with_name("throughput.yaml")


def batch_for(settings: ScreeningSettings, minutes: float, site: Site) -> int:
    """Return how many coatings to put into a job, so that the slowest job of a batch takes about the wanted time.

    The time that a coating takes was measured once and is data, so that the same request always makes the same jobs.

    Parameters
    ----------
    settings
        The request.
    minutes
        The wanted length of a job, min.
    site
        The site that runs it.

    Raises
    ------
    InputError
        If the job that a worker of the site takes last could not finish within the wall time of its queue job.
    """
    most = site.wall_time_minutes - worker_timeout_seconds(site) / 60
    if minutes > most:
        raise InputError(
            f"--job-length {minutes:g}: a queue job of {site.wall_time_minutes} minutes may take its last job {most:g} "
            "minutes before its end; choose shorter jobs or give the site more --wall-time-minutes"
        )
    measured = _measured()
    seconds = measured["seconds_per_coating"]
    if settings.samples:  # jobs with samples hold as many coatings fewer, so that they count like others
        seconds = max(seconds, measured["seconds_per_coating_and_sample"])
    states = 2 + len(settings.lithiation)
    return max(1, int(60 * minutes / (seconds * states / measured["states_of_charge"])))


@cache
def _measured() -> dict[str, Any]:
    return dict(yaml.safe_load(_MEASURED.read_text(encoding="utf-8")))
