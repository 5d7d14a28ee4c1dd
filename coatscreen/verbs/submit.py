"""``coatscreen submit``: the main job on a queue."""

from __future__ import annotations

from typing import Annotated

import typer

from coatscreen import options
from coatscreen.queue_options import FlowName, MaxJobs, NoLaunch, SiteFolder, put_on_queue


def submit(
    coatings: options.Coatings = None,
    candidates: options.Candidates = None,
    cathodes: options.Cathodes = None,
    electrolytes: options.Electrolytes = None,
    lithiation: options.Lithiation = None,
    voltage: options.Voltage = None,
    energies: options.ScreeningEnergies = None,
    doubtful: options.ScreeningDoubtful = None,
    uncertainty: options.Uncertainty = False,
    samples: options.Samples = None,
    seed: options.SamplingSeed = None,
    against: options.Against = None,
    film_thickness_nm: options.FilmThickness = None,
    film_area_ratio: options.FilmArea = None,
    catalogue: options.Catalogue = None,
    config: options.Config = None,
    job_length: Annotated[
        float | None, typer.Option(min=0.1, help="Minutes a job of the flow is to take: coatings are batched to it.")
    ] = None,
    name: FlowName = None,
    site: SiteFolder = None,
    max_jobs: MaxJobs = None,
    no_launch: NoLaunch = False,
    as_json: options.AsJson = False,
) -> None:
    """Screen coatings on a queue: put the jobs into the job database and launch queue jobs that run them.

    The options of a screening are those of coatscreen run. Its ranking comes into the site's database, where coatscreen
    rank --store SITE prints it. What was submitted or computed before is not submitted again.

    A site says which database, scheduler and environment are used: coatscreen site init writes it, coatscreen doctor
    checks it.

    Example: coatscreen submit --candidates stable.csv --job-length 15 --max-jobs 4 && coatscreen status --watch
    """
    given = options.given_options(locals())
    from workflows.queue.site import Site, site_folder
    from workflows.run import prepare_screening
    from workflows.settings import load_settings

    there = Site.read(site_folder(site))
    settings = load_settings(config, **given)
    if job_length is not None:
        from workflows.queue.job_length import batch_for

        settings = settings.model_copy(update={"batch_size": batch_for(settings, job_length, there)})
    with there.job_store() as jobs:
        request = prepare_screening(settings, jobs)[2]
    put_on_queue(there, request, name, max_jobs, no_launch, as_json)
