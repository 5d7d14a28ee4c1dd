"""The runs of a database: what each asked for, their names, what goes with one, and those of another database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jobflow import JobStore
from pydantic import BaseModel, Field

from screening.coatings.ranking import RankingHeader
from screening.coatings.ranking_request import RankingRequest
from screening.coatings.run_document import Run
from screening.common.errors import InputError
from screening.criteria.criteria import Criterion, default_criteria, read_criteria
from screening.database import CoatingDatabase, StoreLocation
from workflows.builders import RANKING, read_output
from workflows.outputs import LARGE, finished, job_store, output_of
from workflows.run import aggregate

_SHORTEST_ID = 4  # beginnings of ids that a run may be called by


class RunSummary(Run):
    """A run, and what can be said of it in short."""

    coatings: list[str] | None = Field(
        description="names of its coatings; null where the run has not come so far as to say them"
    )
    changed_criteria: list[Criterion] = Field(description="its criteria that are not as packaged")
    criteria_left_out: list[str] = Field(description="packaged criteria that it does without")


class RunDescription(BaseModel):
    """A run, and what its rankings rest on."""

    run: RunSummary = Field(description="the run")
    rankings: list[RankingHeader] = Field(description="those that are made; other runs may share them")


class Deleted(BaseModel):
    """What became of the rankings of a run that was deleted."""

    run: Run = Field(description="the run")
    deleted: list[str] = Field(description="ids of the rankings that no other run uses, which are gone")
    made_again: list[str] = Field(description="ids of those that others use, which are now without its coatings")


class Merged(BaseModel):
    """What was copied from another database."""

    jobs: int = Field(description="finished jobs that were copied")
    jobs_there: int = Field(description="finished jobs that were there before")
    runs: list[str] = Field(description="names of the runs that were copied")
    rankings: list[str] = Field(description="ids of the rankings that the other database has part in")


def list_runs(location: StoreLocation) -> list[RunSummary]:
    """Return the runs of a database, the last one first.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    with CoatingDatabase.open(location) as database:
        runs = database.runs()
    jobs = job_store(location, read_only=True)
    summaries = [_summary(run, jobs) for run in runs]
    jobs.close()
    return summaries


def describe_run(location: StoreLocation, name: str) -> RunDescription:
    """Return a run, by its name or id, and what its rankings rest on.

    Raises
    ------
    InputError
        If there is none, or several.
    """
    with CoatingDatabase.open(location) as database:
        run = database.run(name)
        rankings = database.headers(run=run.run_id)
    jobs = job_store(location, read_only=True)
    summary = _summary(run, jobs)
    jobs.close()
    return RunDescription(run=summary, rankings=rankings)


def coatings_of(jobs: JobStore, run: Run) -> list[str] | None:
    """Return the names of a run's own coatings; None where none of its requests for a ranking is finished."""
    outputs = [output_of(jobs, uuid) for uuid in run.ranking_jobs]
    known = [read_output(RankingRequest, output) for output in outputs if output is not None]
    return list(dict.fromkeys(coating.name for request in known for coating in request.coatings)) if known else None


def rename_run(location: StoreLocation, name: str, new: str) -> Run:
    """Give a run another name.

    Raises
    ------
    InputError
        If there is no such run, or the new name is empty, another run's, or cannot be printed.
    """
    wanted = new.strip()
    if not wanted:
        raise InputError("the new name is empty")
    if not wanted.isprintable():
        raise InputError(f"the new name {wanted!r} holds characters that cannot be printed")
    with location.exclusive(), CoatingDatabase.open(location) as database:
        run = database.run(name)
        for other in database.runs():
            if other.run_id != run.run_id and _means(wanted, other):
                raise InputError(f"the name {wanted!r} is taken, by the run {other.run_id[:8]} ({other.name})")
        renamed = run.model_copy(update={"name": wanted})
        _write_runs(location, [renamed])
    return renamed


def delete_run(location: StoreLocation, name: str) -> Deleted:
    """Delete a run, and of its rankings what no other run has asked for; the outputs of jobs stay.

    The run itself goes last: a deletion that is killed is done by deleting again.

    Raises
    ------
    InputError
        If there is no such run.
    """
    with CoatingDatabase.open(location) as database:
        run = database.run(name)
        others = [one for one in database.runs() if one.run_id != run.run_id]
    needed = {uuid for other in others for uuid in other.ranking_jobs}
    jobs = job_store(location)
    with location.errors():
        if own := sorted(set(run.ranking_jobs) - needed):
            jobs.remove_docs({"uuid": {"$in": own}})
        if shared := requests_for(jobs, run.rankings):
            aggregate(location, jobs, sorted(shared))
    deleted = []
    with location.exclusive(), location.errors():
        coatings, rankings, runs = location.open("coatings"), location.open("rankings"), location.open("runs")
        left = set(requests_for(jobs, run.rankings).values())
        for ranking in run.rankings:
            if ranking not in left:
                rankings.remove_docs({"ranking_id": ranking})  # first: a ranking without it is not shown
                coatings.remove_docs({"ranking_id": ranking})
                deleted.append(ranking)
        runs.remove_docs({"run_id": run.run_id})
        for store in (coatings, rankings, runs, jobs):
            store.close()
    return Deleted(run=run, deleted=deleted, made_again=[one for one in run.rankings if one not in deleted])


