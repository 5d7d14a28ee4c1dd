"""The chemical potential of lithium in a cathode, from its voltage.

'Fully' and 'half lithiated' have two meanings. As a composition they mean the formula of the cathode with
that lithium content. As a chemical potential they mean that of a lithium reservoir in equilibrium with the cathode at
that content. This module computes the latter::

    mu_Li(x)    = -e V(x + step -> x - step)

with the voltages of :mod:`screening.cathodes.voltage_curve`. The steps end at the fully lithiated and at the empty
cathode.

All potentials of a content have this one origin, so that those of two cathodes can be compared; what the literature
has stands beside them. A state at a given voltage, 4.3 V say, has that potential and the lithium content that the same
curve has there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.voltage_curve import VOLTAGE_STEP, AverageVoltage, Kind, VoltageCurve
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.equilibrium.reactant import Reactant, clean
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode, PublishedVoltage
from screening.phases.phase_set import PhaseSet

MuSource = Literal["computed", "given"]
FAR_V = 0.3  # a computed voltage further from a published one deserves a warning


class LithiumPotential(BaseModel):
    """The chemical potential of lithium at one state of charge, and where the number comes from."""

    model_config = ConfigDict(extra="forbid")

    mu_li_ev: float = Field(description="relative to Li metal, eV")
    voltage_v: float = Field(description="the same as a voltage against Li/Li+, V")
    origin: MuSource = Field(description="'computed' from these energies, or 'given' as a voltage")
    definition: str = Field(description="how it was computed, or which lithium content belongs to it")
    kind: Kind | None = Field(
        default=None,
        description="'topotactic': the host stays; 'decomposition': no phases of one host are known, and it becomes "
        "those of lowest energy; null where a voltage was given",
    )


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
    kind: Kind = Field(
        description="'topotactic': the host stays; 'decomposition': no phases of one host are known, and it becomes "
        "those of lowest energy"
    )
    phases: list[str] = Field(description="ids of the host's phases it is counted between; none of a decomposition")


class PublishedBeside(BaseModel):
    """A published voltage, and the same of these energies."""

    model_config = ConfigDict(extra="forbid")

    published: PublishedVoltage = Field(description="what the literature has")
    voltage_v: float = Field(description="of these energies, V against Li/Li+")
    kind: Kind = Field(description="whether that is a topotactic voltage or a potential of decomposition")
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
        If the name is unknown, its ion is not lithium, or an element has no energies.
    """
    if isinstance(cathode, str):
        cathode = Catalogue.load().cathode(cathode)
    if cathode.ion != LITHIUM:
        raise InputError(f"{cathode.name} is a cathode of {ion_of(cathode.ion).word}: its potentials are no lithium's")
    curve = VoltageCurve(phases, cathode)
    states = []
    for name, content in cathode.lithiations.items():
        step = curve.average(*curve.around(content))
        computed = LithiumPotential(
            mu_li_ev=-clean(step.voltage_v),
            voltage_v=clean(step.voltage_v),
            origin="computed",
            definition=step.definition,
            kind=step.kind,
        )
        states.append(_state(phases, cathode, name, content, computed))
    for name, voltage in cathode.voltages.items():
        content = curve.content_at(voltage)
        definition = f"given; the voltage curve has {content:.2g} Li per formula unit there"
        given = LithiumPotential(mu_li_ev=-voltage, voltage_v=voltage, origin="given", definition=definition)
        states.append(_state(phases, cathode, name, content, given))
    contents = [curve.full * (1.0 - VOLTAGE_STEP * k) for k in range(round(1.0 / VOLTAGE_STEP) + 1)]
    return CathodeDocument(
        energies=phases.provenance,
        cathode=cathode.name,
        states=states,
        voltages=[_voltage_step(curve.average(a, b)) for a, b in pairwise(contents)],
        averages=[_voltage_step(curve.average(curve.full, b)) for b in cathode.lithiations.values() if b < curve.full],
        published=[_beside(curve, published) for published in cathode.published_voltages],
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


def _voltage_step(step: AverageVoltage) -> VoltageStep:
    return VoltageStep(
        lithium_from=step.content_from,
        lithium_to=step.content_to,
        voltage_v=clean(step.voltage_v),
        definition=step.definition,
        kind=step.kind,
        phases=list(step.phases),
    )


def _beside(curve: VoltageCurve, published: PublishedVoltage) -> PublishedBeside:
    high, low = published.lithium_from, published.lithium_to
    ours = curve.average(*(curve.around(low) if high == low else (high, low)))
    difference = clean(ours.voltage_v) - published.voltage_v
    far = f"these energies are {abs(difference):.2f} V {'below' if difference < 0 else 'above'} the published value"
    return PublishedBeside(
        published=published,
        voltage_v=clean(ours.voltage_v),
        kind=ours.kind,
        difference_v=round(difference, 6),
        warning=far if abs(difference) > FAR_V else None,
    )
