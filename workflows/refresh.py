"""Rankings made from a job store when they are asked for: of a run that goes on, and by other criteria."""

from __future__ import annotations

from collections.abc import Sequence

from screening.coatings.coating_documents import RankedCoating, Verdict
from screening.coatings.ranking import RankingDocument
from screening.coatings.run_document import Run
from screening.common.errors import StoreError
from screening.criteria.criteria import Criterion
from screening.database import CoatingDatabase, StoreLocation
from screening.database.queries.questions import sort_order
from workflows.builders import CoatingBuilder, RankingGroup, judged_again, verdicts_of
from workflows.outputs import finished, job_store
from workflows.run import aggregate


def refreshed(location: StoreLocation) -> list[tuple[Run, int]]:
    """Rank what is finished of the runs that go on, and say of each how many of its jobs that is.

    A database that can only be read stays as it is.
    """
    with CoatingDatabase.open(location) as database:
        running = [run for run in database.runs() if run.state == "running"]
    if not running:
        return []
    found = []
    try:
        jobs = job_store(location)
    except StoreError:  # read-only: what is ranked already can still be read
        return [(run, 0) for run in running]
    for run in running:
        aggregate(location, jobs, run.ranking_jobs)
        found.append((run, len(finished(jobs, run.jobs))))
    jobs.close()
    return found


def verdicts_again(location: StoreLocation, ranking_id: str) -> dict[str, Verdict]:
    """Return the coatings of a ranking of a database as they were judged, best first, with their samples.

    Raises
    ------
    StoreError
        As :func:`judge_again`.
    """
    return verdicts_of(_group(location, ranking_id))


def _group(location: StoreLocation, ranking_id: str) -> RankingGroup:
    jobs = job_store(location, read_only=True)
    builder = CoatingBuilder(jobs, None, None)
    requests = builder.requests(ranking_id)
    if not requests:
        raise StoreError(f"{location.name} does not hold the jobs of this ranking")
    done = finished(jobs, {uuid for request in requests for uuid in request.jobs})
    group = builder.group(requests, done)
    jobs.close()
    return group


def judge_again(
    location: StoreLocation, ranking_id: str, criteria: Sequence[Criterion], sort: str, top: int
) -> RankingDocument:
    """Return a ranking of a database as other criteria make it; nothing is computed or written.

    Parameters
    ----------
    location
        The database.
    ranking_id
        Of the ranking.
    criteria
        Judged by these.
    sort, top
        As for :meth:`screening.database.CoatingDatabase.ranking`.

    Raises
    ------
    StoreError
        If the database cannot be read, or does not hold the jobs of the ranking.
    """
    ranking = judged_again(_group(location, ranking_id), criteria)
    field, direction = sort_order(sort)

    def key(coating: RankedCoating) -> tuple[bool, float]:
        _, dot, name = field.rpartition(".")
        value = coating.compared.get(name) if dot else getattr(coating, field)
        return value is None, direction * float(value or 0.0)

    return ranking.model_copy(update={"ranking": sorted(ranking.ranking, key=key)[: top or None]})
