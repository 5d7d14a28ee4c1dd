"""Formation energies of oxygen vacancies.

``E_f = E(cell without O) + E(O2)/2 - E(cell)``, all on one scale: the energy of O2 is that of the element in the
packaged energies. These contain MP2020's correction of oxides, a constant for each oxygen atom of an oxide and none
for O2, which a vacancy takes away once; the corrections of metals cancel. So both values are given, with it and
without.

References
----------
Wang et al., Adv. Energy Mater. 2021, doi 10.1002/aenm.202100210, Fig. 5a: the formation energy falls with each lithium
taken out.
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
    """Return the formation energy of a vacancy, eV.

    Parameters
    ----------
    without_oxygen_ev, cell_ev
        Energies of the cell without an oxygen atom and with it, eV.
    oxygen_ev_per_atom
        Energy of O2, eV/atom.
    """
    return without_oxygen_ev + oxygen_ev_per_atom - cell_ev


def oxygen_phase(phases: PhaseSet) -> Phase:
    """Return the lowest phase of oxygen alone.

    Raises
    ------
    InputError
        If there is none.
    """
    phases.require(["O"])
    return min((phases.phase(i) for i in phases.polymorphs({"O": 1.0})), key=lambda phase: phase.energy_ev_per_atom)


def oxide_correction_ev_per_atom(scale: EnergyScale) -> float | None:
    """Return the correction of an oxygen atom in an oxide that energies contain, eV; None where they have none.

    The value is the one that pymatgen packages with the MP2020 scheme.
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
    """Put the vacancies of one state of charge together.

    Parameters
    ----------
    cell
        The cell with all its oxygen.
    candidates
        The environments, lowest before relaxing first.
    relaxed
        What became of the first of them, in the same order.
    phases
        Where O2 is taken from.

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
    rows.sort(key=lambda row: (row.formation_energy_ev is None, row.formation_energy_ev or row.single_point_ev))
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


def _rounded(without_oxygen_ev: float, cell_ev: float, oxygen_ev_per_atom: float) -> float:
    return round(formation_energy_ev(without_oxygen_ev, cell_ev, oxygen_ev_per_atom), 4)


def vacancy_document(
    ordered: OrderedCell,
    states: Sequence[VacancyState],
    relaxation: Relaxation,
    vacancy_relaxation: Relaxation,
    phases: PhaseSet,
) -> VacancyDocument:
    """Make the result of a cathode.

    Parameters
    ----------
    ordered
        The lowest ordering, all lithium in.
    states
        By number of lithium vacancies, none first.
    relaxation, vacancy_relaxation
        How cells with all their oxygen, and those with a vacancy, were relaxed.
    phases
        Where O2 is taken from.
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
