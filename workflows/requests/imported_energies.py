"""A table of energies from a store of finished calculations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyProvenance, EnergyScale
from screening.energies.potentials.models import MODELS, SOURCES
from screening.energies.sources.materials_project import MATERIALS_PROJECT, scale_of
from screening.energies.user.imported import ImportedEnergies, gather
from screening.phases.files import write_table
from screening.phases.phase_table import PhaseTable, sha256_of
from workflows.requests.calculation_store import calculation_documents


def import_energies(
    store: str,
    output: str | Path,
    elements: Sequence[str] | None = None,
    functional: str | None = None,
    collection: str = "jobs",
) -> ImportedEnergies:
    """Write the finished calculations of a store as a table of energies.

    Parameters
    ----------
    store, collection
        See :func:`workflows.requests.calculation_store.calculation_documents`.
    output
        File of the table; replaced if present.
    elements, functional
        See :func:`screening.energies.user.imported.gather`.

    Raises
    ------
    InputError
        If the store is named wrongly, or :func:`~screening.energies.user.imported.gather` finds nothing of one scale.
    StoreError
        If it cannot be opened or read.
    """
    with calculation_documents(store, collection) as documents:
        gathered = gather(documents, elements, functional)
    scale, columns = gathered.scale, gathered.columns
    write_table(output, scale, columns)
    compositions = [parse_formula(formula) for formula in columns.formula]
    present = sorted({symbol for composition in compositions for symbol in composition})
    alone = {symbol for composition in compositions if len(composition) == 1 for symbol in composition}
    missing = [symbol for symbol in present if symbol not in alone]
    base = _base(scale)
    return ImportedEnergies(
        energies=EnergyProvenance(
            **scale.model_dump(),
            n_phases=len(columns.id),
            sha256=sha256_of(scale, PhaseTable.from_columns(columns)),
        ),
        table=str(Path(output).resolve()),
        n_calculations=len(columns.id) + len(gathered.failed) + len(gathered.repeated) + gathered.elsewhere,
        elements=present,
        missing_references=missing,
        use_as=f"{base}+{output}" if base else None if missing else str(output),
        failed=gathered.failed,
        repeated=gathered.repeated,
    )


def _base(scale: EnergyScale) -> str | None:
    """Return the energies of the same scale that a table can be joined to."""
    for source, other in (
        *((source, MODELS[model].scale) for source, model in SOURCES.items()),
        (MATERIALS_PROJECT, scale_of("")),
    ):
        if scale.disagreement(other) is None:
            return source
    return None
