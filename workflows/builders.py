"""Aggregating job outputs into the coating-screening database."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from jobflow import JobStore
from maggma.core import Builder, Store
from pydantic import BaseModel, ValidationError

from screening.coatings.coating_documents import BareInterface, CoatingDocument, RankedCoating, Verdict
from screening.coatings.ranking import RankingDocument, RankingHeader, ranked
from screening.coatings.ranking_request import (
    PROPERTIES,
    PieceJobs,
    RankingRequest,
    ScreenedCoating,
    coating_document,
    coating_samples,
)
from screening.coatings.samples import CoatingSamples, SampledMaterial
from screening.coatings.tasks import Batch, ContactBatch, PropertiesBatch, SampledBatch
from screening.coatings.verdicts import judge
from screening.common.errors import StoreError
from screening.criteria.criteria import Criterion
from screening.database.stores import write_all
from screening.files.plain_data import plain
from screening.files.validation import explained
from workflows.identity import digest
from workflows.outputs import finished, output_of

D = TypeVar("D", bound=BaseModel)
RANKING = "metadata.ranking"
_BATCHES_HELD = 16  # outputs in memory: coatings come in the order of their batches, four kinds of them or eight


@dataclass(frozen=True)
class RankingGroup:
    """All coatings that are ranked together, with what was computed of them.

    Attributes
    ----------
    header
        What the ranking rests on.
    documents
        By coating: the compressed JSON of what was computed, since ten thousand of them as objects take gigabytes.
    samples
        By coating; none where no samples of the energies were taken.
    jobs
        By coating, the ids of the jobs its document was made from.
    stamp
        Hash of all jobs and when they finished: the same stamp, the same ranking.
    """

    header: RankingHeader
    documents: dict[str, bytes]
    samples: dict[str, CoatingSamples]
    jobs: dict[str, list[str]]
    stamp: str


class CoatingBuilder(Builder):  # type: ignore[misc]
    """Aggregate finished screening jobs into one ranked document per coating and ranking.

    A ranking rests on a cathode with its potentials, an electrolyte, energies, criteria and samples; it holds the
    coatings of every request in the job store that rests on the same. Where two requests give one name to different
    materials, the one that was asked for last counts.

    Incremental: a ranking is touched only if one of its jobs is new; then the whole of it is ranked again, since one
    new coating may move all others.

    Parameters
    ----------
    jobs
        The job store.
    coatings
        Target: :class:`~screening.coatings.coating_documents.RankedCoating` documents.
    rankings
        Target: :class:`~screening.coatings.ranking.RankingHeader` documents.
    asked_for
        Ids of the jobs of one request: only its rankings are made; None: all there are.
    """

    def __init__(
        self,
        jobs: JobStore,
        coatings: Store,
        rankings: Store,
        asked_for: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.jobs = jobs
        self.coatings = coatings
        self.rankings = rankings
        self.asked_for = asked_for
        super().__init__(sources=[jobs], targets=[coatings, rankings], **kwargs)

    def get_items(self) -> Iterator[RankingGroup]:
        """Yield every ranking that a new job output changes."""
        shown = {doc["ranking_id"]: doc["stamp"] for doc in self.rankings.query({}, ["ranking_id", "stamp"])}
        for ranking_id in self._asked():
            requests = self.requests(ranking_id)
            done = finished(self.jobs, {uuid for request in requests for uuid in request.jobs})
            stamp = digest([[request.model_dump(mode="json", exclude={"software"}) for request in requests], done])
            if requests and shown.get(ranking_id) != stamp:  # none is finished: a process was killed writing one
                yield self.group(requests, done, stamp)

    def process_item(self, item: RankingGroup) -> dict[str, Any]:
        """Judge and rank one group; touches no database."""
        verdicts = verdicts_of(item)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        header = {
            **item.header.model_dump(mode="json"),
            "stamp": item.stamp,
            "built_at": now,
            "n_coatings": len(verdicts),
        }
        return {"header": header, "coatings": _documents(item, verdicts, now), "names": list(verdicts)}

    def update_targets(self, items: Iterable[dict[str, Any]]) -> None:
        """Write the rankings, each in one go; the header last, since a ranking without it counts as unfinished."""
        for item in items:
            of_it = {"ranking_id": item["header"]["ranking_id"]}
            gone = set(self.coatings.distinct("coating", of_it)) - set(item["names"])
            if gone:
                self.coatings.remove_docs({**of_it, "coating": {"$in": sorted(gone)}})
            write_all(self.coatings, item["coatings"], key="key")
            self.rankings.update(item["header"], key="ranking_id")

    def _asked(self) -> list[str]:
        """Return the rankings to make."""
        criteria: dict[str, Any] = {RANKING: {"$ne": None}}
        if self.asked_for is not None:
            criteria["uuid"] = {"$in": list(self.asked_for)}
        found = self.jobs.query(criteria, properties=["metadata"])
        return sorted({doc["metadata"]["ranking"] for doc in found if doc.get("metadata", {}).get("ranking")})

    def requests(self, ranking_id: str) -> list[RankingRequest]:
        """Return the requests of a ranking, the one that was asked for last at the end."""
        docs = {doc["uuid"]: doc for doc in self.jobs.query({RANKING: ranking_id}, ["uuid", "completed_at"])}
        asked = set(self.asked_for or ())
        uuids = sorted(finished(self.jobs, docs), key=lambda u: (u in asked, str(docs[u]["completed_at"]), u))
        return [read_output(RankingRequest, output_of(self.jobs, uuid)) for uuid in uuids]

    def group(self, requests: Sequence[RankingRequest], done: Iterable[str], stamp: str = "") -> RankingGroup:
        """Gather what was computed of all coatings of some requests for one ranking.

        Parameters
        ----------
        requests
            Of one ranking; of coatings of one name the last counts.
        done
            Ids of the finished jobs.
        """
        reader = _Outputs(self.jobs, set(done))
        last = requests[-1]
        header = RankingHeader(
            energies=last.energies,
            software=last.software,
            ranking_id=last.ranking_id,
            cathode=last.cathode,
            electrolyte=last.electrolyte,
            sampling=last.sampling,
            criteria={criterion.name: criterion for criterion in last.criteria},
            bare_interface=reader.document(BareInterface, last.nominal.bare_interface),
        )
        wanted = {coating.name: (request, coating) for request in requests for coating in request.coatings}
        group = RankingGroup(header, {}, {}, {}, stamp)
        for request, coating in sorted(wanted.values(), key=lambda one: _batch_order(*one)):
            document = coating_document(
                request, coating, reader.batches(request.nominal, PropertiesBatch, ContactBatch)
            )
            pieces = [request.nominal]
            if request.sampling is not None and request.sampled is not None:
                pieces.append(request.sampled)
                samples, why = coating_samples(
                    request.sampling,
                    coating,
                    reader.batches(request.sampled, SampledBatch, SampledBatch),
                    reader.document(SampledMaterial, request.sampled.bare_interface),
                )
                group.samples[coating.name] = samples
                if why is not None:
                    reasons = [document.why_missing] if document.why_missing else []
                    document = document.model_copy(update={"why_missing": "; ".join([*reasons, f"samples: {why}"])})
            group.documents[coating.name] = zlib.compress(document.model_dump_json().encode(), 1)
            group.jobs[coating.name] = sorted(
                {
                    job
                    for piece in pieces
                    for what in piece.batches
                    if (job := piece.job_of(what, coating.reactant)) is not None
                }
            )
        return group


def verdicts_of(group: RankingGroup, criteria: Sequence[Criterion] | None = None) -> dict[str, Verdict]:
    """Judge and rank the coatings of a group, best first.

    Parameters
    ----------
    group
        What was computed.
    criteria
        Judged by these; None: by those of the ranking.
    """
    chosen = list(group.header.criteria.values()) if criteria is None else criteria
    verdicts = {
        name: judge(_unpack(group, name), group.header.bare_interface, chosen, group.samples.get(name))
        for name in group.documents
    }
    return ranked(verdicts)


def judged_again(group: RankingGroup, criteria: Sequence[Criterion]) -> RankingDocument:
    """Return the ranking of a group as other criteria make it; nothing is computed or written."""
    header = group.header.model_copy(update={"criteria": {criterion.name: criterion for criterion in criteria}})
    parts = {name: getattr(header, name) for name in RankingHeader.model_fields}
    verdicts = verdicts_of(group, criteria)
    return RankingDocument(
        **parts, ranking=[RankedCoating.of(_unpack(group, name), verdict) for name, verdict in verdicts.items()]
    )


class _Outputs:
    """Reads the outputs of jobs, the large parts of some at a time."""

    def __init__(self, jobs: JobStore, done: set[str]) -> None:
        self.jobs = jobs
        self.done = done
        self._batch = lru_cache(maxsize=_BATCHES_HELD)(self.document)

    def document(self, kind: type[D], uuid: str | None) -> D | None:
        """Return the output of a job; None if it is not finished."""
        return read_output(kind, output_of(self.jobs, uuid)) if uuid in self.done else None

    def batches(
        self, jobs: PieceJobs, properties: type[Batch[Any]], contacts: type[Batch[Any]]
    ) -> Callable[[str, str], Batch[Any] | None]:
        """Return what finds the batch that holds something of a material."""

        def found(what: str, material: str) -> Batch[Any] | None:
            return self._batch(properties if what == PROPERTIES else contacts, jobs.job_of(what, material))

        return found


def _batch_order(request: RankingRequest, coating: ScreenedCoating) -> tuple[str, ...]:
    """Order coatings so that those of one batch come together."""
    jobs = [request.nominal.job_of(what, coating.reactant) or "" for what in request.nominal.batches]
    return (*jobs, coating.name)


def _unpack(group: RankingGroup, name: str) -> CoatingDocument:
    return CoatingDocument.model_validate_json(zlib.decompress(group.documents[name]))


def _documents(group: RankingGroup, verdicts: dict[str, Verdict], now: str) -> Iterator[dict[str, Any]]:
    """Make the documents of a ranking one by one."""
    for name, verdict in verdicts.items():
        yield {
            **orjson.loads(zlib.decompress(group.documents[name])),
            **verdict.model_dump(mode="json"),
            "key": document_key(name, group.header.ranking_id),
            "ranking_id": group.header.ranking_id,
            "source_jobs": group.jobs[name],
            "compared": verdict.compared,
            "built_at": now,
        }


def document_key(coating: str, ranking_id: str) -> str:
    """Identify a document by what it is about: the same screening writes the same document."""
    return digest([coating, ranking_id])[:32]


def read_output(kind: type[D], output: Any) -> D:
    """Read the output of a job as a document.

    Raises
    ------
    StoreError
        If it is not of this version.
    """
    try:
        return kind.model_validate(plain(output))
    except ValidationError as error:
        raise StoreError(
            f"the database holds a job of another version of coatscreen ({explained(error)}); "
            "choose another with --store"
        ) from None
