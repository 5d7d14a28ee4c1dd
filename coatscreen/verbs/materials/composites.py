"""What is printed of composites."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.equilibrium.composite import CompositeStability, CompositeWindow


def print_composite_stability(result: CompositeStability, spread: str) -> None:
    """Print what the phases of a composite are, alone and together; `spread` is the interval of its energy."""
    from coatscreen.output import number, print_table

    print(
        f"{result.formula}: {number(1000 * (result.energy_above_hull_ev_per_atom or 0.0), 1)} meV/atom above the hull"
        f"{spread}: "
        f"{number(1000 * result.components_above_hull_ev_per_atom, 1)} of its phases alone, "
        f"{number(-1000 * result.mutual_ev_per_atom, 1)} of their reaction with each other"
    )
    for pair, energy in result.inner_mutual_min_ev_per_atom.items():
        print(f"inner interface {pair}: {number(1000 * energy, 1)} meV/atom in the worst ratio")
    print_table(
        ["phase", "mole fraction", "energy", "above hull (meV/atom)"],
        [
            [
                one.component,
                number(one.mole_fraction, 3),
                one.source_id or "hull",
                number(1000 * one.above_hull_ev_per_atom, 1),
            ]
            for one in result.components
        ],
        numeric={"mole fraction"},
    )


def print_limits(result: CompositeWindow) -> None:
    """Print which phase of a composite sets which limit."""
    from coatscreen.output import number

    print(f"the narrowest of its phases: reduction limited by {result.reduction_limited_by}", end="")
    print("" if result.oxidation_limited_by is None else f", oxidation by {result.oxidation_limited_by}")
    for one in result.components:
        high = f"{number(one.oxidation_limit_v, 3)} V" if one.oxidation_limited else "no limit"
        print(f"  {one.formula}: {number(one.reduction_limit_v, 3)} V to {high}")
