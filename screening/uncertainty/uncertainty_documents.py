"""What is said of a result's uncertainty."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.uncertainty.intervals import Interval


class ErrorModelProvenance(BaseModel):
    """Which error model the samples were drawn from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="name of the model")
    version: str = Field(description="version of its form")
    against: Literal["DFT", "measurement"] = Field(description="what the errors are counted from")
    sha256: str = Field(description="hash of its parameters")


class Uncertainty(BaseModel):
    """Base: samples of the energies, and what they say of one result. Intervals are 5, 50 and 95 % of the samples."""

    model_config = ConfigDict(extra="forbid")

    n_samples: int = Field(description="samples of the energies")
    seed: int = Field(description="which samples")
    model: ErrorModelProvenance = Field(description="the error model they were drawn from")
    uncalibrated_elements: list[str] = Field(
        description="elements of the system the model was not calibrated on; taken to err as the others do"
    )

    def interval(self, quantity: str) -> Interval | None:
        """Return the interval of a quantity, named without its unit."""
        [name] = [name for name in type(self).model_fields if re.fullmatch(rf"{quantity}_(ev_per_\w+|v)", name)]
        interval: Interval | None = getattr(self, name)
        return interval


class ResultUncertainty(Uncertainty):
    """Base: of what is asked of one or two materials."""

    far_above_hull: list[str] = Field(
        description="materials further above the hull than the phases it was calibrated on: off by more than said here"
    )


class StabilityUncertainty(ResultUncertainty):
    """Of a phase's stability."""

    energy_above_hull_ev_per_atom: Interval | None = Field(description="eV/atom; null where no phase is known")
    formation_energy_ev_per_atom: Interval = Field(description="eV/atom")
    stable_within_ev_per_atom: float = Field(description="the packaged criterion: the energy above hull allowed")
    probability_stable: float | None = Field(
        description="fraction of the samples within that; null where no phase is known"
    )


class OpenStabilityUncertainty(ResultUncertainty):
    """Of the stability of a material in contact with reservoirs."""

    distance_to_hull_ev_per_closed_atom: Interval = Field(description="eV per atom that is not open")
    stable_within_ev_per_closed_atom: float = Field(description="the packaged criterion of stability, per closed atom")
    probability_stable: float = Field(description="fraction of the samples within that")


class WindowUncertainty(ResultUncertainty):
    """Of an electrochemical window."""

    reduction_limit_v: Interval = Field(description="V; 0 in samples where it is never reduced")
    oxidation_limit_v: Interval | None = Field(description="V; null where it has none of the ion to give up")
    distance_to_hull_ev_per_atom: Interval | None = Field(description="eV/atom; null where no phase is known")
    probability_never_reduced: float = Field(
        description="fraction of the samples in which it is stable against the metal of the ion"
    )


class StepUncertainty(BaseModel):
    """Of one step of a staircase."""

    model_config = ConfigDict(extra="forbid")

    ions: float = Field(description="content halfway through the step, ions per formula unit")
    voltage_v: Interval = Field(description="V: the voltage at which the material holds that content in each sample")


class StaircaseUncertainty(ResultUncertainty):
    """Of the reactions of a material with its working ion."""

    steps: list[StepUncertainty] = Field(description="in the order of the steps")


class SweptUncertainty(BaseModel):
    """Of an interface at one voltage."""

    model_config = ConfigDict(extra="forbid")

    voltage_v: float = Field(description="V against the ion's metal")
    mutual_min_ev_per_closed_atom: Interval = Field(description="least mutual reaction energy, eV per closed atom")
    total_min_ev_per_closed_atom: Interval = Field(description="least total reaction energy, eV per closed atom")
    probability_reaction: float = Field(description="fraction of the samples in which the two react mutually")


class SweepUncertainty(ResultUncertainty):
    """Of an interface at several voltages."""

    reacts_below_ev: float = Field(description="what counts as a reaction: a mutual energy below this, eV/closed atom")
    points: list[SweptUncertainty] = Field(description="in the order of the voltages")


class InterfaceUncertainty(ResultUncertainty):
    """Of the reaction of two materials."""

    reacts_below_ev: float = Field(description="what counts as a reaction: a mutual energy below this, unit as below")
    probability_reaction: float = Field(description="fraction of the samples in which the two react mutually")


class ClosedInterfaceUncertainty(InterfaceUncertainty):
    """Of a closed interface."""

    mutual_min_ev_per_atom: Interval = Field(description="least mutual reaction energy, eV/atom")
    total_min_ev_per_atom: Interval = Field(description="least total reaction energy, eV/atom")
    self_a_ev_per_atom: Interval = Field(description="what A does alone, eV/atom")
    self_b_ev_per_atom: Interval = Field(description="what B does alone, eV/atom")


class OpenInterfaceUncertainty(InterfaceUncertainty):
    """Of an interface open to reservoirs."""

    mutual_min_ev_per_closed_atom: Interval = Field(description="least mutual reaction energy, eV per closed atom")
    total_min_ev_per_closed_atom: Interval = Field(description="least total reaction energy, eV per closed atom")
    self_a_ev_per_closed_atom: Interval = Field(description="what A does alone, eV per closed atom")
    self_b_ev_per_closed_atom: Interval = Field(description="what B does alone, eV per closed atom")
