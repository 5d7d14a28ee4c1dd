"""All comparisons of sets of energies with measured, DFT and published values, in one document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyProvenance, Result, Software, software
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.formation import FormationErrors, formation_errors, formation_pairs
from screening.validation.accuracy.formation_tables import FormationTable, measured, packaged_dft, require_per_atom
from screening.validation.accuracy.literature import LiteratureFile
from screening.validation.accuracy.literature_check import LiteratureErrors, literature_errors
from screening.validation.accuracy.replacement import ReplacementTest, is_on_dft_scale, replacement_test
from screening.validation.accuracy.statistics import Pair

_DFT_SCALE = "mp2020"  # a table with this in its name is on the scale of the packaged DFT entries


class SetAccuracy(Result):
    """The errors of one set of energies."""

    formation: list[FormationErrors] = Field(description="formation energies, against each table")
    literature: LiteratureErrors | None = Field(description="published values; null without a file of them")
    replacement: list[ReplacementTest] = Field(
        description="whether replacing single energies by DFT values helps, against each table on their scale"
    )


class AccuracyDocument(BaseModel):
    """The errors of several sets of energies, each compared by itself."""

    model_config = ConfigDict(extra="forbid")

    sets: list[SetAccuracy] = Field(description="one for each set of energies")
    dft_against_measured: FormationErrors = Field(
        description="errors of the DFT values packaged with pymatgen: those of a potential that learned such DFT "
        "without error"
    )
    energies: EnergyProvenance = Field(description="the first of them")
    software: Software = Field(default_factory=software, description="the program that computed it")


class Parity(NamedTuple):
    """The values behind the errors of one table, as a parity plot shows them."""

    table: FormationTable
    by_set: list[list[Pair]]  # eV/atom, one list for each set, in their order


class Checked(NamedTuple):
    """The document, together with the values behind it."""

    document: AccuracyDocument
    parity: list[Parity]


def check_energies(
    sets: Sequence[PhaseSet],
    catalogue: Catalogue,
    against: Sequence[FormationTable] = (),
    literature: LiteratureFile | None = None,
    note: Callable[[str], None] = lambda text: None,
) -> Checked:
    """Compare sets of energies with measured, DFT and published values.

    Parameters
    ----------
    sets
        The sets of energies, at least one.
    catalogue
        The catalogue that holds the names used in the published values.
    against
        The user's formation energies, to be used beside those that pymatgen packages.
    literature
        Published values.
    note
        Called with a text that names each part of the computation as it begins.

    Raises
    ------
    InputError
        If a table of the user is not in eV/atom.
    """
    for phases in sets:
        for table in against:
            require_per_atom(table, phases)
    elements = frozenset(element for phases in sets for element in phases.elements)
    dft = packaged_dft(elements)
    experiment = measured()
    parity = [Parity(table, []) for table in (experiment, dft, *against)]
    documents = []
    for phases in sets:
        note(f"{phases.scale.name}: formation energies")
        for entry in parity:
            entry.by_set.append(formation_pairs(phases, entry.table))
        found = [formation_errors(entry.table, entry.by_set[-1]) for entry in parity]
        published = None
        if literature is not None:
            note(f"{phases.scale.name}: {len(literature.values)} published values")
            published = literature_errors(phases, catalogue, literature)
        tests = []
        for table in against:
            if _DFT_SCALE in table.name.casefold() and is_on_dft_scale(phases):
                note(f"{phases.scale.name}: would replacing energies help? (some minutes)")
                tests.append(replacement_test(phases, table, dft, catalogue))
        documents.append(
            SetAccuracy(
                energies=phases.provenance,
                formation=found,
                literature=published,
                replacement=[test for test in tests if test is not None],
            )
        )
    shared = [Pair(f, value, experiment.values[f]) for f, value in dft.values.items() if f in experiment.values]
    document = AccuracyDocument(
        sets=documents,
        dft_against_measured=formation_errors(experiment, shared),
        energies=documents[0].energies,
    )
    return Checked(document, parity)
