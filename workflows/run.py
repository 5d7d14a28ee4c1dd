"""The main job from request to database: plan, run, aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jobflow import JobStore

from screening.database import StoreLocation
from screening.errors import CalculationError, InputError, StoreError
from screening.plan import plan_screening
from screening.record import Run
from workflows.builders import CoatingBuilder
from workflows.flows.screening import CoatingScreeningMaker
from workflows.identity import digest
from workflows.local import Outcome, Progress, run_local
from workflows.settings import ScreeningSettings


@dataclass(frozen=True)
class Finished:
    """A screening that has run: what was asked, in resolved names, and what became of its jobs."""

    coatings: list[str]
    pairs: list[tuple[str, str]]
    energies_sha256: str
    outcome: Outcome


def run_screening(settings: ScreeningSettings, progress: Progress = lambda finished, total, name: None) -> Finished:
    """Run a screening and aggregate it into its database.

    Work already in the database's job store is not done again, so the same call goes on with an interrupted run,
    and adds nothing where the run was complete.

    Parameters
    ----------
    settings
        The request.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Raises
    ------
    InputError
        If the request is wrong; nothing has been written then.
    StoreError
        If the database cannot be opened or written.
    CalculationError
        If a worker dies, or the ranking of a cathode and electrolyte failed; what was finished is stored.
    """
    plan = plan_screening(
        settings.coatings, settings.cathodes, settings.electrolytes, settings.energies, settings.catalogue
    )
    maker = CoatingScreeningMaker(
        batch_size=settings.batch_size, prefer_mu=settings.prefer_mu, criteria=tuple(settings.criteria)
    )
    flow = maker.from_plan(plan)
    location = StoreLocation(settings.store)
    jobs, runs = location.open("jobs"), location.open("runs")
    request = settings.model_dump(mode="json", exclude={"store", "workers"})
    run = Run(
        run_id=digest([request, plan.energies.sha256])[:32],
        request=request,
        state="running",
        jobs=len(flow.job_uuids),
        failed={},
        updated=_now(),
    )
    runs.update(run.model_dump(), key="run_id")
    try:
        outcome = run_local(flow, JobStore(jobs), settings.workers, progress)
        aggregate(location, settings)
    except OSError as error:
        raise StoreError(f"cannot write to {location.name}: {error.strerror}") from None
    failed = any(name.startswith("rank: ") for name in outcome.failed)
    run = run.model_copy(update={"state": "failed" if failed else "done", "failed": outcome.failed, "updated": _now()})
    runs.update(run.model_dump(), key="run_id")
    for store in (jobs, runs):
        store.close()
    if failed:
        name, reason = next(iter(outcome.failed.items()))
        raise CalculationError(f"{name}: {reason}")
    return Finished(
        coatings=[coating.name for coating in plan.coatings],
        pairs=[(cathode.name, electrolyte.name) for cathode in plan.cathodes for electrolyte in plan.electrolytes],
        energies_sha256=plan.energies.sha256,
        outcome=outcome,
    )


def aggregate(location: StoreLocation, settings: ScreeningSettings) -> None:
    """Bring the finished jobs of a database into its coating documents."""
    with location.exclusive():
        jobs, coatings, bare = (location.open(name) for name in ("jobs", "coatings", "bare_interfaces"))
        builder = CoatingBuilder(jobs, coatings, bare, settings.criteria)
        builder.update_targets([builder.process_item(item) for item in builder.get_items()])
        for store in (jobs, coatings, bare):
            store.close()


def unfinished_request(location: StoreLocation) -> dict[str, Any]:
    """Return the options of the last run in a database that was not completed.

    Raises
    ------
    InputError
        If there is none.
    """
    if location.exists:
        runs = location.open("runs", read_only=True)
        found = [Run.model_validate({k: doc[k] for k in Run.model_fields}) for doc in runs.query({})]
        runs.close()
        left = [run for run in found if run.state != "done" or run.failed]
        if left:
            return dict(max(left, key=lambda run: run.updated).request)
    raise InputError(f"there is no unfinished run in {location.name} to resume")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
