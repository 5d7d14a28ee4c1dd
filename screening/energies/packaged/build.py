"""Building a table of energies: which structures, and writing what was computed of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from screening.chemistry.compositions import format_formula
from screening.chemistry.elements import element
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.packaged.corrections import dft_elements
from screening.energies.packaged.dft_check import dft_check
from screening.energies.packaged.doubtful_phases import Exclusion, GuardRules, guard
from screening.energies.packaged.journal import StructureEnergy
from screening.energies.packaged.packaged_documents import PackagedInfo
from screening.energies.packaged.packaged_table import PACKAGED_MODEL, document_path, table_path
from screening.energies.packaged.rows import Row, pack
from screening.energies.potentials.models import ModelProvenance, model_named
from screening.files.content import write_whole
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.structures.records import StructureRecord, read_structures


def select_structures(path: str | Path, elements: Iterable[str] | None = None) -> list[StructureRecord]:
    """Read the structures a table is to cover.

    Parameters
    ----------
    path
        Structures file, see :func:`screening.structures.records.read_structures`.
    elements
        Take the structures made of these alone; None takes all.

    Raises
    ------
    InputError
        If the file is unfit, or an element has no structure of its own, which formation energies need.
    """
    wanted = None if elements is None else frozenset(elements)
    for symbol in sorted(wanted or ()):
        element(symbol)
    records = list(read_structures(path, wanted))
    if not records:
        raise InputError(f"{path} holds no structure" + (f" made of {' '.join(sorted(wanted))}" if wanted else ""))
    pure = {record.species[0] for record in records if len(set(record.species)) == 1}
    every = frozenset(symbol for record in records for symbol in record.species)
    if lacking := (wanted or every) - pure:
        raise InputError(f"{path} holds no structure of {', '.join(sorted(lacking))} alone, which is needed")
    return records


def write_packaged(
    folder: str | Path,
    outcomes: Iterable[StructureEnergy],
    *,
    structures: str | Path,
    provenance: ModelProvenance,
    model: str = PACKAGED_MODEL,
    not_computed: Sequence[StructureRecord] = (),
    rules: GuardRules | None = None,
) -> PackagedInfo:
    """Write a table of energies and the document that describes it.

    The same outcomes give the same table to the byte.

    Parameters
    ----------
    folder
        Where to write ``MODEL.npz`` and ``MODEL.json``; created if absent.
    outcomes
        The energy of each structure, or why there is none.
    structures
        The file the structures came from, for its name and hash.
    provenance
        What computed the energies.
    model
        What computed them, one of :data:`screening.energies.potentials.models.MODELS`.
    not_computed
        Structures asked for that have no outcome yet; the table lists them without energy.
    rules
        Parameters of the guard; their defaults if not given.

    Raises
    ------
    InputError
        If no energy is usable, an element has none of its own, the model is unknown, or an energy that needs
        corrections has none.
    """
    scale = model_named(model).scale
    rules = rules or GuardRules()
    ordered, shifts = _on_scale(sorted(outcomes, key=lambda outcome: outcome.id), model)
    formulas = {outcome.id: format_formula(parse_formula(outcome.formula)) for outcome in ordered}
    every = PhaseSet(
        scale,
        [
            Phase(id=outcome.id, formula=formulas[outcome.id], energy_ev_per_atom=outcome.energy_ev_per_atom)
            for outcome in ordered
            if outcome.energy_ev_per_atom is not None
        ],
    )
    excluded = {exclusion.id: exclusion for exclusion in guard(every, rules)}
    used = every.without(number for number, phase in enumerate(every.phases) if phase.id in excluded)
    by_rule = [exclusion.rule for exclusion in excluded.values()]
    rows = [_row(outcome, formulas[outcome.id], excluded.get(outcome.id)) for outcome in ordered]
    rows += [_row_not_computed(record) for record in not_computed]
    table = pack(sorted(rows, key=lambda row: row.id))
    source = Path(structures)
    info = PackagedInfo(
        scale=scale,
        table_sha256=hashlib.sha256(table).hexdigest(),
        date=datetime.now(UTC).date().isoformat(),
        command=f'coatscreen reference build --structures {source.name} --elements "{" ".join(used.elements)}"'
        + (f" --model {model}" if model != PACKAGED_MODEL else "")
        + (" --partial" if not_computed else ""),
        model=provenance,
        packages={name: version(name) for name in ("pymatgen", "numpy")},
        structures_file=source.name,
        structures_sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
        elements=list(used.elements),
        n_structures=len(rows),
        n_used=len(used),
        n_compositions=len({phase.formula for phase in used.phases}),
        n_excluded={rule: by_rule.count(rule) for rule in sorted(set(by_rule))},
        n_failed=len(ordered) - len(every),
        n_not_computed=len(not_computed),
        elements_from_dft_ev_per_atom=shifts,
        guard=rules,
        dft_check=dft_check(used, {exclusion.formula for exclusion in excluded.values()}),
    )
    write_whole(table_path(folder, model), table)
    write_whole(document_path(folder, model), info.model_dump_json(indent=1) + "\n")
    return info


def _on_scale(outcomes: list[StructureEnergy], model: str) -> tuple[list[StructureEnergy], dict[str, float]]:
    """Bring a model's energies to the scale of its table.

    Returns
    -------
    list of StructureEnergy
        With corrected energies.
    dict of str to float
        How far the energies of an element were moved so that its lowest is DFT's, eV/atom.
    """
    if not model_named(model).mp2020:
        return outcomes, {}
    found: list[StructureEnergy] = []
    lowest: dict[str, float] = {}
    for outcome in outcomes:
        bare, correction = outcome.energy_ev_per_atom, outcome.correction_ev_per_atom
        if bare is not None and correction is None:
            raise InputError(f"the energy of {outcome.id} has no corrections beside it: compute it again")
        energy = None if bare is None or correction is None else bare + correction
        found.append(outcome.model_copy(update={"energy_ev_per_atom": energy}))
        elements = parse_formula(outcome.formula)
        if energy is not None and len(elements) == 1:
            symbol = next(iter(elements))
            lowest[symbol] = min(energy, lowest.get(symbol, energy))
    dft = dft_elements(frozenset(lowest))
    shifts = {symbol: round(dft[symbol] - lowest[symbol], 6) for symbol in sorted(dft)}
    for number, outcome in enumerate(found):
        elements = parse_formula(outcome.formula)
        if outcome.energy_ev_per_atom is not None and len(elements) == 1:
            moved = outcome.energy_ev_per_atom + shifts.get(next(iter(elements)), 0.0)
            found[number] = outcome.model_copy(update={"energy_ev_per_atom": moved})
    return found, shifts


def _row_not_computed(record: StructureRecord) -> Row:
    formula = format_formula(parse_formula(record.formula))
    return Row(record.id, formula, len(record.coords), record.sg, None, None, "not computed")


def _row(outcome: StructureEnergy, formula: str, exclusion: Exclusion | None) -> Row:
    energy = outcome.energy_ev_per_atom
    status = f"failed: {outcome.error}" if energy is None else ""
    if exclusion is not None:
        status = f"excluded: {exclusion.rule}: {exclusion.reason}"
    return Row(
        id=outcome.id,
        formula=formula,
        sites=outcome.n_sites,
        space_group=outcome.space_group,
        energy_ev_per_atom=energy,
        volume_a3_per_atom=outcome.volume_a3_per_atom,
        status=status,
    )
