"""Phases whose energies are doubtful: one rule for all that is asked of energies.

A potential, and the DFT it learned, puts some kinds of phases far below where nature has them. One of them on a hull
decides a voltage window or a reaction, so they can be left out. Doubtful is a phase

1. with oxygen or sulfur above -2, that is, even with every other element at its highest oxidation state, unless its
   crystal holds O-O or S-S bonds, or it consists of alkali or alkaline-earth metals and hydrogen else: then it is a
   peroxide, superoxide or polysulfide. Most others are cells with vacancies that nothing compensates, such as
   Li17Nb18O54;
2. with chlorine, bromine or iodine above -1 beside oxygen or fluorine: LiClO4 comes out 2 eV per formula unit too
   stable against measurement, with a potential as with DFT;
3. of a formula unit of more than 40 atoms with more metal than its anions can bind: vacancies again;
4. on whose formation energy the packaged potentials of the same DFT differ by more than 0.15 eV/atom.

Phases that lie implausibly deep are in no packaged table: see :mod:`screening.energies.packaged.doubtful_phases`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import AMOUNT_TOLERANCE
from screening.chemistry.elements import ELEMENTS, element
from screening.chemistry.formulas import parse_formula
from screening.energies.packaged.anion_bonds import BONDED
from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.potentials.models import MODELS
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable, element_numbers

DISAGREEMENT_EV_PER_ATOM = 0.15
LARGE_FORMULA = 40  # atoms; formula units of real compounds rich in metal are smaller
OXYGEN, SULFUR = "oxygen above -2", "sulfur above -2"
HALOGEN = "halogen above -1 beside an oxidant"
VACANCIES = "vacancies that nothing compensates"
_HALOGENS = ("Cl", "Br", "I")
_COMPARED = ("chgnet-0.3.0", "sevennet-l3i5")  # potentials of the same DFT
_UNKNOWN = 99.0  # in place of an oxidation state that is not known: such a compound is taken for balanced


class DoubtfulPhase(BaseModel):
    """A phase whose energy is doubtful, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="identifier in the source of the energies")
    formula: str = Field(description="reduced formula")
    reason: str = Field(description="why its energy is doubtful, in a few words")


@lru_cache(maxsize=4)
def doubtful_phases(phases: PhaseSet) -> dict[int, str]:
    """Return the positions of the doubtful phases of a set, and why they are.

    Parameters
    ----------
    phases
        The energies. Of phases whose ids are not among the packaged structures it is not known whether anions are
        bonded to each other: they are taken for what their formula says. Potentials are compared on energies of one of
        them only.
    """
    table = phases.table
    found = dict.fromkeys(np.flatnonzero(_too_much_metal(table)).tolist(), VACANCIES)
    found |= _differing(phases)
    halogen, oxygen, sulfur = _oxidised_anions(table)
    bonded = np.isin(table.ids, _bonded()) | _of_s_block(table)
    for positions, reason in ((halogen, HALOGEN), (oxygen & ~bonded, OXYGEN), (sulfur & ~bonded, SULFUR)):
        found |= dict.fromkeys(np.flatnonzero(positions).tolist(), reason)
    return found


def without_doubtful(phases: PhaseSet) -> PhaseSet:
    """Return a set without its doubtful phases, of which its name tells; the set itself if it has none.

    Parameters
    ----------
    phases
        The energies.
    """
    doubtful = doubtful_phases(phases)
    if not doubtful:
        return phases
    left = phases.without(doubtful)
    left.scale = left.scale.model_copy(update={"name": f"{left.scale.name}, doubtful phases dropped"})
    return left


def doubtful_among(phases: PhaseSet, formulas: Iterable[str]) -> list[DoubtfulPhase]:
    """Return those of some compositions whose lowest phase is doubtful.

    Parameters
    ----------
    phases
        The energies.
    formulas
        Formulas, such as those of products.
    """
    doubtful = doubtful_phases(phases)
    lowest = {phases.polymorphs(parse_formula(formula))[0] for formula in formulas}
    return [
        DoubtfulPhase(id=phases.table.id(i), formula=phases.formula(i), reason=doubtful[i])
        for i in sorted(lowest & doubtful.keys())
    ]


