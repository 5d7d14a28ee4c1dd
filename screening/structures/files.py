"""The user's crystal structures: reading and checking their files, and comparing two structures."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError, InputWarning
from screening.common.ties import first_lowest
from screening.files.content import parse_json, read_bytes
from screening.files.plain_data import structure_of
from screening.files.yaml_text import parse_yaml
from screening.structures.file_forms import require_formula, require_one_block, with_symbols

if TYPE_CHECKING:
    from pymatgen.core import Structure

CLOSEST_ANGSTROM = 0.5  # as for the packaged energies; no two atoms bond at less
_REACH_ANGSTROM = 6.0  # CHGNet's cutoff: an atom with no other within it is a free atom to the model
_SAME_DISTANCE_ANGSTROM = 1e-6  # images of one distance by symmetry differ by less
_SYMMETRY_ANGSTROM = 0.1  # as the Materials Project finds space groups
_LONGEST_ANGSTROM = 1000.0  # of a lattice vector; the longest periods of polytypes are some hundreds
_LEAST_HEIGHT_ANGSTROM = 0.2  # between two faces of a cell; atoms keep 0.5 angstrom apart
_FURTHEST_CELLS = 1000.0


def read_user_structure(path: str | Path) -> Structure:
    """Read a structure from a CIF, a POSCAR or another file that pymatgen reads, and check it.

    Parameters
    ----------
    path
        The file; pymatgen recognises the format by the name (``*.cif``, ``*POSCAR*``, ``*.vasp`` ...).

    Returns
    -------
    Structure
        The elements on the sites, without oxidation states or other site properties of the file.

    Warns
    -----
    InputWarning
        With what the reader says of the file.

    Raises
    ------
    InputError
        If the file is missing or is not one ordered structure of known elements, if its formula is not that of its
        sites, if two atoms lie closer together than
        0.5 angstrom, if the cell is flat, endless or not finite, or if an atom has no neighbour.
    """
    from pymatgen.core import Structure

    path = Path(path)
    if not path.is_file():
        raise InputError(f"structure file {path} {'is a folder' if path.is_dir() else 'does not exist'}")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            read = _parsed(path)
        except InputError as error:
            raise InputError(str(error) if str(path) in str(error) else f"{path}: {error}") from None
        except Exception as error:  # the parsers raise exceptions of any type
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
    if reason := describe_cell(read.lattice.matrix, read.frac_coords):
        raise InputError(f"{path}: {reason}")
    structure = Structure(read.lattice, symbols, read.frac_coords)
    if len(structure) > 1 and not structure.is_valid(tol=CLOSEST_ANGSTROM):
        raise InputError(f"{path} has two atoms on one place: {_closest(structure)}")
    if reason := describe_isolation(structure):
        raise InputError(f"{path}: {reason}")
    for message in dict.fromkeys(str(one.message) for one in said if one.category is UserWarning):
        warnings.warn(f"{path}: {' '.join(message.split())}", InputWarning, stacklevel=2)
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
    if form.name == "cif":
        require_one_block(text)
        read = Structure.from_str(text, fmt="cif")
        if read.is_ordered:
            require_formula(text, read.composition.element_composition.get_el_amt_dict())
        return read
    return Structure.from_str(with_symbols(text) if form.name == "poscar" else text, fmt=form.name)


def describe_cell(matrix: NDArray[np.float64], places: NDArray[np.float64]) -> str | None:
    """Describe what makes a cell none that a crystal has, and a search for neighbours in it endless; None if nothing.

    Parameters
    ----------
    matrix
        Lattice vectors as rows, angstrom, shape (3, 3).
    places
        Fractional coordinates, shape (sites, 3).
    """
    if not (np.isfinite(matrix).all() and np.isfinite(places).all()):
        return "a number of the cell or of a site is not finite"
    if np.abs(places).max() > _FURTHEST_CELLS:
        return f"a site lies {np.abs(places).max():.3g} cells away"
    with np.errstate(all="ignore"):
        volume = abs(float(np.linalg.det(matrix)))
        longest = float(np.linalg.norm(matrix, axis=1).max())
        faces = np.linalg.norm([np.cross(matrix[i - 2], matrix[i - 1]) for i in range(3)], axis=1)
    if not longest <= _LONGEST_ANGSTROM:
        return f"a lattice vector of {longest:.3g} angstrom"
    if not volume >= _LEAST_HEIGHT_ANGSTROM * float(faces.max()):
        return "a flat cell: two of its faces lie on one another"
    return None


def describe_isolation(structure: Structure) -> str | None:
    """Describe an atom that has no neighbour within CHGNet's cutoff; return None if every atom has one."""
    for site, neighbours in zip(structure, structure.get_all_neighbors(_REACH_ANGSTROM), strict=True):
        if not neighbours:
            return f"a free atom: no other is within {_REACH_ANGSTROM:g} angstrom of {site.specie.symbol}"
    return None


def space_group(structure: Structure) -> int | None:
    """Return the number of the space group, or None if spglib finds none."""
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer, SymmetryUndeterminedError

    try:
        return int(SpacegroupAnalyzer(structure, symprec=_SYMMETRY_ANGSTROM).get_space_group_number())
    except SymmetryUndeterminedError:
        return None


def same_structure(one: Structure, other: Structure) -> bool:
    """Return whether two structures are the same crystal, whatever their cells and origins.

    As in the Materials Project, they must have the same space group and must be matched by pymatgen's StructureMatcher;
    the matcher alone would also accept a distorted variant. It scales the volumes to each other, so a crystal and its
    relaxed form are the same.
    """
    from pymatgen.core.structure_matcher import StructureMatcher

    if one.composition.reduced_formula != other.composition.reduced_formula:
        return False
    return space_group(one) == space_group(other) and bool(StructureMatcher().fit(one, other))


def structure_digest(structure: Structure) -> str:
    """Return the SHA-256 hash of a structure as it is written: cell, elements and coordinates to six decimals."""
    content = [
        (structure.lattice.matrix.round(6) + 0.0).tolist(),  # never minus zero
        [site.specie.symbol for site in structure],
        (structure.frac_coords.round(6) + 0.0).tolist(),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _closest(structure: Structure) -> str:
    import numpy as np

    distances = structure.distance_matrix + np.diag(np.full(len(structure), np.inf))
    i, j = divmod(first_lowest(distances.ravel(), _SAME_DISTANCE_ANGSTROM), len(structure))
    return f"{structure[i].specie.symbol} and {structure[j].specie.symbol} are {distances[i, j]:.2f} angstrom apart"
