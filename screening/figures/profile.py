"""Profiles: reaction energies against the mixing fraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.common.errors import InputError
from screening.equilibrium.interface_documents import ClosedInterface, InterfaceDocument
from screening.figures.canvas import COLOURS, MARKERS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES = ("-", "--", "-.", ":")


def draw_profile(ax: Axes, *interfaces: InterfaceDocument) -> None:
    """Draw the profile of one interface, mutual and total, or the mutual ones of several.

    Each marker is a kink, where the set of products changes.

    Parameters
    ----------
    ax
        Where to draw.
    interfaces
        All closed or all open, whose energies have different units.

    Raises
    ------
    InputError
        If there is none, or some are closed and some open.
    """
    units = {interface.unit for interface in interfaces}
    if len(units) != 1:
        raise InputError("profiles are drawn of interfaces that are all closed or all open, at least one")
    if len(interfaces) == 1:
        [one] = interfaces
        x, mutual, total = _kinks(one)
        ax.plot(x, mutual, "-o", color=COLOURS[0], label="mutual")
        ax.plot(x, total, "--s", color=COLOURS[1], markerfacecolor="white", label="total")
        ax.set_title(f"{label(one.a)} | {label(one.b)}")
    for place, one in enumerate(interfaces if len(interfaces) > 1 else ()):
        x, mutual, _ = _kinks(one)
        look = MARKERS[place % len(MARKERS)] + _STYLES[place % len(_STYLES)]
        ax.plot(x, mutual, look, color=COLOURS[place % len(COLOURS)], label=f"{label(one.a)} | {label(one.b)}")
    closed = isinstance(interfaces[0], ClosedInterface)
    atoms = "atoms" if closed else "non-Li atoms" if _open_to_lithium(interfaces[0]) else "closed atoms"
    first = label(interfaces[0].a) if len(interfaces) == 1 else "the first material"
    ax.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
    ax.set_xlim(0.0, 1.0)
    ax.set_xlabel(f"fraction of the {atoms} from {first}")
    ax.set_ylabel(("mutual " if len(interfaces) > 1 else "") + f"reaction energy (meV/{atoms.removesuffix('s')})")
    if len(interfaces) == 1:
        ax.legend()
    else:  # inside there is no place that no curve may cross
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0))


def _open_to_lithium(interface: InterfaceDocument) -> bool:
    return not isinstance(interface, ClosedInterface) and set(interface.ensemble.open) == {"Li"}


def _kinks(interface: InterfaceDocument) -> tuple[list[float], list[float], list[float]]:
    """Return x, mutual and total energy at each kink, meV per (closed) atom."""
    x = [kink.x for kink in interface.kinks]
    if isinstance(interface, ClosedInterface):
        found = [(kink.mutual_ev_per_atom, kink.total_ev_per_atom) for kink in interface.kinks]
    else:
        found = [(kink.mutual_ev_per_closed_atom, kink.total_ev_per_closed_atom) for kink in interface.kinks]
    return x, [1000.0 * mutual for mutual, _ in found], [1000.0 * total for _, total in found]
