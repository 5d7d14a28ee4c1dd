"""Ranking coatings: on the worst closed mutual reaction energy, with criteria, gain and Pareto rank beside it.

The total reaction energy is never ranked on. In an open system at high voltage its minimum is the sulfide
electrolyte decomposing alone, the same for every coating, and even in a closed one it holds the electrolyte's
own instability, which no coating changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from screening.coatings.coating_documents import BareInterface, CoatingRecord, CoatingUncertainty, RankedCoating
from screening.coatings.contacts import Contact, Pair
from screening.coatings.drawn_contacts import CoatingSamples
from screening.coatings.ranking_uncertainty import coating_uncertainty, with_order
from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.common.ties import first_lowest, ranks
from screening.criteria.criteria import Criterion, default_criteria, tier
from screening.criteria.pareto import pareto_ranks

_UNLIMITED_V = 99.0  # stands for "never oxidised" where voltages are compared


class RankingDocument(Result):
    """All coatings screened on one cathode against one electrolyte, best first."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    bare_interface: BareInterface | None = Field(description="the unprotected interface; null if it failed")
    ranking: list[RankedCoating] = Field(description="the coatings; those that could not be screened come last")
    criteria: dict[str, Criterion] = Field(description="what they were judged by, by name")


class Judged(BaseModel):
    """What a coating is ranked by, without the record it was taken from."""

    model_config = ConfigDict(extra="forbid")

    coating: str = Field(description="name")
    why_missing: str | None = Field(description="what could not be computed, and why")
    oxidation_compared_v: float | None = Field(description="oxidation limit, V; a large number where there is none")
    rank: int | None = Field(None, description="place; null where the coating could not be screened")
    score: float | None = Field(description="the number ranked by, meV/atom")
    score_parts: dict[str, float | None] = Field(description="closed mutual energy of each contact, meV/atom")
    tier: int = Field(description="1 best to 4")
    passes: dict[str, bool | None] = Field(description="each criterion: passed, failed, or null where unknown")
    quantities: dict[str, float | None] = Field(description="the quantities the criteria judge; units in the names")
    worst_mutual_mev_per_atom: float | None = Field(description="lowest closed mutual energy, meV/atom")
    worst_contact: str | None = Field(description="the contact that has it")
    gain_over_bare_mev_per_atom: float | None = Field(description="against the bare interface, meV/atom")
    pareto_rank: int | None = Field(None, description="front in worst mutual energy, oxidation limit and cost")
    uncertainty: CoatingUncertainty | None = Field(None, description="from samples of the energies; null without them")

    @property
    def ranked_fields(self) -> dict[str, Any]:
        """What a :class:`~screening.coatings.coating_documents.RankedCoating` has and a record has not."""
        fields = {
            name: getattr(self, name) for name in RankedCoating.model_fields if name not in CoatingRecord.model_fields
        }
        return {**fields, "uncertainty": None if self.uncertainty is None else self.uncertainty.model_dump()}


def rank_coatings(
    records: Sequence[CoatingRecord],
    bare: BareInterface | None,
    criteria: Sequence[Criterion] | None = None,
    samples: Mapping[str, CoatingSamples] | None = None,
) -> list[RankedCoating]:
    """Rank the coatings of one cathode and one electrolyte.

    Ranked by the lowest closed mutual reaction energy of any contact, the highest first. Coatings that are equal
    in that share a rank and are listed by tier, then by oxidation limit, then by name. Numbers that differ by no more
    than :data:`screening.common.ties.TIE` are equal.

    Parameters
    ----------
    records
        What was computed, all for the same cathode, electrolyte and energies.
    bare
        The unprotected interface, for the gain.
    criteria
        Judged by these; by default the packaged ones.
    samples
        What was computed of the coatings in samples of the energies, by name; see
        :mod:`screening.coatings.ranking_uncertainty`.

    Raises
    ------
    InputError
        If the records are of different cathodes, electrolytes or energies.
    """
    for what in ("cathode", "electrolyte"):
        if len({getattr(record, what) for record in records}) > 1:
            raise InputError(f"cannot rank coatings of more than one {what} together")
    if len({record.energies.sha256 for record in records}) > 1:
        raise InputError("cannot rank coatings computed with different energies together")
    criteria = default_criteria() if criteria is None else criteria
    samples = samples or {}
    judged = [judge(record, bare, criteria, samples.get(record.coating)) for record in records]
    return [
        RankedCoating(
            **{name: getattr(records[place], name) for name in CoatingRecord.model_fields}, **coating.ranked_fields
        )
        for place, coating in in_order(judged, samples)
    ]


def in_order(judged: Sequence[Judged], samples: Mapping[str, CoatingSamples] | None = None) -> list[tuple[int, Judged]]:
    """Rank judged coatings as :func:`rank_coatings` does.

    Parameters
    ----------
    judged
        Coatings of one cathode and one electrolyte.
    samples
        Those they were judged with, if any.

    Returns
    -------
    list of tuple of int and Judged
        Best first: the coating's place in what was given, and the coating with its rank and Pareto rank.
    """
    fronts = pareto_ranks([_objectives(coating) for coating in judged])
    known = [place for place, coating in enumerate(judged) if coating.score is not None]
    rank = dict(zip(known, ranks([-(judged[place].score or 0.0) for place in known]).tolist(), strict=True))
    narrower = ranks([-(coating.oxidation_compared_v or 0.0) for coating in judged]).tolist()

    def key(place: int) -> tuple[int, int, int, str]:
        coating = judged[place]
        return rank.get(place, len(judged) + 1), coating.tier, narrower[place], coating.coating

    order = sorted(range(len(judged)), key=key)
    ranked = [
        judged[place].model_copy(update={"rank": rank.get(place), "pareto_rank": fronts[place]}) for place in order
    ]
    return list(zip(order, with_order(ranked, samples) if samples else ranked, strict=True))


