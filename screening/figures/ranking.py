"""A ranking: what each coating does at its contacts, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screening.coatings.coating_documents import BareInterface, RankedCoating
from screening.criteria.contact_names import face_named, is_open
from screening.criteria.quantities import WORST_CONTACT
from screening.figures.canvas import COLOURS, MARKERS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_ranking(ax: Axes, coatings: Sequence[RankedCoating], bare: BareInterface | None = None) -> None:
    """Draw a line for each coating, best on top: its closed contacts, and the worst of all contacts.

    Where the energies were sampled, a bar spans 5 to 95 % of the samples.

    Parameters
    ----------
    ax
        Where to draw.
    coatings
        Of one ranking, best first.
    bare
        The unprotected interface, drawn as lines.
    """
    faces = {name: face for one in coatings for name in one.quantities if (face := face_named(name)) is not None}
    kinds = [(name, face, "full") for name, face in faces.items() if not is_open(face)]
    kinds.append((WORST_CONTACT, "worst, closed or open", "none"))
    step = 0.7 / max(1, len(kinds))
    for number, (name, text, fill) in enumerate(kinds):
        colour = COLOURS[number % (len(COLOURS) - 1)] if fill == "full" else "black"
        offset = (number - (len(kinds) - 1) / 2) * step
        known = [(place + offset, one, one.quantities.get(name)) for place, one in enumerate(coatings)]
        for place, one, value in known:
            interval = None if one.uncertainty is None else one.uncertainty.intervals.get(name)
            if interval is not None and value is not None:
                ax.plot([interval.low, interval.high], [place, place], color=colour, linewidth=0.8, alpha=0.6)
        drawn = [(value, place) for place, _, value in known if value is not None]
        ax.plot(
            [value for value, _ in drawn],
            [place for _, place in drawn],
            MARKERS[number % len(MARKERS)],
            color=colour,
            fillstyle=fill,
            label=text,
        )
    for contact in [] if bare is None else bare.interfaces:
        if contact.reservoir_state is None and contact.mutual_mev is not None:
            ax.axvline(contact.mutual_mev, color="0.5", linestyle=":", linewidth=0.9)
            ax.text(contact.mutual_mev, -0.55, contact.name, rotation=90, ha="right", va="top", fontsize="small")
    for place in range(1, len(coatings)):
        ax.axhline(place - 0.5, color="0.9", linewidth=0.5, zorder=0)
    ax.set_yticks(range(len(coatings)), [f"{label(one.coating)} (tier {one.tier})" for one in coatings])
    ax.set_ylim(len(coatings) - 0.5, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("mutual reaction energy (meV/atom; open contacts: per non-Li atom)")
    ax.legend(ncols=len(kinds), loc="lower center", bbox_to_anchor=(0.5, 1.0), columnspacing=1.0, handletextpad=0.3)
