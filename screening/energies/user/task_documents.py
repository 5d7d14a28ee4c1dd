"""Finished calculations, as atomate2 leaves them in a store, read as phases of one scale.

Two kinds: force-field task documents (CHGNet), and VASP task documents. Documents are plain dictionaries, as a database
returns them; neither atomate2 nor emmet is needed to read them. PBE and PBE+U energies get MP2020 corrections through
pymatgen, with the structure: without it, pymatgen takes the sulfur of a sulfate for a sulfide's.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from screening.chemistry.compositions import format_formula
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.potentials.models import MODELS
from screening.files.plain_data import plain, structure_of
from screening.phases.entries import MP2020, PBE_AND_U, scale_of_entries
from screening.phases.phase import Phase
from screening.structures.files import space_group

if TYPE_CHECKING:
    from pymatgen.core import Structure
    from pymatgen.entries.computed_entries import ComputedStructureEntry

FINISHED = "successful"  # emmet's TaskState of a calculation that ended and converged
_STATIC = "static"
_TASKS = ("static", "structure optimization")  # whose energy is that of the structure
_CHGNET = {
    MODELS[name].label: MODELS[name] for name in MODELS if MODELS[name].package == "chgnet"
}  # as `coatscreen energies add` names its weights
_ATOMATE2_CHGNET = ("CHGNet", "MLFF.CHGNet")
_DEFAULT_IS_0_3_0 = ("0.3.", "0.4.")  # versions of the package chgnet whose default weights are 0.3.0
_RUN_TYPES = {"PBE": "GGA", "PBE+U": "GGA+U"}  # as newer emmet writes what pymatgen calls GGA
_MP2020_RUN_TYPES = ("GGA", "GGA+U")
VASP_SCALE = EnergyScale(name="VASP PBE and PBE+U", version="1", functional=PBE_AND_U, correction=MP2020)


class FinishedCalculation(NamedTuple):
    """One finished calculation, on a scale."""

    phase: Phase
    structure: Structure
    scale: EnergyScale
    static: bool  # a single point; its energy is better than that of the relaxation before it
    entry: ComputedStructureEntry | None  # of VASP, with its corrections


def calculation_of(document: Mapping[str, Any]) -> FinishedCalculation | None:
    """Read a document of a store.

    Parameters
    ----------
    document
        A task document, or the document of a job whose output it is.

    Returns
    -------
    FinishedCalculation or None
        None if it is the document of something else.

    Raises
    ------
    InputError
        If the calculation is unfinished, or its energy is on no known scale; the message begins with its id.
    """
    output = document.get("output")
    body = output if "uuid" in document and isinstance(output, Mapping) else document
    name = str(body.get("task_id") or document.get("uuid") or body.get("uuid") or body.get("dir_name") or "unnamed")
    if "forcefield_name" in body:
        read = _force_field
    elif "entry" in body and "run_type" in body:
        read = _vasp
    else:
        return None
    try:
        return read(name, body)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:  # a document of another shape
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise InputError(f"{name}: not a whole task document: {reason}") from None


def _force_field(name: str, body: Mapping[str, Any]) -> FinishedCalculation:
    made_by, version = str(body["forcefield_name"]), str(body.get("forcefield_version"))
    model = _CHGNET.get(made_by)
    if model is None and made_by in _ATOMATE2_CHGNET:
        if not version.startswith(_DEFAULT_IS_0_3_0):
            raise InputError(f"{made_by} of version {version}: not known to be the weights 0.3.0")
        model = MODELS["chgnet-0.3.0"]
    if model is None:
        raise InputError(f"computed with {made_by}, for which there is no energy scale; there is CHGNet")
    if body.get("state") != FINISHED:
        raise InputError(f"not converged (state {body.get('state')})")
    structure = _structure(body)
    energy = float(body["output"]["energy_per_atom"])
    steps = int(body["output"].get("n_steps") or 1)
    how = "a single point" if steps == 1 else "relaxed"
    phase = _phase(name, structure, energy, f"{how}, {model.label} by atomate2 (chgnet {version})")
    return FinishedCalculation(phase, structure, model.scale, static=steps == 1, entry=None)


def _vasp(name: str, body: Mapping[str, Any]) -> FinishedCalculation:
    if body.get("state") != FINISHED:
        raise InputError(f"not finished or not converged (state {body.get('state')})")
    task = str(body.get("task_type") or "")
    if not task.casefold().endswith(_TASKS):  # it may be preceded by the functional
        raise InputError(f"of type {task or 'unknown'!r}: its energy is not that of a structure at rest")
    entry = _entry(name, body)
    run_type = str(entry.parameters["run_type"])
    entry.energy_adjustments = _corrections(entry) if run_type in _MP2020_RUN_TYPES else []
    scale = scale_of_entries([entry], f"VASP {run_type}", "1")
    if run_type in _MP2020_RUN_TYPES:  # also where there was nothing to correct
        scale = VASP_SCALE
    phase = _phase(name, entry.structure, float(entry.energy_per_atom), None)
    return FinishedCalculation(phase, entry.structure, scale, task.casefold().endswith(_STATIC), entry)


def _entry(name: str, body: Mapping[str, Any]) -> ComputedStructureEntry:
    from pymatgen.entries.computed_entries import ComputedStructureEntry

    stored = body["entry"]
    parameters = plain(dict(stored.get("parameters") or {}))
    run_type = str(parameters.get("run_type") or body["run_type"])
    parameters["run_type"] = _RUN_TYPES.get(run_type, run_type)
    structure = _structure(body)
    if abs(float(sum(stored["composition"].values())) - len(structure)) > 1e-6:
        raise InputError("its entry and its structure hold different numbers of atoms")
    return ComputedStructureEntry(
        structure, float(stored["energy"]), parameters=parameters, data=plain(stored.get("data") or {}), entry_id=name
    )


def _corrections(entry: ComputedStructureEntry) -> list[Any]:
    from pymatgen.analysis.compatibility import CompatibilityError, MaterialsProject2020Compatibility

    if not entry.parameters.get("potcar_spec"):
        raise InputError("it does not name its pseudopotentials, on which MP2020 corrections depend")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oxidation states that it cannot guess
        try:
            return list(MaterialsProject2020Compatibility().get_adjustments(entry))
        except CompatibilityError as error:
            reason = re.sub(r" for \{.*", "", str(error).splitlines()[0])
            raise InputError(f"MP2020 corrections do not hold for it: {reason}") from None


def _structure(body: Mapping[str, Any]) -> Structure:
    from pymatgen.core import Structure

    if not body.get("structure"):
        raise InputError("it has no structure of a crystal")
    structure = body["structure"]
    structure = structure if isinstance(structure, Structure) else structure_of(structure)
    if strange := [el.symbol for el in structure.composition.elements if el.symbol not in ELEMENTS]:
        raise InputError(f"no element {strange[0]}")
    return structure


def _phase(name: str, structure: Structure, energy_ev_per_atom: float, origin: str | None) -> Phase:
    if not -1e3 < energy_ev_per_atom < 1e3 or energy_ev_per_atom == 0.0:  # NaN too
        raise InputError(f"its energy is {energy_ev_per_atom:g} eV/atom")
    return Phase(
        id=name,
        formula=format_formula({el.symbol: amount for el, amount in structure.composition.items()}),
        energy_ev_per_atom=round(energy_ev_per_atom, 6),
        space_group=space_group(structure),
        volume_a3_per_atom=round(structure.volume / len(structure), 4),
        origin=origin,
    )