def worst_closed_mutual(contacts: Sequence[Contact], *pairs: Pair) -> tuple[dict[str, float | None], float | None]:
    """Return the closed mutual energies by contact, and their lowest, meV/atom.

    The lowest is None where a value is missing, or a whole pair of materials is.
    """
    closed = [contact for contact in contacts if contact.reservoir_state is None]
    parts = {contact.name: contact.mutual_mev for contact in closed}
    known = [value for value in parts.values() if value is not None]
    complete = len(known) == len(parts) and {contact.contact for contact in closed} >= set(pairs)
    return parts, min(known) if known and complete else None


def _by_face(contacts: Sequence[Contact]) -> dict[str, float | None]:
    """Return the lowest closed mutual energy at each face, meV/atom; None where one is missing."""
    faces: dict[str, list[float | None]] = {}
    for contact in contacts:
        if contact.reservoir_state is None:
            faces.setdefault(contact.face_quantity, []).append(contact.mutual_mev)
    return {
        face: None if None in values else min(value for value in values if value is not None)
        for face, values in faces.items()
    }


def judge(
    record: CoatingRecord,
    bare: BareInterface | None,
    criteria: Sequence[Criterion],
    samples: CoatingSamples | None = None,
) -> Judged:
    """Judge one coating; its rank is left open."""
    needed: tuple[Pair, ...] = ("coating|cathode", "coating|electrolyte")
    if record.components:
        needed = (*needed, "coating|coating")
    parts, worst = worst_closed_mutual(record.interfaces, *needed)
    quantities: dict[str, float | None] = {
        "energy_above_hull_mev_per_atom": None,
        "reduction_limit_v": None,
        "oxidation_limit_v": None,
        "worst_mutual_mev_per_atom": worst,
        **_by_face(record.interfaces),
    }
    if record.stability is not None and record.stability.energy_above_hull_ev_per_atom is not None:
        quantities["energy_above_hull_mev_per_atom"] = 1000.0 * record.stability.energy_above_hull_ev_per_atom
    if record.window is not None:
        quantities["reduction_limit_v"] = record.window.reduction_limit_v
        quantities["oxidation_limit_v"] = record.window.oxidation_limit_v
    if record.economics is not None:
        quantities["raw_material_cost_usd_per_kg"] = record.economics.raw_material_cost_usd_per_kg
    compared = dict(quantities)
    if record.window is not None and not record.window.oxidation_limited:
        compared["oxidation_limit_v"] = _UNLIMITED_V
    passes = {criterion.name: criterion.judge(compared) for criterion in criteria}
    judged = Judged(
        coating=record.coating,
        why_missing=record.why_missing,
        oxidation_compared_v=compared["oxidation_limit_v"],
        score=worst,
        score_parts=parts,
        tier=tier(passes),
        passes=passes,
        quantities=quantities,
        worst_mutual_mev_per_atom=worst,
        worst_contact=None if worst is None else _worst_contact(parts),
        gain_over_bare_mev_per_atom=None
        if worst is None or bare is None or bare.worst_mutual_mev_per_atom is None
        else round(worst - bare.worst_mutual_mev_per_atom, 6),
    )
    if samples is None:
        return judged
    return judged.model_copy(update={"uncertainty": coating_uncertainty(judged, samples, bare, criteria)})


def _worst_contact(parts: Mapping[str, float | None]) -> str:
    """Return the contact of lowest energy, of equal ones the first; at least one is known."""
    known = {name: value for name, value in parts.items() if value is not None}
    return list(known)[first_lowest(list(known.values()))]


def _objectives(coating: Judged) -> tuple[float, float, float] | None:
    """Return what the Pareto rank compares, each larger is better; None where one is unknown."""
    cost = coating.quantities.get("raw_material_cost_usd_per_kg")
    if coating.score is None or coating.oxidation_compared_v is None or cost is None:
        return None
    return coating.score, coating.oxidation_compared_v, -cost


class RankedLine(BaseModel):
    """One line of a ranking."""

    model_config = ConfigDict(extra="forbid")

    rank: int | None = Field(description="place; null where the coating could not be screened")
    coating: str = Field(description="name")
    tier: int = Field(description="1 best to 4")
    worst_mutual_mev_per_atom: float | None = Field(description="lowest closed mutual energy, meV/atom")
    why_missing: str | None = Field(description="what could not be computed, and why")


class RankingSummary(Result):
    """A ranking without the records behind it: small enough for a job's output, however many coatings."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    lines: list[RankedLine] = Field(description="the coatings, best first")
    missing_batches: int = Field(description="batches of coatings that are wholly missing because their job failed")


class JudgedBatch(Result):
    """Judged coatings of one cathode and one electrolyte."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    coatings: list[Judged] = Field(description="the coatings of the batch, not ranked")


def summarise_ranking(batches: Sequence[JudgedBatch], missing_batches: int = 0) -> RankingSummary:
    """Rank judged coatings and keep one line of each; see :func:`rank_coatings`."""
    judged = [coating for batch in batches for coating in batch.coatings]
    return RankingSummary(
        energies=batches[0].energies,
        cathode=batches[0].cathode,
        electrolyte=batches[0].electrolyte,
        lines=[
            RankedLine(**{name: getattr(coating, name) for name in RankedLine.model_fields})
            for _, coating in in_order(judged)
        ],
        missing_batches=missing_batches,
    )
