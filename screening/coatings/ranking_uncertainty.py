"""What samples of the energies say of each coating, and of the order of all.

Two coatings are compared sample by sample: their errors are partly the same and cancel, so that an order may be decided
although the intervals of the two overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.coatings.coating_documents import BareInterface, CoatingUncertainty, Verdict
from screening.coatings.samples import CoatingSamples
from screening.coatings.standing import standing
from screening.common.ties import TIE, ranks
from screening.criteria.contact_names import contact_quantity, is_open
from screening.criteria.criteria import Criterion, tier
from screening.criteria.quantities import GAIN, WORST, WORST_CONTACT, quantity
from screening.files.content import DATA
from screening.uncertainty import Interval

_PACKAGED = DATA / "order.yaml"
Floats = NDArray[np.float64]


class OrderRule(BaseModel):
    """When the order of two coatings counts as decided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decided_at_probability: float = Field(
        gt=0.5, le=1.0, description="share of the samples in which the better one must be the better one"
    )
    source: str = Field(min_length=1, description="why this share")


@cache
def order_rule() -> OrderRule:
    """Return the packaged rule."""
    import yaml

    return OrderRule.model_validate(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))


def coating_uncertainty(
    verdict: Verdict, samples: CoatingSamples, bare: BareInterface | None, criteria: Sequence[Criterion]
) -> tuple[CoatingUncertainty, list[float] | None]:
    """Return intervals and probabilities of one coating, and its standing in each sample; its order is left open.

    Parameters
    ----------
    verdict
        The coating with the energies as they are.
    samples
        What was computed of it, and of the bare interface, in every sample.
    bare
        The unprotected interface, for the gain.
    criteria
        Those it was judged by.
    """
    values = {name: np.array(found) for name, found in samples.values.items()}
    worst = _worst(samples, verdict.score_parts) if verdict.score is not None else None
    if worst is not None:
        values[WORST_CONTACT] = worst
    closed = None
    if verdict.worst_mutual_mev_per_atom is not None:
        closed = _worst(samples, (name for name in verdict.score_parts if not is_open(name)))
    if closed is not None:
        values[WORST] = closed
        bare_parts = [] if bare is None else [c.name for c in bare.interfaces if c.reservoir_state is None]
        unprotected = _worst(samples, bare_parts)
        if unprotected is not None:
            values[GAIN] = np.round(closed - unprotected, 6)
    passed = {criterion.name: _passed(criterion, verdict, values, samples.sampling.n_samples) for criterion in criteria}
    known = [found for found in passed.values() if found is not None]
    of_energies = [name for name in verdict.quantities if quantity(name).from_energies]
    shown = dict.fromkeys((WORST_CONTACT, WORST, GAIN, *of_energies, *values))
    uncertainty = CoatingUncertainty(
        **samples.sampling.model_dump(),
        uncalibrated_elements=samples.uncalibrated_elements,
        intervals={
            name: Interval.of(values[name]) if name in values else None
            for name in shown
            if not name.startswith("mutual_bare_")
        },
        probability_of_passing={
            name: None if found is None else float(np.mean(found)) for name, found in passed.items()
        },
        probability_of_passing_all=float(np.mean(np.all(known, axis=0)))
        if known and len(known) == len(passed)
        else None,
        decided_at_probability=order_rule().decided_at_probability,
    )
    tiers = _tiers(verdict, passed, samples.sampling.n_samples)
    return uncertainty, None if worst is None or tiers is None else standing(tiers, worst).tolist()


