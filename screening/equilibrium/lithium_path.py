"""The reactions by which a material takes up or gives up lithium, one after another.

From a composition, one line goes towards lithium and one away from it. Along each, the slope of the hull is the lithium
potential of one reaction after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from screening.equilibrium.reactant import Reactant, clean, named_products
from screening.hull.phase_system import Floats, Line
from screening.phases.phase_set import PhaseSet

_SAME_POTENTIAL = 1e-9  # eV: if the hull is degenerate, several changes of phases have the same lithium potential


class LithiumState(NamedTuple):
    """A mixture of phases on the way."""

    lithium: float  # lithium atoms that it holds, in the amount of one formula unit of the material
    products: dict[str, float]  # fraction of the atoms other than lithium in each phase, largest first
    atoms: dict[int, float]  # atoms in each phase, by its position in the set, in the amount of one formula unit


@dataclass(frozen=True)
class LithiumPath:
    """What a material becomes as lithium is added, or taken away, until there is pure lithium, or none.

    Parameters
    ----------
    phases
        The energies.
    reactant
        The material.
    line
        The mixtures from its composition to pure lithium, or to its composition without lithium.
    start, stop
        Both ends of the line, as vectors of the system.
    """

    phases: PhaseSet
    reactant: Reactant
    line: Line
    start: Floats
    stop: Floats

    @cached_property
    def _lithium(self) -> int:
        return self.line.system.closed.index("Li")

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The kinks of the line at which a reaction is complete; depositing lithium metal is none."""
        potentials = self.line.duals[:, self._lithium]
        changes = [k for k in range(1, len(potentials)) if abs(potentials[k] - potentials[k - 1]) >= _SAME_POTENTIAL]
        deposited = self.stop[self._lithium] == 1.0
        return tuple(changes if deposited else [*changes, len(potentials)])

    @cached_property
    def voltages(self) -> tuple[float, ...]:
        """The voltage of each reaction, V against Li/Li+."""
        return tuple(clean(-float(self.line.duals[end - 1, self._lithium])) for end in self.ends)

    def lithium(self, kink: int) -> float:
        """Return the lithium atoms at a kink, in the amount of one formula unit of the material."""
        share = float((self.start + self.line.t[kink] * (self.stop - self.start))[self._lithium])
        return share / (1.0 - share) * self._others

    def state(self, kink: int) -> LithiumState:
        """Return the mixture at a kink of the line: 0 is the material's own composition."""
        system, lithium, mixture = self.line.system, self.lithium(kink), self.line.mixture(kink)
        held = lithium + self._others
        atoms = {position: amount * held for position, amount in mixture.amounts.items()}
        closed = {}
        for position, amount in atoms.items():
            (column,) = (system.positions == position).nonzero()[0]
            closed[position] = amount * (1.0 - system.matrix[self._lithium, column])
        total = sum(closed.values())
        shares = {position: amount / total for position, amount in closed.items() if amount > 0}
        return LithiumState(lithium, named_products(self.phases, mixture._replace(amounts=shares)), atoms)

    @property
    def _others(self) -> float:
        return sum(amount for element, amount in self.reactant.composition.items() if element != "Li")


def lithium_paths(phases: PhaseSet, reactant: Reactant) -> tuple[LithiumPath, LithiumPath | None]:
    """Return the path towards lithium and the path away from it; None for the latter if there is none to give up.

    Parameters
    ----------
    phases
        The energies; lithium metal must be among them.
    reactant
        A material that is not lithium alone.

    Raises
    ------
    InputError
        If there are no energies of lithium.
    """
    system = phases.system({*reactant.composition, "Li"})
    here, lithium = system.vector(reactant.composition), system.vector({"Li": 1.0})
    richer = LithiumPath(phases, reactant, system.line(here, lithium), here, lithium)
    if not reactant.composition.get("Li", 0.0) > 0:
        return richer, None
    rest = system.vector({element: amount for element, amount in reactant.composition.items() if element != "Li"})
    return richer, LithiumPath(phases, reactant, system.line(here, rest), here, rest)
