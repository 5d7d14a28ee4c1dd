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
    WorkingIon,
    chosen_energies,
)
from coatscreen.uncertainty import sampling_asked, spread, written
from coatscreen.verbs.materials.opened import doubtful_entering, opened, print_doubtful
from coatscreen.verbs.materials.reservoirs import GasPressure, GasTemperature, Mu, Open, reservoirs_asked

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from screening.equilibrium.staircase import StaircaseDocument
    from screening.equilibrium.window import WindowDocument
    from screening.hull.reservoir import Reservoir
    from screening.phases.phase_set import PhaseSet


def window(
    formula: Material,
    staircase: Annotated[
        bool, typer.Option("--staircase", help="Every step from 0 to 5 V instead: ions, energy, products, volume.")
    ] = False,
    ion: WorkingIon = "Li",
    opened_elements: Open = None,
    mu: Mu = None,
    temperature: GasTemperature = None,
    pressure: GasPressure = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    against: Against = None,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Electrochemical window of a material against Li/Li+ or another ion's metal, with the products beyond each limit.

    Example: coatscreen window Li3PS4 --uncertainty

    Example: coatscreen window Li6PS5Cl --staircase

    Example: coatscreen window Na3PS4 --ion Na

    Example: coatscreen window Li7La3Zr2O12 --open O --temperature 1000 --pressure 0.2
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies
    from coatscreen.verbs.materials.composites import print_limits
    from screening.chemistry.ions import LITHIUM, ion_of
    from screening.common.errors import InputError
    from screening.equilibrium.composite import CompositeWindow, material_window
    from screening.materials.names import resolve_material

    energies = chosen_energies(energies, doubtful)
    sampling = sampling_asked(uncertainty, samples, seed, against)
    word = ion_of(ion).word
    reservoir = reservoirs_asked(opened_elements, mu, ion, None, temperature, pressure).complete()
    if staircase:
        if reservoir is not None:
            raise InputError("--staircase takes no --open: its steps are those of a closed material")
        return _staircase(formula, ion, energies, sampling, form, as_json)
    also = {ion, *(reservoir.elements if reservoir else ())}
    phases, catalogue = opened(energies, formula, also=also, sampling=sampling)

    def compute(every: PhaseSet) -> WindowDocument | CompositeWindow:
        return material_window(every, resolve_material(formula, catalogue, every), ion, reservoir)

    result = compute(phases)
    doubted = doubtful_entering(
        energies, phases, result, compute, lambda w: w.reduction_products.keys() | w.oxidation_products.keys()
    )
    off = None if sampling is None else sampling.window(phases, result.formula, ion, reservoir)
    whole = partial(document, result, uncertainty=off, doubtful=doubted)
    if printed(form, as_json, whole, lambda: [_row(result)], phases.provenance):
        return None
    low = f"{number(result.reduction_limit_v, 3)} V{spread(off, 'reduction_limit', 1, 2)}"
    high = f"no limit: no {word} to give up"
    if result.oxidation_limited:
        high = f"{number(result.oxidation_limit_v, 3)} V{spread(off, 'oxidation_limit', 1, 2)}"
    counted = "" if ion == LITHIUM else f" against {ion_of(ion).couple}"
    held = "" if reservoir is None else f", open to {_potentials(reservoir)}"
    print(f"{result.formula}{held}: {low} to {high}{counted}")
    if result.one_potential_only:
        print(f"one potential only: a mixture of phases that exchange {word} with each other at this voltage")
    firm = _firmness(word, "below", result.reduction_exchange, result.next_reduction_limit_v, result.reduction_limit_v)
    never = f"none, stable against {word} metal"
    if reservoir is not None:
        never = f"none before {word} and {', '.join(reservoir.elements)} react with each other"
    print(f"reduction: {result.reduction_reaction or never}{firm}")
    if result.oxidation_reaction:
        firm = _firmness(
            word, "above", result.oxidation_exchange, result.next_oxidation_limit_v, result.oxidation_limit_v
        )
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


def _potentials(reservoir: Reservoir) -> str:
    return ", ".join(f"{element} at {mu:.4g} eV" for element, mu in reservoir.mu_relative_ev.items())


def _firmness(word: str, side: str, exchange: float | None, much: float | None, limit: float | None) -> str:
    """Return how much of its ions a first reaction exchanges, and from where on it is more than a tenth."""
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
    return f" ({number(100 * exchange, 1)} % of its {word}{later})"


def _row(result: WindowDocument) -> dict[str, Any]:
    """Return a window as one row: of a composite, without its components."""
    return result.model_dump(mode="json", exclude={"energies", "software", "components"})


def _staircase(formula: str, ion: str, energies: str, sampling: Sampling | None, form: Format, as_json: bool) -> None:
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies, print_table
    from screening.equilibrium.staircase import lithium_staircase
    from screening.materials.names import resolve_formula

    phases, catalogue = opened(energies, formula, also=(ion,), sampling=sampling)
    result = lithium_staircase(phases, resolve_formula(formula, catalogue, phases), ion=ion)
    off = None if sampling is None else sampling.staircase(phases, result)
    if printed(form, as_json, partial(document, result, uncertainty=off), lambda: _steps(result), phases.provenance):
        return None
    columns = ["V", f"{ion} below", f"{ion} above", "energy (eV)", "volume (%)", "reaction as the voltage rises"]
    rows = [
        [
            number(step.voltage_v, 3) + written(None if off is None else off.steps[place].voltage_v, 1, 2),
            number(step.ions_below, 3),
            number(step.ions_above, 3),
            number(step.energy_ev_per_formula_unit, 3),
            number(step.volume_change_percent, 1),
            step.reaction,
        ]
        for place, step in enumerate(result.steps)
    ]
    between = f"{result.lowest_v:g} to {result.highest_v:g} V against {result.couple}"
    print_table(columns, rows, f"{result.formula}, per formula unit, {between}")
    return print_energies(phases.provenance, off)


def _steps(result: StaircaseDocument) -> Iterator[dict[str, Any]]:
    return ({"formula": result.formula, "ion": result.ion, **row} for row in result.rows())
