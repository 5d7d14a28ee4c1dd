"""Whether a database is whole, and making it so again from the outputs of its jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from jobflow import JobStore
from pydantic import BaseModel, Field, ValidationError

from screening.coatings.coating_documents import RankedCoating
from screening.coatings.ranking import RankingHeader
from screening.coatings.run_document import Run
from screening.database import CoatingDatabase, StoreLocation
from screening.database.copies import file_of, keep, salvage
from screening.database.sqlite.integrity import Damage, damages
from screening.database.stores import KEYS, Collection
from screening.files.validation import explained
from workflows.outputs import finished, job_store
from workflows.run import aggregate
from workflows.runs import requests_for

_MODELS: dict[Collection, type[BaseModel]] = {"coatings": RankedCoating, "rankings": RankingHeader, "runs": Run}
_NOT_OF_MODELS = ("_id", "key", "source_jobs", "built_at", "compared", "stamp", "n_coatings")


class Check(BaseModel):
    """What a database holds, and what of it is damaged."""

    store: str = Field(description="the database")
    whole: bool = Field(description="whether nothing is damaged")
    damaged: list[Damage] = Field(description="what is; empty where all is whole")
    documents: dict[str, int] = Field(description="how many there are, by collection; none where the file is damaged")


class Repair(BaseModel):
    """What became of a damaged database."""

    store: str = Field(description="the database")
    damaged: list[Damage] = Field(description="what was damaged; empty: nothing was done")
    kept: str | None = Field(description="the damaged file, as it was; null where nothing was done")
    made_again: list[str] = Field(description="ids of the rankings that were made again from the outputs of jobs")
    to_run_again: list[str] = Field(
        description="names of the runs of which jobs are lost: coatscreen run --resume computes these, and these alone"
    )
    lost: list[Damage] = Field(
        description="documents that nothing in the database tells again: running the same request again does"
    )
    documents: dict[str, int] = Field(description="how many there are now, by collection")


def check(location: StoreLocation) -> Check:
    """Read all of a database, and compare it with itself.

    Raises
    ------
    StoreError
        If it cannot be opened for another reason than damage.
    """
    if location.folder is not None and (found := list(damages(str(file_of(location))))):
        return Check(store=location.name, whole=False, damaged=found, documents={})
    found = list(_contradictions(location))
    return Check(store=location.name, whole=not found, damaged=found, documents=_counts(location))


def repair(location: StoreLocation) -> Repair:
    """Keep what is intact of an embedded database, and make the rest again where its jobs tell it.

    The damaged file is kept beside it. Nothing is done to a database that is whole.

    Raises
    ------
    InputError
        If it is on a server.
    StoreError
        If nothing of it can be read, or another process has it open.
    """
    found = list(damages(str(file_of(location))))
    kept = salvage(location) if found else None
    location = StoreLocation(location.folder or "")  # another file is there now
    unreadable = list(_contradictions(location))
    if not found and not unreadable:
        return Repair(
            store=location.name,
            damaged=[],
            kept=None,
            made_again=[],
            to_run_again=[],
            lost=[],
            documents=_counts(location),
        )
    kept = kept or keep(location)
    found += unreadable
    with job_store(location) as jobs, location.errors():
        _drop(location, unreadable)
        interrupted = _interrupted(location, jobs)
        made_again = _made_again(location, jobs, {ranking for run in interrupted for ranking in run.rankings})
    return Repair(
        store=location.name,
        damaged=found,
        kept=str(kept),
        made_again=made_again,
        to_run_again=[run.name for run in interrupted],
        lost=[one for one in found if one.collection == "runs"],
        documents=_counts(location),
    )


def _counts(location: StoreLocation) -> dict[str, int]:
    counts: dict[str, int] = {}
    for collection in KEYS:
        store = location.open(collection, read_only=True)
        with location.errors():
            counts[collection] = store.count()
        store.close()
    return counts


def _contradictions(location: StoreLocation) -> Iterator[Damage]:
    """Yield documents that are not of their form, and rankings that lack coatings they say they have."""
    n_coatings = Counter[str]()
    for collection, model in _MODELS.items():
        store = location.open(collection, read_only=True)
        with location.errors():
            for doc in store.query({}):
                key, name = str(doc.get(KEYS[collection])), doc.get("coating") or doc.get("name")
                given = {field: value for field, value in doc.items() if field not in _NOT_OF_MODELS}
                if collection == "coatings":
                    n_coatings[str(doc.get("ranking_id"))] += 1
                    given.pop("ranking_id", None)
                try:
                    model.model_validate(given)
                except ValidationError as error:
                    yield Damage(collection=collection, key=key, name=name, what=explained(error))
                if collection == "rankings" and n_coatings[key] < doc.get("n_coatings", 0):
                    what = f"{n_coatings[key]} coatings are there of {doc['n_coatings']}"
                    yield Damage(collection=collection, key=key, name=None, what=what)
        store.close()


def _drop(location: StoreLocation, unreadable: list[Damage]) -> None:
    """Remove documents that are not of their form; a copy of them has been kept."""
    for collection in _MODELS:
        store = location.open(collection)
        for damage in unreadable:
            if damage.collection == collection:
                key = KEYS[collection]
                store.remove_docs({key: None if damage.key == "None" else damage.key})
        store.close()


def _interrupted(location: StoreLocation, jobs: JobStore) -> list[Run]:
    """Return the runs that more jobs are missing of than failed, and record that they are to be taken up again."""
    with CoatingDatabase.open(location) as database:
        runs = database.runs()
    found = [run for run in runs if len(run.jobs) - len(finished(jobs, run.jobs)) > len(run.failed)]
    store = location.open("runs")
    for run in found:
        store.update(run.model_copy(update={"state": "failed"}).model_dump(mode="json"), key="run_id")
    store.close()
    return found


def _made_again(location: StoreLocation, jobs: JobStore, later: set[str]) -> list[str]:
    """Make the rankings again of which something is missing, but for those whose jobs must run first."""
    coatings, rankings = location.open("coatings"), location.open("rankings")
    n_coatings = {doc["ranking_id"]: doc["n_coatings"] for doc in rankings.query({}, ["ranking_id", "n_coatings"])}
    asked: dict[str, list[str]] = {}
    for uuid, ranking in requests_for(jobs).items():
        if ranking not in later and n_coatings.get(ranking) != coatings.count({"ranking_id": ranking}):
            asked.setdefault(ranking, []).append(uuid)
    for ranking in asked:
        rankings.remove_docs({"ranking_id": ranking})  # else it would pass for made
    for store in (coatings, rankings):
        store.close()
    aggregate(location, jobs, sorted(uuid for uuids in asked.values() for uuid in uuids))
    return sorted(asked)
