"""Many phases as arrays, so that tens of thousands load in milliseconds. Ids and formulas are made when needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import format_formula
from screening.chemistry.elements import ELEMENTS
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.phases.phase import Phase, PhaseColumns

_HALF = 64  # bits of a word; the set of elements of a phase is stored as the bits of two words

UNKNOWN_SPACE_GROUP = 0
AMOUNT_DIGITS = 8  # of an amount in a formula
ENERGY_DIGITS = 9  # energies that agree in so many decimals, eV/atom, are the same
_NUMBER = {symbol: number for number, symbol in enumerate(ELEMENTS)}


def element_numbers(elements: Iterable[str]) -> NDArray[np.intp]:
    """Return the index of each element in :data:`~screening.chemistry.elements.ELEMENTS`."""
    return np.array([_NUMBER[element] for element in elements], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class PhaseTable:
    """The columns of n phases. Compositions are sparse: phase i has the entries ``starts[i]:starts[i + 1]``.

    Parameters
    ----------
    ids
        Identifiers in the source, UTF-8, (n,).
    starts
        First entry of each phase, and the number of all entries at the end, (n + 1,).
    numbers
        Element of each entry, as index in :data:`~screening.chemistry.elements.ELEMENTS`, (starts[-1],).
    amounts
        Amount of that element in the formula, (starts[-1],).
    energies
        Energies on the set's scale, (n,), eV/atom.
    space_groups
        Space-group numbers, (n,); 0 if unknown.
    volumes
        Volumes, (n,), cubic angstrom per atom; NaN if unknown.
    formulas
        Formulas as they were written; None if they are the reduced formulas, which are then made from the amounts.
    origins
        Where each energy comes from, if not from the scale's own method; None if this holds for no phase.
    """

    ids: NDArray[np.bytes_]
    starts: NDArray[np.intp]
    numbers: NDArray[np.uint8]
    amounts: NDArray[np.float64]
    energies: NDArray[np.float64]
    space_groups: NDArray[np.int16]
    volumes: NDArray[np.float64]
    formulas: list[str] | None = None
    origins: list[str | None] | None = None
    fractions: NDArray[np.float64] = field(init=False)  # the amounts as atomic fractions, (starts[-1],)
    words: NDArray[np.uint64] = field(init=False)  # the elements of each phase as bits, (2, n)

    def __post_init__(self) -> None:
        totals = self.sum_by_phase(self.amounts)
        object.__setattr__(self, "fractions", self.amounts / np.repeat(totals, np.diff(self.starts)))
        object.__setattr__(self, "words", self._elements_as_words())

    @classmethod
    def from_columns(cls, columns: PhaseColumns) -> PhaseTable:
        """Build a table from columns.

        Raises
        ------
        InputError
            If a formula cannot be read.
        """
        known = {formula: parse_formula(formula) for formula in dict.fromkeys(columns.formula)}
        compositions = [known[formula] for formula in columns.formula]
        return cls(
            ids=np.array([name.encode() for name in columns.id], dtype=np.bytes_),
            starts=np.cumsum([0, *map(len, compositions)]),
            numbers=np.array([_NUMBER[element] for c in compositions for element in c], dtype=np.uint8),
            amounts=np.array([amount for c in compositions for amount in c.values()], dtype=np.float64),
            energies=np.array(columns.energy_ev_per_atom, dtype=np.float64),
            space_groups=np.array([number or UNKNOWN_SPACE_GROUP for number in columns.space_group], dtype=np.int16),
            volumes=np.array([np.nan if v is None else v for v in columns.volume_a3_per_atom], dtype=np.float64),
            formulas=columns.formula,
            origins=columns.origin if any(columns.origin) else None,
        )

    def columns(self) -> PhaseColumns:
        """Return the columns as plain lists, which can be written to any file."""
        positions = range(len(self))
        return PhaseColumns(
            id=[self.id(i) for i in positions],
            formula=[self.formula(i) for i in positions],
            energy_ev_per_atom=self.energies.tolist(),
            space_group=[self.space_group(i) for i in positions],
            volume_a3_per_atom=[self.volume(i) for i in positions],
            origin=[self.origin(i) for i in positions],
        )

    def __len__(self) -> int:
        return len(self.ids)

    # -- one phase --------------------------------------------------------------------------------

    def phase(self, i: int) -> Phase:
        """Return a phase."""
        return Phase.model_construct(
            id=self.id(i),
            formula=self.formula(i),
            energy_ev_per_atom=float(self.energies[i]),
            space_group=self.space_group(i),
            volume_a3_per_atom=self.volume(i),
            origin=self.origin(i),
        )

    def id(self, i: int) -> str:
        """Return a phase's identifier."""
        return bytes(self.ids[i]).decode()

    def positions_of(self, ids: Iterable[str]) -> list[int]:
        """Return the positions of the phases that have one of some ids, by rising position."""
        order, known = self._by_id
        asked = np.array(sorted({name.encode() for name in ids}), dtype=np.bytes_)
        places = np.searchsorted(known, asked)
        found = places < len(known)
        found[found] = known[places[found]] == asked[found]
        return sorted(order[places[found]].tolist())

    @cached_property
    def _by_id(self) -> tuple[NDArray[np.intp], NDArray[np.bytes_]]:
        order = np.argsort(self.ids, kind="stable")
        return order, self.ids[order]

    def composition(self, i: int) -> dict[str, float]:
        """Return the amount of each element in a phase's formula."""
        row = slice(self.starts[i], self.starts[i + 1])
        return {
            ELEMENTS[number]: amount
            for number, amount in zip(self.numbers[row].tolist(), self.amounts[row].tolist(), strict=True)
        }

    def formula(self, i: int) -> str:
        """Return a phase's formula as it was written, or else the reduced formula."""
        return format_formula(self.composition(i)) if self.formulas is None else self.formulas[i]

    def space_group(self, i: int) -> int | None:
        """Return the number of a phase's space group; None if unknown."""
        return int(self.space_groups[i]) or None

    def volume(self, i: int) -> float | None:
        """Return a phase's volume, cubic angstrom per atom; None if unknown."""
        volume = float(self.volumes[i])
        return None if np.isnan(volume) else volume

    def origin(self, i: int) -> str | None:
        """Return where a phase's energy comes from; None if from the scale's own method."""
        return None if self.origins is None else self.origins[i]

    # -- many ---------------------------------------------------------------------------------------

    def sum_by_phase(self, entries: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum a number that is given for each entry of the compositions, (starts[-1],), over each phase, (n,)."""
        return np.add.reduceat(entries, self.starts[:-1])

    def inside(self, elements: Iterable[str]) -> NDArray[np.intp]:
        """Return the positions of the phases that contain no other elements than these, in order."""
        wanted = [0, 0]
        for number in element_numbers(elements).tolist():
            wanted[number // _HALF] |= 1 << (number % _HALF)
        outside = (self.words[0] & ~np.uint64(wanted[0])) | (self.words[1] & ~np.uint64(wanted[1]))
        return np.flatnonzero(outside == 0)

    def dense(self, positions: NDArray[np.intp], elements: tuple[str, ...]) -> NDArray[np.float64]:
        """Return atomic fractions of phases that contain only these elements, (len(positions), len(elements))."""
        lengths = self.starts[positions + 1] - self.starts[positions]
        entries = _ranges(self.starts[positions], lengths)
        place = np.zeros(len(ELEMENTS), dtype=np.intp)
        place[element_numbers(elements)] = np.arange(len(elements))
        fractions = np.zeros((len(positions), len(elements)))
        rows = np.repeat(np.arange(len(positions)), lengths)
        fractions[rows, place[self.numbers[entries]]] = self.fractions[entries]
        return fractions

    def take(self, positions: NDArray[np.intp]) -> PhaseTable:
        """Return a table of some of the phases, in the order of their positions here."""
        lengths = self.starts[positions + 1] - self.starts[positions]
        entries = _ranges(self.starts[positions], lengths)
        return PhaseTable(
            ids=self.ids[positions],
            starts=np.concatenate([[0], np.cumsum(lengths)]),
            numbers=self.numbers[entries],
            amounts=self.amounts[entries],
            energies=self.energies[positions],
            space_groups=self.space_groups[positions],
            volumes=self.volumes[positions],
            formulas=None if self.formulas is None else [self.formulas[i] for i in positions],
            origins=None if self.origins is None else [self.origins[i] for i in positions],
        )

    def digest(self) -> str:
        """Return a SHA-256 hash of all phases that does not depend on their order."""
        ordered = self.take(np.argsort(self.ids, kind="stable"))
        content = hashlib.sha256(b"\n".join(ordered.ids.tolist()))
        lengths = np.diff(ordered.starts).astype("<i8")
        amounts = ordered.amounts.round(AMOUNT_DIGITS).astype("<f8")
        for column in (lengths, ordered.numbers, amounts, ordered.space_groups.astype("<i2")):
            content.update(column.tobytes())
        for column in (ordered.energies, ordered.volumes):
            content.update(np.nan_to_num(np.round(column, ENERGY_DIGITS) + 0.0, nan=-1.0).astype("<f8").tobytes())
        if any(ordered.origins or []):
            content.update("\n".join(origin or "" for origin in ordered.origins or []).encode())
        return content.hexdigest()

    def _elements_as_words(self) -> NDArray[np.uint64]:
        bits = np.uint64(1) << (self.numbers % _HALF).astype(np.uint64)
        upper = self.numbers >= _HALF
        nothing = np.uint64(0)
        halves = (np.where(upper, nothing, bits), np.where(upper, bits, nothing))
        return np.stack([np.bitwise_or.reduceat(half, self.starts[:-1]) for half in halves])


def sha256_of(scale: EnergyScale, table: PhaseTable) -> str:
    """Return the SHA-256 hash by which a set of energies is known: of its scale and of every phase."""
    return hashlib.sha256((scale.model_dump_json() + table.digest()).encode()).hexdigest()


def _ranges(starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the numbers of several ranges, concatenated."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
