"""The voltage of a cathode against the content of its working ion.

    V(x1 -> x2) = -[E(x1) - E(x2) - (x1 - x2) mu0] / [z (x1 - x2)]        x1 > x2, E per formula unit

with mu0 the energy of the ion's metal per atom and z the ion's charge. E is that of the host with its ion, which stays
as it is while the ion is taken out (topotactic): of the ordered cells that stand for a disordered cathode, or of known
phases that differ by the ion alone (:mod:`screening.cathodes.hosts`); between two of them that of their mixture. Where
neither is known E is the hull's, and the voltage is the potential of decomposition: that at which the ion would be
taken out if the host became the phases of lowest energy.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal, NamedTuple

from screening.cathodes.hosts.host_families import topotactic_series
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError
from screening.equilibrium.reactant import Reactant, clean
from screening.materials.cathode import Cathode
from screening.phases.ion_series import IonSeries, ordered_cells
from screening.phases.phase_set import PhaseSet

Kind = Literal["topotactic", "decomposition"]
VOLTAGE_STEP = 0.25  # step to either side, as a fraction of the full content: wide enough to average over phases
_STEPS = 20


class AverageVoltage(NamedTuple):
    """The average voltage between two contents of the ion, and what it is of."""

    content_from: float  # atoms of the ion per formula unit
    content_to: float
    voltage_v: float  # V against the ion's metal
    kind: Kind
    phases: tuple[str, ...]  # ids of the host's phases; none for a decomposition
    definition: str


class VoltageCurve:
    """The voltages of a cathode.

    Parameters
    ----------
    phases
        The energies.
    cathode
        The host, its ion and the content at the state ``full``.

    Raises
    ------
    InputError
        If an element has no energies.
    """

    def __init__(self, phases: PhaseSet, cathode: Cathode) -> None:
        self.phases = phases
        self.cathode = cathode
        self.ion = ion_of(cathode.ion)
        self.full = cathode.lithium("full")
        self._host_atoms = sum(cathode.host.values())
        phases.require(sorted({cathode.ion, *cathode.host}))

    @cached_property
    def _hosts(self) -> list[IonSeries]:
        """The phases of the host, those first that voltages are counted between."""
        family = topotactic_series(self.phases, self.cathode)
        known = [] if family is None else [family]
        named = self.cathode.phases or self.ion.element != LITHIUM
        return known if named else [ordered_cells(self.phases, self.cathode.host), *known]

    def _host(self, *contents: float) -> IonSeries | None:
        """Return the phases of the host that hold each of some contents; None if none do."""
        return next((s for s in self._hosts if all(s.holds(c / self._host_atoms) for c in contents)), None)

    def average(self, content_from: float, content_to: float) -> AverageVoltage:
        """Return the average voltage between two contents of the ion per formula unit, in either order.

        Raises
        ------
        InputError
            If both are equal, or one is not between 0 and the content of the state ``full``.
        """
        if content_from == content_to:
            raise InputError(f"a voltage needs two different {self.ion.word} contents")
        host = self._host(content_from, content_to)

        def energy(content: float) -> float:
            if host is not None:
                return host.energy(content / self._host_atoms) * self._host_atoms
            reactant = Reactant(self.phases, self.cathode.formula(content))
            return reactant.mixture.energy * sum(reactant.composition.values())

        voltage = -(energy(content_from) - energy(content_to)) / (content_from - content_to) / self.ion.charge
        kind: Kind = "decomposition" if host is None else "topotactic"
        ids = () if host is None else self._ids(host, content_from, content_to)
        return AverageVoltage(
            content_from,
            content_to,
            voltage,
            kind,
            ids,
            f"average between {content_from:g} and {content_to:g} {self.ion.element} per formula unit, "
            f"{self._energies(host, ids)}",
        )

    def at(self, content: float) -> float:
        """Return the voltage at one content: the average from a step above to a step below, V."""
        return clean(self.average(*self.around(content)).voltage_v)

    def around(self, content: float) -> tuple[float, float]:
        """Return the contents a step above and a step below a content."""
        step = VOLTAGE_STEP * self.full
        return min(self.full, content + step), max(0.0, content - step)

    def content_at(self, voltage_v: float) -> float:
        """Return the content per formula unit at which the cathode has a voltage.

        It is the highest content at which :meth:`at` reaches it, found by bisection between twentieths of the full
        content; full below the curve, and none above it.
        """
        contents = [self.full * (1.0 - k / _STEPS) for k in range(_STEPS + 1)]
        more = contents[0]
        for less in contents:
            if self.at(less) >= voltage_v:
                while more - less > 1e-3 * self.full:
                    middle = 0.5 * (more + less)
                    more, less = (more, middle) if self.at(middle) >= voltage_v else (middle, less)
                return round(less, 3)
            more = less
        return 0.0

    def _ids(self, host: IonSeries, *contents: float) -> tuple[str, ...]:
        held = {i: None for content in contents for i in host.mixture(content / self._host_atoms)}
        return tuple(self.phases.table.id(position) for position in held)

    def _energies(self, host: IonSeries | None, ids: tuple[str, ...]) -> str:
        if host is None:
            whose = f" of the host of {', '.join(self.cathode.phases)}" if self.cathode.phases else " of one host"
            return f"potential of decomposition, hull energies: no phases{whose} are known there"
        if host.positions[0] in self.phases.cells:
            return "topotactic, energies of its ordered cells"
        table = self.phases.table
        named = (f"{table.formula(position)} ({table.id(position)})" for position in table.positions_of(ids))
        return f"topotactic: {', '.join(named)}"
