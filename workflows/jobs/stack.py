"""The jobs that find stacks of coatings."""

from __future__ import annotations

from jobflow import job

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.coatings.tasks import ContactBatch, StabilityBatch, WindowBatch
from screening.criteria.criteria import Criterion
from screening.energies.source import EnergySource
from screening.materials.material import Material
from screening.searches.stacks import stacks as stack
from screening.searches.stacks.stack_documents import Ensemble, LayerBatch, StacksDocument


@job(output_schema=LayerBatch)
def layers_of(
    coatings: list[Material],
    stability: StabilityBatch | None,
    windows: WindowBatch | None,
    on_cathode: ContactBatch | None,
    on_electrolyte: ContactBatch | None,
    open_on_electrolyte: ContactBatch | None,
) -> LayerBatch:
    """Join what was computed of a batch of coatings, as far as a search for stacks needs it."""
    return stack.layers_of(coatings, stability, windows, on_cathode, on_electrolyte, open_on_electrolyte)


@job(output_schema=StacksDocument)
def best_stacks(
    energies: EnergySource,
    cathode: CathodeDocument,
    electrolyte: Material,
    batches: list[LayerBatch],
    criterion: Criterion,
    ranked_by: Ensemble,
    top: int,
    left_out: dict[str, str],
) -> StacksDocument:
    """Find the best stacks of one and of two layers."""
    return stack.best_stacks(energies, cathode, electrolyte, batches, criterion, ranked_by, top, left_out)
