"""The user's crystal structures: reading them, refusing what no energy can be computed of, telling two apart."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from screening.composition import ELEMENTS
from screening.errors import InputError
from screening.plain_data import structure_of
from screening.sources.files import parse_json, read_bytes
from screening.sources.yaml_text import parse_yaml

if TYPE_CHECKING:
    from pymatgen.core import Structure

CLOSEST_ANGSTROM = 0.5  # as for the packaged energies; no two atoms bond at less
_REACH_ANGSTROM = 6.0  # CHGNet's cutoff: an atom with no other within it is a free atom to the model
_SYMMETRY_ANGSTROM = 0.1  # as the Materials Project finds space groups


def read_own_structure(path: str | Path) -> Structure:
    """Read a structure from a CIF, a POSCAR or another file that pymatgen reads, and check it.

    Parameters
    ----------
    path
        The file; pymatgen tells its form by its name (``*.cif``, ``*POSCAR*``, ``*.vasp`` ...).

    Returns
    -------
    Structure
        Elements on sites: without oxidation states, and without whatever else the file says of a site.

    Raises
    ------
    InputError
        If the file is missing, is not read as one ordered structure of known elements, two atoms lie on one place, or
        one has no neighbour.
    """
    from pymatgen.core import Structure

    path = Path(path)
    if not path.is_file():
        raise InputError(f"structure file {path} {'is a folder' if path.is_dir() else 'does not exist'}")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            read = _parsed(path)
        except InputError:
            raise
        except Exception as error:  # the parsers raise whatever they stumble on
            detail = (str(error) or type(error).__name__).splitlines()[0]
            if any("sum to > 1" in str(warning.message) for warning in said):
                detail = "two atoms are on one place, or occupancies sum to more than one"
            raise InputError(f"{path} cannot be read as a crystal structure: {detail}") from None
    if invented := [str(warning.message) for warning in said if "false names" in str(warning.message)]:
        raise InputError(f"{path} names no elements ({invented[0].splitlines()[0]}): add the line of symbols")
    if not len(read):
        raise InputError(f"{path} holds no atom")
    if not read.is_ordered:
        site = next(site for site in read if not site.is_ordered)
        raise InputError(
            f"{path} has partial occupancies ({site.species_string}): an energy needs an ordered structure, "
            "such as one made by pymatgen's OrderDisorderedStructureTransformation"
        )
    symbols = [str(getattr(site.specie, "symbol", site.specie)) for site in read]
    if strange := [symbol for symbol in symbols if symbol not in ELEMENTS]:
        raise InputError(f"{path}: no element {strange[0]}")
    structure = Structure(read.lattice, symbols, read.frac_coords)
    if len(structure) > 1 and not structure.is_valid(tol=CLOSEST_ANGSTROM):
        raise InputError(f"{path} has two atoms on one place: {_closest(structure)}")
    if reason := describe_isolation(structure):
        raise InputError(f"{path}: {reason}")
    return structure


def _parsed(path: Path) -> Structure:
    """Let pymatgen read a file of the form that its name says; its own JSON and YAML may name classes."""
    from pymatgen.core import Structure
    from pymatgen.io.registry import get_structure_format

    form = get_structure_format(filename=str(path))
    if form.read_str is None:
        return Structure.from_file(str(path))
    text = read_bytes(path, "structure file").decode("utf-8", errors="replace")
    if form.name in ("json", "yaml"):
        return structure_of(parse_json(text, path, "structure file") if form.name == "json" else parse_yaml(text))
    return Structure.from_str(text, fmt=form.name)


def describe_isolation(structure: Structure) -> str | None:
    """Name an atom with no other within the model's reach, of which it knows nothing; None if there is none."""
    for site, neighbours in zip(structure, structure.get_all_neighbors(_REACH_ANGSTROM), strict=True):
        if not neighbours:
            return f"a free atom: no other is within {_REACH_ANGSTROM:g} angstrom of {site.specie.symbol}"
    return None


def space_group(structure: Structure) -> int | None:
    """Return the space-group number; None where spglib finds none."""
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer, SymmetryUndeterminedError

    try:
        return int(SpacegroupAnalyzer(structure, symprec=_SYMMETRY_ANGSTROM).get_space_group_number())
    except SymmetryUndeterminedError:
        return None


def same_structure(one: Structure, other: Structure) -> bool:
    """Whether two structures are the same crystal, whatever their cells and origins.

    As the Materials Project groups structures: one space group, and a fit by pymatgen's StructureMatcher. The fit alone
    would take a distorted variant for the same crystal. Structures of two volumes fit: of one crystal, relaxed or not.
    """
    from pymatgen.core.structure_matcher import StructureMatcher

    if one.composition.reduced_formula != other.composition.reduced_formula:
        return False
    return space_group(one) == space_group(other) and bool(StructureMatcher().fit(one, other))


def structure_digest(structure: Structure) -> str:
    """Hash a structure as it is written: cell, elements and coordinates."""
    content = [
        structure.lattice.matrix.round(6).tolist(),
        [site.specie.symbol for site in structure],
        structure.frac_coords.round(6).tolist(),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _closest(structure: Structure) -> str:
    import numpy as np

    distances = structure.distance_matrix + np.diag(np.full(len(structure), np.inf))
    i, j = np.unravel_index(int(distances.argmin()), distances.shape)
    return (
        f"{structure[int(i)].specie.symbol} and {structure[int(j)].specie.symbol} are "
        f"{distances[i, j]:.2f} angstrom apart"
    )