def with_order(ranked: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Add to ranked coatings the probability of each rank, and which orders are undecided.

    Parameters
    ----------
    ranked
        Coatings of one cathode and one electrolyte by name, best first. Only where every one that has a rank was
        sampled alike is anything added.

    Notes
    -----
    A coating's rank in a sample is one more than the number of coatings better there, as in
    :func:`~screening.coatings.ranking.rank_coatings`. The order of two coatings is decided where the one ranked above
    is the better one in at least the share of samples that :func:`order_rule` names. Two coatings share a letter if
    their order is undecided, and only then; those that share one need not follow each other in the ranking.
    """
    names = [name for name, verdict in ranked.items() if verdict.score is not None]
    drawn = [ranked[name].standings for name in names]
    alike = {
        one and (one.n_samples, one.seed, one.model.sha256) for one in (ranked[name].uncertainty for name in names)
    }
    if not names or None in drawn or len(alike) > 1:
        return dict(ranked)
    heights = np.array(drawn)
    letters = _letters(undecided_groups(heights, order_rule().decided_at_probability), len(names))
    ordered = dict(ranked)
    for name, places, marks in zip(names, ranks_by_sample(heights), letters, strict=True):
        taken, counts = np.unique(places, return_counts=True)
        uncertainty = ranked[name].uncertainty
        if uncertainty is None:
            raise ValueError(f"{name} was judged without its samples")
        update = {
            "probability_of_rank": {str(rank): float(n / len(places)) for rank, n in zip(taken, counts, strict=True)},
            "undecided": marks,
        }
        ordered[name] = ranked[name].model_copy(update={"uncertainty": uncertainty.model_copy(update=update)})
    return ordered


def ranks_by_sample(standings: Floats) -> NDArray[np.intp]:
    """Return each coating's rank in each sample: 1 is the highest standing, equals share a rank.

    Parameters
    ----------
    standings
        (n, n_samples), one row for each coating.
    """
    return ranks(-standings)


def undecided_pairs(standings: Floats, decided_at: float | None = None) -> NDArray[np.bool_]:
    """Return of which coatings the order is undecided, (n, n), symmetric.

    Parameters
    ----------
    standings
        (n, n_samples), one row for each coating, best first.
    decided_at
        Share of the samples in which the first of two must have the higher standing; by default the packaged one.
    """
    share = order_rule().decided_at_probability if decided_at is None else decided_at
    undecided = np.zeros((len(standings), len(standings)), dtype=bool)
    for place in range(len(standings) - 1):
        better = (standings[place] > standings[place + 1 :] + TIE).mean(axis=1)
        undecided[place, place + 1 :] = better < share
    return undecided | undecided.T


def undecided_groups(standings: Floats, decided_at: float) -> list[list[int]]:
    """Group coatings so that two are together in some group if their order is undecided, and only then.

    Each group is the first undecided pair that no group holds yet and, from the best to the worst, every coating whose
    order with all members is undecided. There may be fewer groups that do the same; to find the fewest is NP-hard
    (Kellerman, *Computing* 10, 21 (1973)).

    Parameters
    ----------
    standings
        (n, n_samples), one row for each coating, best first.
    decided_at
        Share of the samples in which the first of two must have the higher standing.

    Returns
    -------
    list of list of int
        Places of the members of each group, rising; each has two or more.
    """
    n = len(standings)
    undecided = undecided_pairs(standings, decided_at)
    left = np.triu(undecided)
    groups = []
    for first in range(n):
        while left[first].any():
            members = [first, int(left[first].argmax())]
            fits = undecided[first] & undecided[members[1]]
            while fits.any():
                members.append(int(fits.argmax()))
                fits &= undecided[members[-1]]
            groups.append(sorted(members))
            left[np.ix_(members, members)] = False
    return groups


def _letters(groups: Iterable[Sequence[int]], n: int) -> list[list[str]]:
    """Name each group, a to z and then aa, ab ..., and list the names at each place."""
    marks: list[list[str]] = [[] for _ in range(n)]
    for number, members in enumerate(groups):
        before, letter = divmod(number, len(ascii_lowercase))
        name = ascii_lowercase[letter]
        while before:
            before, letter = divmod(before - 1, len(ascii_lowercase))
            name = ascii_lowercase[letter] + name
        for place in members:
            marks[place].append(name)
    return marks


def _tiers(verdict: Verdict, passed: Mapping[str, NDArray[np.bool_] | None], n_samples: int) -> Floats | None:
    """Return the tier in each sample; None where whether a criterion is passed is known only without samples."""
    if any(found is None and verdict.passes[name] is not None for name, found in passed.items()):
        return None
    columns = [np.full(n_samples, None) if found is None else found.astype(object) for found in passed.values()]
    rows = zip(*columns, strict=True) if columns else [()] * n_samples
    return np.array([tier(dict(zip(passed, row, strict=True))) for row in rows], dtype=np.float64)


def _worst(samples: CoatingSamples, contacts: Iterable[str]) -> Floats | None:
    """Return the lowest mutual energy of some contacts in each sample; None where one was not sampled."""
    parts = [samples.values.get(contact_quantity(name)) for name in contacts]
    known = [part for part in parts if part is not None]
    return np.min(known, axis=0) if known and len(known) == len(parts) else None


def _passed(
    criterion: Criterion, verdict: Verdict, values: Mapping[str, Floats], n_samples: int
) -> NDArray[np.bool_] | None:
    """Return in which samples a criterion is passed; None where that is not known."""
    name, passed = criterion.quantity, verdict.passes[criterion.name]
    if name in values:
        return np.array([criterion.judge({name: value}) for value in values[name].tolist()])
    if passed is None or (quantity(name).from_energies and verdict.quantities.get(name) is not None):
        return None
    return np.full(n_samples, passed)  # the same in every sample: a cost, or a limit that there is none of
