"""A JSON file of pymatgen entries, as monty's ``dumpfn`` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError, nearest
from screening.common.provenance import EnergyScale
from screening.files.plain_data import plain, structure_of
from screening.phases.entries import phases_from_entries, scale_of_entries
from screening.phases.phase import Phase, PhaseColumns

if TYPE_CHECKING:
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries.computed_entries import ComputedEntry

_GIBBS = "GibbsComputedStructureEntry"
_CLASSES = ("ComputedEntry", "ComputedStructureEntry", _GIBBS, "PDEntry")
_RELATIVE = (_GIBBS, "PDEntry")  # their energies may be formation energies, and those of elements zero
_ADJUSTMENTS = (
    "EnergyAdjustment",
    "ConstantEnergyAdjustment",
    "ManualEnergyAdjustment",
    "CompositionEnergyAdjustment",
    "TemperatureEnergyAdjustment",
)


def entries_of(data: list[Any], path: Path, version: str) -> tuple[EnergyScale, PhaseColumns]:
    """Read decoded entries, with their corrected energies.

    Parameters
    ----------
    data
        The dictionaries of ComputedEntry, ComputedStructureEntry, GibbsComputedStructureEntry or PDEntry.
    path
        For messages, and for the name of the energies.
    version
        Of the energies.

    Returns
    -------
    EnergyScale
        As the entries say themselves, see :func:`screening.phases.entries.scale_of_entries`.
    PhaseColumns
        One for each entry.

    Raises
    ------
    InputError
        If there is none, one is no such entry or has no energy, two are the same, or they are not on one scale.
    """
    if not data:
        raise InputError(f"{path} holds no entry")
    entries = [_entry(number, item, path) for number, item in enumerate(data)]
    try:
        phases = phases_from_entries(entries)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    _forbid_twice(phases, entries, path)
    columns = {name: [getattr(phase, name) for phase in phases] for name in Phase.model_fields}
    return scale_of_entries(entries, path.name, version), PhaseColumns(**columns)


def _entry(number: int, data: Any, path: Path) -> ComputedEntry | PDEntry:

    where = f"{path}, entry {number + 1}"
    if not isinstance(data, dict) or data.get("@class") not in _CLASSES:
        what = data.get("@class") or f"keys {', '.join(list(data)[:4])}" if isinstance(data, dict) else f"{data!r:.40}"
        guess = nearest(str(what), _CLASSES)
        raise InputError(f"{where}: none of {', '.join(_CLASSES)}: {what}{guess}")
    try:
        made = _built(data["@class"], data)
        energy, formula = float(made.energy), made.composition.reduced_formula
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:  # in bad data
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise InputError(f"{where}: cannot be read: {reason}") from None
    name = f"{where} ({getattr(made, 'entry_id', None) or 'no id'}, {formula})"
    if not made.composition:
        raise InputError(f"{where}: it holds no atom")
    if strange := [el.symbol for el in made.composition.elements if el.symbol not in ELEMENTS]:
        raise InputError(f"{name}: no element {strange[0]}")
    if energy != energy or abs(energy) == float("inf"):
        raise InputError(f"{name}: its energy is not finite")
    relative = data["@class"] in _RELATIVE
    if not (relative and len(made.composition) == 1) and 0.0 in (energy, getattr(made, "uncorrected_energy", energy)):
        raise InputError(f"{name}: its energy is zero: a calculation that was not finished?")
    return made


def _built(kind: str, data: dict[str, Any]) -> ComputedEntry | PDEntry:
    """Build an entry of one of the known classes from plain data."""
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries import computed_entries

    parts: dict[str, Any] = plain(data)
    if kind == "PDEntry":
        entry: PDEntry = PDEntry(parts["composition"], float(parts["energy"]), name=parts.get("name"))
        entry.entry_id = parts.get("entry_id") or parts.get("attribute")
        return entry
    parts["energy_adjustments"] = [_adjustment(one) for one in data.get("energy_adjustments") or ()]
    if kind == "ComputedEntry":
        return computed_entries.ComputedEntry.from_dict(parts)
    parts["structure"] = structure_of(parts["structure"])
    return getattr(computed_entries, kind).from_dict(parts)


def _adjustment(data: dict[str, Any]) -> Any:
    """Build an energy adjustment; the class that made it stays described by its name alone."""
    from pymatgen.entries import computed_entries

    name = data.get("@class")
    if name not in _ADJUSTMENTS:
        raise ValueError(f"{name!r} is no energy adjustment{nearest(str(name), _ADJUSTMENTS)}")
    parts = plain(data)
    if maker := data.get("cls"):
        parts["cls"] = {"@class": str(maker.get("@class", ""))}
    return getattr(computed_entries, name)(**parts)


def _forbid_twice(phases: list[Phase], entries: list[ComputedEntry | PDEntry], path: Path) -> None:
    ids: set[str] = set()
    unnamed: dict[tuple[str, float], str] = {}
    for phase, entry in zip(phases, entries, strict=True):
        if phase.id in ids:
            raise InputError(f"{path}: the entry {phase.id!r} occurs twice")
        ids.add(phase.id)
        if getattr(entry, "entry_id", None) is None:
            what = (entry.composition.reduced_formula, round(phase.energy_ev_per_atom, 8))
            same = unnamed.setdefault(what, phase.id)
            if same != phase.id:
                raise InputError(f"{path}: {same} and {phase.id} are the same, {what[0]}")
