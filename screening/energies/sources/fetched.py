"""A set of phases that was fetched for some chemical systems, and is whole in these alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable

Systems = frozenset[frozenset[str]]


def largest(systems: Iterable[Iterable[str]]) -> Systems:
    """Return the chemical systems that are no part of another."""
    distinct = {frozenset(system) for system in systems}
    return frozenset(system for system in distinct if system and not any(system < other for other in distinct))


def inside(table: PhaseTable, systems: Systems) -> PhaseTable | None:
    """Return the phases that lie in one of some chemical systems; None where there is none."""
    rows = np.unique(np.concatenate([table.inside(system) for system in systems]))
    return table.take(rows) if len(rows) else None


class FetchedPhaseSet(PhaseSet):
    """Phases of some chemical systems.

    Between two systems phases are missing, so that a hull across them would be wrong: nothing is answered there.

    Attributes
    ----------
    systems
        The chemical systems in which all phases are known.
    """

    systems: Systems

    @classmethod
    def complete_in(cls, scale: EnergyScale, table: PhaseTable, systems: Iterable[Iterable[str]]) -> FetchedPhaseSet:
        """Build a set that is whole in some chemical systems; otherwise the conditions are those of any set."""
        built = cls.__new__(cls)
        built._build(scale, table)
        built.systems = largest(systems)
        return built

    def require(self, elements: Iterable[str]) -> None:
        """Check that all phases of these elements were fetched.

        Raises
        ------
        InputError
            If an element has no energies, or the elements are not in one of the systems.
        """
        wanted = frozenset(elements)
        super().require(sorted(wanted))
        if not any(wanted <= system for system in self.systems):
            had = ", ".join(sorted("-".join(sorted(system)) for system in self.systems)[:3])
            raise InputError(
                f"the energies {self.scale.name!r} were not fetched for {'-'.join(sorted(wanted))}, only for "
                f"{had}{' and others' if len(self.systems) > 3 else ''}"
            )

    def without(self, positions: Iterable[int]) -> PhaseSet:
        """Return the set less some phases, whole in the same systems."""
        left = super().without(positions)
        return self.complete_in(left.scale, left.table, self.systems)

    def within(self, elements: Iterable[str]) -> PhaseSet:
        """Return the phases of these elements alone.

        Raises
        ------
        InputError
            If the elements are not in one of the systems.
        """
        wanted = frozenset(elements)
        self.require(wanted)
        return self.complete_in(self.scale, self.table.take(self.table.inside(wanted)), [wanted])

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-compatible form, with the systems."""
        return {**super().as_dict(), "systems": sorted("-".join(sorted(system)) for system in self.systems)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FetchedPhaseSet:
        """Rebuild a set from :meth:`as_dict`.

        Raises
        ------
        InputError
            As for any set of phases.
        """
        plain = PhaseSet.from_dict(data)
        return cls.complete_in(plain.scale, plain.table, [name.split("-") for name in data["systems"]])
