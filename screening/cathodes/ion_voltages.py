"""Voltages of cathodes whose working ion is sodium, potassium or magnesium."""

from __future__ import annotations

from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.voltage_curve import VOLTAGE_STEP, AverageVoltage, Kind, VoltageCurve
from screening.common.provenance import Result
from screening.equilibrium.reactant import Reactant, clean
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet


class IonVoltageStep(BaseModel):
    """The average voltage between two contents of the working ion."""

    model_config = ConfigDict(extra="forbid")

    ions_from: float = Field(description="ions per formula unit before")
    ions_to: float = Field(description="ions per formula unit after")
    voltage_v: float = Field(description="average voltage, V against the ion's metal")
    kind: Kind = Field(
        description="'topotactic': the host stays; 'decomposition': no phases of one host are known, and it becomes "
        "those of lowest energy"
    )
    phases: list[str] = Field(description="ids of the host's phases it is counted between; none of a decomposition")
    definition: str = Field(description="how it was computed, and from which energies")


class IonCathodeState(BaseModel):
    """A cathode at one state of charge, with the potential of its working ion there."""

    model_config = ConfigDict(extra="forbid")

    state: str = Field(description="name of the state")
    ions_per_formula_unit: float = Field(description="ions in a formula unit")
    formula: str = Field(description="composition at that state")
    energy_above_hull_ev_per_atom: float | None = Field(description="null where no phase is known")
    mu_ion_ev: float = Field(description="chemical potential of the ion's element relative to its metal, eV per atom")
    voltage: IonVoltageStep = Field(description="the voltage at that state, an average around it")


class IonCathodeDocument(Result):
    """The states of charge of a cathode, with the potential of its working ion at each."""

    cathode: str = Field(description="name")
    ion: str = Field(description="element of the working ion")
    couple: str = Field(description="what voltages are counted against, such as Na/Na+")
    states: list[IonCathodeState] = Field(description="its states of charge")
    voltages: list[IonVoltageStep] = Field(description="the voltage curve: average voltages, by steps of the content")
    averages: list[IonVoltageStep] = Field(description="average voltages from the full state to each other one")


def ion_states(phases: PhaseSet, cathode: Cathode) -> IonCathodeDocument:
    """Compute the potential of a cathode's working ion at each of its states of charge, and its voltage curve.

    Parameters
    ----------
    phases
        The energies.
    cathode
        A cathode of any working ion.

    Raises
    ------
    InputError
        If an element has no energies.
    """
    curve = VoltageCurve(phases, cathode)
    contents = [curve.full * (1.0 - VOLTAGE_STEP * k) for k in range(round(1.0 / VOLTAGE_STEP) + 1)]
    return IonCathodeDocument(
        energies=phases.provenance,
        cathode=cathode.name,
        ion=curve.ion.element,
        couple=curve.ion.couple,
        states=[_state(curve, name, content) for name, content in cathode.lithiations.items()],
        voltages=[_step(curve.average(a, b)) for a, b in pairwise(contents)],
        averages=[_step(curve.average(curve.full, b)) for b in cathode.lithiations.values() if b < curve.full],
    )


def _state(curve: VoltageCurve, name: str, content: float) -> IonCathodeState:
    reactant = Reactant(curve.phases, curve.cathode.formula(content))
    around = _step(curve.average(*curve.around(content)))
    return IonCathodeState(
        state=name,
        ions_per_formula_unit=content,
        formula=reactant.formula,
        energy_above_hull_ev_per_atom=reactant.own_energy_above_hull,
        mu_ion_ev=clean(curve.ion.mu_ev(around.voltage_v)),
        voltage=around,
    )


def _step(step: AverageVoltage) -> IonVoltageStep:
    return IonVoltageStep(
        ions_from=step.content_from,
        ions_to=step.content_to,
        voltage_v=clean(step.voltage_v),
        kind=step.kind,
        phases=list(step.phases),
        definition=step.definition,
    )