def merge(location: StoreLocation, other: StoreLocation) -> Merged:
    """Copy the finished jobs and the runs of another database, and rank what came of them.

    What is there stays as it is: a job or a run of the same id is not copied. Doing it twice changes nothing.

    Parameters
    ----------
    location
        The database that is added to; made if absent.
    other
        The one that is copied from; only read.

    Raises
    ------
    InputError
        If both are the same, or call two materials by one name in one ranking.
    """
    if (location.folder, location.uri) == (other.folder, other.uri):
        raise InputError(f"{other.name} is the database itself")
    with CoatingDatabase.open(other) as database:
        runs = database.runs()
    source, jobs = job_store(other, read_only=True), job_store(location)
    with other.errors():
        uuids = [doc["uuid"] for doc in source.query({}, properties=["uuid"])]
        done = finished(source, uuids)
    _require_one_material_a_name(jobs, location.name, source, other.name)
    with location.errors():
        there = finished(jobs, uuids)
        for uuid in sorted(set(done) - set(there)):
            _copy(source, jobs, uuid)
        known = location.open("runs")
        new = [run for run in runs if known.query_one({"run_id": run.run_id}) is None]
        known.close()
        _write_runs(location, new)
        rankings = sorted(set(requests_for(source).values()))
        if requests := requests_for(jobs, rankings):
            aggregate(location, jobs, sorted(requests))
    for store in (source, jobs):
        store.close()
    return Merged(
        jobs=len(set(done) - set(there)),
        jobs_there=len(set(done) & set(there)),
        runs=[run.name for run in new],
        rankings=rankings,
    )


def _summary(run: Run, jobs: JobStore) -> RunSummary:
    packaged = {criterion.name: criterion for criterion in default_criteria()}
    criteria = read_criteria(run.request.get("criteria", []))
    return RunSummary(
        **run.model_dump(),
        coatings=coatings_of(jobs, run),
        changed_criteria=[one for one in criteria if packaged.get(one.name) != one],
        criteria_left_out=[name for name in packaged if name not in {one.name for one in criteria}],
    )


def _means(name: str, run: Run) -> bool:
    """Return whether a run is called so, or its id begins so."""
    return name == run.name or (len(name) >= _SHORTEST_ID and run.run_id.startswith(name))


def requests_for(jobs: JobStore, rankings: Iterable[str] | None = None) -> dict[str, str]:
    """Return the finished jobs that ask for rankings, with the ranking of each; None: for any."""
    criteria: dict[str, Any] = {RANKING: {"$ne": None} if rankings is None else {"$in": list(rankings)}}
    found = {doc["uuid"]: doc.get("metadata", {}).get("ranking") for doc in jobs.query(criteria, ["uuid", "metadata"])}
    asked = {uuid: ranking for uuid, ranking in found.items() if ranking is not None}
    return {uuid: asked[uuid] for uuid in finished(jobs, asked)}


def _require_one_material_a_name(jobs: JobStore, here: str, source: JobStore, there: str) -> None:
    """Refuse to rank two materials under one name: the one would silently take the other's place."""
    ours = _materials(jobs)
    for (ranking, name), theirs in _materials(source).items():
        known = ours.get((ranking, name), theirs)
        if new := theirs - known:
            raise InputError(
                f"{there} calls {min(new)} {name!r}, and {here} calls {min(known)} so: nothing was copied; screen one "
                "of them under another name first"
            )


def _materials(jobs: JobStore) -> dict[tuple[str, str], set[str]]:
    """Return what the coatings of each ranking are, by the ranking's id and their name."""
    found: dict[tuple[str, str], set[str]] = {}
    for uuid, ranking in requests_for(jobs).items():
        for coating in read_output(RankingRequest, output_of(jobs, uuid)).coatings:
            found.setdefault((ranking, coating.name), set()).add(coating.reactant)
    return found


def _copy(source: JobStore, target: JobStore, uuid: str) -> None:
    """Copy a job with its large parts, these first: a job is finished when all is there."""
    parts = list(source.additional_stores[LARGE].query({"job_uuid": uuid}))
    if parts:
        target.additional_stores[LARGE].update([_without_id(part) for part in parts], key="blob_uuid")
    docs = list(source.docs_store.query({"uuid": uuid}))
    target.docs_store.update([_without_id(doc) for doc in docs], key=["uuid", "index"])


def _without_id(doc: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in doc.items() if name != "_id"}


def _write_runs(location: StoreLocation, runs: Iterable[Run]) -> None:
    store = location.open("runs")
    with location.errors():
        if docs := [run.model_dump(mode="json") for run in runs]:
            store.update(docs, key="run_id")
    store.close()
