"""Intervals of results, from samples of the energies."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class Interval(BaseModel):
    """Where a quantity lies in nine of ten samples; the unit is in the name of the field that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float = Field(description="5 % of the samples are below")
    median: float = Field(description="half of the samples are below")
    high: float = Field(description="95 % of the samples are below")

    @classmethod
    def of(cls, samples: Iterable[float]) -> Interval:
        """Return the interval of one or more samples."""
        cuts = np.percentile(np.fromiter(samples, dtype=np.float64), (5.0, 50.0, 95.0))
        low, median, high = (round(float(cut), 9) + 0.0 for cut in cuts)
        return cls(low=low, median=median, high=high)
