"""Summary statistics of errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.common.ties import ranks

_WORST = 3


class Pair(NamedTuple):
    """One quantity, as our energies give it and as a reference gives it, in the same unit."""

    name: str
    ours: float
    theirs: float

    @property
    def error(self) -> float:
        """Our value minus the reference."""
        return self.ours - self.theirs


class Worst(BaseModel):
    """One of the values with the largest errors."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="what it is of")
    error: float = Field(description="ours less theirs")


class Errors(BaseModel):
    """Statistics of the errors of a group of values, in the unit of the values."""

    model_config = ConfigDict(extra="forbid")

    n: int = Field(description="values compared")
    mean_error: float = Field(description="mean of ours less theirs")
    mean_absolute_error: float = Field(description="mean of its absolute value")
    median_absolute_error: float = Field(description="median of its absolute value")
    absolute_error_90_percent: float = Field(description="nine in ten absolute errors are no larger")
    worst: list[Worst] = Field(description=f"the {_WORST} values furthest off, worst first")


def errors(pairs: Iterable[Pair]) -> Errors | None:
    """Compute the statistics of the errors of some values; return None if there are none.

    Percentiles are interpolated linearly between the values.
    """
    listed = list(pairs)
    if not listed:
        return None
    nearer = ranks([-abs(pair.error) for pair in listed]).tolist()
    ordered = [listed[i] for i in sorted(range(len(listed)), key=lambda i: (nearer[i], listed[i].name))]
    signed = np.array([pair.error for pair in ordered])
    return Errors(
        n=len(ordered),
        mean_error=float(signed.mean()),
        mean_absolute_error=float(np.abs(signed).mean()),
        median_absolute_error=float(np.median(np.abs(signed))),
        absolute_error_90_percent=float(np.percentile(np.abs(signed), 90)),
        worst=[Worst(name=pair.name, error=pair.error) for pair in ordered[:_WORST]],
    )


def rank_correlation(pairs: Sequence[Pair]) -> float | None:
    """Return Spearman's rank correlation; None for fewer than three values, or if all values of one side are equal."""
    from scipy.stats import spearmanr

    ours, theirs = [pair.ours for pair in pairs], [pair.theirs for pair in pairs]
    if len(pairs) < 3 or len(set(ours)) < 2 or len(set(theirs)) < 2:
        return None
    return float(spearmanr(ours, theirs).statistic)
