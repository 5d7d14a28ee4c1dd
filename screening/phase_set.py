"""The energies of known phases, on one named scale."""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from screening.composition import format_formula, parse_formula
from screening.errors import InputError
from screening.phase import EnergyProvenance, EnergyScale, Phase, PhaseColumns
from screening.phase_system import PhaseSystem
from screening.reservoir import Reservoir

if TYPE_CHECKING:
    from pymatgen.analysis.phase_diagram import PDEntry
    from pymatgen.entries.computed_entries import ComputedEntry

_CACHED_SYSTEMS = 128
_SAME_COMPOSITION = 1e-8  # atomic fractions closer than this are equal


class PhaseSet:
    """The energies of known phases on one named scale.

    Parameters
    ----------
    scale
        What the energies were computed with.
    phases
        The phases. Ids are unique, energies finite, and each element that occurs has at least one
        phase of that element alone, its reference.

    Raises
    ------
    InputError
        If one of these conditions fails; the message names the phase or element.
    """

    def __init__(self, scale: EnergyScale, phases: Iterable[Phase]) -> None:
        listed = list(phases)
        columns = {name: [getattr(phase, name) for phase in listed] for name in Phase.model_fields}
        self._build(scale, PhaseColumns(**columns))

    @classmethod
    def from_columns(cls, scale: EnergyScale, columns: PhaseColumns) -> PhaseSet:
        """Build a set from columns; the conditions are those of the class."""
        built = cls.__new__(cls)
        built._build(scale, columns)
        return built

    def _build(self, scale: EnergyScale, columns: PhaseColumns) -> None:
        self.scale = scale
        self.columns = columns
        if not columns.id:
            raise InputError(f"the energies {scale.name!r} hold no phase")
        if len(set(columns.id)) < len(columns.id):
            twice = next(name for name, count in Counter(columns.id).items() if count > 1)
            raise InputError(f"phase id {twice!r} occurs twice in the energies {scale.name!r}")
        rows = {formula: row for row, formula in enumerate(dict.fromkeys(columns.formula))}
        amounts = [parse_formula(formula) for formula in rows]
        self.elements: tuple[str, ...] = tuple(sorted({element for a in amounts for element in a}))
        counts = np.zeros((len(amounts), len(self.elements)))
        position = {element: column for column, element in enumerate(self.elements)}
        for row, composition in enumerate(amounts):
            for element, amount in composition.items():
                counts[row, position[element]] = amount
        counts /= counts.sum(axis=1, keepdims=True)
        self.fractions: NDArray[np.float64] = counts[[rows[formula] for formula in columns.formula]]
        self.energies: NDArray[np.float64] = np.array(columns.energy_ev_per_atom, dtype=np.float64)
        bad = np.flatnonzero(~np.isfinite(self.energies))
        if len(bad):
            raise InputError(f"phase {columns.id[bad[0]]} ({columns.formula[bad[0]]}) has no finite energy")
        pure = self.fractions == 1.0
        missing = [element for element, column in zip(self.elements, pure.T, strict=True) if not column.any()]
        if missing:
            raise InputError(f"the energies {scale.name!r} lack a reference phase of {', '.join(missing)}")
        self.references: NDArray[np.float64] = np.where(pure, self.energies[:, None], np.inf).min(axis=0)
        self.formation_energies: NDArray[np.float64] = self.energies - self.fractions @ self.references
        self.formation_energies[pure.any(axis=1)] = (self.energies - self.references[pure.argmax(axis=1)])[
            pure.any(axis=1)
        ]
        # linearly independent over the rationals, so that no two compositions have the same key
        self._weights = np.exp(np.linspace(0.0, 1.0, len(self.elements)))
        keys = self.fractions @ self._weights
        self._by_key: NDArray[np.intp] = np.argsort(keys, kind="stable")
        self._keys: NDArray[np.float64] = keys[self._by_key]
        self._lowest = self._lowest_of_each_composition()
        self._systems: dict[tuple[frozenset[str], Reservoir | None], PhaseSystem] = {}

    # -- where phases come from ---------------------------------------------------------------

    @classmethod
    def reference(cls) -> PhaseSet:
        """Load the packaged energies."""
        from screening.reference import load_reference

        return load_reference()

    @classmethod
    def from_entries(cls, entries: Sequence[ComputedEntry | PDEntry], scale: EnergyScale) -> PhaseSet:
        """Build a set from pymatgen entries, whose corrected energies are taken as they are.

        Parameters
        ----------
        entries
            ComputedEntry, ComputedStructureEntry or PDEntry. An entry without an id is numbered.
        scale
            What they were computed with.

        Raises
        ------
        InputError
            If the entries say that they are not on one scale, or a phase is unfit.
        """
        from screening.entries import phases_from_entries

        return cls(scale, phases_from_entries(entries))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PhaseSet:
        """Rebuild a set from :meth:`as_dict`.

        Raises
        ------
        InputError
            If a field is missing or unfit, or the content does not match its hash.
        """
        try:
            scale = EnergyScale.model_validate(data["scale"])
            columns = PhaseColumns.model_validate(data["phases"])
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InputError(f"not a set of phases: {where}: {first['msg']}") from None
        except (KeyError, TypeError) as error:
            raise InputError(f"not a set of phases: lacks {error}") from None
        built = cls.from_columns(scale, columns)
        if data.get("sha256") not in (None, built.sha256):
            raise InputError(f"the phases of {scale.name!r} do not match their hash: damaged or edited")
        return built

    @classmethod
    def from_file(cls, path: str | Path) -> PhaseSet:
        """Read a set written by :meth:`to_file`.

        Raises
        ------
        InputError
            If the file is missing, truncated, or no set of phases.
        """
        path = Path(path)
        try:
            raw = path.read_bytes()
            data = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        except FileNotFoundError:
            raise InputError(f"energies file {path} does not exist") from None
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise InputError(f"energies file {path} cannot be read: {error}") from None
        if not isinstance(data, dict):
            raise InputError(f"energies file {path} does not hold a set of phases")
        return cls.from_dict(data)

    # -- how they are written -----------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-compatible form, column by column (the MSONable protocol)."""
        return {
            "@module": type(self).__module__,
            "@class": type(self).__name__,
            "scale": self.scale.model_dump(),
            "sha256": self.sha256,
            "phases": self.columns.model_dump(),
        }

    def to_file(self, path: str | Path) -> None:
        """Write the set as JSON, gzipped if the name ends in ``.gz``; whole or not at all."""
        path = Path(path)
        data = json.dumps(self.as_dict()).encode()
        half = path.with_name(path.name + ".part")
        half.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
        half.replace(path)

    @cached_property
    def sha256(self) -> str:
        """Hash of the scale and of every phase, independent of their order."""
        digest = hashlib.sha256(self.scale.model_dump_json().encode())
        columns = self.columns
        lines = sorted(
            f"{name}\t{formula}\t{energy:.9f}\t{space_group}\t{volume}\t{origin}"
            for name, formula, energy, space_group, volume, origin in zip(
                columns.id,
                columns.formula,
                columns.energy_ev_per_atom,
                columns.space_group,
                columns.volume_a3_per_atom,
                columns.origin,
                strict=True,
            )
        )
        digest.update("\n".join(lines).encode())
        return digest.hexdigest()

    @cached_property
    def provenance(self) -> EnergyProvenance:
        """The energies' name, version, scale, size and hash."""
        return EnergyProvenance(**self.scale.model_dump(), n_phases=len(self), sha256=self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhaseSet) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __len__(self) -> int:
        return len(self.columns.id)

    def __repr__(self) -> str:
        return f"PhaseSet({self.scale.name!r}, {len(self)} phases, {len(self.elements)} elements)"

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """All phases, in order."""
        return tuple(self.phase(position) for position in range(len(self)))

    def phase(self, position: int) -> Phase:
        """Return the phase at a position."""
        return Phase.model_construct(**{name: getattr(self.columns, name)[position] for name in Phase.model_fields})

    # -- what is asked of them ----------------------------------------------------------------

    def require(self, elements: Iterable[str]) -> None:
        """Check that each element has energies.

        Raises
        ------
        InputError
            Naming the first that has none.
        """
        for element in elements:
            if element not in self.elements:
                raise InputError(
                    f"the energies {self.scale.name!r} hold no phase of {element}; they cover {' '.join(self.elements)}"
                )

    def polymorphs(self, composition: dict[str, float]) -> list[int]:
        """Return the phases of a composition, lowest energy first, as positions in :attr:`phases`."""
        if any(element not in self.elements for element in composition):
            return []
        total = sum(composition.values())
        target = np.array([composition.get(element, 0.0) / total for element in self.elements])
        key = float(target @ self._weights)
        start, stop = np.searchsorted(self._keys, (key - 1e-6, key + 1e-6))
        near = np.sort(self._by_key[start:stop])
        same = near[np.abs(self.fractions[near] - target).max(axis=1) < _SAME_COMPOSITION]
        return [int(i) for i in same[np.argsort(self.energies[same], kind="stable")]]

    def system(self, elements: Iterable[str], reservoir: Reservoir | None = None) -> PhaseSystem:
        """Return the phases of a chemical system, ready for phase equilibrium.

        Parameters
        ----------
        elements
            All elements that occur in the reactants.
        reservoir
            Elements exchanged with a reservoir; they are added to the system.

        Raises
        ------
        InputError
            If an element has no energies, or the reservoir precipitates a phase by itself.
        """
        wanted = frozenset(elements) | frozenset(reservoir.elements if reservoir else ())
        key = (wanted, reservoir)
        if key not in self._systems:
            self.require(sorted(wanted))
            chosen = np.array([element in wanted for element in self.elements])
            rows = np.flatnonzero(chosen)
            inside = self._lowest[~self.fractions[self._lowest][:, ~chosen].any(axis=1)]
            while len(self._systems) >= _CACHED_SYSTEMS:
                self._systems.pop(next(iter(self._systems)))
            self._systems[key] = PhaseSystem(
                tuple(self.elements[i] for i in rows),
                np.ascontiguousarray(self.fractions[np.ix_(inside, rows)].T),
                self.formation_energies[inside],
                inside,
                reservoir,
            )
        return self._systems[key]

    def without(self, positions: Iterable[int]) -> PhaseSet:
        """Return the set less some phases (positions in :attr:`phases`)."""
        left_out = set(positions)
        kept = [position for position in range(len(self)) if position not in left_out]
        columns = {name: [values[position] for position in kept] for name, values in self.columns}
        return self.from_columns(self.scale, PhaseColumns(**columns))

    def within(self, elements: Iterable[str]) -> PhaseSet:
        """Return the set less all phases that hold another element.

        Raises
        ------
        InputError
            If an element has no energies.
        """
        wanted = frozenset(elements)
        self.require(sorted(wanted))
        outside = self.fractions[:, [element not in wanted for element in self.elements]].any(axis=1)
        return self.without(np.flatnonzero(outside))

    def shifted(self, shifts_ev_per_atom: NDArray[np.float64]) -> PhaseSet:
        """Return the set with other energies for its compounds: one sample of what the energies may be.

        Parameters
        ----------
        shifts_ev_per_atom
            Added to the formation energies, (n,), eV/atom. Those of elements are zero, and phases of one composition
            have one shift: which of them is lowest stays as it is.

        Returns
        -------
        PhaseSet
            It keeps the provenance of this set, which it is a sample of.
        """
        sample = copy.copy(self)
        sample.energies = self.energies + shifts_ev_per_atom
        sample.formation_energies = self.formation_energies + shifts_ev_per_atom
        sample._systems = {}
        return sample

    def formula(self, position: int) -> str:
        """Return the reduced formula of a phase."""
        return format_formula(parse_formula(self.columns.formula[position]))

    def _lowest_of_each_composition(self) -> NDArray[np.intp]:
        """Positions of the lowest-energy phase of each composition, in order."""
        ordered = self.fractions[self._by_key]
        new = np.ones(len(ordered), dtype=bool)
        new[1:] = np.abs(ordered[1:] - ordered[:-1]).max(axis=1) > _SAME_COMPOSITION
        lowest_first = np.lexsort((self._by_key, self.energies[self._by_key], np.cumsum(new)))
        return np.sort(self._by_key[lowest_first[new]])
