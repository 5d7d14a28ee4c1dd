"""Documents of a reproduction: published numbers beside ours, claims with verdicts, and the data of figures."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from screening.common.provenance import Result
from screening.uncertainty.intervals import Interval
from screening.uncertainty.uncertainty_documents import ErrorModelProvenance

Verdict = Literal["holds", "contradicted", "not known"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OurValue(_Document):
    """Our value in one convention."""

    convention: str = Field(description="how it is counted")
    ours: float = Field(description="our value, in the quantity's unit")
    interval: Interval | None = Field(description="5, 50 and 95 % of the samples; null where they were not sampled")
    difference: float = Field(description="ours less published, in the quantity's unit")


class ReproducedQuantity(_Document):
    """A published number and our values."""

    id: str = Field(description="name of the quantity")
    quantity: str = Field(description="what it is, in the paper's words")
    system: str = Field(description="the material or materials")
    ensemble: str | None = Field(description="closed, or the lithium potential held; null where it has none")
    unit: str = Field(description="unit of all its values")
    published: float = Field(description="the published value, in the unit")
    where: str = Field(description="where in the paper it stands")
    source: str | None = Field(description="the paper that computed it, where this one only cites it")
    verified: bool = Field(description="whether it was read in the paper named, not in a transcription")
    compared: str | None = Field(description="the convention that the paper's number is compared in; null without ours")
    values: list[OurValue] = Field(description="ours in each convention; empty where it could not be computed")
    why_missing: str | None = Field(description="why not")
    explanation: list[str] = Field(description="what explains the difference, one reason each")

    @property
    def value(self) -> OurValue | None:
        """Our value in the convention that is compared."""
        return next((value for value in self.values if value.convention == self.compared), None)


class CheckedClaim(_Document):
    """A claim, with the verdict in our energies."""

    id: str = Field(description="name of the claim")
    claim: str = Field(description="what the paper says")
    where: str = Field(description="where in the paper it stands")
    check: str = Field(description="name of the check")
    holds: bool | None = Field(description="whether our numbers bear it out; null where they cannot tell")
    why_missing: str | None = Field(description="why they cannot")
    fraction_of_samples: float | None = Field(description="in which part of the samples it holds; null if not sampled")
    numbers: dict[str, JsonValue] = Field(
        description="what the verdict rests on, with the thresholds; units in the keys"
    )
    threshold_source: str | None = Field(description="where the thresholds come from")

    @property
    def verdict(self) -> Verdict:
        """The verdict in words."""
        return "not known" if self.holds is None else "holds" if self.holds else "contradicted"


class Series(_Document):
    """A line or a group of published points in a figure."""

    label: str = Field(description="what the legend calls it")
    kind: Literal["ours", "ours, total", "published"] = Field(description="what is drawn")
    x: list[float] = Field(description="in the unit of the axis; of a published minimum, which has none, empty")
    y: list[float] = Field(description="in the unit of the axis")


class Panel(_Document):
    """One panel of a figure."""

    title: str = Field(description="stands above it")
    x_label: str = Field(description="quantity and unit of the abscissa")
    y_label: str = Field(description="quantity and unit of the ordinate")
    series: list[Series] = Field(description="what it shows")


class Figure(_Document):
    """The data of a paper's figure, as we compute it."""

    id: str = Field(description="name of the file, without its ending")
    title: str = Field(description="which figure of the paper it is")
    panels: list[Panel] = Field(description="its parts")
    why_missing: str | None = Field(description="why our values are not in it; null where they are")


class ReproducedPaper(_Document):
    """The results of a paper, compared with ours."""

    key: str = Field(description="its number")
    name: str = Field(description="its first author")
    citation: str = Field(description="as it is cited")
    about: str = Field(description="what it studied")
    uncalibrated_elements: list[str] = Field(description="elements the error model was not calibrated on")
    quantities: list[ReproducedQuantity] = Field(description="its numbers")
    claims: list[CheckedClaim] = Field(description="what it says without a number")
    figures: list[Figure] = Field(description="its figures that are drawn again")


class SampleProvenance(_Document):
    """The samples of the energies that the intervals come from."""

    n_samples: int = Field(description="samples of the energies")
    seed: int = Field(description="which samples")
    model: ErrorModelProvenance = Field(description="the error model they were drawn from")


class ReproductionDocument(Result):
    """All computed results and claims of the papers, compared with ours."""

    samples: SampleProvenance | None = Field(description="behind the intervals; null where there are none")
    why_missing: str | None = Field(description="why there are no intervals")
    papers: list[ReproducedPaper] = Field(description="paper by paper")
