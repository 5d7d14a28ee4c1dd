"""The reproduction of all results and claims of the papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from screening.common.errors import InputError
from screening.common.sampling_defaults import SEED
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.draws import sampled
from screening.uncertainty.energy_errors import ErrorModel, error_model
from screening.validation.reproduction.checks import check_claim
from screening.validation.reproduction.figure_data import figure_data
from screening.validation.reproduction.papers import Paper, PublishedReaction, Quantity
from screening.validation.reproduction.quantities import reproduce_quantity
from screening.validation.reproduction.reproduction_documents import (
    ReproducedPaper,
    ReproductionDocument,
    SampleProvenance,
)
from screening.validation.reproduction.study import Study, elements_of

Tell = Callable[[str], None]


def reproduce(
    phases: PhaseSet,
    catalogue: Catalogue,
    papers: Sequence[Paper],
    n_samples: int = 0,
    seed: int = SEED,
    tell: Tell = lambda text: None,
) -> ReproductionDocument:
    """Compute the results of papers and compare them with the published ones.

    Parameters
    ----------
    phases
        The energies.
    catalogue
        The catalogue that holds the names of materials.
    papers
        The published results and claims.
    n_samples, seed
        Number and seed of the samples of the energies behind the intervals; 0 gives no intervals. Energies without an
        error model have none either, and the document says so.
    tell
        Called with the name of each paper before it is computed.

    Returns
    -------
    ReproductionDocument
        A result that cannot be computed, for example because an element has no energies, is null with the reason.
    """
    model, why_not = _model(phases, n_samples)
    reproduced = []
    for paper in papers:
        tell(f"paper {paper.key}, {paper.name}")
        reproduced.append(_paper(paper, papers, phases, catalogue, model, n_samples, seed))
    return ReproductionDocument(
        energies=phases.provenance,
        samples=None if model is None else SampleProvenance(n_samples=n_samples, seed=seed, model=model.provenance),
        why_missing=why_not,
        papers=reproduced,
    )


def _model(phases: PhaseSet, n_samples: int) -> tuple[ErrorModel | None, str | None]:
    """Return the error model of the energies, or the reason why none is used."""
    if n_samples == 0:
        return None, "no samples were asked for"
    try:
        return error_model(phases.scale), None
    except InputError as error:
        return None, str(error)


def _paper(
    paper: Paper,
    papers: Sequence[Paper],
    phases: PhaseSet,
    catalogue: Catalogue,
    model: ErrorModel | None,
    n_samples: int,
    seed: int,
) -> ReproducedPaper:
    study = Study(phases, catalogue)
    elements = elements_of(paper.materials, catalogue).intersection(phases.elements)
    samples = []
    if model is not None and elements:
        samples = [Study(sample, catalogue) for sample in sampled(phases, elements, n_samples, seed)]
    return ReproducedPaper(
        key=paper.key,
        name=paper.name,
        citation=paper.citation,
        about=paper.about,
        uncalibrated_elements=[] if model is None else model.uncalibrated(elements),
        quantities=[
            reproduce_quantity(entry, study, samples, _same_system(entry, papers)) for entry in paper.quantities
        ],
        claims=[check_claim(claim, study, samples) for claim in paper.claims],
        figures=[figure_data(plan, study, paper.quantities) for plan in paper.figures],
    )


def _same_system(entry: Quantity, papers: Sequence[Paper]) -> dict[str, float]:
    """Return other published values of an interface, keyed by their source."""
    if not isinstance(entry, PublishedReaction):
        return {}
    asked = (entry.a, entry.b, entry.mu_li_ev)
    return {
        other.source or paper.citation: other.published
        for paper in papers
        for other in paper.quantities
        if isinstance(other, PublishedReaction) and other.id != entry.id and (other.a, other.b, other.mu_li_ev) == asked
    }
