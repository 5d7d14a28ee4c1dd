"""What one job of a screening computes: many materials at once, each by its own notation.

Each function takes the energies' source and a batch of materials, and returns one entry for each; one that fails has
its reason in ``failed`` and does not stop the others. With a sampling, the same is computed in every sample of the
energies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator
from pydantic_core import to_json

from screening.cathodes.lithium_potentials import CathodeDocument, lithium_states
from screening.coatings.coating_documents import BareInterface
from screening.coatings.contacts import Contact, bare_meetings, closed_energies, coating_meetings, contacts
from screening.coatings.samples import (
    SampledCathode,
    SampledMaterial,
    Sampling,
    sample_cathode,
    sample_contacts,
    sample_material,
)
from screening.common.errors import CoatscreenError, InputError
from screening.energies.source import EnergySource
from screening.equilibrium.composite import CompositeStability, CompositeWindow, material_stability, material_window
from screening.equilibrium.stability import StabilityDocument
from screening.equilibrium.window import WindowDocument
from screening.files.packed import packed_text, unpacked_text
from screening.materials.cathode import Cathode
from screening.materials.material import Material

T = TypeVar("T")


class Batch(BaseModel, Generic[T]):
    """Results of a batch by material.

    As the output of a job the results are one packed text: a workflow engine walks through every list and dictionary
    of an output several times, on its way to the store and back, and takes longer for it than the lines take.
    """

    model_config = ConfigDict(extra="forbid")

    results: dict[str, T] = Field(description="by the material's notation")
    failed: dict[str, str] = Field(description="materials without a result: why")

    @field_serializer("results")
    def _pack(self, results: dict[str, T]) -> str:
        return packed_text(to_json(results))

    @field_validator("results", mode="before")
    @classmethod
    def _unpack(cls, results: Any) -> Any:
        if not isinstance(results, str):  # as outputs were written before
            return results
        try:
            return orjson.loads(unpacked_text(results))
        except InputError as error:
            raise ValueError(str(error)) from None


class MaterialProperties(BaseModel):
    """What a material is alone."""

    model_config = ConfigDict(extra="forbid")

    stability: CompositeStability | StabilityDocument | None = Field(description="phase stability")
    window: CompositeWindow | WindowDocument | None = Field(description="electrochemical window")
    failed: dict[str, str] = Field(description="'stability' or 'window': why it is missing")


class PropertiesBatch(Batch[MaterialProperties]):
    """Phase stability and electrochemical window of a batch."""


class ContactBatch(Batch[list[Contact]]):
    """Contacts of a batch with a neighbour."""


class SampledBatch(Batch[SampledMaterial]):
    """What was computed of a batch in every sample."""


def _each(materials: Sequence[str], compute: Callable[[str], T]) -> tuple[dict[str, T], dict[str, str]]:
    """Compute something of each material, and return the results and why there are no others."""
    results, failed = {}, {}
    for material in materials:
        try:
            results[material] = compute(material)
        except CoatscreenError as error:
            failed[material] = str(error)
    return results, failed


def cathode_states(energies: EnergySource, cathode: Cathode) -> CathodeDocument:
    """Compute a cathode's states of charge and their lithium potentials."""
    return lithium_states(energies.open(), cathode)


def material_properties(energies: EnergySource, materials: list[str]) -> PropertiesBatch:
    """Compute the phase stability and the electrochemical window of a batch of materials."""
    phases = energies.open()
    stable, unstable = _each(materials, lambda material: material_stability(phases, material))
    windows, without = _each(materials, lambda material: material_window(phases, material))
    results = {}
    for material in materials:
        failed = {"stability": unstable.get(material), "window": without.get(material)}
        results[material] = MaterialProperties(
            stability=stable.get(material),
            window=windows.get(material),
            failed={what: why for what, why in failed.items() if why is not None},
        )
    return PropertiesBatch(results=results, failed={})


def bare_interface(
    energies: EnergySource, cathode: CathodeDocument, electrolyte: Material, properties: list[PropertiesBatch]
) -> BareInterface:
    """Compute the unprotected interface, and join to it what was computed of the two materials alone."""
    phases = energies.open()
    known = {material: found for batch in properties for material, found in batch.results.items()}
    met = {name: known[name] for name in (electrolyte.reactant, *(s.formula for s in cathode.states)) if name in known}
    found = contacts(phases, bare_meetings(cathode, electrolyte.reactant))
    return BareInterface(
        energies=phases.provenance,
        cathode=cathode.cathode,
        electrolyte=electrolyte.name,
        interfaces=found,
        worst_mutual_mev_per_atom=closed_energies(found, "cathode|electrolyte")[1],
        stability={name: alone.stability for name, alone in met.items() if alone.stability is not None},
        windows={name: alone.window for name, alone in met.items() if alone.window is not None},
    )


def coating_contacts(
    energies: EnergySource,
    coatings: list[str],
    cathode: CathodeDocument | None = None,
    electrolyte: str | None = None,
) -> ContactBatch:
    """Compute a batch of coatings against a neighbour; see :func:`screening.coatings.contacts.coating_meetings`."""
    meetings, failed = _each(coatings, lambda coating: coating_meetings(coating, cathode, electrolyte))
    found = iter(contacts(energies.open(), [met for of_coating in meetings.values() for met in of_coating]))
    results = {coating: list(islice(found, len(of_coating))) for coating, of_coating in meetings.items()}
    return ContactBatch(results=results, failed=failed)


def sampled_cathode(
    energies: EnergySource, sampling: Sampling, cathode: Cathode, document: CathodeDocument
) -> SampledCathode:
    """Compute a cathode's lithium potentials in every sample."""
    return sample_cathode(energies.open(), sampling, cathode, document)


def sampled_properties(energies: EnergySource, sampling: Sampling, materials: list[str]) -> SampledBatch:
    """Compute stability and window of a batch of materials in every sample."""
    phases = energies.open()
    results, failed = _each(materials, lambda material: sample_material(phases, sampling, material))
    return SampledBatch(results=results, failed=failed)


def sampled_bare_interface(
    energies: EnergySource, sampling: Sampling, cathode: CathodeDocument, electrolyte: Material
) -> SampledMaterial:
    """Compute the closed contacts of the unprotected interface in every sample."""
    closed = [met for met in bare_meetings(cathode, electrolyte.reactant) if met.held is None]
    return sample_contacts(energies.open(), sampling, lambda number: closed)


def sampled_contacts(
    energies: EnergySource,
    sampling: Sampling,
    coatings: list[str],
    cathode: SampledCathode | None = None,
    electrolyte: str | None = None,
) -> SampledBatch:
    """Compute a batch of coatings against a neighbour in every sample, with the potentials the cathode has there."""
    phases = energies.open()

    def one(coating: str) -> SampledMaterial:
        return sample_contacts(
            phases,
            sampling,
            lambda number: coating_meetings(
                coating, None if cathode is None else cathode.in_sample(number), electrolyte
            ),
        )

    results, failed = _each(coatings, one)
    return SampledBatch(results=results, failed=failed)
