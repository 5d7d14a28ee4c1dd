"""Many materials at once: what one job of a screening computes.

Each function takes the energies' source and a batch, and returns one entry per material; a material
that fails has its reason in ``failed`` and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.lithium_potentials import CathodeDocument, MuSource, lithium_states
from screening.chemistry.economics import material_economics
from screening.chemistry.formulas import parse_formula
from screening.coatings.coating_documents import BareInterface, CoatingRecord
from screening.coatings.contacts import Contact, bare_contacts, cathode_contacts, electrolyte_contacts, inner_contacts
from screening.coatings.drawn_contacts import CoatingSamples
from screening.coatings.ranking import JudgedBatch, judge, worst_closed_mutual
from screening.common.errors import CoatscreenError
from screening.criteria.criteria import Criterion
from screening.energies.source import EnergySource
from screening.equilibrium.composite import CompositeStability, CompositeWindow, material_stability, material_window
from screening.equilibrium.stability import StabilityDocument
from screening.equilibrium.window import WindowDocument
from screening.materials.material import Cathode, Material

T = TypeVar("T")


class Batch(BaseModel, Generic[T]):
    """Results of a batch by material."""

    model_config = ConfigDict(extra="forbid")

    results: dict[str, T] = Field(description="by name of the material")
    failed: dict[str, str] = Field(description="materials without a result: why")


class StabilityBatch(Batch[CompositeStability | StabilityDocument]):
    """Phase stability of a batch."""


class WindowBatch(Batch[CompositeWindow | WindowDocument]):
    """Electrochemical windows of a batch."""


class ContactBatch(Batch[list[Contact]]):
    """Contacts of a batch."""


class CoatingSamplesBatch(Batch[CoatingSamples]):
    """All samples of a batch of coatings; one that is partly known is also among the failed."""


class RecordBatch(BaseModel):
    """Assembled records of a batch."""

    model_config = ConfigDict(extra="forbid")

    cathode: str = Field(description="name of the cathode")
    electrolyte: str = Field(description="name of the electrolyte")
    energies_sha256: str = Field(description="hash of the energies")
    records: list[CoatingRecord] = Field(description="one for each coating of the batch")
    samples: dict[str, CoatingSamples] = Field(
        default_factory=dict,
        description="the coatings in samples of the energies; empty where none were taken",
    )


def each(materials: Mapping[str, str], compute: Callable[[str], T]) -> tuple[dict[str, T], dict[str, str]]:
    """Compute something of each material, and return the results and why there are no others.

    Parameters
    ----------
    materials
        By name, each in the notation of :mod:`screening.chemistry.notation`.
    """
    results, failed = {}, {}
    for name, material in materials.items():
        try:
            results[name] = compute(material)
        except CoatscreenError as error:
            failed[name] = str(error)
    return results, failed


def stability_of(energies: EnergySource, materials: Mapping[str, str]) -> StabilityBatch:
    """Compute the phase stability of a batch of materials."""
    phases = energies.open()
    results, failed = each(materials, lambda material: material_stability(phases, material))
    return StabilityBatch(results=results, failed=failed)


def windows_of(energies: EnergySource, materials: Mapping[str, str]) -> WindowBatch:
    """Compute the electrochemical windows of a batch of materials."""
    phases = energies.open()
    results, failed = each(materials, lambda material: material_window(phases, material))
    return WindowBatch(results=results, failed=failed)


def cathode_states(energies: EnergySource, cathode: Cathode, prefer: MuSource) -> CathodeDocument:
    """Compute a cathode's states of charge and their lithium potentials."""
    return lithium_states(energies.open(), cathode, prefer)


def bare_interface(
    energies: EnergySource,
    cathode: CathodeDocument,
    electrolyte: Material,
    stability: StabilityBatch,
    windows: WindowBatch,
) -> BareInterface:
    """Compute the unprotected interface, and join to it what was computed of the two materials."""
    phases = energies.open()
    materials = [electrolyte.reactant, *(state.formula for state in cathode.states)]
    contacts = bare_contacts(phases, cathode, electrolyte.reactant)
    return BareInterface(
        energies=phases.provenance,
        cathode=cathode.cathode,
        electrolyte=electrolyte.name,
        interfaces=contacts,
        worst_mutual_mev_per_atom=worst_closed_mutual(contacts, "cathode|electrolyte")[1],
        stability={name: stability.results[name] for name in materials if name in stability.results},
        windows={name: windows.results[name] for name in materials if name in windows.results},
    )


