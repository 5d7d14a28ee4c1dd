"""Oxygen vacancies of a cathode against the lithium taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.cathodes.vacancies.vacancy_documents import VacancyDocument
from screening.figures.canvas import COLOURS, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_vacancies(ax: Axes, vacancies: VacancyDocument) -> None:
    """Draw the lowest formation energy of an oxygen vacancy by the number of lithium atoms taken out of the cell.

    Small dots are the vacancies in the other environments that were relaxed. Where the energies contain a correction of
    oxides, the lowest energies are drawn without it too.

    Parameters
    ----------
    ax
        Where to draw.
    vacancies
        Of one cathode.
    """
    others = [
        (state.lithium_vacancies, one.formation_energy_ev)
        for state in vacancies.states
        for one in state.environments
        if one.formation_energy_ev is not None
    ]
    ax.plot([x for x, _ in others], [y for _, y in others], ".", color="0.7", markersize=3, label="each environment")
    lowest = vacancies.energies_ev
    ax.plot(list(lowest), list(lowest.values()), "-o", color=COLOURS[0], label="lowest")
    bare = {n: energy for n, energy in vacancies.energies_without_correction_ev.items() if energy is not None}
    if bare:
        ax.plot(
            list(bare),
            list(bare.values()),
            "--s",
            color=COLOURS[1],
            markerfacecolor="white",
            label="lowest, oxides uncorrected",
        )
    ax.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
    ax.set_xlabel(f"Li atoms taken out of {label(vacancies.formula)}")
    ax.set_ylabel("formation energy of an O vacancy (eV)")
    ax.set_title(label(vacancies.cathode))
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.08))
