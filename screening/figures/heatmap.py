"""Coatings against contacts: how much each reacts where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from screening.coatings.coating_documents import BareInterface, RankedCoating
from screening.criteria.contact_names import face_named, is_open
from screening.figures.canvas import label, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = "YlOrBr"  # from light to dark, told apart with any colour vision (ColorBrewer)


def draw_heatmap(ax: Axes, coatings: Sequence[RankedCoating], bare: BareInterface | None = None) -> None:
    """Draw a cell for each coating and contact, with its mutual energy; the darker, the more the two react.

    The darkest react as much as the unprotected interface does, or more. Closed contacts are on the left, meV/atom, and
    open ones on the right, meV per atom that is not lithium.

    Parameters
    ----------
    ax
        Where to draw.
    coatings
        Of one ranking, best first.
    bare
        The unprotected interface, drawn as the first line.
    """
    named = {name: face for one in coatings for name in one.quantities if (face := face_named(name)) is not None}
    faces = sorted(named.items(), key=lambda item: is_open(item[1]))
    met = {
        contact.face.replace("bare", "cathode", 1): contact.mutual_mev for contact in (bare.interfaces if bare else [])
    }
    rows = [[met.get(face) for _, face in faces]] if bare is not None else []
    rows += [[one.quantities.get(name) for name, _ in faces] for one in coatings]
    values = np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=np.float64)
    lowest = darkest_mev((one.quantities.get(name) for one in coatings for name, _ in faces), bare)
    mesh = ax.pcolormesh(-values, cmap=_COLOURS, vmin=0.0, vmax=-lowest, edgecolors="white", linewidth=0.8)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value < 0.6 * lowest else "black"
            text = number(float(value), 0 if abs(value) >= 99.95 else 1)
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=6, color=colour)
    n_closed = sum(not is_open(face) for _, face in faces)
    if 0 < n_closed < len(faces):
        ax.axvline(n_closed, color="black", linewidth=1.2)
    names = [*(["no coating"] if bare is not None else []), *(label(one.coating) for one in coatings)]
    ax.set_yticks(np.arange(len(rows)) + 0.5, names)
    ax.set_xticks(np.arange(len(faces)) + 0.5, [_short(face) for _, face in faces], rotation=40, ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.invert_yaxis()
    bar = ax.figure.colorbar(mesh, ax=ax, location="bottom", extend="max", pad=0.02, shrink=0.6, aspect=50)
    bar.set_label("size of the mutual reaction energy (closed: meV/atom; open: meV/non-Li atom)")


def darkest_mev(energies: Iterable[float | None], bare: BareInterface | None) -> float:
    """Return the energy at which a cell is darkest: what the unprotected interface does, closed.

    So colours mean the same whatever other coatings there are. Without a bare interface it is the lowest of the
    energies, at most -1 meV/atom.

    Parameters
    ----------
    energies
        Mutual energies of the coatings at their contacts, meV per atom that is not exchanged.
    bare
        The unprotected interface.
    """
    worst = None if bare is None else bare.worst_mutual_mev_per_atom
    known = [energy for energy in energies if energy is not None] if worst is None else [worst]
    return min(-1.0, *known) if known else -1.0


def _short(face: str) -> str:
    """Return the name of a face with its state once, where composition and potential are of the same."""
    partner, at, held = face.partition(" at mu(")
    state = held.removesuffix(")")
    return f"{partner.removesuffix(' ' + state)}{at}{held}" if at else face
