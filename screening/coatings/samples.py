"""What a screening computes of a coating again in every sample of the energies.

The energies are off (see :mod:`screening.uncertainty`). Sample s is one way in which all of them may be off together,
and means the same errors in every job, chemical system and process: so what is computed of two coatings in sample s can
be compared, although two jobs computed it at different times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.cathodes.voltage_curve import VoltageCurve
from screening.chemistry.notation import composition_of
from screening.coatings.contacts import Meeting, contact_of
from screening.common.errors import InputError
from screening.equilibrium.composite_numbers import energies_above_hull, window_limits
from screening.equilibrium.survey import ContactNumbers, Pair, Survey
from screening.hull.reservoir import Reservoir
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet
from screening.uncertainty import error_model, sampled
from screening.uncertainty.energy_errors import Against
from screening.uncertainty.uncertainty_documents import ErrorModelProvenance

Samples = dict[str, list[float]]  # a quantity, its unit in the name: its value in each sample


class Sampling(BaseModel):
    """Which samples of the energies are taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_samples: PositiveInt = Field(description="how many")
    seed: int = Field(description="names the set of samples")
    model: ErrorModelProvenance = Field(description="the error model they are drawn from")

    @classmethod
    def of(cls, phases: PhaseSet, n_samples: int, seed: int, against: Against | None = None) -> Sampling:
        """Choose samples of some energies.

        Raises
        ------
        InputError
            If there is no error model for their scale.
        """
        return cls(n_samples=n_samples, seed=seed, model=error_model(phases.scale, against).provenance)

    def draw(self, phases: PhaseSet, elements: Iterable[str]) -> list[PhaseSet]:
        """Draw the samples of a chemical system.

        Raises
        ------
        InputError
            If the error model is another than counted on, or an element has no energies.
        """
        if error_model(phases.scale, self.model.against).sha256 != self.model.sha256:
            raise InputError(f"the error model {self.model.name!r} has changed since this work was planned")
        return sampled(phases, elements, self.n_samples, self.seed, self.model.against)

    def uncalibrated(self, phases: PhaseSet, elements: Iterable[str]) -> list[str]:
        """Return those of some elements that the error model was not calibrated on."""
        return error_model(phases.scale, self.model.against).uncalibrated(elements)


class SampledMaterial(BaseModel):
    """What was computed of one material in every sample."""

    model_config = ConfigDict(extra="forbid")

    values: Samples = Field(description="by quantity; only what could be computed in every sample")
    why_missing: str | None = Field(description="what could not, and why")
    uncalibrated_elements: list[str] = Field(description="its and its neighbour's that the model was not calibrated on")


class SampledCathode(BaseModel):
    """A cathode with the lithium potentials of its states in every sample."""

    model_config = ConfigDict(extra="forbid")

    cathode: CathodeDocument = Field(description="with the energies as they are")
    mu_li_ev: dict[str, list[float]] = Field(
        description="potential in each sample, eV, of the states where it is computed; a cited one stays"
    )

    def in_sample(self, number: int) -> CathodeDocument:
        """Return the cathode as it is in one sample, counted from 0."""
        states = []
        for state in self.cathode.states:
            held = {}
            if state.state in self.mu_li_ev:
                mu = self.mu_li_ev[state.state][number]
                held = {"lithium": state.lithium.model_copy(update={"mu_li_ev": mu, "voltage_v": -mu})}
            states.append(state.model_copy(update=held))
        return self.cathode.model_copy(update={"states": states})


class CoatingSamples(BaseModel):
    """What was computed of a coating between its neighbours in every sample."""

    model_config = ConfigDict(extra="forbid")

    sampling: Sampling = Field(description="which samples")
    uncalibrated_elements: list[str] = Field(description="that the model was not calibrated on")
    values: Samples = Field(description="by quantity")


def sample_cathode(phases: PhaseSet, sampling: Sampling, cathode: Cathode, document: CathodeDocument) -> SampledCathode:
    """Compute the lithium potentials of a cathode in every sample.

    Parameters
    ----------
    cathode
        The host.
    document
        Its states with the energies as they are; a potential that is cited there is the same in all samples.
    """
    computed = [state.state for state in document.states if state.lithium.origin == "computed"]
    samples = sampling.draw(phases, {"Li", *cathode.host}) if computed else []
    curves = [VoltageCurve(sample, cathode) for sample in samples]
    potentials = {state: [-curve.at(cathode.lithium(state)) for curve in curves] for state in computed}
    return SampledCathode(cathode=document, mu_li_ev=potentials)


def sample_material(phases: PhaseSet, sampling: Sampling, material: str) -> SampledMaterial:
    """Compute a material's energy above the hull, meV/atom, and the limits of its window, V, in every sample.

    Parameters
    ----------
    material
        A material or composite in the notation of :mod:`screening.chemistry.notation`.

    Raises
    ------
    InputError, CalculationError
        As :func:`screening.equilibrium.composite.material_window`.
    """
    elements = {"Li", *composition_of(material)}  # lithium leaves or enters at the limits of its window
    survey = Survey(sampling.draw(phases, elements))
    above = energies_above_hull(survey, material)
    reduction, oxidation = window_limits(survey, material)
    found = {
        "energy_above_hull_mev_per_atom": None if above is None else 1000.0 * above,
        "reduction_limit_v": reduction,
        "oxidation_limit_v": oxidation,
    }
    return SampledMaterial(
        values={quantity: values.round(6).tolist() for quantity, values in found.items() if values is not None},
        why_missing=None,
        uncalibrated_elements=sampling.uncalibrated(phases, elements),
    )


def sample_contacts(
    phases: PhaseSet, sampling: Sampling, meetings: Callable[[int], Sequence[Meeting]]
) -> SampledMaterial:
    """Compute the mutual energies of contacts in every sample.

    Parameters
    ----------
    phases
        The energies.
    sampling
        Which samples.
    meetings
        What meets in a sample, by its number from 0: the same materials, at the lithium potentials of that sample.
    """
    samples = [meetings(number) for number in range(sampling.n_samples)]
    elements = {"Li"}.union(*(composition_of(part) for met in samples[0] for part in (met.a, met.b)))
    survey = Survey(sampling.draw(phases, elements))
    pairs = []
    for each in zip(*samples, strict=True):
        held = tuple(Reservoir({"Li": met.held.lithium.mu_li_ev}) for met in each if met.held is not None)
        pairs.append(Pair(each[0].a, each[0].b, held))
    return _collect(samples[0], survey.contacts(pairs), sampling.uncalibrated(phases, elements))


def _collect(meetings: Sequence[Meeting], found: ContactNumbers, uncalibrated_elements: list[str]) -> SampledMaterial:
    """Gather the mutual energies of contacts, and the lowest at each face, those that are known in every sample."""
    known: Samples = {}
    faces: dict[str, list[str]] = {}
    reasons = []
    for met, mutual, why in zip(meetings, found.mutual, found.why_missing, strict=True):
        contact = contact_of(met)
        faces.setdefault(contact.face_quantity, []).append(contact.quantity)
        if not why:
            known[contact.quantity] = (1000.0 * mutual).round(6).tolist()
            continue
        first = next(iter(why.values()))
        share = "" if len(why) == len(mutual) else f"in {len(why)} of {len(mutual)} samples "
        reasons.append(f"{contact.name}: {share}{first}")
    for face, quantities in faces.items():
        if known.keys() >= set(quantities):
            known[face] = np.min([known[quantity] for quantity in quantities], axis=0).tolist()
    return SampledMaterial(
        values=known,
        why_missing="; ".join(reasons) or None,
        uncalibrated_elements=uncalibrated_elements,
    )
