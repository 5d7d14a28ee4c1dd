"""The main job from request to database: plan, run, aggregate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobflow import JobStore
from pydantic import Field

from screening.coatings.run_document import Run, RunState
from screening.coatings.samples import Sampling
from screening.common.errors import CalculationError, InputError, nearest
from screening.common.progress import Progress
from screening.criteria.contact_names import states_named
from screening.database import CoatingDatabase, StoreLocation
from screening.energies.source import fixed_source
from screening.searches.screening_request import ScreeningPlan, plan_screening
from workflows.builders import CoatingBuilder
from workflows.flows.screening import CoatingScreeningMaker
from workflows.identity import digest
from workflows.local import Outcome
from workflows.outputs import job_store
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.run_request import run_request
from workflows.settings import ScreeningSettings


class ScreeningCollector(ResultCollector[None]):
    """Ranks the coatings of a screening in its database."""

    kind = "screening"

    run: Run = Field(description="the request, as the database keeps it")

    def begin(self, location: StoreLocation) -> None:
        """Record the request as running."""
        self._record(location, "running", {})

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> None:
        """Aggregate the jobs into ranked documents; a coating that lacks something says what, the request why."""
        aggregate(location, jobs, self.run.ranking_jobs)
        with CoatingDatabase.open(location) as database:
            screened = all(database.count(ranking_id=ranking, ranked=True) for ranking in self.run.rankings)
        unranked = bool(failed) and not screened
        self._record(location, "failed" if unranked else "done", failed)
        if unranked:
            name, why = next(iter(failed.items()))
            raise CalculationError(f"{name}: {why}")

    def _record(self, location: StoreLocation, state: RunState, failed: Mapping[str, str]) -> None:
        runs = location.open("runs")
        with location.errors():
            before = runs.query_one({"run_id": self.run.run_id}) or {}
            kept = {"name": before.get("name", self.run.name), "created": before.get("created") or _now()}
            update = {**kept, "state": state, "failed": dict(failed), "updated": _now()}
            runs.update(self.run.model_copy(update=update).model_dump(mode="json"), key="run_id")
        runs.close()


@dataclass(frozen=True)
class Finished:
    """A screening that has run: what was asked, in resolved names, and what became of its jobs."""

    plan: ScreeningPlan
    run: Run
    outcome: Outcome


def prepare_screening(
    settings: ScreeningSettings, store: JobStore | None = None
) -> tuple[ScreeningPlan, Run, FlowRequest[ScreeningCollector]]:
    """Check a request and build its graph.

    Parameters
    ----------
    settings
        The request.
    store
        The job store that the graph will run into, connected: what it holds of the work is taken from there.

    Raises
    ------
    InputError
        If the request is wrong.
    """
    plan, request = plan_of(settings)
    maker = CoatingScreeningMaker(
        batch_size=settings.batch_size,
        criteria=tuple(settings.criteria),
        samples=settings.samples,
        seed=settings.seed or 0,
        against=settings.against,
        film=settings.film,
    )
    flow = maker.from_plan(plan, store)
    ranked = [job for job in flow.jobs if "ranking" in job.metadata]
    pairs = ", ".join(f"{c.name}|{e.name}" for c in plan.cathodes for e in plan.electrolytes)
    coatings = plan.coatings[0].name if len(plan.coatings) == 1 else f"{len(plan.coatings)} coatings"
    about = f"{coatings}, {pairs}"
    run = Run(
        run_id=digest([request, plan.energies.sha256])[:32],
        name=about,
        request=request,
        energies_sha256=plan.energies.sha256,
        rankings=[job.metadata["ranking"] for job in ranked],
        ranking_jobs=[job.uuid for job in ranked],
        state="running",
        jobs=list(flow.job_uuids),
        failed={},
        created="",
        updated="",
    )
    return plan, run, FlowRequest(about, flow, ScreeningCollector(run=run))


def plan_of(settings: ScreeningSettings) -> tuple[ScreeningPlan, dict[str, Any]]:
    """Check a request; return it resolved, and as the database keeps it.

    Raises
    ------
    InputError
        If the request is wrong.
    """
    request = _request(settings)
    plan = plan_screening(
        request["coatings"],
        request["cathodes"],
        request["electrolytes"],
        request["energies"],
        request["catalogue"],
        request["candidates"],
        settings.criteria,
        settings.lithiation,
        settings.voltage,
    )
    request["energies"] = fixed_source(settings.energies)  # only now is the version of a database known
    _check_states(settings, plan)
    if settings.samples is not None:
        Sampling.of(
            plan.energies.open(), settings.samples, settings.seed or 0, settings.against
        )  # there must be an error model
    return plan, request


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
    plan_of(settings)  # nothing is written for a wrong request
    location = StoreLocation(settings.store)
    with job_store(location) as store:
        plan, run, request = prepare_screening(settings, store)
    _, outcome = run_request(request, location, settings.workers, progress)
    return Finished(plan, run, outcome)


def aggregate(location: StoreLocation, jobs: JobStore, asked_for: Sequence[str] | None = None) -> None:
    """Bring the finished jobs of a database into its coating documents.

    Parameters
    ----------
    location
        The database.
    jobs
        Its job store.
    asked_for
        Ids of the jobs asked for; None for all. See :class:`~workflows.builders.CoatingBuilder`.
    """
    with location.exclusive():
        coatings, rankings = location.open("coatings"), location.open("rankings")
        builder = CoatingBuilder(jobs, coatings, rankings, asked_for)
        for item in builder.get_items():
            builder.update_targets([builder.process_item(item)])
        for store in (coatings, rankings):
            store.close()


def unfinished_request(location: StoreLocation) -> dict[str, Any]:
    """Return the options of the last run in a database that was not completed.

    Raises
    ------
    InputError
        If there is none.
    """
    if location.exists:
        with CoatingDatabase.open(location) as database:
            left = [run for run in database.runs() if run.state != "done" or run.failed]
        if left:
            return dict(max(left, key=lambda run: run.updated).request)
    raise InputError(f"there is no unfinished run in {location.name} to resume")


def _request(settings: ScreeningSettings) -> dict[str, Any]:
    """Return what was asked for, so that it means the same from any folder."""
    request = settings.model_dump(mode="json", exclude={"store", "workers"})
    request["catalogue"] = [str(Path(file).resolve()) for file in settings.catalogue]
    if settings.candidates is not None:
        request["candidates"] = str(Path(settings.candidates).resolve())
    return request


def _check_states(settings: ScreeningSettings, plan: ScreeningPlan) -> None:
    """Refuse a criterion on the contact with a cathode's state that no cathode has."""
    states = {
        state.replace(" ", "_") for cathode in plan.cathodes for state in (*cathode.lithiations, *cathode.voltages)
    }
    states |= {"full", "half"}
    for criterion in settings.criteria:
        for state in states_named(criterion.quantity) - states:
            raise InputError(
                f"criterion {criterion.name!r}: no cathode has a state {state!r}{nearest(state, states)}; "
                f"there are {', '.join(sorted(states))}"
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
