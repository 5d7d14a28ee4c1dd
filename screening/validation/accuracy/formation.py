"""Comparison of formation energies with those of another table, by chemistry class."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.classes import CHEMISTRY_CLASSES, ChemistryClass, chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.statistics import Errors, Pair, errors


class FormationErrors(BaseModel):
    """Errors of formation energies, eV/atom; negative: ours is more stable than the table's."""

    model_config = ConfigDict(extra="forbid")

    compared_with: str = Field(description="the table compared with")
    label: str = Field(description="its short name")
    kind: str = Field(description="what that table holds; the energies checked are formation energies at 0 K")
    n_table: int = Field(description="compounds in the table")
    n_without_phase: int = Field(description="of them not among the energies checked")
    all_ev_per_atom: Errors | None = Field(description="errors of all compounds, eV/atom; null if none is in common")
    by_class_ev_per_atom: dict[ChemistryClass, Errors] = Field(description="errors by chemistry class, eV/atom")


def formation_pairs(phases: PhaseSet, table: FormationTable) -> list[Pair]:
    """Return the formation energies of the compounds that both know, eV/atom, each for its lowest-energy phase."""
    pairs = []
    for formula, value in table.values.items():
        if known := phases.polymorphs(parse_formula(formula)):
            pairs.append(Pair(formula, float(phases.formation_energies[known[0]]), value))
    return pairs


def formation_errors(table: FormationTable, pairs: Sequence[Pair]) -> FormationErrors:
    """Compute the errors of the pairs found in a table, for all of them and by chemistry class."""
    by_class: dict[ChemistryClass, list[Pair]] = {name: [] for name in CHEMISTRY_CLASSES}
    for pair in pairs:
        by_class[chemistry_class(parse_formula(pair.name))].append(pair)
    return FormationErrors(
        compared_with=table.name,
        label=table.label,
        kind=table.kind,
        n_table=len(table.values),
        n_without_phase=len(table.values) - len(pairs),
        all_ev_per_atom=errors(pairs),
        by_class_ev_per_atom={name: found for name, members in by_class.items() if (found := errors(members))},
    )
