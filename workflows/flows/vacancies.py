"""Oxygen vacancies of a cathode against its state of charge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jobflow import Flow, Job, Maker, OutputReference

from screening.cathodes.ordering.disorder import DisorderedCrystal
from screening.cathodes.ordering.orderings import Draw
from screening.cathodes.ordering.supercell import CellSize, Supercell, choose_matrix, conventional_matrix
from screening.cathodes.vacancies.sites import LITHIUM, most_environments
from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED_MODEL
from workflows.flows.orderings import OrderingMaker
from workflows.identity import named_by_content
from workflows.jobs.energies import QUIET, relaxing_weights
from workflows.jobs.vacancies import (
    FixedCellRelaxMaker,
    choose_lithium,
    choose_oxygen,
    delithiated_cell,
    lithiated_cell,
    vacancy_document,
    vacancy_state,
)

REPEATS = (5, 2, 1)  # hexagonal cells: the 120 atoms of Wang et al.
LITHIUM_VACANCIES = 12  # up to which Wang et al. go, of 30


@dataclass
class VacancyMaker(Maker):  # type: ignore[misc]
    """Find the formation energy of an oxygen vacancy against the number of lithium vacancies with CHGNet.

    1. The lowest of thirty orderings of the metals, drawn at random, each relaxed with its cell; see
       :class:`~workflows.flows.orderings.OrderingMaker`.
    2. Lithium is taken out one by one, from the lowest cell found so far: single points without each lithium atom, and
       the relaxation of the lowest, in the vectors of the lithiated cell.
    3. At each number of lithium vacancies single points without each oxygen atom. The atoms are grouped by what stands
       around them, and of each environment the vacancy that is lowest is relaxed in the same vectors.

    After Wang et al., Adv. Energy Mater. 2021, doi 10.1002/aenm.202100210.

    Parameters
    ----------
    name
        Name of the flow.
    model
        The model of the energies; SevenNet's are of structures that CHGNet relaxed.
    repeats
        Hexagonal cells along a, b and c.
    drawing
        How orderings are drawn.
    n_relaxed_orderings
        How many orderings are relaxed, the lowest before relaxing; None: all.
    most_lithium_vacancies
        Lithium atoms taken out in the end.
    n_relaxed_environments
        In how many environments a vacancy is relaxed, the lowest before relaxing; None: in all.
    n_relaxed_environments_at
        The same at some numbers of lithium vacancies in place of it; a number above all there are means all.
    force_tolerance_ev_per_angstrom, vacancy_force_tolerance_ev_per_angstrom
        Largest force at the end of the relaxation of a cell with all its oxygen, and of one with a vacancy.
    most_steps
        Steps after which a relaxation has failed.

    Examples
    --------
    >>> flow = VacancyMaker().make("NMC532", lithiated_cathode(cathode, 1.0))
    """

    name: str = "oxygen vacancies"
    model: str = PACKAGED_MODEL
    repeats: tuple[int, int, int] = REPEATS
    drawing: Draw = field(default_factory=lambda: Draw(ranking="random"))
    n_relaxed_orderings: int | None = None
    most_lithium_vacancies: int = LITHIUM_VACANCIES
    n_relaxed_environments: int | None = None
    n_relaxed_environments_at: dict[int, int] = field(default_factory=dict)
    force_tolerance_ev_per_angstrom: float = 0.05
    vacancy_force_tolerance_ev_per_angstrom: float = 0.05
    most_steps: int = 300

    def make(self, cathode: str, crystal: DisorderedCrystal) -> Flow:
        """Build the graph.

        Parameters
        ----------
        cathode
            Its name.
        crystal
            The cathode with all its lithium.

        Raises
        ------
        InputError
            If the supercell does not hold the composition, has too little lithium, or CHGNet is not installed.
        """
        size = CellSize(matrix=conventional_matrix(crystal.parent, self.repeats))
        cell = Supercell(crystal=crystal, matrix=choose_matrix([crystal], size))
        self._check(cathode, cell)
        orderings = OrderingMaker(
            model=self.model,
            drawing=self.drawing,
            n_relaxed=self.n_relaxed_orderings,
            size=size,
            force_tolerance_ev_per_angstrom=self.force_tolerance_ev_per_angstrom,
            most_steps=self.most_steps,
        )
        found = orderings.make(cathode, crystal)
        ordered = found.output[0]
        here = named_by_content(lithiated_cell(ordered, cell), cathode)
        jobs: list[Job] = [here]
        states: list[OutputReference] = []
        for n in range(self.most_lithium_vacancies + 1):
            about = f"{cathode}, {n} Li vacancies"
            if n:
                taken = self._remove_lithium(about, here)
                jobs += taken
                here = taken[-1]
            vacancies = self._vacancies(about, here, n, cell)
            jobs += vacancies
            states.append(vacancies[-1].output)
        cells = orderings.relaxation
        tolerance = {"force_tolerance_ev_per_angstrom": self.vacancy_force_tolerance_ev_per_angstrom}
        document = named_by_content(
            vacancy_document(ordered, states, cells, cells.model_copy(update=tolerance), self.model), cathode
        )
        return Flow([found, *jobs, document], output=document.output, name=f"{self.name}: {cathode}")

    def _check(self, cathode: str, cell: Supercell) -> None:
        n_lithium = cell.counts[LITHIUM].get(LITHIUM, 0)
        if not 0 <= self.most_lithium_vacancies <= n_lithium:
            raise InputError(
                f"{cathode}: {self.most_lithium_vacancies} lithium vacancies in a cell of {n_lithium} lithium atoms"
            )
        if unknown := [n for n in self.n_relaxed_environments_at if not 0 <= n <= self.most_lithium_vacancies]:
            raise InputError(
                f"a number of environments is given for {unknown[0]} lithium vacancies, which are outside 0 to "
                f"{self.most_lithium_vacancies}"
            )

    def _remove_lithium(self, about: str, cell: Job) -> list[Job]:
        """Wire the jobs that take one lithium atom out; the last one's output is the cell without it."""
        removal = named_by_content(choose_lithium(cell.output, self.model), about)
        relaxed = named_by_content(
            self._relax_maker(self.force_tolerance_ev_per_angstrom).remove_lithium(removal.output), about
        )
        without = named_by_content(delithiated_cell(cell.output, removal.output, relaxed.output), about)
        return [removal, relaxed, without]

    def _vacancies(self, about: str, cell: Job, n: int, supercell: Supercell) -> list[Job]:
        """Wire the jobs of one state of charge; the last one's output is its vacancies."""
        found = named_by_content(choose_oxygen(cell.output, self.model), about)
        wanted = most_environments(supercell, n)
        limit = self.n_relaxed_environments_at.get(n, self.n_relaxed_environments)
        if limit is not None:
            wanted = min(wanted, limit)
        maker = self._relax_maker(self.vacancy_force_tolerance_ev_per_angstrom)
        relaxed = [
            named_by_content(maker.remove_oxygen(cell.output, found.output, i), f"{about}, environment {i}")
            for i in range(wanted)
        ]
        outputs = [job.output for job in relaxed]
        state = named_by_content(vacancy_state(cell.output, found.output, outputs, self.model), about)
        return [found, *relaxed, state]

    def _relax_maker(self, tolerance: float) -> FixedCellRelaxMaker:
        quiet: dict[str, Any] = {**QUIET, "relax_kwargs": {**QUIET["relax_kwargs"], "fmax": tolerance}}
        return FixedCellRelaxMaker(
            **relaxing_weights(self.model),
            steps=self.most_steps,
            **quiet,
        )
