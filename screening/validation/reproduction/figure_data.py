"""The numbers behind the figures that are drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from screening.common.errors import CoatscreenError
from screening.equilibrium.reactant import clean
from screening.validation.reproduction.papers import (
    Curve,
    FigurePlan,
    PanelPlan,
    ProfilesPlan,
    PublishedReaction,
    PublishedVacancy,
    Quantity,
    VacanciesPlan,
)
from screening.validation.reproduction.reproduction_documents import Figure, Panel, Series
from screening.validation.reproduction.study import Study


def figure_data(plan: FigurePlan, study: Study, published: Sequence[Quantity]) -> Figure:
    """Compute the content of a figure.

    Parameters
    ----------
    plan
        The plan of the figure.
    study
        The energies.
    published
        The quantities of the paper; the plan names those whose published values are shown.

    Returns
    -------
    Figure
        If ours cannot be computed, it holds the published values and the reason.
    """
    match plan:
        case ProfilesPlan():
            return _profiles(plan, study, published)
        case VacanciesPlan():
            return _vacancies(plan, study, published)
        case _:
            assert_never(plan)


def _profiles(plan: ProfilesPlan, study: Study, published: Sequence[Quantity]) -> Figure:
    why: list[str] = []
    panels = [_panel(panel, study, published, why) for panel in plan.panels]
    return Figure(id=plan.id, title=plan.title, panels=panels, why_missing="; ".join(dict.fromkeys(why)) or None)


def _panel(plan: PanelPlan, study: Study, published: Sequence[Quantity], why: list[str]) -> Panel:
    series: list[Series] = []
    opened = any(curve.mu_li_ev is not None or curve.mu_li_state is not None for curve in plan.curves)
    for curve in plan.curves:
        try:
            series += _curve(curve, study)
        except CoatscreenError as error:
            why.append(str(error))
        for entry in published:
            if isinstance(entry, PublishedReaction) and entry.id == curve.published:
                series.append(Series(label=f"{curve.label}, published", kind="published", x=[], y=[entry.published]))
    atoms, unit = ("non-Li atoms", "meV/non-Li atom") if opened else ("atoms", "meV/atom")
    first = " or ".join(dict.fromkeys(curve.a.partition(":")[0] for curve in plan.curves))
    return Panel(
        title=plan.title,
        x_label=f"fraction of the {atoms} from {first}",
        y_label=f"reaction energy ({unit})",
        series=series,
    )


def _curve(curve: Curve, study: Study) -> list[Series]:
    potential = curve.mu_li_ev
    if curve.mu_li_state is not None:
        potential = study.lithium_ev(curve.a.partition(":")[0], curve.mu_li_state)
    profile = study.interface(curve.a, curve.b, potential).profile()
    where = "" if potential is None else f" at {potential:.2f} eV"
    x = [clean(fraction) for fraction in profile.x]
    mutual, total = ([clean(1000.0 * energy) for energy in energies] for energies in (profile.mutual, profile.total))
    return [
        Series(label=f"{curve.label}{where}, mutual", kind="ours", x=x, y=mutual),
        Series(label=f"{curve.label}{where}, total", kind="ours, total", x=x, y=total),
    ]


def _vacancies(plan: VacanciesPlan, study: Study, published: Sequence[Quantity]) -> Figure:
    known = [entry for entry in published if isinstance(entry, PublishedVacancy) and entry.cathode == plan.cathode]
    series: list[Series] = []
    why = None
    try:
        ours = sorted(study.vacancies(plan.cathode).energies_ev.items())
    except CoatscreenError as error:
        why = str(error)
    else:
        series.append(
            Series(label="ours", kind="ours", x=[float(n) for n, _ in ours], y=[clean(energy) for _, energy in ours])
        )
    series.append(
        Series(
            label="published",
            kind="published",
            x=[float(entry.lithium_vacancies) for entry in known],
            y=[entry.published for entry in known],
        )
    )
    panel = Panel(
        title=plan.cathode,
        x_label="lithium vacancies in the cell",
        y_label="formation energy of an oxygen vacancy (eV)",
        series=series,
    )
    return Figure(id=plan.id, title=plan.title, panels=[panel], why_missing=why)
