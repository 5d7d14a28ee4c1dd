"""The samples of the energies that were asked for, and how intervals are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from screening.chemistry.ions import LITHIUM
from screening.common.sampling_defaults import N_SAMPLES, SEED

if TYPE_CHECKING:
    from coatscreen.options import Kind
    from screening.equilibrium.interface import Interface
    from screening.equilibrium.staircase import StaircaseDocument
    from screening.equilibrium.voltage_sweep import VoltageSweepDocument
    from screening.hull.reservoir import Reservoir
    from screening.phases.phase_set import PhaseSet
    from screening.uncertainty.energy_errors import Against
    from screening.uncertainty.intervals import Interval
    from screening.uncertainty.uncertainty_documents import (
        InterfaceUncertainty,
        OpenStabilityUncertainty,
        StabilityUncertainty,
        StaircaseUncertainty,
        SweepUncertainty,
        WindowUncertainty,
    )
    from screening.uncertainty.uncertainty_documents import Uncertainty as UncertaintyDocument


class Sampling(NamedTuple):
    """The samples of the energies that were asked for."""

    n_samples: int
    seed: int
    against: Against | None

    def require_model(self, phases: PhaseSet) -> None:
        """Check before any work that there is an error model for the energies.

        Raises
        ------
        InputError
            If there is none.
        """
        from screening.uncertainty import error_model

        error_model(phases.scale, self.against)

    def stability(self, phases: PhaseSet, formula: str) -> StabilityUncertainty:
        """Return the uncertainty of a stability."""
        from screening.uncertainty.sampled_quantities import stability_uncertainty

        return stability_uncertainty(phases, formula, *self)

    def open_stability(self, phases: PhaseSet, formula: str, reservoir: Reservoir) -> OpenStabilityUncertainty:
        """Return the uncertainty of a stability in contact with reservoirs."""
        from screening.uncertainty.sampled_quantities import open_stability_uncertainty

        return open_stability_uncertainty(phases, formula, reservoir, *self)

    def window(
        self, phases: PhaseSet, formula: str, ion: str = LITHIUM, reservoir: Reservoir | None = None
    ) -> WindowUncertainty:
        """Return the uncertainty of an electrochemical window."""
        from screening.uncertainty.sampled_quantities import window_uncertainty

        return window_uncertainty(phases, formula, *self, ion=ion, reservoir=reservoir)

    def staircase(self, phases: PhaseSet, found: StaircaseDocument) -> StaircaseUncertainty:
        """Return the uncertainty of each step of a staircase."""
        from screening.uncertainty.sampled_voltages import staircase_uncertainty

        return staircase_uncertainty(phases, found, *self)

    def sweep(self, phases: PhaseSet, found: VoltageSweepDocument) -> SweepUncertainty:
        """Return the uncertainty of an interface at each voltage of a sweep."""
        from screening.uncertainty.sampled_voltages import sweep_uncertainty

        return sweep_uncertainty(phases, found, *self)

    def interface(self, found: Interface) -> InterfaceUncertainty:
        """Return the uncertainty of an interface."""
        from screening.uncertainty.sampled_quantities import interface_uncertainty

        return interface_uncertainty(found.phases, found.a.name, found.b.name, found.reservoir, *self)


def sampling_asked(uncertainty: bool, samples: int | None, seed: int | None, against: Kind | None) -> Sampling | None:
    """Return the samples asked for, None if there are to be none.

    Raises
    ------
    InputError
        If their number, seed or kind is given without ``--uncertainty``.
    """
    from screening.common.errors import InputError

    for option, value in (("--samples", samples), ("--seed", seed), ("--against", against)):
        if value is not None and not uncertainty:
            raise InputError(f"{option} needs --uncertainty")
    if not uncertainty:
        return None
    kind: Against | None = None if against is None else against.value
    return Sampling(N_SAMPLES if samples is None else samples, SEED if seed is None else seed, kind)


def spread(uncertainty: UncertaintyDocument | None, quantity: str, scale: float, digits: int) -> str:
    """Write the interval of a quantity behind its number: 5 to 95 % of the samples; nothing where there is none."""
    return written(None if uncertainty is None else uncertainty.interval(quantity), scale, digits)


def written(interval: Interval | None, scale: float, digits: int) -> str:
    """Write an interval to stand behind its number; nothing where there is none."""
    from coatscreen.output import number

    if interval is None:
        return ""
    return f" [{number(scale * interval.low, digits)} to {number(scale * interval.high, digits)}]"
