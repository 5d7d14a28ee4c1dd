"""Errors of many values, in a few numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.common.ties import ranks

_WORST = 3


class Pair(NamedTuple):
    """One quantity, as these energies have it and as it is elsewhere, in one unit."""

    name: str
    ours: float
    theirs: float

    @property
    def error(self) -> float:
        """Ours less theirs."""
        return self.ours - self.theirs


class Worst(BaseModel):
    """A value far off."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="what it is of")
    error: float = Field(description="ours less theirs")


class Errors(BaseModel):
    """Errors of a group of values, in the unit of the values."""

    model_config = ConfigDict(extra="forbid")

    n: int = Field(description="values compared")
    mean_error: float = Field(description="mean of ours less theirs")
    mean_absolute_error: float = Field(description="mean of its absolute value")
    median_absolute_error: float = Field(description="median of its absolute value")
    absolute_error_90_percent: float = Field(description="nine in ten absolute errors are no larger")
    worst: list[Worst] = Field(description=f"the {_WORST} values furthest off, worst first")


def errors(pairs: Iterable[Pair]) -> Errors | None:
    """Sum up the errors of some values; None if there is none.

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
    """Return Spearman's rank correlation of some values; None where fewer than three, or all alike, have no ranks."""
    from scipy.stats import spearmanr

    ours, theirs = [pair.ours for pair in pairs], [pair.theirs for pair in pairs]
    if len(pairs) < 3 or len(set(ours)) < 2 or len(set(theirs)) < 2:
        return None
    return float(spearmanr(ours, theirs).statistic)
