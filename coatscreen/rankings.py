"""Rankings as tables and as rows."""

from __future__ import annotations

from typing import Any

from coatscreen.output import number, print_energies, print_table
from screening.coatings.coating_documents import RankedCoating
from screening.coatings.ranking import RankingDocument
from screening.coatings.ranking_uncertainty import GAIN, WORST, sampled_quantities
from screening.equilibrium.composite import CompositeWindow

_MARKS = {True: "yes", False: "NO", None: "?"}


def print_ranking(ranking: RankingDocument) -> None:
    """Print a ranking as a table a person can read."""
    bare = ranking.bare_interface
    faces = {
        contact.face: contact.face_quantity
        for coating in ranking.ranking
        for contact in coating.interfaces
        if contact.reservoir_state is None
    }
    uncertain = next((coating.uncertainty for coating in ranking.ranking if coating.uncertainty), None)
    columns = [
        "rank",
        *(["undecided"] if uncertain else []),
        "coating",
        "worst",
        *faces,
        "gain",
        "above hull",
        "window (V)",
        "tier",
        "fails",
        *(["passes (%)"] if uncertain else []),
        "Pareto",
        "$/kg",
    ]
    rows = []
    for coating in ranking.ranking:
        quantities = coating.quantities
        rows.append(
            [
                "-" if coating.rank is None else str(coating.rank),
                *([_undecided(coating)] if uncertain else []),
                coating.coating,
                number(coating.worst_mutual_mev_per_atom, 1) + _worst_interval(coating),
                *(number(quantities.get(quantity), 1) for quantity in faces.values()),
                number(coating.gain_over_bare_mev_per_atom, 1),
                number(quantities.get("energy_above_hull_mev_per_atom"), 1, "no phase"),
                _window(coating),
                str(coating.tier),
                ", ".join(
                    f"{name}{'' if ok is False else '?'}" for name, ok in coating.passes.items() if ok is not True
                ),
                *([_passing(coating)] if uncertain else []),
                number(None if coating.pareto_rank is None else float(coating.pareto_rank)),
                number(None if coating.economics is None else coating.economics.raw_material_cost_usd_per_kg),
            ]
        )
    worst = None if bare is None else bare.worst_mutual_mev_per_atom
    print_table(
        columns,
        rows,
        f"Coatings on {ranking.cathode} against {ranking.electrolyte}. Closed mutual reaction energies, meV/atom; "
        f"the bare interface has {number(worst, 1)}",
        numeric={"rank", "worst", *faces, "gain", "above hull", "window (V)", "tier", "Pareto", "$/kg"},
    )
    for coating in ranking.ranking:
        if coating.components:
            print(_composite(coating))
    for coating in ranking.ranking:
        if coating.why_missing:
            print(f"{coating.coating}: {coating.why_missing}")
    print(
        "tier 1: all criteria passed, 2: some unknown (?), 3: one failed, 4: more failed; "
        "gain: less reaction than bare, meV/atom"
    )
    if uncertain:
        print("passes: in how many of the samples all criteria are passed")
        print(_order_legend(ranking, uncertain.decided_at_probability))
    print_energies(ranking.energies, uncertain)


def row(coating: RankedCoating) -> dict[str, Any]:
    """Flatten a coating to one row of numbers and marks."""
    economics = coating.economics
    return {
        "rank": coating.rank,
        "coating": coating.coating,
        "formula": coating.formula,
        "cathode": coating.cathode,
        "electrolyte": coating.electrolyte,
        "tier": coating.tier,
        "worst_mutual_mev_per_atom": coating.worst_mutual_mev_per_atom,
        "worst_contact": coating.worst_contact,
        "gain_over_bare_mev_per_atom": coating.gain_over_bare_mev_per_atom,
        **coating.quantities,
        "pareto_rank": coating.pareto_rank,
        "contains_li": coating.contains_li,
        "hhi_production": None if economics is None else economics.hhi_production,
        "hhi_reserve": None if economics is None else economics.hhi_reserve,
        **{f"passes {name}": _MARKS[passed] for name, passed in coating.passes.items()},
        "why_missing": coating.why_missing,
        **_uncertainty_row(coating),
    }


def _uncertainty_row(coating: RankedCoating) -> dict[str, Any]:
    """Flatten what samples of the energies say; the columns are there without them too."""
    uncertainty = coating.uncertainty
    intervals = {} if uncertainty is None else uncertainty.intervals
    cells: dict[str, Any] = {}
    for quantity in dict.fromkeys((WORST, GAIN, *sampled_quantities(coating.quantities))):
        interval = intervals.get(quantity)
        cells[f"{quantity} 5 %"] = None if interval is None else interval.low
        cells[f"{quantity} 95 %"] = None if interval is None else interval.high
    passing = {} if uncertainty is None else uncertainty.probability_of_passing
    for name in coating.passes:
        cells[f"probability passes {name}"] = passing.get(name)
    ranks = None if uncertainty is None else uncertainty.probability_of_rank
    marks = None if uncertainty is None else uncertainty.undecided
    cells["probability passes all"] = None if uncertainty is None else uncertainty.probability_of_passing_all
    cells["probability of its rank"] = None if ranks is None else ranks.get(str(coating.rank), 0.0)
    cells["undecided"] = None if marks is None else " ".join(marks)
    return cells


def _undecided(coating: RankedCoating) -> str:
    marks = None if coating.uncertainty is None else coating.uncertainty.undecided
    return "?" if marks is None and coating.rank is not None else " ".join(marks or [])


def _worst_interval(coating: RankedCoating) -> str:
    interval = None if coating.uncertainty is None else coating.uncertainty.intervals.get(WORST)
    return "" if interval is None else f" [{number(interval.low, 1)} to {number(interval.high, 1)}]"


def _passing(coating: RankedCoating) -> str:
    passing = None if coating.uncertainty is None else coating.uncertainty.probability_of_passing_all
    return number(None if passing is None else 100.0 * passing, 0, "?")


def _order_legend(ranking: RankingDocument, decided_at: float) -> str:
    """Say what the letters of undecided orders mean, or why there are none."""
    scored = [coating for coating in ranking.ranking if coating.rank is not None]
    if any(coating.uncertainty is None or coating.uncertainty.undecided is None for coating in scored):
        return (
            "undecided: ?, since not all of these coatings were screened in the same samples; "
            "run them together with --uncertainty"
        )
    return (
        "undecided: coatings that share a letter, since of no two of them the one above is the better one in at least "
        f"{100 * decided_at:g} % of the samples"
    )


def _composite(coating: RankedCoating) -> str:
    """Say of a composite what it consists of, which contact is its worst, and what limits its window."""
    parts = ", ".join(f"{100 * fraction:.3g} mol% {phase}" for phase, fraction in (coating.components or {}).items())
    said = [f"{coating.coating}: {parts}"]
    if coating.worst_contact is not None:
        said.append(f"worst contact: {coating.worst_contact}")
    if isinstance(coating.window, CompositeWindow):
        limits = f"reduction limited by {coating.window.reduction_limited_by}"
        if coating.window.oxidation_limited_by is not None:
            limits += f", oxidation by {coating.window.oxidation_limited_by}"
        said.append(limits)
    return "; ".join(said)


def _window(coating: RankedCoating) -> str:
    if coating.window is None:
        return "-"
    high = number(coating.window.oxidation_limit_v, 2) if coating.window.oxidation_limited else "none"
    return f"{number(coating.window.reduction_limit_v, 2)} to {high}"
