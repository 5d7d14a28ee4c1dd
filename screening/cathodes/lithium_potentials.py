"""The chemical potential of lithium in a cathode, from its voltage.

'Fully' and 'half lithiated' have two meanings. As a composition they mean the formula of the cathode with
that lithium content. As a chemical potential they mean that of a lithium reservoir in equilibrium with the cathode at
that content. This module computes the latter::

    V(x1 -> x2) = -[E(x1) - E(x2) - (x1 - x2) mu0_Li] / (x1 - x2)        x1 > x2, E per formula unit
    mu_Li(x)    = -e V(x + step -> x - step)

The steps end at the fully lithiated and at the empty cathode. If the energies hold ordered cells of the cathode on both
sides of a lithium content (:mod:`screening.phases.lithium_series`), E is the energy of these cells, and between two
contents that of a mixture of two cells. Otherwise E is the energy of the hull.

All potentials of a content have this one origin, so that those of two cathodes can be compared; what the literature
has stands beside them. A state at a given voltage, 4.3 V say, has that potential and the lithium content that the same
curve has there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.equilibrium.reactant import Reactant, clean
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode, PublishedVoltage
from screening.phases.lithium_series import LithiumSeries, lithium_series
from screening.phases.phase_set import PhaseSet

MuSource = Literal["computed", "given"]
FAR_V = 0.3  # a computed voltage further from a published one deserves a warning
_STEPS = 20
VOLTAGE_STEP = 0.25  # step to either side, as a fraction of the full content: wide enough to average over phases


class LithiumPotential(BaseModel):
    """The chemical potential of lithium at one state of charge, and where the number comes from."""

    model_config = ConfigDict(extra="forbid")

    mu_li_ev: float = Field(description="relative to Li metal, eV")
    voltage_v: float = Field(description="the same as a voltage against Li/Li+, V")
    origin: MuSource = Field(description="'computed' from these energies, or 'given' as a voltage")
    definition: str = Field(description="how it was computed, or which lithium content belongs to it")


class CathodeState(BaseModel):
    """A cathode at one state of charge, with the lithium potential there."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field(description="name of the state")
    lithium_per_formula_unit: float = Field(description="lithium atoms in a formula unit")
    formula: str = Field(description="composition at that state")
    energy: Literal["phase", "hull"] = Field(description="'phase': its own, or of its ordered cells; or 'hull'")
    energy_above_hull_ev_per_atom: float | None = Field(description="null where no phase is known")
    lithium: LithiumPotential = Field(description="the potential used where a reservoir is at this state")

    @property
    def of_voltage(self) -> bool:
        """Whether a voltage was given; only open contacts are of this state, since its composition is but estimated."""
        return self.lithium.origin == "given"


class VoltageStep(BaseModel):
    """The average voltage between two lithium contents."""

    model_config = ConfigDict(extra="forbid")

    lithium_from: float = Field(description="lithium per formula unit before")
    lithium_to: float = Field(description="lithium per formula unit after")
    voltage_v: float = Field(description="average voltage, V against Li/Li+")
    definition: str = Field(description="how it was computed, and from which energies")


class PublishedBeside(BaseModel):
    """A published voltage, and the same of these energies."""

    model_config = ConfigDict(extra="forbid")

    published: PublishedVoltage = Field(description="what the literature has")
    voltage_v: float = Field(description="of these energies, V against Li/Li+")
    difference_v: float = Field(description="ours less the published one, V")
    warning: str | None = Field(description=f"where they are further than {FAR_V:g} V apart")


class CathodeDocument(Result):
    """The states of charge of a cathode, with the lithium potential of each."""

    cathode: str = Field(description="name")
    states: list[CathodeState] = Field(description="its states of charge, as in the catalogue")
    voltages: list[VoltageStep] = Field(description="the voltage curve: average voltages, by steps of lithium")
    averages: list[VoltageStep] = Field(description="average voltages from the full state to each other one")
    published: list[PublishedBeside] = Field(description="published voltages beside those of these energies")

    def state(self, name: str) -> CathodeState:
        """Return the state of charge with a name.

        Raises
        ------
        InputError
            If the cathode has no such state.
        """
        for state in self.states:
            if state.state == name:
                return state
        raise InputError(f"{self.cathode} has no state {name!r}; it has {', '.join(s.state for s in self.states)}")


def average_voltage(phases: PhaseSet, cathode: Cathode, lithium_from: float, lithium_to: float) -> float:
    """Compute the average voltage between two lithium contents, V against Li/Li+.

    Parameters
    ----------
    phases
        The energies.
    cathode
        The host.
    lithium_from, lithium_to
        Lithium per formula unit before and after, in either order.

    Raises
    ------
    InputError
        If both are equal or one is not between 0 and the content of the state ``full``.
    """
    if lithium_from == lithium_to:
        raise InputError("a voltage needs two different lithium contents")
    series = _own_series(phases, cathode, lithium_from, lithium_to)

    def energy(lithium: float) -> float:
        if series is not None:
            return series.energy(lithium / atoms) * atoms
        reactant = Reactant(phases, cathode.formula(lithium))
        return reactant.mixture.energy * sum(reactant.composition.values())

    atoms = sum(cathode.host.values())
    return -(energy(lithium_from) - energy(lithium_to)) / (lithium_from - lithium_to)


