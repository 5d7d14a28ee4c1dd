"""The oxygen that a cathode gives off as it is charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.figures.canvas import COLOURS, MARKERS, label
from screening.heat.oxygen.oxygen_documents import OxygenDocument

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_oxygen(ax: Axes, oxygen: OxygenDocument) -> None:
    """Draw the oxygen atoms that a cathode would give off in equilibrium against its state of charge.

    Three lines: the O2 in the lowest-energy mixture at 0 K, and what leaves into O2 of the document's temperature and
    pressure, with the cathode's lithium fixed and in contact with lithium at the cathode's voltage. A vertical marks
    from where on there is O2 at 0 K.

    Parameters
    ----------
    ax
        Where to draw.
    oxygen
        A cathode alone, at several states of charge.
    """
    states = sorted((state.cathode for state in oxygen.states), key=lambda cathode: cathode.state_of_charge)
    gas = f"{oxygen.temperature_k:g} K, {oxygen.pressure_bar:g} bar"
    lines: dict[str, list[float | None]] = {
        "in the mixture at 0 K": [2.0 * one.closed.oxygen_gas_per_formula_unit for one in states],
        f"gone at {gas}": [one.closed.oxygen_released_per_formula_unit for one in states],
        f"gone at {gas}, open to Li": [one.open_to_lithium.oxygen_released_per_formula_unit for one in states],
    }
    for place, (name, atoms) in enumerate(lines.items()):
        known = [(100.0 * one.state_of_charge, n) for one, n in zip(states, atoms, strict=True) if n is not None]
        ax.plot(
            [charge for charge, _ in known],
            [n for _, n in known],
            ("-", "--", ":")[place] + MARKERS[place],
            markersize=3,
            color=COLOURS[place],
            label=name,
        )
    if oxygen.onset_state_of_charge is not None:
        ax.axvline(100.0 * oxygen.onset_state_of_charge, color="0.5", linestyle=":", linewidth=0.8)
    ax.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
    ax.set_xlabel(f"lithium taken out of {label(oxygen.cathode)} (%)")
    ax.set_ylabel("O atoms per formula unit")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0))
