"""The packaged table of host families, made from crystal structures.

    python -m screening.cathodes.hosts.build STRUCTURES

STRUCTURES is a file of the Materials Project's structures, one JSON document a line, gzipped if its name ends in
``.gz``: ``id``, ``species`` and ``counts`` in the order of the sites, ``lattice`` (3, 3) in angstrom and fractional
``coords``. Phases are of one family where their structures match once the working ion is taken out, by the matcher of
pymatgen with the settings that the Materials Project's insertion electrodes are found with.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from pymatgen.analysis.structure_matcher import ElementComparator, StructureMatcher
from pymatgen.core import Lattice, Structure

from screening.cathodes.hosts.host_families import TABLE, host_formula
from screening.chemistry.ions import ion_elements
from screening.files.content import write_whole

MATCHER = StructureMatcher(ltol=0.2, stol=0.3, angle_tol=5, primitive_cell=True, comparator=ElementComparator())
REDOX = frozenset(
    ["Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Nb", "Mo", "W"]
)  # a host without one of them gives up no ion
ANIONS = frozenset(["O", "S", "F", "Cl", "Se"])
MOST_SITES = 60  # of a host's cell: larger ones are few, and take hours

SOURCE = (
    "structures of the Materials Project (CC-BY 4.0; ids as in the packaged energies), compared without the working "
    f"ion by pymatgen's StructureMatcher (ltol {MATCHER.ltol}, stol {MATCHER.stol}, angle_tol {MATCHER.angle_tol}, "
    "primitive cells, volumes scaled), as for its insertion electrodes; hosts of Ti, V, Cr, Mn, Fe, Co, Ni, Cu, Nb, Mo "
    f"or W with O, S, Se, F or Cl, of at most {MOST_SITES} sites"
)


class Phase(NamedTuple):
    """A phase without its working ion."""

    id: str
    content: float  # atoms of the ion per host atom
    host: Structure


def families(phases: Iterable[Phase]) -> list[list[str]]:
    """Group phases whose hosts have one structure.

    Parameters
    ----------
    phases
        Phases whose hosts are of one composition.

    Returns
    -------
    list of list of str
        The ids of each family, in the order given; a family has at least one.
    """
    found: list[tuple[Structure, list[str]]] = []
    for phase in phases:
        host = phase.host.get_reduced_structure().get_primitive_structure()
        for first, ids in found:
            if len(first) == len(host) and MATCHER.fit(first, host, skip_structure_reduction=True):
                ids.append(phase.id)
                break
        else:
            found.append((host, [phase.id]))
    return [ids for _, ids in found]


def read_hosts(path: Path, ion: str) -> Iterator[tuple[str, list[Phase]]]:
    """Yield the formula of each host of an ion, with its phases, those that hold most of the ion first."""
    rows = defaultdict(list)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for row in map(json.loads, lines):
            amounts = dict(zip(row["species"], row["counts"], strict=True))
            held = amounts.pop(ion, 0)
            elements = set(amounts)
            if elements & REDOX and elements & ANIONS and sum(amounts.values()) <= MOST_SITES:
                rows[host_formula(amounts)].append((round(held / sum(amounts.values()), 9), row))
    for host, phases in sorted(rows.items()):
        if len({held for held, _ in phases}) > 1:
            phases.sort(key=lambda phase: (-phase[0], phase[1]["id"]))
            yield host, [Phase(row["id"], held, _without(row, ion)) for held, row in phases]


def _without(row: dict[str, Any], ion: str) -> Structure:
    species = [s for s, n in zip(row["species"], row["counts"], strict=True) for _ in range(n)]
    structure = Structure(Lattice(row["lattice"]), species, row["coords"])
    structure.remove_species([ion])
    return structure


def table(path: Path) -> dict[str, Any]:
    """Return the table of a file of structures: families of phases with at least two contents of the ion."""
    found: dict[str, dict[str, list[list[str]]]] = {}
    for ion in ion_elements():
        of_ion = found.setdefault(ion, {})
        for host, phases in read_hosts(path, ion):
            contents = {phase.id: phase.content for phase in phases}
            several = [one for one in families(phases) if len({contents[name] for name in one}) > 1]
            if several:
                of_ion[host] = several
    return {"source": SOURCE, "pymatgen": version("pymatgen"), "families": found}


def text(made: dict[str, Any]) -> str:
    """Return the table as the packaged file has it, one host a line."""
    ions = []
    for ion, hosts in made["families"].items():
        rows = ",\n".join(f"      {json.dumps(host)}: {json.dumps(hosts[host])}" for host in sorted(hosts))
        ions.append(f"    {json.dumps(ion)}: {{\n{rows}\n    }}")
    head = json.dumps({name: value for name, value in made.items() if name != "families"}, indent=2)[:-2]
    return head + ',\n  "families": {\n' + ",\n".join(ions) + "\n  }\n}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the packaged table of host families: some hours on one core.")
    parser.add_argument("structures", type=Path)
    write_whole(TABLE, text(table(parser.parse_args().structures)))
    print(TABLE)