def _own_series(phases: PhaseSet, cathode: Cathode, *lithium: float) -> LithiumSeries | None:
    """Return the cathode's ordered cells, if the energies hold cells on both sides of each lithium content."""
    atoms = sum(cathode.host.values())
    series = lithium_series(phases, cathode.host)
    return series if all(series.holds(content / atoms) for content in lithium) else None


def _voltage_step(phases: PhaseSet, cathode: Cathode, lithium_from: float, lithium_to: float) -> VoltageStep:
    own = _own_series(phases, cathode, lithium_from, lithium_to) is not None
    return VoltageStep(
        lithium_from=lithium_from,
        lithium_to=lithium_to,
        voltage_v=clean(average_voltage(phases, cathode, lithium_from, lithium_to)),
        definition=f"average between {lithium_from:g} and {lithium_to:g} Li per formula unit, "
        f"{'energies of its ordered cells' if own else 'hull energies'}",
    )


def state_voltage(phases: PhaseSet, cathode: Cathode, lithium: float) -> float:
    """Compute the voltage at one lithium content per formula unit: the average from a step above to a step below, V."""
    return clean(average_voltage(phases, cathode, *_around(cathode, lithium)))


def lithium_at(phases: PhaseSet, cathode: Cathode, voltage_v: float) -> float:
    """Return the lithium content per formula unit at which the cathode has a voltage.

    It is the highest content at which :func:`state_voltage` reaches it, found by bisection between twentieths of the
    full content; full below the curve, and none above it.
    """
    full = cathode.lithium("full")
    contents = [full * (1.0 - k / _STEPS) for k in range(_STEPS + 1)]
    more = contents[0]
    for less in contents:
        if state_voltage(phases, cathode, less) >= voltage_v:
            while more - less > 1e-3 * full:
                middle = 0.5 * (more + less)
                more, less = (more, middle) if state_voltage(phases, cathode, middle) >= voltage_v else (middle, less)
            return round(less, 3)
        more = less
    return 0.0


def _around(cathode: Cathode, lithium: float) -> tuple[float, float]:
    full = cathode.lithium("full")
    step = VOLTAGE_STEP * full
    return min(full, lithium + step), max(0.0, lithium - step)


def lithium_states(phases: PhaseSet, cathode: Cathode | str) -> CathodeDocument:
    """Compute the lithium potential of each of a cathode's states of charge, and its voltage curve.

    Parameters
    ----------
    phases
        The energies.
    cathode
        From the catalogue, or made from a formula; or the name or formula of one.

    Raises
    ------
    InputError
        If the name is unknown, or an element has no energies.
    """
    if isinstance(cathode, str):
        cathode = Catalogue.load().cathode(cathode)
    full = cathode.lithium("full")
    states = []
    for name, content in cathode.lithiations.items():
        step = _voltage_step(phases, cathode, *_around(cathode, content))
        computed = LithiumPotential(
            mu_li_ev=-step.voltage_v, voltage_v=step.voltage_v, origin="computed", definition=step.definition
        )
        states.append(_state(phases, cathode, name, content, computed))
    for name, voltage in cathode.voltages.items():
        content = lithium_at(phases, cathode, voltage)
        definition = f"given; the voltage curve has {content:.2g} Li per formula unit there"
        given = LithiumPotential(mu_li_ev=-voltage, voltage_v=voltage, origin="given", definition=definition)
        states.append(_state(phases, cathode, name, content, given))
    contents = [full * (1.0 - VOLTAGE_STEP * k) for k in range(round(1.0 / VOLTAGE_STEP) + 1)]
    return CathodeDocument(
        energies=phases.provenance,
        cathode=cathode.name,
        states=states,
        voltages=[_voltage_step(phases, cathode, a, b) for a, b in pairwise(contents)],
        averages=[_voltage_step(phases, cathode, full, b) for b in cathode.lithiations.values() if b < full],
        published=[_beside(phases, cathode, published) for published in cathode.published_voltages],
    )


def _state(phases: PhaseSet, cathode: Cathode, name: str, content: float, lithium: LithiumPotential) -> CathodeState:
    reactant = Reactant(phases, cathode.formula(content))
    return CathodeState(
        state=name,
        lithium_per_formula_unit=content,
        formula=reactant.formula,
        energy=reactant.energy_from,
        energy_above_hull_ev_per_atom=reactant.own_energy_above_hull,
        lithium=lithium,
    )


def _beside(phases: PhaseSet, cathode: Cathode, published: PublishedVoltage) -> PublishedBeside:
    high, low = published.lithium_from, published.lithium_to
    ours = state_voltage(phases, cathode, low) if high == low else clean(average_voltage(phases, cathode, high, low))
    difference = ours - published.voltage_v
    far = f"these energies are {abs(difference):.2f} V {'below' if difference < 0 else 'above'} the published value"
    return PublishedBeside(
        published=published,
        voltage_v=ours,
        difference_v=round(difference, 6),
        warning=far if abs(difference) > FAR_V else None,
    )
