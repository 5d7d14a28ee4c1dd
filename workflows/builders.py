"""Aggregating job outputs into the coating-screening database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict

from maggma.core import Builder, Store

from screening.criteria import Criterion, default_criteria
from screening.ranking import rank_coatings
from screening.record import BareInterface, CoatingRecord
from workflows.identity import digest


class Group(TypedDict):
    """All coatings of one cathode, electrolyte and set of energies, and what is new among them."""

    cathode: str
    electrolyte: str
    energies_sha256: str
    records: list[dict[str, Any]]
    sources: dict[str, str]
    bare: dict[str, Any] | None


class CoatingBuilder(Builder):  # type: ignore[misc]
    """Aggregate finished screening jobs into one ranked document per coating, cathode and electrolyte.

    Incremental: a group of coatings is touched only if a job of it is newer than the database, or the criteria
    have changed; then the whole group is ranked again, since one new coating may move all others.

    Parameters
    ----------
    jobs
        The job store's documents.
    coatings
        Target: :class:`~screening.record.RankedCoating` documents.
    bare_interfaces
        Target: :class:`~screening.record.BareInterface` documents.
    criteria
        What coatings are judged by; None for the packaged criteria.
    """

    def __init__(
        self,
        jobs: Store,
        coatings: Store,
        bare_interfaces: Store,
        criteria: Sequence[Criterion] | None = None,
        **kwargs: Any,
    ) -> None:
        self.jobs = jobs
        self.coatings = coatings
        self.bare_interfaces = bare_interfaces
        self.criteria = criteria
        super().__init__(sources=[jobs], targets=[coatings, bare_interfaces], **kwargs)

    def get_items(self) -> Iterator[Group]:
        """Yield every group that a new job output or new criteria change."""
        built: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        for doc in self.coatings.query(
            {}, properties=["key", "cathode", "electrolyte", "energies", "coating", "source_job", "criteria"]
        ):
            group = (doc["cathode"], doc["electrolyte"], doc["energies"]["sha256"])
            built.setdefault(group, {})[doc["coating"]] = doc
        new: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        known = {doc["source_job"] for coatings in built.values() for doc in coatings.values()}
        jobs = self.jobs.query({"name": {"$regex": "^assemble_records: "}}, properties=["uuid", "completed_at"])
        for job in sorted(jobs, key=lambda doc: str(doc.get("completed_at"))):
            stamp = f"{job['uuid']} {job.get('completed_at')}"
            if stamp in known:
                continue
            output = self.jobs.query_one({"uuid": job["uuid"]}, properties=["output"])["output"]
            group = (output["cathode"], output["electrolyte"], output["energies_sha256"])
            superseded = all(
                built.get(group, {}).get(r["coating"], {}).get("source_job", "").rpartition(" ")[2]
                > str(job.get("completed_at"))
                for r in output["records"]
            )
            if not superseded:
                new.setdefault(group, []).append({"stamp": stamp, "records": output["records"]})
        judged_by = [c.model_dump() for c in self.criteria or default_criteria()]
        for group, coatings in built.items():
            if any(doc["criteria"] != judged_by for doc in coatings.values()):
                new.setdefault(group, [])
        for group, batches in new.items():
            yield self._group(group, batches)

    def process_item(self, item: Group) -> dict[str, Any]:
        """Rank one group; touches no database."""
        criteria = tuple(self.criteria or default_criteria())
        bare = None if item["bare"] is None else BareInterface.model_validate(item["bare"])
        records = [CoatingRecord.model_validate(record) for record in item["records"]]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        documents = [
            {
                **coating.model_dump(mode="json"),
                "key": document_key(coating.coating, coating.cathode, coating.electrolyte, coating.energies.sha256),
                "criteria": [criterion.model_dump() for criterion in criteria],
                "source_job": item["sources"][coating.coating],
                "built_at": now,
            }
            for coating in rank_coatings(records, bare, criteria)
        ]
        key = document_key("", item["cathode"], item["electrolyte"], item["energies_sha256"])
        return {"coatings": documents, "bare": None if item["bare"] is None else {**item["bare"], "key": key}}

    def update_targets(self, items: Iterable[dict[str, Any]]) -> None:
        """Write the groups, each in one go."""
        for item in items:
            if item["bare"] is not None:
                self.bare_interfaces.update(item["bare"], key="key")
            self.coatings.update(item["coatings"], key="key")

    def _group(self, group: tuple[str, str, str], batches: list[dict[str, Any]]) -> Group:
        cathode, electrolyte, sha256 = group
        fields = [*CoatingRecord.model_fields, "source_job"]
        where = {"cathode": cathode, "electrolyte": electrolyte, "energies.sha256": sha256}
        records = {doc["coating"]: doc for doc in self.coatings.query(where, properties=fields)}
        sources = {name: doc.pop("source_job") for name, doc in records.items()}
        for batch in batches:
            for record in batch["records"]:
                records[record["coating"]] = _plain(record)
                sources[record["coating"]] = batch["stamp"]
        bare = self.jobs.query(
            {"name": f"bare_interface: {cathode}|{electrolyte}", "output.energies.sha256": sha256},
            properties=["output", "completed_at"],
        )
        latest = max(bare, key=lambda doc: str(doc.get("completed_at")), default=None)
        return Group(
            cathode=cathode,
            electrolyte=electrolyte,
            energies_sha256=sha256,
            records=[
                {k: v for k, v in record.items() if k in CoatingRecord.model_fields} for record in records.values()
            ],
            sources=sources,
            bare=None if latest is None else _plain(latest["output"]),
        )


def document_key(coating: str, cathode: str, electrolyte: str, energies_sha256: str) -> str:
    """Identify a document by what it is about: the same screening writes the same document."""
    return digest([coating, cathode, electrolyte, energies_sha256])[:32]


def _plain(value: Any) -> Any:
    """Remove the type tags that the job store adds to documents."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k not in ("@module", "@class", "@version")}
    return [_plain(v) for v in value] if isinstance(value, list) else value