def _oxidised_anions(table: PhaseTable) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of each phase whether halogens, oxygen or sulfur are above their common state, three times (n,)."""
    highest = _states(highest=True) | {"O": -2.0, "F": -1.0}
    halides = dict.fromkeys(_HALOGENS, -1.0)
    beside_oxidant = _holds(table, "O") | _holds(table, "F")
    halogens = _holds(table, *_HALOGENS)
    balanced = _charges(table, highest) >= -AMOUNT_TOLERANCE
    sulfides = _charges(table, highest | halides | {"S": -2.0}) >= -AMOUNT_TOLERANCE
    return (
        beside_oxidant & halogens & balanced & (_charges(table, highest | halides) < -AMOUNT_TOLERANCE),
        _holds(table, "O") & ~balanced,
        _holds(table, "S") & ~beside_oxidant & ~halogens & ~sulfides,
    )


def _of_s_block(table: PhaseTable) -> NDArray[np.bool_]:
    """Say which phases consist of metals of groups 1 and 2, hydrogen, oxygen and sulfur alone, (n,)."""
    allowed = [s for s in ELEMENTS if s in ("H", "O", "S") or element(s).kind == "s-block"]
    return np.asarray(table.sum_by_phase(1.0 - _are(table, allowed)) == 0)


def _too_much_metal(table: PhaseTable) -> NDArray[np.bool_]:
    """Say which formula units are large, and hold more metal than their anions bind at its lowest positive states."""
    anions = {"O": -2.0, "S": -2.0, "F": -1.0, **dict.fromkeys(_HALOGENS, -1.0)}
    others = [s for s in ELEMENTS if s not in anions and element(s).kind not in ("s-block", "metal")]
    lowest = {symbol: max(1.0, state) for symbol, state in _states(highest=False).items()}
    rich = _charges(table, lowest | anions | dict.fromkeys(others, -_UNKNOWN)) > AMOUNT_TOLERANCE
    return rich & _holds(table, *anions) & (table.sum_by_phase(table.amounts) > LARGE_FORMULA)


def _states(highest: bool) -> dict[str, float]:
    """Return the highest or lowest oxidation state of each element."""
    found = {}
    for symbol in ELEMENTS:
        own = element(symbol)
        state = own.highest_state if highest else own.lowest_state
        found[symbol] = state if state is not None else _UNKNOWN if highest else -_UNKNOWN
    return found


def _charges(table: PhaseTable, states: dict[str, float]) -> NDArray[np.float64]:
    """Return the charge of each formula unit, (n,)."""
    each = np.array([states[symbol] for symbol in ELEMENTS])
    return table.sum_by_phase(table.amounts * each[table.numbers])


def _holds(table: PhaseTable, *symbols: str) -> NDArray[np.bool_]:
    """Say which phases hold any of some elements, beside other elements, (n,)."""
    return (table.sum_by_phase(_are(table, symbols)) > 0) & (np.diff(table.starts) > 1)


def _are(table: PhaseTable, symbols: Sequence[str]) -> NDArray[np.float64]:
    """Return 1 for each entry of a table's column of elements that is one of some elements, else 0."""
    among = np.zeros(len(ELEMENTS))
    among[element_numbers(symbols)] = 1.0
    return among[table.numbers]


@cache
def _bonded() -> NDArray[np.bytes_]:
    """Return the ids of structures in which oxygen or sulfur above -2 is bonded to itself."""
    content = json.loads(BONDED.read_bytes())
    return np.array([name.encode() for name in [*content["O"], *content["S"]]])


def _differing(phases: PhaseSet) -> dict[int, str]:
    """Return the compounds on which the packaged potentials differ, and by how much."""
    if phases.scale.functional not in {MODELS[model].scale.functional for model in _COMPARED}:
        return {}
    ids, differences = _differences()
    wanted = np.flatnonzero(np.isin(phases.table.ids, ids) & (np.diff(phases.table.starts) > 1))
    by_id = dict(zip(ids.tolist(), differences.tolist(), strict=True))
    return {
        i: f"the potentials differ by {1000 * by_id[bytes(phases.table.ids[i])]:.0f} meV/atom" for i in wanted.tolist()
    }


@cache
def _differences() -> tuple[NDArray[np.bytes_], NDArray[np.float64]]:
    """Return the ids of packaged phases on which the potentials differ, and by how much, eV/atom."""
    one, other = (packaged_energies(model) for model in _COMPARED)
    ids, here, there = np.intersect1d(one.table.ids, other.table.ids, return_indices=True)
    differences = np.abs(one.formation_energies[here] - other.formation_energies[there])
    far = differences > DISAGREEMENT_EV_PER_ATOM
    return ids[far], differences[far]
