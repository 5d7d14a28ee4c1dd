"""Formation energies that no compound has: an energy of a cell given for a formula, a wrong unit, a slip of the pen."""

from __future__ import annotations

import numpy as np

from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.phases.phase_table import PhaseTable

DEEPEST_EV_PER_ATOM = -5.5  # the most strongly bound compounds, fluorides such as CaF2 and YF3, lie near -4.5
HIGHEST_EV_PER_ATOM = 10.0  # above the elements: further than a structure can be
POLYMORPHS_EV_PER_ATOM = 2.0  # between the two lowest phases of one compound


def require_plausible(table: PhaseTable) -> None:
    """Refuse energies that cannot be right beside the others of their table.

    Refused are a compound whose formation energy lies beyond those of all compounds, and one that lies far below all
    other phases of its composition. Compounds of elements that the table does not hold are not judged.

    Parameters
    ----------
    table
        Phases on one scale.

    Raises
    ------
    InputError
        Naming the first phase.
    """
    pure = np.flatnonzero(np.diff(table.starts) == 1)
    lowest = np.full(len(ELEMENTS), np.inf)
    np.minimum.at(lowest, table.numbers[table.starts[pure]], table.energies[pure])
    formation = table.energies - table.sum_by_phase(table.fractions * lowest[table.numbers])
    known = np.isfinite(formation)
    known[pure] = False
    beyond = np.flatnonzero(known & ~((formation >= DEEPEST_EV_PER_ATOM) & (formation <= HIGHEST_EV_PER_ATOM)))
    if len(beyond):
        worst = int(beyond[0])
        slip = (
            "the energy of a cell given for one formula unit?"
            if formation[worst] < 0
            else "the energy of one formula unit given for a cell?"
        )
        raise InputError(
            f"{_named(table, worst)}: a formation energy of {formation[worst]:.2f} eV/atom is beyond those of all "
            f"compounds ({DEEPEST_EV_PER_ATOM:g} to {HIGHEST_EV_PER_ATOM:g}): {slip}"
        )
    groups: dict[str, list[int]] = {}
    for position in np.flatnonzero(known):
        groups.setdefault(_key(table, int(position)), []).append(int(position))
    for members in groups.values():
        if len(members) > 1:
            first, second = sorted(members, key=lambda position: float(table.energies[position]))[:2]
            below = float(table.energies[second] - table.energies[first])
            if below > POLYMORPHS_EV_PER_ATOM:
                raise InputError(
                    f"{_named(table, first)}: it lies {below:.2f} eV/atom below all other phases of its composition, "
                    f"the lowest of which is {_named(table, second)}"
                )


def _named(table: PhaseTable, position: int) -> str:
    return f"{table.id(position)} ({table.formula(position)})"


def _key(table: PhaseTable, position: int) -> str:
    row = slice(table.starts[position], table.starts[position + 1])
    pairs = sorted(zip(table.numbers[row].tolist(), table.fractions[row].round(6).tolist(), strict=True))
    return repr(pairs)
