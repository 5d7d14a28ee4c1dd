"""Packaged energies against density-functional theory, as far as pymatgen packages it.

pymatgen comes with 423 computed entries of the Materials Project (PBE and PBE+U), the compounds its MP2020 correction
scheme was fitted to. With those corrections they are a reference that any machine has. It shows how well a model
reproduces DFT on common salts and oxides; it is no independent test of a model trained on such entries, and says
nothing of intermetallics, which it lacks.

References
----------
A. Wang et al., *A framework for quantifying uncertainty in DFT energy corrections*, Sci. Rep. 11, 15496 (2021).
"""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

if TYPE_CHECKING:
    from pymatgen.entries.computed_entries import ComputedEntry

FAR_OFF_EV_PER_ATOM = 0.15


class DftDifference(BaseModel):
    """A compound of both sets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    formula: str = Field(description="reduced formula")
    formation_energy_ev_per_atom: float = Field(description="lowest phase of the energies checked, eV/atom")
    dft_formation_energy_ev_per_atom: float = Field(description="PBE or PBE+U with MP2020 corrections, eV/atom")

    @property
    def error_ev_per_atom(self) -> float:
        """Formation energy less that of DFT, eV/atom."""
        return self.formation_energy_ev_per_atom - self.dft_formation_energy_ev_per_atom


class DftCheck(BaseModel):
    """How far formation energies are from DFT, over the compounds that both know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str = Field(description="the DFT energies compared with")
    n_compounds: int = Field(description="compounds in common, elements not counted")
    mean_absolute_error_ev_per_atom: float | None = Field(description="eV/atom; null without compounds")
    median_absolute_error_ev_per_atom: float | None = Field(description="eV/atom; null without compounds")
    mean_error_ev_per_atom: float | None = Field(description="eV/atom, negative: more stable than in DFT")
    far_off: list[DftDifference] = Field(description=f"compounds further off than {FAR_OFF_EV_PER_ATOM} eV/atom")
    worst: list[DftDifference] = Field(description="the five compounds furthest off")
    excluded: list[str] = Field(description="formulas of excluded phases that DFT knows")
    excluded_but_stable: list[str] = Field(description="those of them on the DFT hull: exclusions that were wrong")


def dft_check(phases: PhaseSet, excluded: Collection[str] = ()) -> DftCheck:
    """Compare formation energies with those of the packaged DFT entries.

    Each compound is taken at its lowest phase in either set, and the elements likewise, so every formation energy
    is relative to its own set's elements.

    Parameters
    ----------
    phases
        The energies.
    excluded
        Formulas of phases left out of them.
    """
    dft = dft_phases(frozenset(phases.elements))
    found: list[DftDifference] = []
    for position, phase in enumerate(dft.phases if dft else ()):
        composition = parse_formula(phase.formula)
        known = phases.polymorphs(composition)
        if dft is None or len(composition) == 1 or not known or dft.polymorphs(composition)[0] != position:
            continue
        found.append(
            DftDifference(
                formula=phase.formula,
                formation_energy_ev_per_atom=round(float(phases.formation_energies[known[0]]), 6),
                dft_formation_energy_ev_per_atom=round(float(dft.formation_energies[position]), 6),
            )
        )
    found.sort(key=lambda difference: (-round(abs(difference.error_ev_per_atom), 6), difference.formula))
    errors = np.array([difference.error_ev_per_atom for difference in found])
    on_hull = {format_formula(entry["composition"]): entry["data"]["e_above_hull"] == 0 for entry in _packaged()}
    met = sorted({format_formula(parse_formula(formula)) for formula in excluded} & on_hull.keys())
    return DftCheck(
        reference="Materials Project entries packaged with pymatgen (calc_compounds), PBE(+U), MP2020 corrections",
        n_compounds=len(found),
        mean_absolute_error_ev_per_atom=round(float(np.abs(errors).mean()), 4) if found else None,
        median_absolute_error_ev_per_atom=round(float(np.median(np.abs(errors))), 4) if found else None,
        mean_error_ev_per_atom=round(float(errors.mean()), 4) if found else None,
        far_off=[difference for difference in found if abs(difference.error_ev_per_atom) > FAR_OFF_EV_PER_ATOM],
        worst=found[:5],
        excluded=met,
        excluded_but_stable=[formula for formula in met if on_hull[formula]],
    )


def dft_phases(elements: frozenset[str]) -> PhaseSet | None:
    """Return the packaged DFT entries made of some elements, with their corrections; None if there are none.

    Elements of which no entry is packaged, and with them their compounds, are left out.
    """
    from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
    from pymatgen.entries.computed_entries import ComputedEntry

    entries = [ComputedEntry.from_dict(data) for data in _packaged() if elements.issuperset(data["composition"])]
    pure = {next(iter(entry.composition)).symbol for entry in entries if len(entry.composition) == 1}
    entries = [entry for entry in entries if pure.issuperset(el.symbol for el in entry.composition)]
    if not entries:
        return None
    for entry in entries:
        entry.energy_adjustments = []
        if (kind := _sulfide_type(entry)) is not None:
            entry.data["sulfide_type"] = kind
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oxidation states of peroxides and perchlorates that it cannot guess
        corrected = MaterialsProject2020Compatibility().process_entries(entries)
    scale = EnergyScale(
        name="Materials Project entries packaged with pymatgen",
        version="calc_compounds",
        functional="PBE and PBE+U",
        correction="MP2020",
        source="Materials Project, CC-BY 4.0, as packaged with pymatgen",
    )
    return PhaseSet(
        scale,
        [
            Phase(
                id=entry.entry_id, formula=entry.composition.reduced_formula, energy_ev_per_atom=entry.energy_per_atom
            )
            for entry in corrected
        ],
    )


def _sulfide_type(entry: ComputedEntry) -> str | None:
    """Say whether the sulfur of an entry is a sulfide's, which the corrections are told or else assume.

    Without a structure, and without being told, pymatgen takes every sulfur for a sulfide's and corrects sulfates
    by -84 meV/atom too much.
    """
    symbols = {el.symbol for el in entry.composition}
    if not symbols >= {"S", "O"}:
        return None
    guesses = entry.composition.oxi_state_guesses(max_sites=-20)
    return "sulfate" if guesses and guesses[0]["S"] > 0 else "sulfide"


@cache
def _packaged() -> list[dict[str, Any]]:
    import pymatgen.analysis.compatibility as package

    path = Path(package.__file__).parent / "calc_compounds.json.gz"
    return list(json.loads(gzip.decompress(path.read_bytes())).values())
