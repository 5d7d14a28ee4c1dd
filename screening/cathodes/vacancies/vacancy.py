"""Formation energies of oxygen vacancies.

``E_f = E(cell without O) + E(O2)/2 - E(cell)``, all on one scale: the energy of O2 is that of elemental oxygen in the
packaged energies. These contain the MP2020 correction of oxides, which is a constant for each oxygen atom of an oxide
and zero for O2. Forming a vacancy removes it once, while the corrections of the metals cancel. So both values are
given: with the correction of oxides and without it.

References
----------
Wang et al., Adv. Energy Mater. 2021, doi 10.1002/aenm.202100210, Fig. 5a: the formation energy falls with each lithium
atom taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from screening.cathodes.ordering.ordered_cell import OrderedCell, RelaxedOrdering
from screening.cathodes.vacancies.cell import CathodeCell, OxygenCandidate
from screening.cathodes.vacancies.vacancy_documents import EnvironmentVacancy, VacancyDocument, VacancyState
from screening.common.errors import CalculationError
from screening.common.provenance import EnergyScale
from screening.energies.user.user_phase import Relaxation
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

LITHIUM_REMOVAL = (
    "one after the other: of the lowest cell found so far each lithium atom is taken out by itself, and the cell that "
    "is lowest before relaxing is relaxed and goes on"
)
RELAXED_SHAPE = (
    "the lithiated cell with its vectors; after that, with lithium or oxygen taken out, the atoms in those vectors"
)


def formation_energy_ev(without_oxygen_ev: float, cell_ev: float, oxygen_ev_per_atom: float) -> float:
    """Return the formation energy of an oxygen vacancy, eV.

    Parameters
    ----------
    without_oxygen_ev, cell_ev
        Energies of the cell without an oxygen atom and with it, eV.
    oxygen_ev_per_atom
        Energy of O2, eV/atom.
    """
    return without_oxygen_ev + oxygen_ev_per_atom - cell_ev


def oxygen_phase(phases: PhaseSet) -> Phase:
    """Return the lowest-energy phase of elemental oxygen.

    Raises
    ------
    InputError
        If there is none.
    """
    phases.require(["O"])
    return phases.phase(phases.polymorphs({"O": 1.0})[0])


def oxide_correction_ev_per_atom(scale: EnergyScale) -> float | None:
    """Return the correction for an oxygen atom in an oxide that the energies contain, eV; None if they contain none.

    The value is the one in pymatgen's MP2020 scheme.
    """
    return _mp2020_oxide() if scale.correction.startswith("MP2020") else None


@cache
def _mp2020_oxide() -> float:
    import pymatgen.analysis.compatibility

    (folder,) = pymatgen.analysis.compatibility.__path__
    scheme = yaml.safe_load((Path(folder) / "MP2020Compatibility.yaml").read_text(encoding="utf-8"))
    return float(scheme["Corrections"]["CompositionCorrections"]["oxide"])


def vacancy_state(
    cell: CathodeCell,
    candidates: Sequence[OxygenCandidate],
    relaxed: Sequence[RelaxedOrdering],
    phases: PhaseSet,
) -> VacancyState:
    """Make the document of the oxygen vacancies at one state of charge.

    Parameters
    ----------
    cell
        The cell with all its oxygen.
    candidates
        The environments, the lowest before relaxation first.
    relaxed
        Results of relaxing the first of them, in the same order.
    phases
        The energies that hold the energy of O2.

    Raises
    ------
    CalculationError
        If no vacancy could be relaxed.
    """
    oxygen = oxygen_phase(phases).energy_ev_per_atom
    correction = oxide_correction_ev_per_atom(phases.scale)
    n_atoms = sum(1 for symbol in cell.ordering if symbol)
    rows = []
    for number, candidate in enumerate(candidates):
        done = relaxed[number] if number < len(relaxed) else None
        energy = None if done is None or done.energy_ev_per_atom is None else done.energy_ev_per_atom * (n_atoms - 1)
        reason = "not among the lowest before relaxing" if done is None else done.why_missing
        rows.append(
            EnvironmentVacancy(
                environment=candidate.environment.name,
                metals=candidate.environment.metals,
                n_lithium=candidate.environment.n_lithium,
                n_sites=candidate.n_sites,
                formation_energy_ev=None if energy is None else _rounded(energy, cell.energy_ev, oxygen),
                single_point_ev=_rounded(candidate.single_point_ev, cell.energy_ev, oxygen),
                highest_single_point_ev=_rounded(candidate.highest_single_point_ev, cell.energy_ev, oxygen),
                steps=None if done is None else done.steps,
                why_missing=reason,
            )
        )
    found = [row.formation_energy_ev for row in rows if row.formation_energy_ev is not None]
    if not found:
        reason = next((row.why_missing for row in rows if row.why_missing), "there is none")
        raise CalculationError(f"with {cell.lithium_vacancies} Li vacancies no oxygen vacancy was relaxed: {reason}")
    rows.sort(key=_order)
    n_lithium = cell.ordering.count("Li")
    return VacancyState(
        lithium_vacancies=cell.lithium_vacancies,
        lithium_per_formula_unit=round(n_lithium / (n_lithium + cell.lithium_vacancies), 4),
        cell_energy_ev=round(cell.energy_ev, 4),
        formation_energy_ev=min(found),
        without_oxide_correction_ev=None if correction is None else round(min(found) + correction, 4),
        environment=rows[0].environment,
        environments=rows,
    )


def _order(row: EnvironmentVacancy) -> tuple[bool, float, str]:
    """Sort by the relaxed energy, then what was not relaxed by that before relaxing; equal ones by name."""
    if row.formation_energy_ev is None:
        return True, row.single_point_ev, row.environment
    return False, row.formation_energy_ev, row.environment


def _rounded(without_oxygen_ev: float, cell_ev: float, oxygen_ev_per_atom: float) -> float:
    return round(formation_energy_ev(without_oxygen_ev, cell_ev, oxygen_ev_per_atom), 4)


def vacancy_document(
    ordered: OrderedCell,
    states: Sequence[VacancyState],
    relaxation: Relaxation,
    vacancy_relaxation: Relaxation,
    phases: PhaseSet,
) -> VacancyDocument:
    """Make the document of a cathode's oxygen vacancies.

    Parameters
    ----------
    ordered
        The lowest ordering with all its lithium.
    states
        The states of charge by number of lithium vacancies, the one without vacancies first.
    relaxation, vacancy_relaxation
        How cells with all their oxygen were relaxed, and how those with a vacancy.
    phases
        The energies that hold the energy of O2.
    """
    oxygen = oxygen_phase(phases)
    n_atoms = len(ordered.ordering)
    return VacancyDocument(
        energies=phases.provenance,
        cathode=ordered.material,
        formula=ordered.formula,
        matrix=ordered.matrix,
        draw=ordered.draw,
        n_drawn=ordered.n_drawn,
        ordering_energies_ev=[round(energy * n_atoms, 4) for energy in ordered.relaxed_ev_per_atom],
        lithium_removal=LITHIUM_REMOVAL,
        relaxed_shape=RELAXED_SHAPE,
        oxygen_id=oxygen.id,
        oxygen_ev_per_atom=oxygen.energy_ev_per_atom,
        oxide_correction_ev_per_atom=oxide_correction_ev_per_atom(phases.scale),
        relaxation=relaxation,
        vacancy_relaxation=vacancy_relaxation,
        states=list(states),
    )
