"""``coatscreen window``: the electrochemical window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import (
    Against,
    AsJson,
    Doubtful,
    DoubtfulPhases,
    Energies,
    Material,
    OutputFormat,
    Samples,
    SamplingSeed,
    Uncertainty,
    chosen_energies,
)
from coatscreen.uncertainty import sampling_asked, spread
from coatscreen.verbs.materials.opened import doubtful_entering, opened, print_doubtful

if TYPE_CHECKING:
    from screening.equilibrium.staircase import StaircaseDocument
    from screening.equilibrium.window import WindowDocument
    from screening.phases.phase_set import PhaseSet


def window(
    formula: Material,
    staircase: Annotated[
        bool, typer.Option("--staircase", help="Every step from 0 to 5 V instead: lithium, energy, products, volume.")
    ] = False,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.keep,
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    against: Against = None,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Electrochemical window of a material against Li/Li+, with the products beyond each limit.

    Example: coatscreen window Li3PS4 --uncertainty

    Example: coatscreen window Li6PS5Cl --staircase
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies
    from coatscreen.verbs.materials.composites import print_limits
    from screening.equilibrium.composite import CompositeWindow, material_window
    from screening.materials.names import resolve_material

    energies = chosen_energies(energies, doubtful)
    if staircase:
        return _staircase(formula, energies, uncertainty, form, as_json)
    sampling = sampling_asked(uncertainty, samples, seed, against)
    phases, catalogue = opened(energies, formula, also=("Li",), sampling=sampling)

    def compute(every: PhaseSet) -> WindowDocument | CompositeWindow:
        return material_window(every, resolve_material(formula, catalogue, every))

    result = compute(phases)
    doubted = doubtful_entering(
        energies, phases, result, compute, lambda w: w.reduction_products.keys() | w.oxidation_products.keys()
    )
    off = None if sampling is None else sampling.window(phases, result.formula)
    whole = partial(document, result, uncertainty=off, doubtful=doubted)
    if printed(form, as_json, whole, lambda: [_row(result)], phases.provenance):
        return None
    low = f"{number(result.reduction_limit_v, 3)} V{spread(off, 'reduction_limit', 1, 2)}"
    high = "no limit: no lithium to give up"
    if result.oxidation_limited:
        high = f"{number(result.oxidation_limit_v, 3)} V{spread(off, 'oxidation_limit', 1, 2)}"
    print(f"{result.formula}: {low} to {high}")
    if result.one_potential_only:
        print("one potential only: a mixture of phases that exchange lithium with each other at this voltage")
    firm = _firmness("below", result.reduction_exchange, result.next_reduction_limit_v, result.reduction_limit_v)
    print(f"reduction: {result.reduction_reaction or 'none, stable against lithium metal'}{firm}")
    if result.oxidation_reaction:
        firm = _firmness("above", result.oxidation_exchange, result.next_oxidation_limit_v, result.oxidation_limit_v)
        print(f"oxidation: {result.oxidation_reaction}{firm}")
    if isinstance(result, CompositeWindow):
        print_limits(result)
    elif result.distance_to_hull_ev_per_atom is None:
        print("no phase of this composition is known: the window is that of the mixture on the hull")
    elif result.distance_to_hull_ev_per_atom > 0:
        print(
            f"metastable: {number(1000 * result.distance_to_hull_ev_per_atom, 1)} meV/atom above the hull in its window"
            f"{spread(off, 'distance_to_hull', 1000, 1)}"
        )
    print_doubtful(energies, doubted)
    return print_energies(phases.provenance, off)


def _firmness(side: str, exchange: float | None, much: float | None, limit: float | None) -> str:
    """Return how much of its lithium a first reaction exchanges, and from where on it is more than a tenth."""
    from coatscreen.output import number

    if exchange is None:
        return ""
    later = (
        ""
        if much == limit
        else "; never more than a tenth"
        if much is None
        else (f"; more than a tenth {side} {number(much, 3)} V")
    )
    return f" ({number(100 * exchange, 1)} % of its lithium{later})"


def _row(result: WindowDocument) -> dict[str, Any]:
    """Return a window as one row: of a composite, without its components."""
    return result.model_dump(mode="json", exclude={"energies", "software", "components"})


def _staircase(formula: str, energies: str, uncertainty: bool, form: Format, as_json: bool) -> None:
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies, print_table
    from screening.common.errors import InputError
    from screening.equilibrium.staircase import lithium_staircase
    from screening.materials.names import resolve_formula

    if uncertainty:
        raise InputError("--staircase takes no --uncertainty: ask for the window's")
    phases, catalogue = opened(energies, formula, also=("Li",))
    result = lithium_staircase(phases, resolve_formula(formula, catalogue, phases))
    if printed(form, as_json, partial(document, result), lambda: _steps(result), phases.provenance):
        return None
    columns = ["V", "Li below", "Li above", "energy (eV)", "volume (%)", "reaction as the voltage rises"]
    rows = [
        [
            number(step.voltage_v, 3),
            number(step.lithium_below, 3),
            number(step.lithium_above, 3),
            number(step.energy_ev_per_formula_unit, 3),
            number(step.volume_change_percent, 1),
            step.reaction,
        ]
        for step in result.steps
    ]
    print_table(columns, rows, f"{result.formula}, per formula unit, {result.lowest_v:g} to {result.highest_v:g} V")
    return print_energies(phases.provenance)


def _steps(result: StaircaseDocument) -> Iterator[dict[str, Any]]:
    return ({"formula": result.formula, **row} for row in result.rows())
