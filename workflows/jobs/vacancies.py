"""The jobs that find the oxygen vacancies of a cathode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from jobflow import job
from pydantic import BaseModel, ConfigDict, Field

from screening.cathodes.ordering.ordered_cell import OrderedCell, RelaxedOrdering
from screening.cathodes.vacancies.cell import (
    CathodeCell,
    OxygenCandidate,
    Removal,
    lithium_candidates,
    lowest_removal,
    oxygen_candidates,
    oxygen_sites,
)
from screening.cathodes.vacancies.cell import delithiated_cell as make_delithiated_cell
from screening.cathodes.vacancies.cell import lithiated_cell as make_lithiated_cell
from screening.cathodes.vacancies.vacancy import vacancy_document as make_vacancy_document
from screening.cathodes.vacancies.vacancy import vacancy_state as make_vacancy_state
from screening.cathodes.vacancies.vacancy_documents import VacancyDocument, VacancyState
from screening.energies.packaged.packaged_table import PACKAGED, read_packaged
from screening.energies.packaged.scale_energies import scale_energies
from screening.energies.user.user_phase import Relaxation
from screening.files.plain_data import structure_of
from workflows.jobs import as_job
from workflows.jobs.orderings import OrderingRelaxMaker


class OxygenCandidates(BaseModel):
    """The environments of the oxygen in a cell."""

    model_config = ConfigDict(extra="forbid")

    candidates: list[OxygenCandidate] = Field(description="one for each environment, lowest before relaxing first")


@dataclass
class FixedCellRelaxMaker(OrderingRelaxMaker):
    """Relax the atoms of a cell with an atom taken out, its vectors fixed; two tries, as of orderings."""

    name: str = "relax in fixed cell"
    relax_cell: bool = False

    @job(output_schema=RelaxedOrdering)
    def remove_lithium(self, removal: Removal) -> RelaxedOrdering:
        """Relax a cell with one lithium atom less."""
        return self.relax(structure_of(removal.structure), removal.place, removal.ordering)

    @job(output_schema=RelaxedOrdering)
    def remove_oxygen(self, cell: CathodeCell, found: OxygenCandidates, number: int) -> RelaxedOrdering:
        """Relax the vacancy in the environment of a number; there is nothing to do where there are fewer."""
        if number >= len(found.candidates):
            absent = dict.fromkeys(RelaxedOrdering.model_fields)
            return RelaxedOrdering.model_validate({**absent, "number": number, "why_missing": "fewer environments"})
        place = found.candidates[number].place
        ordering = [symbol if i != place else "" for i, symbol in enumerate(cell.ordering)]
        return self.relax(cell.without(place), place, ordering)


lithiated_cell = as_job(make_lithiated_cell, output_schema=CathodeCell)
delithiated_cell = as_job(make_delithiated_cell, output_schema=CathodeCell)


@partial(as_job, output_schema=Removal)
def choose_lithium(cell: CathodeCell, model: str) -> Removal:
    """Choose the lithium atom that is taken out next."""
    places = lithium_candidates(cell)
    return lowest_removal(cell, places, _single_points_ev(cell, places, model))


@partial(as_job, output_schema=OxygenCandidates)
def choose_oxygen(cell: CathodeCell, model: str) -> OxygenCandidates:
    """Choose an oxygen atom of each environment."""
    places = oxygen_sites(cell)
    return OxygenCandidates(candidates=oxygen_candidates(cell, places, _single_points_ev(cell, places, model)))


@partial(as_job, output_schema=VacancyState)
def vacancy_state(
    cell: CathodeCell, found: OxygenCandidates, relaxed: list[RelaxedOrdering], model: str
) -> VacancyState:
    """Put the vacancies of one state of charge together."""
    return make_vacancy_state(cell, found.candidates, relaxed, read_packaged(PACKAGED, model))


@partial(as_job, output_schema=VacancyDocument)
def vacancy_document(
    ordered: OrderedCell,
    states: list[VacancyState],
    relaxation: Relaxation,
    vacancy_relaxation: Relaxation,
    model: str,
) -> VacancyDocument:
    """Make the result of a cathode."""
    return make_vacancy_document(ordered, states, relaxation, vacancy_relaxation, read_packaged(PACKAGED, model))


def _single_points_ev(cell: CathodeCell, places: Sequence[int], model: str) -> list[float]:
    """Compute the energy of a cell without the atom on each of some sites, eV."""
    structures = [cell.without(place) for place in places]
    energies = scale_energies(structures, model)
    return [energy * len(structure) for energy, structure in zip(energies, structures, strict=True)]
