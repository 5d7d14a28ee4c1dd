"""Ranking coatings: on the worst closed mutual reaction energy, with criteria, gain and Pareto rank beside it.

The total reaction energy is never ranked on. In an open system at high voltage its minimum is the sulfide
electrolyte decomposing alone, the same for every coating, and even in a closed one it holds the electrolyte's
own instability, which no coating changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from screening.contacts import Contact, Pair
from screening.criteria import Criterion, default_criteria, tier
from screening.errors import InputError
from screening.provenance import Result
from screening.record import BareInterface, CoatingRecord, RankedCoating

_UNLIMITED_V = 99.0  # stands for "never oxidised" where voltages are compared


class RankingDocument(Result):
    """All coatings screened on one cathode against one electrolyte, best first."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    bare_interface: BareInterface | None = Field(description="the unprotected interface; null if it failed")
    ranking: list[RankedCoating] = Field(description="the coatings; those that could not be screened come last")
    criteria: dict[str, Criterion] = Field(description="what they were judged by, by name")


def rank_coatings(
    records: Sequence[CoatingRecord],
    bare: BareInterface | None,
    criteria: Sequence[Criterion] | None = None,
) -> list[RankedCoating]:
    """Rank the coatings of one cathode and one electrolyte.

    Ranked by the lowest closed mutual reaction energy of any contact, the highest first. Coatings that are equal
    in that share a rank and are listed by tier, then by oxidation limit, then by name.

    Parameters
    ----------
    records
        What was computed, all for the same cathode, electrolyte and energies.
    bare
        The unprotected interface, for the gain.
    criteria
        Judged by these; by default the packaged ones.

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
    judged = [_judge(record, bare, criteria) for record in records]
    fronts = _pareto_ranks([_objectives(coating) for coating in judged])
    judged = [c.model_copy(update={"pareto_rank": front}) for c, front in zip(judged, fronts, strict=True)]
    judged.sort(key=_order)
    ranked, last = [], None
    for place, coating in enumerate(judged, start=1):
        if coating.score is None:
            ranked.append(coating)
            continue
        rank = last.rank if last is not None and last.score == coating.score else place
        last = coating.model_copy(update={"rank": rank})
        ranked.append(last)
    return ranked


def worst_closed_mutual(contacts: Sequence[Contact], *pairs: Pair) -> tuple[dict[str, float | None], float | None]:
    """Return the closed mutual energies by contact, and their lowest, meV/atom.

    The lowest is None where a value is missing, or a whole pair of materials is.
    """
    closed = [contact for contact in contacts if contact.reservoir_state is None]
    parts = {contact.name: contact.mutual_mev for contact in closed}
    known = [value for value in parts.values() if value is not None]
    complete = len(known) == len(parts) and {contact.contact for contact in closed} >= set(pairs)
    return parts, min(known) if known and complete else None


def _judge(record: CoatingRecord, bare: BareInterface | None, criteria: Sequence[Criterion]) -> RankedCoating:
    parts, worst = worst_closed_mutual(record.interfaces, "coating|cathode", "coating|electrolyte")
    quantities: dict[str, float | None] = {
        "energy_above_hull_mev_per_atom": None,
        "reduction_limit_v": None,
        "oxidation_limit_v": None,
        "worst_mutual_mev_per_atom": worst,
        **{f"mutual_{name.replace(' ', '_')}_mev_per_atom": value for name, value in parts.items()},
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
    fields: dict[str, Any] = {name: getattr(record, name) for name in CoatingRecord.model_fields}
    return RankedCoating(
        **fields,
        rank=None,
        score=worst,
        score_parts=parts,
        tier=tier(passes),
        passes=passes,
        quantities=quantities,
        worst_mutual_mev_per_atom=worst,
        gain_over_bare_mev_per_atom=None
        if worst is None or bare is None or bare.worst_mutual_mev_per_atom is None
        else round(worst - bare.worst_mutual_mev_per_atom, 6),
        pareto_rank=None,
    )


def _oxidation(coating: RankedCoating) -> float | None:
    if coating.window is None:
        return None
    return coating.window.oxidation_limit_v if coating.window.oxidation_limited else _UNLIMITED_V


def _order(coating: RankedCoating) -> tuple[bool, float, int, float, str]:
    return (
        coating.score is None,
        -(coating.score or 0.0),
        coating.tier,
        -(_oxidation(coating) or 0.0),
        coating.coating,
    )


def _objectives(coating: RankedCoating) -> tuple[float, float, float] | None:
    """Return what the Pareto rank compares, each larger is better; None where one is unknown."""
    oxidation = _oxidation(coating)
    cost = None if coating.economics is None else coating.economics.raw_material_cost_usd_per_kg
    if coating.score is None or oxidation is None or cost is None:
        return None
    return coating.score, oxidation, -cost


def _pareto_ranks(objectives: Sequence[tuple[float, float, float] | None]) -> list[int | None]:
    """Sort into fronts: 1 for those nothing dominates, 2 for those only front 1 dominates, and so on."""
    ranks: list[int | None] = [None] * len(objectives)
    fronts: list[list[tuple[float, float, float]]] = []
    known = [(point, i) for i, point in enumerate(objectives) if point is not None]
    for point, i in sorted(known, reverse=True):  # from the best down: none dominates one before it
        place = bisect_left(fronts, 1, key=partial(_spares, point))
        if place == len(fronts):
            fronts.append([])
        fronts[place].append(point)
        ranks[i] = place + 1
    return ranks


def _spares(point: tuple[float, float, float], front: list[tuple[float, float, float]]) -> bool:
    """Return whether none of a front is as good as a point everywhere and better somewhere."""
    a, b, c = point
    return not any(p[0] >= a and p[1] >= b and p[2] >= c and p != point for p in front)


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


def summarise_ranking(
    records: Sequence[CoatingRecord],
    bare: BareInterface | None,
    criteria: Sequence[Criterion],
    missing_batches: int = 0,
) -> RankingSummary:
    """Rank coatings and keep one line of each; see :func:`rank_coatings`."""
    return RankingSummary(
        energies=records[0].energies,
        cathode=records[0].cathode,
        electrolyte=records[0].electrolyte,
        lines=[
            RankedLine(**{name: getattr(coating, name) for name in RankedLine.model_fields})
            for coating in rank_coatings(records, bare, criteria)
        ],
        missing_batches=missing_batches,
    )
