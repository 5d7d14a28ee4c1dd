"""Ranking coatings: by tier, and within a tier by the mutual reaction energy of the worst contact, closed or open.

The total reaction energy is never ranked on. In an open system at high voltage its minimum is the sulfide
electrolyte decomposing alone, the same for every coating, and even in a closed one it holds the electrolyte's
own instability, which no coating changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from screening.coatings.coating_documents import BareInterface, CoatingDocument, RankedCoating, Verdict
from screening.coatings.ranking_uncertainty import with_order
from screening.coatings.samples import CoatingSamples, Sampling
from screening.coatings.standing import standing
from screening.coatings.verdicts import judge
from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.common.ties import ranks
from screening.criteria.criteria import Criterion, default_criteria
from screening.criteria.pareto import pareto_ranks
from screening.criteria.quantities import COST, OXIDATION, quantity
from screening.text.tabular import Documents, Tabular


class RankingHeader(Result):
    """What a ranking rests on: two with other energies, criteria, potentials or samples are two rankings."""

    ranking_id: str = Field(description="hash of all that the ranking rests on")
    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    sampling: Sampling | None = Field(description="the samples of the energies behind the intervals; null without them")
    criteria: dict[str, Criterion] = Field(description="what the coatings were judged by, by name")
    bare_interface: BareInterface | None = Field(description="the unprotected interface; null if it failed")


class RankedCoatings(Documents[RankedCoating]):
    """Coatings of one ranking, which can be made a table."""

    def rows_shown(self) -> Iterator[dict[str, Any]]:
        """Yield the place and the numbers of each coating."""
        for one in self:
            yield {"rank": one.rank, "coating": one.coating, "tier": one.tier, **one.quantities}


class RankingDocument(Tabular, RankingHeader):
    """All coatings screened on one cathode against one electrolyte, best first."""

    ranking: list[RankedCoating] = Field(description="the coatings; those that could not be screened come last")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the coatings."""
        return RankedCoatings(self.ranking).rows()

    def rows_shown(self) -> Iterator[dict[str, Any]]:
        """Yield the place and the numbers of each coating."""
        return RankedCoatings(self.ranking).rows_shown()


def rank_coatings(
    documents: Sequence[CoatingDocument],
    bare: BareInterface | None,
    criteria: Sequence[Criterion] | None = None,
    samples: Mapping[str, CoatingSamples] | None = None,
) -> RankedCoatings:
    """Judge and rank the coatings of one cathode and one electrolyte.

    Ranked by tier, so that none that fails a criterion stands above one that passes all; within a tier by the lowest
    mutual reaction energy of any contact, closed or open to lithium, the highest first. Coatings that are equal in both
    share a rank and are listed by oxidation limit, then by name. Numbers that differ by no more than
    :data:`screening.common.ties.TIE` are equal.

    Parameters
    ----------
    documents
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
        If the documents are of different cathodes, electrolytes or energies.
    """
    for what in ("cathode", "electrolyte"):
        if len({getattr(document, what) for document in documents}) > 1:
            raise InputError(f"cannot rank coatings of more than one {what} together")
    if len({document.energies.sha256 for document in documents}) > 1:
        raise InputError("cannot rank coatings computed with different energies together")
    criteria = default_criteria() if criteria is None else criteria
    samples = samples or {}
    verdicts = {
        document.coating: judge(document, bare, criteria, samples.get(document.coating)) for document in documents
    }
    known = {document.coating: document for document in documents}
    return RankedCoatings(RankedCoating.of(known[name], verdict) for name, verdict in ranked(verdicts).items())


def ranked(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Rank judged coatings as :func:`rank_coatings` does.

    Parameters
    ----------
    verdicts
        Of the coatings of one cathode and one electrolyte, by name.

    Returns
    -------
    dict of str to Verdict
        Best first, with rank and Pareto rank.
    """
    names = list(verdicts)
    fronts = dict(zip(names, pareto_ranks([_objectives(verdicts[name]) for name in names]), strict=True))
    stands = {name: standing(one.tier, one.score) for name, one in verdicts.items() if one.score is not None}
    rank = dict(zip(stands, ranks([-height for height in stands.values()]).tolist(), strict=True))
    limits = [verdicts[name].compared.get(OXIDATION) or 0.0 for name in names]
    wider = dict(zip(names, ranks([-limit for limit in limits]).tolist(), strict=True))

    def key(name: str) -> tuple[int, int, int, str]:
        return rank.get(name, len(names) + 1), verdicts[name].tier, wider[name], name

    return with_order(
        {
            name: verdicts[name].model_copy(update={"rank": rank.get(name), "pareto_rank": fronts[name]})
            for name in sorted(names, key=key)
        }
    )


def _objectives(verdict: Verdict) -> tuple[float, float, float] | None:
    """Return what the Pareto rank compares, each larger is better; None where one is unknown."""
    cost, oxidation = verdict.compared.get(COST), verdict.compared.get(OXIDATION)
    if verdict.score is None or oxidation is None or cost is None:
        return None
    return verdict.score, oxidation, quantity(COST).sign * cost
