"""Which structures hold bonds between oxygen atoms or between sulfur atoms.

Energies are packaged without structures, so ``screening/data/reference/bonded_anions.json`` keeps this of them. It is
made again by ``python -m screening.energies.packaged.anion_bonds STRUCTURES``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from screening.energies.packaged.packaged_table import PACKAGED
from screening.files.content import write_json
from screening.structures.records import StructureRecord, read_structures

BONDED = PACKAGED / "bonded_anions.json"
LONGEST_BOND_ANGSTROM = {"O": 1.65, "S": 2.4}  # peroxides 1.5, disulfides 2.0 to 2.2; apart in others by 2.2 and 3


def bonded_anions(records: Iterable[StructureRecord]) -> dict[str, list[str]]:
    """Return the ids of the compounds in which oxygen, or sulfur, is bonded to itself.

    Parameters
    ----------
    records
        Structures.
    """
    found: dict[str, list[str]] = {symbol: [] for symbol in LONGEST_BOND_ANGSTROM}
    for record in records:
        for symbol, longest in LONGEST_BOND_ANGSTROM.items():
            if symbol in record.species and len(set(record.species)) > 1:
                structure = record.structure()
                structure.remove_species([el for el in set(record.species) if el != symbol])
                _, _, _, distances = structure.get_neighbor_list(longest)
                if np.any(distances > 0):
                    found[symbol].append(record.id)
    return {symbol: sorted(ids) for symbol, ids in found.items()}


if __name__ == "__main__":
    about = "compounds whose structure holds O-O bonds up to 1.65, or S-S bonds up to 2.4 angstrom"
    source = "distances in structures of the Materials Project, CC-BY 4.0"
    write_json(BONDED, {"about": about, "source": source, **bonded_anions(read_structures(sys.argv[1]))})
