"""The reactions by which a material takes up or gives up a working ion such as lithium, one after another.

From a composition, one line goes towards the ion's metal and one away from the ion. Along each, the slope of the hull
is the potential of one reaction after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from screening.chemistry.ions import Ion
from screening.common.errors import InputError
from screening.equilibrium.reactant import Reactant, clean, named_products
from screening.hull.phase_system import Floats, Line
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

_SAME_POTENTIAL = 1e-9  # eV: if the hull is degenerate, several changes of phases have the same potential


class IonState(NamedTuple):
    """A mixture of phases on the way."""

    ions: float  # ions that it holds, in the amount of one formula unit of the material
    products: dict[str, float]  # fraction of the atoms that are not exchanged in each phase, largest first
    atoms: dict[int, float]  # atoms in each phase, by its position in the set, in the amount of one formula unit
    open_atoms: dict[str, float]  # atoms of each element with a reservoir that it holds, in that amount


@dataclass(frozen=True)
class IonPath:
    """What a material becomes as an ion is added, or taken away, until there is the pure metal, or none of the ion.

    Parameters
    ----------
    phases
        The energies.
    reactant
        The material.
    ion
        The ion.
    line
        The mixtures from its composition to the pure metal, or to its composition without the ion.
    start, stop
        Both ends of the line, as vectors of the system.
    """

    phases: PhaseSet
    reactant: Reactant
    ion: Ion
    line: Line
    start: Floats
    stop: Floats

    @cached_property
    def _row(self) -> int:
        return self.line.system.closed.index(self.ion.element)

    @cached_property
    def _potentials(self) -> Floats:
        return self.line.duals[:, self._row]

    @property
    def _to_metal(self) -> bool:
        return bool(self.stop[self._row] == 1.0)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The kinks of the line at which a reaction is complete; depositing the ion's metal is none."""
        found = self._potentials
        changes = [k for k in range(1, len(found)) if abs(found[k] - found[k - 1]) >= _SAME_POTENTIAL]
        return tuple(changes if self._to_metal else [*changes, len(found)])

    @cached_property
    def voltages(self) -> tuple[float, ...]:
        """The voltage of each reaction, V against the ion's metal."""
        return tuple(self._voltage(end - 1) for end in self.ends)

    @property
    def lowest_v(self) -> float:
        """The voltage below which the ion and the elements with a reservoir react with each other without limit.

        Without a reservoir it is 0, where the metal is deposited. It is that of a path towards the metal.
        """
        return self._voltage(len(self._potentials) - 1)

    def _voltage(self, segment: int) -> float:
        return clean(self.ion.voltage_v(float(self._potentials[segment])))

    def ions(self, kink: int) -> float:
        """Return the ions at a kink, in the amount of one formula unit of the material."""
        share = float((self.start + self.line.t[kink] * (self.stop - self.start))[self._row])
        return share / (1.0 - share) * self.others

    def state(self, kink: int) -> IonState:
        """Return the mixture at a kink of the line: 0 is the material's own composition."""
        system, ions, mixture = self.line.system, self.ions(kink), self.line.mixture(kink)
        held = ions + self.others
        atoms, closed = {}, {}
        for position, share in mixture.amounts.items():
            (column,) = (system.positions == position).nonzero()[0]
            atoms[position] = share * held * (1.0 + float(system.open_atoms[:, column].sum()))
            closed[position] = share * held * (1.0 - system.matrix[self._row, column])
        total = sum(closed.values())
        shares = {position: amount / total for position, amount in closed.items() if amount > 0}
        products = named_products(self.phases, mixture._replace(amounts=shares))
        return IonState(ions, products, atoms, {element: n * held for element, n in mixture.exchanged.items()})

    @property
    def closed(self) -> tuple[str, ...]:
        """The elements of the material that are not exchanged."""
        open_elements = self.line.system.open
        return tuple(e for e in self.reactant.composition if e != self.ion.element and e not in open_elements)

    @property
    def others(self) -> float:
        """Atoms in a formula unit that are not exchanged."""
        return self.reactant.amount(self.closed)


def ion_paths(
    phases: PhaseSet, reactant: Reactant, ion: Ion, reservoir: Reservoir | None = None
) -> tuple[IonPath, IonPath | None]:
    """Return the path towards an ion's metal and the path away from it; None for the latter if it has none to give up.

    Parameters
    ----------
    phases
        The energies; the metal must be among them.
    reactant
        The material.
    ion
        The ion.
    reservoir
        Other elements that are exchanged, such as oxygen.

    Raises
    ------
    InputError
        If there are no energies of the ion's element, it has a reservoir, or the material holds nothing that is not
        exchanged.
    """
    exchanged = {ion.element, *(reservoir.elements if reservoir else ())}
    if reservoir is not None and ion.element in reservoir.elements:
        raise InputError(f"the potential of {ion.word} is what is asked for: it has no reservoir")
    if exchanged >= set(reactant.composition):
        with_others = "" if reservoir is None else f", with {', '.join(reservoir.elements)} open"
        raise InputError(
            f"{reactant.formula} takes up and gives up no {ion.word}{with_others}: nothing of it stays; name another "
            "material"
        )
    system = phases.system({*reactant.composition, ion.element}, reservoir)
    here, metal = system.vector(reactant.composition), system.vector({ion.element: 1.0})
    richer = IonPath(phases, reactant, ion, system.line(here, metal), here, metal)
    if not reactant.composition.get(ion.element, 0.0) > 0:
        return richer, None
    rest = system.vector({e: amount for e, amount in reactant.composition.items() if e != ion.element})
    return richer, IonPath(phases, reactant, ion, system.line(here, rest), here, rest)
