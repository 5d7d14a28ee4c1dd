"""Which coatings are ranked together, and the jobs that compute what each of them is judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.economics import material_economics
from screening.chemistry.formulas import parse_formula
from screening.coatings.coating_documents import CoatingDocument
from screening.coatings.contacts import Contact
from screening.coatings.samples import CoatingSamples, SampledMaterial, Samples, Sampling
from screening.coatings.tasks import Batch
from screening.common.provenance import Result
from screening.criteria.criteria import Criterion
from screening.materials.material import Material
from screening.transport.film import Film
from screening.transport.material_transport import material_transport

PROPERTIES = "stability and window"
ON_CATHODE = "contacts with the cathode"
ON_ELECTROLYTE = "contacts with the electrolyte"
OPEN_ON_ELECTROLYTE = "open contacts with the electrolyte"
PIECES = (PROPERTIES, ON_CATHODE, ON_ELECTROLYTE, OPEN_ON_ELECTROLYTE)


class ScreenedCoating(BaseModel):
    """A coating as a screening calls it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="name the results carry")
    formula: str = Field(description="composition, of a composite the overall one")
    reactant: str = Field(description="what reacts, in the notation of screening.chemistry.notation")
    components: dict[str, float] | None = Field(description="of a composite: mole fraction of each phase")
    columns: dict[str, str] = Field(default_factory=dict, description="what a file of candidates says of it besides")

    @classmethod
    def of(cls, material: Material, columns: Mapping[str, str] | None = None) -> ScreenedCoating:
        """Return a coating of a catalogue, or of a formula, with the other columns of its row in a file."""
        return cls(
            name=material.name,
            formula=material.formula,
            reactant=material.reactant,
            components=material.mole_fractions or None,
            columns=dict(columns or {}),
        )


class BatchJob(BaseModel):
    """A job that computes something of a batch of materials."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job: str = Field(description="id of the job")
    materials: list[str] = Field(description="the batch, by notation")


class PieceJobs(BaseModel):
    """The jobs that compute the pieces a ranking is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bare_interface: str = Field(description="id of the job of the unprotected interface")
    batches: dict[str, list[BatchJob]] = Field(description="by what they compute of the coatings")

    @property
    def jobs(self) -> list[str]:
        """Ids of all of them."""
        return [self.bare_interface, *(batch.job for one_kind in self.batches.values() for batch in one_kind)]

    def job_of(self, what: str, material: str) -> str | None:
        """Return the id of the job that computes something of a material; None if there is none."""
        return self._job_of.get((what, material))

    @cached_property
    def _job_of(self) -> dict[tuple[str, str], str]:
        return {
            (what, material): batch.job
            for what, batches in self.batches.items()
            for batch in batches
            for material in batch.materials
        }


class RankingRequest(Result):
    """Coatings of one cathode and one electrolyte that are ranked together.

    It is the output of a job of its own in every screening, so that a job store alone says what belongs together.
    """

    ranking_id: str = Field(description="hash of all that the ranking rests on but its coatings")
    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    criteria: list[Criterion] = Field(description="what the coatings are judged by")
    sampling: Sampling | None = Field(description="samples of the energies; null without them")
    film: Film = Field(default_factory=Film, description="how thick the coatings are, and on which area")
    coatings: list[ScreenedCoating] = Field(description="what is ranked")
    nominal: PieceJobs = Field(description="the jobs with the energies as they are")
    sampled: PieceJobs | None = Field(description="those that took samples; null without them")

    @property
    def jobs(self) -> list[str]:
        """Ids of all jobs it rests on."""
        return [*self.nominal.jobs, *(self.sampled.jobs if self.sampled is not None else [])]


def ranking_request(request: RankingRequest) -> RankingRequest:
    """Return a request as it is, for the job that puts it beside what its coatings are ranked by."""
    return request


Found = Callable[[str, str], Batch[Any] | None]  # what is computed and of which material: the batch; None if it failed


def coating_document(request: RankingRequest, coating: ScreenedCoating, found: Found) -> CoatingDocument:
    """Join what the jobs of a screening computed of one coating; what is missing says why.

    Parameters
    ----------
    request
        What is ranked.
    coating
        One of its coatings.
    found
        Gives the batch that holds a material, by what it computes (see :data:`PIECES`); None where its job failed.
    """
    missing: list[str] = []
    taken = {what: _take(what, found(what, coating.reactant), coating.reactant, missing) for what in PIECES}
    alone = taken.pop(PROPERTIES)
    if alone is not None:
        missing += [f"{what}: {why}" for what, why in alone.failed.items()]
    met: list[Contact] = [contact for contacts in taken.values() for contact in contacts or []]
    missing += [f"{contact.name}: {contact.why_missing}" for contact in met if contact.why_missing]
    return CoatingDocument(
        energies=request.energies,
        coating=coating.name,
        formula=coating.formula,
        components=coating.components,
        columns=coating.columns,
        contains_li="Li" in parse_formula(coating.formula),
        cathode=request.cathode,
        electrolyte=request.electrolyte,
        stability=None if alone is None else alone.stability,
        window=None if alone is None else alone.window,
        interfaces=met,
        economics=material_economics(coating.formula),
        transport=None if coating.components else material_transport(coating.formula, request.film),
        why_missing="; ".join(dict.fromkeys(missing)) or None,
    )


def coating_samples(
    sampling: Sampling, coating: ScreenedCoating, found: Found, bare: SampledMaterial | None
) -> tuple[CoatingSamples, str | None]:
    """Join what was computed of one coating in every sample, and say what is missing.

    Parameters
    ----------
    sampling
        Which samples.
    coating
        The coating.
    found
        As for :func:`coating_document`, of the jobs that took samples.
    bare
        The unprotected interface in the same samples; None where its job failed.
    """
    values: Samples = {}
    strange: set[str] = set()
    missing: list[str] = [] if bare is not None else ["the job computing the bare interface failed"]
    pieces = [bare, *(_take(what, found(what, coating.reactant), coating.reactant, missing) for what in PIECES)]
    for piece in pieces:
        if piece is not None:
            values |= piece.values
            strange.update(piece.uncalibrated_elements)
            missing += [piece.why_missing] if piece.why_missing else []
    joined = CoatingSamples(sampling=sampling, uncalibrated_elements=sorted(strange), values=values)
    return joined, "; ".join(dict.fromkeys(missing)) or None


def _take(what: str, batch: Batch[Any] | None, material: str, missing: list[str]) -> Any:
    """Return a material's result of a batch; where there is none, note why."""
    if batch is None:
        missing.append(f"the job computing {what} failed")
        return None
    if material in batch.failed:
        missing.append(f"{what}: {batch.failed[material]}")
    results: Mapping[str, Any] = batch.results
    return results.get(material)