def contacts_with_cathode(
    energies: EnergySource, coatings: Mapping[str, str], cathode: CathodeDocument
) -> ContactBatch:
    """Compute a batch of coatings against a cathode, and the interfaces inside composites on it."""
    phases = energies.open()
    results, failed = each(
        coatings,
        lambda coating: [
            *cathode_contacts(phases, coating, cathode),
            *inner_contacts(phases, coating, cathode),
        ],
    )
    return ContactBatch(results=results, failed=failed)


def contacts_with_electrolyte(
    energies: EnergySource, coatings: Mapping[str, str], electrolyte: Material, cathode: CathodeDocument | None = None
) -> ContactBatch:
    """Compute a batch of coatings against an electrolyte: closed, or open at a cathode's potentials."""
    phases = energies.open()
    results, failed = each(
        coatings, lambda coating: electrolyte_contacts(phases, coating, electrolyte.reactant, cathode)
    )
    return ContactBatch(results=results, failed=failed)


def assemble_records(
    energies: EnergySource,
    coatings: Sequence[Material],
    cathode: str,
    electrolyte: str,
    stability: StabilityBatch | None,
    windows: WindowBatch | None,
    contacts: Mapping[str, ContactBatch | None],
    samples: Sequence[CoatingSamplesBatch | None] | None = None,
) -> RecordBatch:
    """Join what the jobs of a batch computed into one record per coating.

    Parameters
    ----------
    contacts
        The contact batches by name; None where the job failed, which every record of the batch then says.
    samples
        The coatings in samples of the energies, in parts, None for one whose job failed; None where none were taken.
    """
    provenance = energies.open().provenance
    known = [part for part in samples or [] if part is not None]
    sampled = {name: found for part in known for name, found in part.results.items()}
    records = []
    for coating in coatings:
        missing: list[str] = []

        def take(what: str, batch: Batch[T] | None, missing: list[str] = missing, name: str = coating.name) -> T | None:
            if batch is None:
                missing.append(f"the job computing {what} failed")
                return None
            if name in batch.failed:
                missing.append(f"{what}: {batch.failed[name]}")
            return batch.results.get(name)

        met = [contact for what, batch in contacts.items() for contact in take(what, batch) or []]
        missing += [f"{contact.name}: {contact.why_missing}" for contact in met if contact.why_missing]
        if samples is not None and coating.name not in sampled:
            missing.append("the job joining samples failed")
        missing += [f"samples: {part.failed[coating.name]}" for part in known if coating.name in part.failed]
        records.append(
            CoatingRecord(
                energies=provenance,
                coating=coating.name,
                formula=coating.formula,
                components=coating.mole_fractions or None,
                contains_li="Li" in parse_formula(coating.formula),
                cathode=cathode,
                electrolyte=electrolyte,
                stability=take("stability", stability),
                window=take("window", windows),
                interfaces=met,
                economics=material_economics(coating.formula),
                why_missing="; ".join(dict.fromkeys(missing)) or None,
            )
        )
    return RecordBatch(
        cathode=cathode,
        electrolyte=electrolyte,
        energies_sha256=provenance.sha256,
        records=records,
        samples=sampled,
    )


def judge_records(batch: RecordBatch, bare: BareInterface | None, criteria: Sequence[Criterion]) -> JudgedBatch:
    """Judge the records of a batch, and keep only what a ranking needs: it compares thousands of coatings at once."""
    return JudgedBatch(
        energies=batch.records[0].energies,
        cathode=batch.cathode,
        electrolyte=batch.electrolyte,
        coatings=[judge(record, bare, criteria, batch.samples.get(record.coating)) for record in batch.records],
    )
