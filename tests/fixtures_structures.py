"""Structures that several test modules write and read."""

from __future__ import annotations

from pymatgen.core import Structure


def rock_salt(edge=4.06, cation="Li", anion="F"):
    half = edge / 2
    return Structure([[0, half, half], [half, 0, half], [half, half, 0]], [cation, anion], [[0, 0, 0], [0.5, 0.5, 0.5]])


def written(folder, name, structure):
    path = folder / name
    structure.to(filename=str(path), fmt="cif" if path.suffix == ".cif" else "poscar")
    return path
