"""What a screening computes of one coating between one cathode and one electrolyte."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.economics import EconomicsDocument
from screening.coatings.contacts import Contact
from screening.common.provenance import Result
from screening.equilibrium.composite import CompositeStability, CompositeWindow
from screening.equilibrium.stability import StabilityDocument
from screening.equilibrium.window import WindowDocument
from screening.transport.material_transport import TransportDocument
from screening.uncertainty import Interval
from screening.uncertainty.uncertainty_documents import Uncertainty


class CoatingDocument(Result):
    """All that was computed of a coating, before it is judged and compared with others."""

    coating: str = Field(description="name")
    formula: str = Field(description="composition, of a composite the overall one")
    components: dict[str, float] | None = Field(
        None, description="of a composite: mole fraction of each phase; null for a coating of one phase"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="other columns of its row in a file of candidates, as text by heading"
    )
    contains_li: bool = Field(description="whether the coating contains lithium")
    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    stability: CompositeStability | StabilityDocument | None = Field(
        description="phase stability; null where it could not be computed"
    )
    window: CompositeWindow | WindowDocument | None = Field(
        description="electrochemical window; null where it could not be computed"
    )
    interfaces: list[Contact] = Field(
        description="its contacts with both neighbours and inside a composite, closed and open"
    )
    economics: EconomicsDocument | None = Field(description="raw-material cost and supply concentration")
    transport: TransportDocument | None = Field(
        None, description="what passes a film of it; null for a composite, whose phases lie side by side"
    )
    why_missing: str | None = Field(description="why something is missing; null where nothing is")


class BareInterface(Result):
    """The unprotected cathode against the electrolyte."""

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    interfaces: list[Contact] = Field(description="every state of charge, closed and open")
    worst_mutual_mev_per_atom: float | None = Field(description="lowest closed mutual energy, meV/atom")
    stability: dict[str, StabilityDocument] = Field(description="of the electrolyte and of each state of the cathode")
    windows: dict[str, WindowDocument] = Field(description="of the same materials")


class CoatingUncertainty(Uncertainty):
    """How far what is said of a coating may be off because the energies are."""

    intervals: dict[str, Interval | None] = Field(
        description="5, 50 and 95 % of each quantity, its unit in the name; null where it has no value"
    )
    probability_of_passing: dict[str, float | None] = Field(
        description="share of the samples in which each criterion is passed; null where its quantity is unknown"
    )
    probability_of_passing_all: float | None = Field(
        description="share of the samples in which all are passed; null where one is unknown"
    )
    probability_of_rank: dict[str, float] | None = Field(
        None,
        description="share of the samples in which it has each rank it has in any; null where not all coatings ranked "
        "together were sampled alike",
    )
    undecided: list[str] | None = Field(
        None,
        description="two coatings have one of these letters in common where the energies cannot decide their order, "
        "and only there; empty where its place is decided; null where probability_of_rank is",
    )
    decided_at_probability: float = Field(description="from which share of the samples an order counts as decided")


class Verdict(BaseModel):
    """What a coating is found to be: judged by criteria, and among others ranked."""

    model_config = ConfigDict(extra="forbid")

    rank: int | None = Field(
        None, description="place, 1 best, equal for equals; null where the coating could not be screened"
    )
    score: float | None = Field(
        description="what is ranked by within a tier, meV per atom that is not exchanged; 0 is best: the lowest of "
        "score_parts"
    )
    score_parts: dict[str, float | None] = Field(
        description="mutual energy of each contact: closed, meV/atom, and open to lithium, meV per atom that is not "
        "lithium"
    )
    tier: int = Field(description="1 all criteria passed, 2 none failed but some unknown, 3 one failed, 4 more failed")
    passes: dict[str, bool | None] = Field(description="each criterion: passed, failed, or null where unknown")
    quantities: dict[str, float | None] = Field(description="every registered quantity; units in the names")
    worst_mutual_mev_per_atom: float | None = Field(description="lowest closed mutual energy, meV/atom")
    worst_contact: str | None = Field(None, description="the contact that has the score, the first of equals")
    gain_over_bare_mev_per_atom: float | None = Field(
        description="how much less the worst closed contact reacts than the bare interface, meV/atom; positive: it "
        "protects"
    )
    pareto_rank: int | None = Field(
        None,
        description="1: no other coating is as good in score, oxidation limit and cost and better in one",
    )
    uncertainty: CoatingUncertainty | None = Field(None, description="from samples of the energies; null without them")
    compared: dict[str, float | None] = Field(
        default_factory=dict,
        exclude=True,
        description="the quantities as they are compared: a limit that there is none of is a large number",
    )
    standings: Sequence[float] | None = Field(
        None, exclude=True, description="its standing in each sample of the energies; None where it is not known in all"
    )


class RankedCoating(CoatingDocument, Verdict):
    """A coating with what was computed of it, how it was judged, and its place among the others."""

    @classmethod
    def of(cls, coating: CoatingDocument, verdict: Verdict) -> RankedCoating:
        """Put the two together."""
        parts = {name: getattr(coating, name) for name in CoatingDocument.model_fields}
        return cls(**parts, **{name: getattr(verdict, name) for name in Verdict.model_fields})
