"""The energies of known phases on one named scale: the set that every calculation starts from."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import SAME_FRACTION, format_formula
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance, EnergyScale
from screening.hull.compiled.core import core
from screening.hull.compiled.lines import Shelves
from screening.hull.phase_system import PhaseSystem
from screening.hull.reservoir import Reservoir
from screening.phases.element_rows import WEIGHTS, lowest_of_compositions, near_hull, shelves_of
from screening.phases.files import content_of, table_of, write_table
from screening.phases.phase import CELL, Phase, PhaseColumns
from screening.phases.phase_table import ENERGY_DIGITS, PhaseTable, element_numbers, sha256_of
from screening.phases.plausibility import require_plausible

if TYPE_CHECKING:
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries.computed_entries import ComputedEntry

_KEPT_SYSTEMS = 128
_KEPT_SELECTIONS = 8  # the same elements are asked for with one reservoir after the other
_KEPT_POLYMORPHS = 4096  # a cathode or electrolyte is asked for in each of its contacts


class PhaseSet:
    """The energies of known phases on one named scale.

    Parameters
    ----------
    scale
        The method that the energies were computed with.
    phases
        The phases. Ids must be unique and energies finite, and each element that occurs must have at least one phase
        of that element alone, its reference.

    Raises
    ------
    InputError
        If one of these conditions is not met; the message names the phase or the element.
    """

    def __init__(self, scale: EnergyScale, phases: Iterable[Phase]) -> None:
        listed = list(phases)
        columns = {name: [getattr(phase, name) for phase in listed] for name in Phase.model_fields}
        self._build(scale, PhaseTable.from_columns(PhaseColumns(**columns)))

    @classmethod
    def from_columns(cls, scale: EnergyScale, columns: PhaseColumns) -> PhaseSet:
        """Build a set from columns, under the same conditions as the class."""
        return cls.from_table(scale, PhaseTable.from_columns(columns))

    @classmethod
    def from_table(cls, scale: EnergyScale, table: PhaseTable) -> PhaseSet:
        """Build a set from arrays, under the same conditions as the class."""
        built = cls.__new__(cls)
        built._build(scale, table)
        return built

    def _build(self, scale: EnergyScale, table: PhaseTable) -> None:
        self.scale = scale
        self.table = table
        if not len(table):
            raise InputError(f"the energies {scale.name!r} hold no phase")
        ids = table.ids.tolist()
        if len(set(ids)) < len(ids):
            twice = next(name for name, count in Counter(ids).items() if count > 1).decode()
            raise InputError(f"phase id {twice!r} occurs twice in the energies {scale.name!r}")
        self.energies: NDArray[np.float64] = table.energies
        bad = np.flatnonzero(~np.isfinite(self.energies))
        if len(bad):
            raise InputError(f"phase {table.id(bad[0])} ({table.formula(bad[0])}) has no finite energy")
        present = np.flatnonzero(np.bincount(table.numbers, minlength=len(ELEMENTS)))
        self.elements: tuple[str, ...] = tuple(sorted(ELEMENTS[number] for number in present))
        lowest = np.full(len(ELEMENTS), np.inf)
        pure = np.flatnonzero(np.diff(table.starts) == 1)
        np.minimum.at(lowest, table.numbers[table.starts[pure]], self.energies[pure])
        if missing := [element for element in self.elements if lowest[element_numbers([element])[0]] == np.inf]:
            raise InputError(f"the energies {scale.name!r} lack a reference phase of {', '.join(missing)}")
        self.references: NDArray[np.float64] = lowest[element_numbers(self.elements)]
        from_elements = table.sum_by_phase(table.fractions * lowest[table.numbers])
        self.formation_energies: NDArray[np.float64] = self.energies - from_elements
        self._systems: dict[tuple[frozenset[str], Reservoir | None], PhaseSystem] = {}
        self._selections: dict[tuple[str, ...], tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        self._polymorphs: dict[frozenset[tuple[str, float]], list[int]] = {}
        self._sample_of: PhaseSet | None = None

    # -- where phases come from ---------------------------------------------------------------

    @classmethod
    def reference(cls) -> PhaseSet:
        """Return the packaged energies, as :func:`screening.open_energies` does without arguments."""
        from screening import (
            open_energies,  # by the package's public name: this module must not import what is built on it
        )

        phases: PhaseSet = open_energies()
        return phases

    @classmethod
    def from_entries(cls, entries: Sequence[ComputedEntry | PDEntry], scale: EnergyScale) -> PhaseSet:
        """Build a set from pymatgen entries, whose corrected energies are taken as they are.

        Parameters
        ----------
        entries
            ComputedEntry, ComputedStructureEntry or PDEntry. An entry without an id is numbered.
        scale
            The method that they were computed with.

        Raises
        ------
        InputError
            If the entries state that they are not on one scale, or a phase is invalid.
        """
        from screening.phases.entries import phases_from_entries

        phases = cls(scale, phases_from_entries(entries))
        require_plausible(phases.table)
        return phases

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PhaseSet:
        """Rebuild a set from :meth:`as_dict`.

        Raises
        ------
        InputError
            If a field is missing or invalid, or the content does not match its hash.
        """
        return cls.from_columns(*table_of(data, "a set of phases"))

    @classmethod
    def from_file(cls, path: str | Path) -> PhaseSet:
        """Read a set from a file in any of the forms that :func:`screening.read_energies` knows.

        Raises
        ------
        InputError
            If the file is missing or truncated, or has none of these forms.
        """
        from screening import read_energies  # as in :meth:`reference`

        phases: PhaseSet = read_energies(path).as_set()
        return phases

    # -- how they are written -----------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return the set in a JSON-compatible form, column by column (the MSONable protocol)."""
        return content_of(self.scale, self.table.columns())

    def to_file(self, path: str | Path) -> None:
        """Write the set as JSON, gzipped if the name ends in ``.gz``. It is written completely or not at all.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        write_table(path, self.scale, self.table.columns())

    @cached_property
    def sha256(self) -> str:
        """SHA-256 hash of the scale and of all phases, independent of their order."""
        return sha256_of(self.scale, self.table)

    @cached_property
    def provenance(self) -> EnergyProvenance:
        """The energies' name, version, scale, size and hash."""
        return EnergyProvenance(**self.scale.model_dump(), n_phases=len(self), sha256=self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhaseSet) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"PhaseSet({self.scale.name!r}, {len(self)} phases, {len(self.elements)} elements)"

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """All phases, in order."""
        return tuple(self.phase(position) for position in range(len(self)))

    def phase(self, position: int) -> Phase:
        """Return the phase at a position."""
        return self.table.phase(position)

    @cached_property
    def cells(self) -> tuple[int, ...]:
        """Positions of the ordered cells that stand for disordered materials."""
        return tuple(np.flatnonzero(np.char.startswith(self.table.ids, CELL.encode())).tolist())

    @cached_property
    def fractions(self) -> NDArray[np.float64]:
        """Atomic fractions of all phases, (n, len(elements)); a large array if there are many phases."""
        return self.table.dense(np.arange(len(self)), self.elements)

    # -- what calculations ask for ------------------------------------------------------------

    def require(self, elements: Iterable[str]) -> None:
        """Check that each element has energies.

        Raises
        ------
        InputError
            If an element has no energies; the message names the first.
        """
        for element in elements:
            if element not in self.elements:
                raise InputError(
                    f"the energies {self.scale.name!r} hold no phase of {element}; they cover {' '.join(self.elements)}"
                )

    def polymorphs(self, composition: dict[str, float]) -> list[int]:
        """Return the phases of a composition as positions in :attr:`phases`, in the order of :meth:`lowest_first`."""
        key = frozenset(composition.items())
        if key not in self._polymorphs:
            _make_room(self._polymorphs, _KEPT_POLYMORPHS)
            self._polymorphs[key] = self._polymorphs_of(composition)
        return self._polymorphs[key].copy()

    def _polymorphs_of(self, composition: dict[str, float]) -> list[int]:
        if any(element not in self.elements for element in composition):
            return []
        total = sum(composition.values())
        target = np.array([composition.get(element, 0.0) / total for element in self.elements])
        order, keys = self._by_key
        key = float(target @ WEIGHTS[element_numbers(self.elements)])
        margin = SAME_FRACTION * len(composition) * math.e  # the largest weight
        start, stop = np.searchsorted(keys, (key - margin, key + margin))
        near = np.sort(order[start:stop])
        same = near[np.abs(self.table.dense(near, self.elements) - target).max(axis=1, initial=0.0) <= SAME_FRACTION]
        return [int(i) for i in self.lowest_first(same)]

    def lowest_first(self, positions: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Return phases by rising energy; those of the same energy, to the digits that :attr:`sha256` tells, by id."""
        given = np.asarray(positions, dtype=np.intp)
        return given[self._choice_among(given)]

    def system(self, elements: Iterable[str], reservoir: Reservoir | None = None) -> PhaseSystem:
        """Return the phases of a chemical system, ready for calculations of phase equilibrium.

        Parameters
        ----------
        elements
            All elements that occur in the reactants.
        reservoir
            Elements exchanged with a reservoir; they are added to the system.

        Raises
        ------
        InputError
            If an element has no energies, or a phase of the open elements alone would precipitate without limit.
        """
        wanted = frozenset(elements) | frozenset(reservoir.elements if reservoir else ())
        key = (wanted, reservoir)
        if key not in self._systems:
            _make_room(self._systems, _KEPT_SYSTEMS)
            self._systems[key] = self._system(wanted, reservoir)
        return self._systems[key]

    def _system(self, wanted: frozenset[str], reservoir: Reservoir | None) -> PhaseSystem:
        if self._sample_of is not None:
            with suppress(InputError):  # what precipitates without limit with those energies may not do so with these
                alike = self._sample_of._alike(wanted, reservoir)
                return alike.repriced(self.formation_energies, reservoir)
        self.require(sorted(wanted))
        inside, fractions = self._lowest_inside(tuple(sorted(wanted)))
        return PhaseSystem(
            tuple(sorted(wanted)),
            np.ascontiguousarray(fractions.T),
            self.formation_energies[inside],
            inside,
            reservoir,
        )

    def _alike(self, wanted: frozenset[str], reservoir: Reservoir | None) -> PhaseSystem:
        """Return a system of these elements and open elements at any potentials, to start a sample's system from."""
        exchanged = set(reservoir.elements if reservoir else ())
        known = (system for (elements, _), system in self._systems.items() if elements == wanted)
        return next((system for system in known if set(system.open) == exchanged), None) or self.system(
            wanted, reservoir
        )

    def without(self, positions: Iterable[int]) -> PhaseSet:
        """Return the set without some phases, given by their positions in :attr:`phases`."""
        kept = np.ones(len(self), dtype=bool)
        kept[list(positions)] = False
        return self._take(np.flatnonzero(kept))

    def within(self, elements: Iterable[str]) -> PhaseSet:
        """Return the set without all phases that contain other elements than these.

        Raises
        ------
        InputError
            If an element has no energies.
        """
        wanted = frozenset(elements)
        self.require(sorted(wanted))
        return self._take(self.table.inside(wanted))

    def shifted(self, shifts_ev_per_atom: NDArray[np.float64]) -> PhaseSet:
        """Return the set with other energies for its compounds: one sample from the possible errors of the energies.

        Parameters
        ----------
        shifts_ev_per_atom
            Numbers that are added to the formation energies, (n,), eV/atom. They must be zero for elements and equal
            for phases of one composition, so that the same polymorph stays lowest.

        Returns
        -------
        PhaseSet
            The sample; its provenance is that of this set.
        """
        sample = copy.copy(self)
        sample._sample_of = self
        sample.__dict__.pop("on_hull", None)  # shelves stay: phases of one composition are shifted alike
        sample.energies = self.energies + shifts_ev_per_atom
        sample.formation_energies = self.formation_energies + shifts_ev_per_atom
        sample._systems, sample._selections, sample._polymorphs = {}, {}, {}
        return sample

    @property
    def is_sample(self) -> bool:
        """Whether its energies are those of a sample (:meth:`shifted`)."""
        return self._sample_of is not None

    @cached_property
    def shelves(self) -> tuple[NDArray[np.intp], Shelves]:
        """The lowest-energy phase of each composition, for the compiled core: positions, and their compositions."""
        if self._sample_of is not None:
            return self._sample_of.shelves  # shifts are equal for phases of one composition
        return shelves_of(self.table, np.flatnonzero(self._is_lowest))

    @cached_property
    def on_hull(self) -> tuple[NDArray[np.intp], Shelves]:
        """Those of :attr:`shelves` that may be part of a lowest-energy mixture, with these energies and no others.

        Raises
        ------
        ValueError
            If the energies are those of a sample, or there is no compiled core.
        """
        compiled = core()
        if self.is_sample or compiled is None:
            raise ValueError("the phases on the hull are found of the energies as they are, with the compiled core")
        positions, _ = self.shelves
        near = near_hull(compiled, self.table.take(positions), self.formation_energies[positions])
        return shelves_of(self.table, positions[near])

    @property
    def knows_its_hull(self) -> bool:
        """Whether :attr:`on_hull` has been found before."""
        return "on_hull" in self.__dict__

    def formula(self, position: int) -> str:
        """Return the reduced formula of a phase."""
        return format_formula(self.table.composition(position))

    def _take(self, positions: NDArray[np.intp]) -> PhaseSet:
        taken = self.from_table(self.scale, self.table.take(positions))
        if self._sample_of is None:
            return taken
        return taken.shifted((self.energies - self.table.energies)[positions])

    def _lowest_inside(self, elements: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Find the lowest-energy phase of each composition of these elements: positions, in order, and fractions."""
        if elements not in self._selections:
            _make_room(self._selections, _KEPT_SELECTIONS)
            inside = self.table.inside(elements)
            fractions = self.table.dense(inside, elements)
            if "_is_lowest" in self.__dict__:  # all phases were asked for together
                lowest = self._is_lowest[inside]
            else:
                lowest = lowest_of_compositions(
                    fractions @ WEIGHTS[element_numbers(elements)],
                    self.table.words[:, inside],
                    self._place_among(inside),
                    lambda one, other: np.abs(fractions[one] - fractions[other]).max(axis=1, initial=0.0),
                )
            self._selections[elements] = inside[lowest], fractions[lowest]
        return self._selections[elements]

    @cached_property
    def _is_lowest(self) -> NDArray[np.bool_]:
        """Whether each phase is the one of lowest energy of its composition, in the order of :meth:`lowest_first`."""
        table = self.table

        def distance(one: NDArray[np.intp], other: NDArray[np.intp]) -> NDArray[np.float64]:
            parts = zip(np.array_split(one, 20), np.array_split(other, 20), strict=True)  # in cache
            differences = [table.dense(a, self.elements) - table.dense(b, self.elements) for a, b in parts]
            return np.concatenate([np.abs(part).max(axis=1, initial=0.0) for part in differences])

        order, keys = self._by_key
        unsorted = np.empty_like(keys)
        unsorted[order] = keys
        return lowest_of_compositions(unsorted, table.words, self._place_among(np.arange(len(self))), distance)

    def _place_among(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the place of each of some phases in the order of :meth:`lowest_first`."""
        place = np.empty(len(positions), dtype=np.intp)
        place[self._choice_among(positions)] = np.arange(len(positions))
        return place

    def _choice_among(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        return np.lexsort((self.table.ids[positions], self.energies[positions].round(ENERGY_DIGITS)))

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The order of the phases by a number that only equal compositions share, and these numbers in that order."""
        keys = self.table.sum_by_phase(self.table.fractions * WEIGHTS[self.table.numbers])
        order = np.argsort(keys, kind="stable")
        return order, keys[order]


def _make_room(kept: dict[Any, Any], most: int) -> None:
    """Drop the oldest of what is kept, so that one more may be."""
    while len(kept) >= most:
        kept.pop(next(iter(kept)))
