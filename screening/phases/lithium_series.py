"""Ordered cells of one cathode at several lithium contents, and the cathode between them.

A disordered cathode stands in the energies as the lowest-energy ordering found at each of a few lithium contents
(:mod:`screening.cathodes.ordering.cell_table`). Between two of them it is the mixture of lowest energy of these cells,
as in a voltage curve of Aydinol et al., Phys. Rev. B 56, 1354 (1997).
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.chemistry.formulas import atomic_fractions
from screening.phases.phase_set import PhaseSet

_SAME_HOST = 1e-6  # fractions of the host's atoms closer than this are equal


@dataclass(frozen=True)
class LithiumSeries:
    """Cells of one host, by rising lithium content.

    Parameters
    ----------
    positions
        Of the cells in the set of phases.
    lithium
        Lithium atoms per host atom of each.
    energies
        Formation energy of each, eV per host atom.
    """

    positions: tuple[int, ...]
    lithium: tuple[float, ...]
    energies: tuple[float, ...]

    def holds(self, lithium: float) -> bool:
        """Whether a lithium content per host atom is a cell's or lies between two."""
        return bool(self.lithium) and self.lithium[0] - 1e-9 <= lithium <= self.lithium[-1] + 1e-9

    def mixture(self, lithium: float) -> dict[int, float]:
        """Return the cells that make up the cathode at a lithium content per host atom: position, share of host atoms.

        Of all pairs of cells around it the one of lowest energy.
        """
        below = [i for i, content in enumerate(self.lithium) if content <= lithium + 1e-9]
        above = [i for i, content in enumerate(self.lithium) if content >= lithium - 1e-9]
        best: tuple[float, dict[int, float]] | None = None
        for low in below:
            for high in above:
                width = self.lithium[high] - self.lithium[low]
                share = (lithium - self.lithium[low]) / width if width > 1e-9 else 0.0
                energy = (1.0 - share) * self.energies[low] + share * self.energies[high]
                if best is None or energy < best[0] - 1e-12:
                    best = (energy, {self.positions[high]: share, self.positions[low]: 1.0 - share})
        return {} if best is None else {position: share for position, share in best[1].items() if share > 1e-9}

    def energy(self, lithium: float) -> float:
        """Return the formation energy at a lithium content per host atom, eV per host atom."""
        known = dict(zip(self.positions, self.energies, strict=True))
        return sum(share * known[position] for position, share in self.mixture(lithium).items())


def lithium_series(phases: PhaseSet, host: dict[str, float]) -> LithiumSeries:
    """Find the cells of a host; at each lithium content the lowest.

    Parameters
    ----------
    phases
        The energies.
    host
        Amounts of the elements but lithium.
    """
    wanted = atomic_fractions(host)
    found: dict[float, tuple[float, int]] = {}
    for position in phases.lowest_first(phases.cells).tolist():
        composition = phases.table.composition(position)
        lithium = composition.pop("Li", 0.0)
        fractions = atomic_fractions(composition)
        if fractions.keys() != wanted.keys() or any(abs(fractions[e] - wanted[e]) > _SAME_HOST for e in wanted):
            continue
        content = round(lithium / sum(composition.values()), 9)
        energy = float(phases.formation_energies[position]) * (1.0 + content)
        found.setdefault(content, (energy, position))
    contents = sorted(found)
    return LithiumSeries(
        positions=tuple(found[content][1] for content in contents),
        lithium=tuple(contents),
        energies=tuple(found[content][0] for content in contents),
    )


def between_cells(phases: PhaseSet, composition: dict[str, float]) -> dict[int, float]:
    """Return the cells that make up a cathode of which no phase is known: position, share of the atoms.

    Parameters
    ----------
    phases
        The energies.
    composition
        Amount of each element.

    Returns
    -------
    dict of int to float
        Empty where there are no cells of this host, or none on both sides.
    """
    host = {element: amount for element, amount in composition.items() if element != "Li"}
    if not host or len(phases.cells) == 0:
        return {}
    series = lithium_series(phases, host)
    content = composition.get("Li", 0.0) / sum(host.values())
    if not series.holds(content):
        return {}
    held = dict(zip(series.positions, series.lithium, strict=True))
    shares = {position: share * (1.0 + held[position]) for position, share in series.mixture(content).items()}
    total = sum(shares.values())
    return {position: share / total for position, share in shares.items()}
