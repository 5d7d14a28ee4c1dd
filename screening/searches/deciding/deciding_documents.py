"""What would decide an undecided ranking, as results say it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from screening.coatings.samples import Sampling
from screening.common.provenance import Result


class UndecidedPair(BaseModel):
    """Two coatings whose order the energies cannot tell."""

    model_config = ConfigDict(extra="forbid")

    better: str = Field(description="the one that is ranked higher")
    worse: str = Field(description="the other")
    share: float = Field(
        description="of the variance of their difference that the energy would explain, beyond the phases before it"
    )


class DecidingPhase(BaseModel):
    """A phase whose energy would make an order more certain."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="identifier in the energies")
    formula: str = Field(description="reduced formula")
    space_group: int | None = Field(description="space-group number; null: unknown")
    energy_above_hull_ev_per_atom: float = Field(description="eV/atom, never negative")
    share: float = Field(
        description="of the variance of the difference of two coatings that its error explains beyond those of the "
        "phases before it, mean over all pairs whose order is undecided"
    )
    share_alone: float = Field(description="the same, if no other energy were known")
    decides: list[UndecidedPair] = Field(description="pairs of which it explains more than chance, the most first")
    systems: list[str] = Field(description="contacts of the undecided coatings that it may be a product of")


class DecidingEnergies(Result):
    """The phases whose energies, if known, would decide most of a ranking, the most deciding first."""

    ranking_id: str = Field(description="of the ranking")
    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    sampling: Sampling = Field(description="the samples of the energies that the ranking was made with")
    decided_at_probability: float = Field(description="from which share of the samples an order counts as decided")
    n_pairs: int = Field(description="pairs of coatings in the ranking")
    n_undecided: int = Field(description="of them those whose order is undecided")
    within_mev_per_atom: float = Field(description="phases up to this energy above the hull were asked about")
    n_phases: int = Field(description="phases asked about")
    chance_share: float = Field(description="what explains no larger share may do so by chance, and is not listed")
    deciding: list[DecidingPhase] = Field(description="the phases")
