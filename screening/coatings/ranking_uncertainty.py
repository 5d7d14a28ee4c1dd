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
from screening.common.files import DATA
from screening.common.ties import TIE, ranks
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import GAIN, WORST, contact_quantity, quantity
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
) -> CoatingUncertainty:
    """Return intervals and probabilities of one coating; its order among others is left open.

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
        values[WORST] = worst
        bare_parts = [] if bare is None else [c.name for c in bare.interfaces if c.reservoir_state is None]
        unprotected = _worst(samples, bare_parts)
        if unprotected is not None:
            values[GAIN] = np.round(worst - unprotected, 6)
    passed = {criterion.name: _passed(criterion, verdict, values, samples.sampling.n_samples) for criterion in criteria}
    known = [found for found in passed.values() if found is not None]
    of_energies = [name for name in verdict.quantities if quantity(name).from_energies]
    shown = dict.fromkeys((WORST, GAIN, *of_energies, *values))
    return CoatingUncertainty(
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


def with_order(ranked: Mapping[str, Verdict], samples: Mapping[str, CoatingSamples]) -> dict[str, Verdict]:
    """Add to ranked coatings the probability of each rank, and which orders are undecided.

    Parameters
    ----------
    ranked
        Coatings of one cathode and one electrolyte by name, best first.
    samples
        By the coatings' names. Only where every coating that has a rank was sampled alike is anything added.

    Notes
    -----
    A coating's rank in a sample is one more than the number of coatings better there, as in
    :func:`~screening.coatings.ranking.rank_coatings`. The order of two coatings is decided where the one ranked above
    has the higher worst mutual energy in at least the share of samples that :func:`order_rule` names. A letter marks a
    run of the ranking in which no order is decided, and which no neighbour can join; runs may overlap. So coatings that
    share a letter cannot be told apart, and those that share none can, or have one between them that can be told from
    one of them.
    """
    names = [name for name, verdict in ranked.items() if verdict.score is not None]
    found = [samples.get(name) for name in names]
    alike = {one.sampling if one is not None else None for one in found}
    if len(alike) != 1 or None in alike:
        return dict(ranked)
    rows = [
        None if one is None else _worst(one, ranked[name].score_parts) for name, one in zip(names, found, strict=True)
    ]
    scores = np.array([row for row in rows if row is not None])
    if len(scores) < len(rows):
        return dict(ranked)
    letters = _letters(undecided_runs(scores, order_rule().decided_at_probability), len(names))
    ordered = dict(ranked)
    for name, drawn, marks in zip(names, ranks_by_sample(scores), letters, strict=True):
        taken, counts = np.unique(drawn, return_counts=True)
        uncertainty = ranked[name].uncertainty
        if uncertainty is None:
            raise ValueError(f"{name} was judged without its samples")
        update = {
            "probability_of_rank": {str(rank): float(n / len(drawn)) for rank, n in zip(taken, counts, strict=True)},
            "undecided": marks,
        }
        ordered[name] = ranked[name].model_copy(update={"uncertainty": uncertainty.model_copy(update=update)})
    return ordered


def ranks_by_sample(scores: Floats) -> NDArray[np.intp]:
    """Return each coating's rank in each sample: 1 is the highest score, equals share a rank.

    Parameters
    ----------
    scores
        (n, n_samples), one row for each coating.
    """
    return ranks(-scores)


def undecided_runs(scores: Floats, decided_at: float) -> list[tuple[int, int]]:
    """Find the longest runs of coatings in which no order is decided.

    Parameters
    ----------
    scores
        (n, n_samples), one row for each coating, best first.
    decided_at
        Share of the samples in which the first of two must have the higher score.

    Returns
    -------
    list of tuple of int
        First and last place of each run of two or more; none lies within another.
    """
    runs = []
    first = 0
    for last in range(1, len(scores)):
        decided = np.flatnonzero((scores[first:last] > scores[last] + TIE).mean(axis=1) >= decided_at)
        if len(decided):
            if last - first > 1:
                runs.append((first, last - 1))
            first += int(decided[-1]) + 1
    if len(scores) - first > 1:
        runs.append((first, len(scores) - 1))
    return runs


def _letters(runs: Iterable[tuple[int, int]], n: int) -> list[list[str]]:
    """Name each run, a to z and then aa, ab ..., and list the names at each place."""
    marks: list[list[str]] = [[] for _ in range(n)]
    for number, (first, last) in enumerate(runs):
        before, letter = divmod(number, len(ascii_lowercase))
        name = ascii_lowercase[letter]
        while before:
            before, letter = divmod(before - 1, len(ascii_lowercase))
            name = ascii_lowercase[letter] + name
        for place in range(first, last + 1):
            marks[place].append(name)
    return marks


def _worst(samples: CoatingSamples, contacts: Iterable[str]) -> Floats | None:
    """Return the lowest closed mutual energy in each sample, meV/atom; None where a contact was not sampled."""
    parts = [samples.values.get(contact_quantity(name, closed=True)) for name in contacts]
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
