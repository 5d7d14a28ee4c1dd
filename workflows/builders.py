"""Aggregating job outputs into the coating-screening database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict

import orjson
from jobflow import JobStore
from maggma.core import Builder, Store
from pydantic import ValidationError

from screening.criteria import Criterion, default_criteria
from screening.database.stores import write_all
from screening.errors import StoreError
from screening.plain_data import plain
from screening.ranking import Judged, in_order, judge
from screening.record import BareInterface, CoatingRecord
from screening.samples import CoatingSamples
from workflows.identity import digest
from workflows.outputs import finished


class Group(TypedDict):
    """All coatings of one cathode, electrolyte and set of energies, and the bare interface between them."""

    cathode: str
    electrolyte: str
    energies_sha256: str
    records: list[bytes]  # as JSON, since ten thousand of them as objects take gigabytes
    samples: dict[str, bytes]  # by coating; none where no samples of the energies were taken
    sources: dict[str, str]
    bare: dict[str, Any] | None


GroupKey = tuple[str, str, str]


class CoatingBuilder(Builder):  # type: ignore[misc]
    """Aggregate finished screening jobs into one ranked document per coating, cathode and electrolyte.

    Incremental: a group of coatings is touched only if one of its jobs is not in the database yet, or the criteria
    have changed; then the whole group is ranked again, since one new coating may move all others.

    Where two jobs computed the same coating, cathode and electrolyte in different ways (another lithium potential,
    another material of that name), the database holds the one that was asked for last.

    Parameters
    ----------
    jobs
        The job store.
    coatings
        Target: :class:`~screening.record.RankedCoating` documents.
    bare_interfaces
        Target: :class:`~screening.record.BareInterface` documents.
    criteria
        What coatings are judged by; None for the packaged criteria.
    asked_for
        Ids of the jobs that were asked for last; None for all jobs there are, the last to finish counting.
    """

    def __init__(
        self,
        jobs: JobStore,
        coatings: Store,
        bare_interfaces: Store,
        criteria: Sequence[Criterion] | None = None,
        asked_for: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.jobs = jobs
        self.coatings = coatings
        self.bare_interfaces = bare_interfaces
        self.criteria = criteria
        self.asked_for = asked_for
        super().__init__(sources=[jobs], targets=[coatings, bare_interfaces], **kwargs)

    def get_items(self) -> Iterator[Group]:
        """Yield every group that a new job output or new criteria change."""
        built: dict[GroupKey, dict[str, dict[str, Any]]] = {}
        for doc in self.coatings.query(
            {}, properties=["cathode", "electrolyte", "energies.sha256", "coating", "source_job", "criteria"]
        ):
            built.setdefault(_group_of(doc), {})[doc["coating"]] = doc
        bare = self._bare_jobs()
        changed: dict[GroupKey, list[dict[str, Any]]] = {}
        sources = {doc["source_job"] for coatings in built.values() for doc in coatings.values()}
        for job in self._jobs_of("assemble_records"):
            if self.asked_for is None and _stamp(job) in sources:
                continue
            output = self.jobs.get_output(job["uuid"], load=True)
            group = (output["cathode"], output["electrolyte"], output["energies_sha256"])
            known = built.get(group, {})
            made_from = [known.get(r["coating"], {}).get("source_job") for r in output["records"]]
            if not all(self._stands(source, job) for source in made_from):
                records = {record["coating"]: orjson.dumps(plain(record)) for record in output["records"]}
                batch = {"stamp": _stamp(job), "records": records, "samples": _samples(output)}
                changed.setdefault(group, []).append(batch)
        judged_by = [c.model_dump() for c in self.criteria or default_criteria()]
        shown = {_group_of(doc): doc.get("source_job") for doc in self.bare_interfaces.query({})}
        for group, coatings in built.items():
            if any(doc["criteria"] != judged_by for doc in coatings.values()) or (
                group in bare and not self._stands(shown.get(group), bare[group])
            ):
                changed.setdefault(group, [])
        for group, batches in changed.items():
            yield self._group(group, batches, bare.get(group))

    def process_item(self, item: Group) -> dict[str, Any]:
        """Rank one group; touches no database."""
        criteria = tuple(self.criteria or default_criteria())
        try:
            bare = None if item["bare"] is None else BareInterface.model_validate(item["bare"])
            samples = {name: CoatingSamples.model_validate_json(found) for name, found in item["samples"].items()}
            judged = []
            for text in item["records"]:
                record = CoatingRecord.model_validate_json(text)
                judged.append(judge(record, bare, criteria, samples.get(record.coating)))
        except ValidationError as error:
            first = error.errors()[0]
            raise StoreError(
                f"the database was written by another version of coatscreen ({'.'.join(map(str, first['loc']))}: "
                f"{first['msg']}); choose another with --store"
            ) from None
        key = document_key("", item["cathode"], item["electrolyte"], item["energies_sha256"])
        return {
            "coatings": _documents(item, in_order(judged, samples), [criterion.model_dump() for criterion in criteria]),
            "bare": None if item["bare"] is None else {**item["bare"], "key": key, "source_job": item["sources"][""]},
        }

    def update_targets(self, items: Iterable[dict[str, Any]]) -> None:
        """Write the groups, each in one go."""
        for item in items:
            write_all(self.coatings, item["coatings"], key="key")
            if item["bare"] is not None:  # last, since a group without it counts as unfinished
                self.bare_interfaces.update(item["bare"], key="key")

    def _jobs_of(self, function: str) -> list[dict[str, Any]]:
        """Return the jobs of one function that count, in the order they finished."""
        criteria: dict[str, Any] = {"name": {"$regex": f"^{function}: "}}
        if self.asked_for is not None:
            criteria["uuid"] = {"$in": list(self.asked_for)}
        jobs = {job["uuid"]: job for job in self.jobs.query(criteria, properties=["uuid", "completed_at"])}
        whole = finished(self.jobs, jobs)
        return sorted((jobs[uuid] for uuid in whole), key=lambda job: str(job.get("completed_at")))

    def _bare_jobs(self) -> dict[GroupKey, dict[str, Any]]:
        """Return the bare interface that counts for each group."""
        found = {}
        for job in self._jobs_of("bare_interface"):
            output = plain(self.jobs.get_output(job["uuid"], load=True))
            found[_group_of(output)] = {**job, "output": output}
        return found

    def _stands(self, source: str | None, job: dict[str, Any]) -> bool:
        """Return whether a document made from `source` needs nothing from `job`."""
        if source == _stamp(job):
            return True
        if source is None or self.asked_for is not None:
            return False
        return source.rpartition(" ")[2] > str(job.get("completed_at"))

    def _group(self, group: GroupKey, batches: list[dict[str, Any]], bare: dict[str, Any] | None) -> Group:
        cathode, electrolyte, sha256 = group
        where = {"cathode": cathode, "electrolyte": electrolyte, "energies.sha256": sha256}
        fields = [*CoatingRecord.model_fields, "source_job", "uncertainty.n_samples"]
        records, sources = {}, {}
        sampled_by: dict[str, set[str]] = {}
        for doc in self.coatings.query(where, properties=fields):
            records[doc["coating"]] = orjson.dumps({k: v for k, v in doc.items() if k in CoatingRecord.model_fields})
            sources[doc["coating"]] = doc["source_job"]
            if doc.get("uncertainty"):
                sampled_by.setdefault(doc["source_job"].partition(" ")[0], set()).add(doc["coating"])
        samples = self._kept_samples(sampled_by)
        for batch in batches:
            records |= batch["records"]
            sources |= dict.fromkeys(batch["records"], batch["stamp"])
            samples = {name: found for name, found in samples.items() if name not in batch["records"]}
            samples |= batch["samples"]
        if bare is None:
            shown = self.bare_interfaces.query_one(where)
            output = None if shown is None else {k: v for k, v in shown.items() if k in BareInterface.model_fields}
            sources[""] = "" if shown is None else str(shown.get("source_job"))
        else:
            output, sources[""] = bare["output"], _stamp(bare)
        return Group(
            cathode=cathode,
            electrolyte=electrolyte,
            energies_sha256=sha256,
            records=list(records.values()),
            samples=samples,
            sources=sources,
            bare=output,
        )

    def _kept_samples(self, sampled_by: dict[str, set[str]]) -> dict[str, bytes]:
        """Return the samples of coatings by the jobs that took them: documents hold what follows from them only."""
        kept: dict[str, bytes] = {}
        where = {"uuid": {"$in": list(sampled_by)}}
        for doc in self.jobs.query(where, properties=["uuid", "output.samples"], load=True):
            found = _samples(doc["output"])
            kept |= {name: found[name] for name in sampled_by[doc["uuid"]] if name in found}
        return kept


def _samples(output: dict[str, Any]) -> dict[str, bytes]:
    """Return the samples in the output of a job that assembles records, by coating."""
    return {name: orjson.dumps(plain(found)) for name, found in output.get("samples", {}).items()}


def _documents(
    item: Group, ranked: list[tuple[int, Judged]], criteria: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Make the documents of a group one by one."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for place, judged in ranked:
        key = document_key(judged.coating, item["cathode"], item["electrolyte"], item["energies_sha256"])
        yield {
            **orjson.loads(item["records"][place]),
            **judged.ranked_fields,
            "key": key,
            "criteria": criteria,
            "source_job": item["sources"][judged.coating],
            "built_at": now,
        }


def document_key(coating: str, cathode: str, electrolyte: str, energies_sha256: str) -> str:
    """Identify a document by what it is about: the same screening writes the same document."""
    return digest([coating, cathode, electrolyte, energies_sha256])[:32]


def _stamp(job: dict[str, Any]) -> str:
    return f"{job['uuid']} {job.get('completed_at')}"


def _group_of(doc: dict[str, Any]) -> GroupKey:
    return doc["cathode"], doc["electrolyte"], doc["energies"]["sha256"]
