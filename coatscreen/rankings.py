"""Rankings as tables and as rows."""

from __future__ import annotations

from typing import Any

from coatscreen.output import number, print_energies, print_table
from screening.ranking import RankingDocument
from screening.record import RankedCoating

_MARKS = {True: "yes", False: "NO", None: "?"}


def print_ranking(ranking: RankingDocument) -> None:
    """Print a ranking as a table a person can read."""
    bare = ranking.bare_interface
    parts = list(dict.fromkeys(part for coating in ranking.ranking for part in coating.score_parts))
    columns = [
        "rank",
        "coating",
        "worst",
        *parts,
        "gain",
        "above hull",
        "window (V)",
        "tier",
        "fails",
        "Pareto",
        "$/kg",
    ]
    rows = []
    for coating in ranking.ranking:
        quantities = coating.quantities
        rows.append(
            [
                "-" if coating.rank is None else str(coating.rank),
                coating.coating,
                number(coating.worst_mutual_mev_per_atom, 1),
                *(number(coating.score_parts.get(part), 1) for part in parts),
                number(coating.gain_over_bare_mev_per_atom, 1),
                number(quantities.get("energy_above_hull_mev_per_atom"), 1, "no phase"),
                _window(coating),
                str(coating.tier),
                ", ".join(
                    f"{name}{'' if ok is False else '?'}" for name, ok in coating.passes.items() if ok is not True
                ),
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
        numeric={"rank", "worst", *parts, "gain", "above hull", "window (V)", "tier", "Pareto", "$/kg"},
    )
    for coating in ranking.ranking:
        if coating.why_missing:
            print(f"{coating.coating}: {coating.why_missing}")
    energies = ranking.energies
    print(
        "tier 1: all criteria passed, 2: some unknown (?), 3: one failed, 4: more failed; "
        "gain: less reaction than bare, meV/atom"
    )
    print_energies(energies)


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
        "gain_over_bare_mev_per_atom": coating.gain_over_bare_mev_per_atom,
        **coating.quantities,
        "pareto_rank": coating.pareto_rank,
        "contains_li": coating.contains_li,
        "hhi_production": None if economics is None else economics.hhi_production,
        "hhi_reserve": None if economics is None else economics.hhi_reserve,
        **{f"passes {name}": _MARKS[passed] for name, passed in coating.passes.items()},
        "why_missing": coating.why_missing,
    }


def _window(coating: RankedCoating) -> str:
    if coating.window is None:
        return "-"
    high = number(coating.window.oxidation_limit_v, 2) if coating.window.oxidation_limited else "none"
    return f"{number(coating.window.reduction_limit_v, 2)} to {high}"
