"""All comparisons of some energies, in one document."""

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

_DFT_SCALE = "mp2020"  # in the name of a table that is on the scale of the packaged DFT entries


class SetAccuracy(Result):
    """How wrong one set of energies is."""

    formation: list[FormationErrors] = Field(description="formation energies, against each table")
    literature: LiteratureErrors | None = Field(description="published values; null without a file of them")
    replacement: list[ReplacementTest] = Field(
        description="whether replacing single energies by DFT values helps, against each table on their scale"
    )


class AccuracyDocument(BaseModel):
    """How wrong sets of energies are; each is checked by itself."""

    model_config = ConfigDict(extra="forbid")

    sets: list[SetAccuracy] = Field(description="one for each set of energies")
    dft_against_measured: FormationErrors = Field(
        description="errors of the DFT values packaged with pymatgen: those of a potential that learned such DFT "
        "without error"
    )
    energies: EnergyProvenance = Field(description="the first of them")
    software: Software = Field(default_factory=software, description="the program that computed it")


class Parity(NamedTuple):
    """The values behind the errors of one table: what a parity plot shows."""

    table: FormationTable
    by_set: list[list[Pair]]  # eV/atom, in the order of the sets


class Checked(NamedTuple):
    """The document, and the values behind it."""

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
        Where names in the published values are looked up.
    against
        Formation energies of the user's, beside those that pymatgen packages.
    literature
        Published values.
    note
        Told what is being computed.

    Raises
    ------
    InputError
        If a table of the user's is not in eV/atom.
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
