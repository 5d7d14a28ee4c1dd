"""The energies of known phases on one named scale: the set that every calculation starts from."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.compositions import format_formula
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance, EnergyScale
from screening.hull.phase_system import PhaseSystem
from screening.hull.reservoir import Reservoir
from screening.phases.element_rows import ShelvedPhases
from screening.phases.files import content_of, table_of, write_table
from screening.phases.phase import CELL, Phase, PhaseColumns
from screening.phases.phase_table import PhaseTable, element_numbers, sha256_of
from screening.phases.plausibility import require_plausible
from screening.phases.polymorphs import Polymorphs, lowest_first
from screening.phases.systems import Systems

if TYPE_CHECKING:
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries.computed_entries import ComputedEntry


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
        self._polymorphs = Polymorphs(table, self.energies)
        self._systems = Systems(self._polymorphs, self.formation_energies)
        self._sample_of: PhaseSet | None = None
        self._formulas: dict[int, str] = {}  # those that have been made; samples share them

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
        return self._polymorphs.of(composition)

    def lowest_first(self, positions: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Return phases by rising energy; those of the same energy, to the digits that :attr:`sha256` tells, by id."""
        return lowest_first(self.table, self.energies, positions)

    def lowest_among(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the first of each composition among some phases, in the order of :meth:`lowest_first`; by position."""
        return self._polymorphs.lowest_among(positions)

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
        self.require(sorted(wanted))
        return self._systems.of(wanted, reservoir)

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
        sample.energies = self.energies + shifts_ev_per_atom
        sample.formation_energies = self.formation_energies + shifts_ev_per_atom
        sample._systems = Systems(self._polymorphs, sample.formation_energies, self._systems)
        sample.__dict__.pop("shelved", None)
        return sample

    @property
    def is_sample(self) -> bool:
        """Whether its energies are those of a sample (:meth:`shifted`)."""
        return self._sample_of is not None

    @cached_property
    def shelved(self) -> ShelvedPhases:
        """The phases in the form in which the compiled core picks them."""
        if self._sample_of is not None:
            return self._sample_of.shelved.of_sample()
        lowest = np.flatnonzero(self._polymorphs.is_lowest)
        return ShelvedPhases(self.table, lowest, self.formation_energies, lambda: self.sha256)

    def formula(self, position: int) -> str:
        """Return the reduced formula of a phase."""
        if position not in self._formulas:
            self._formulas[position] = format_formula(self.table.composition(position))
        return self._formulas[position]

    def _take(self, positions: NDArray[np.intp]) -> PhaseSet:
        taken = self.from_table(self.scale, self.table.take(positions))
        if self._sample_of is None:
            return taken
        return taken.shifted((self.energies - self.table.energies)[positions])
