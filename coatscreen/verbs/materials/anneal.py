"""``coatscreen anneal``: what a coating or its precursor becomes in a furnace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import AsJson, Doubtful, DoubtfulPhases, Energies, OutputFormat, chosen_energies

if TYPE_CHECKING:
    from screening.heat.annealing.anneal import Annealing
    from screening.heat.annealing.annealing_documents import (
        AnnealDocument,
        AnnealPoint,
        AnnealScan,
        Conditions,
        PublishedAnnealings,
        Transformation,
    )

DEFAULT_FROM_C, DEFAULT_TO_C, DEFAULT_STEP_C = 25.0, 700.0, 25.0
DEFAULT_OXYGEN_BAR = 0.21


def anneal(
    material: Annotated[str | None, typer.Argument(help="Coating or precursor: a name, formula or composite.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Cathode it lies on, such as NCM85 or NCM85:half.")] = None,
    celsius: Annotated[float | None, typer.Option(help="One temperature, degrees C; a range otherwise.")] = None,
    start: Annotated[float | None, typer.Option("--from", help="First, degrees C.  [default: 25]")] = None,
    stop: Annotated[float | None, typer.Option("--to", help="Last, degrees C.  [default: 700]")] = None,
    step: Annotated[float | None, typer.Option("--step", help="Between them, degrees C.  [default: 25]")] = None,
    pressure: Annotated[float | None, typer.Option(help="Of O2, bar.  [default: 0.21]")] = None,
    gas: Annotated[
        list[str] | None, typer.Option(help="Another gas of the furnace and its pressure in bar, as CO2=0.00042.")
    ] = None,
    product_pressure: Annotated[
        float | None, typer.Option(help="Of each gas that is given off, bar.  [default: 0.001]")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A phase taken not to form, such as SO3, or 'peroxides': oxygen above -2.")
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Instead: published coatings at the conditions they were made at.")
    ] = False,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Print what a coating or its precursor becomes in oxygen at temperature, in equilibrium, alone and on a cathode.

    Example: coatscreen anneal Li3PS4

    Example: coatscreen anneal Li3PS4 --celsius 300 --on NCM85

    Example: coatscreen anneal Li2CO3/LiNbO3 --celsius 300 --gas CO2=0.00042

    Example: coatscreen anneal --published
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, print_energies
    from screening.common.errors import InputError
    from screening.energies.source import open_energies
    from screening.heat.annealing.anneal import Annealing
    from screening.heat.annealing.atmosphere import Atmosphere
    from screening.heat.annealing.scan import anneal_published, anneal_scan, published_systems
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import elements_named
    from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C, check_temperature

    energies = chosen_energies(energies, doubtful)
    catalogue = Catalogue.load()
    if published:
        if any(value is not None for value in (material, on, celsius, start, stop, step, pressure, product_pressure)):
            raise InputError("--published has its own materials and conditions; it takes none")
        if gas:
            raise InputError("--published has its own gases; it takes none")
        every = anneal_published(
            open_energies(energies, systems=published_systems(catalogue)), catalogue, without or ()
        )
        each = [one.anneal for one in every.coatings]
        if printed(form, as_json, partial(document, every), lambda: _rows(each), every.energies):
            return None
        return _print_published(every)
    if material is None:
        raise InputError("a material is needed, or --published")
    if celsius is not None and any(value is not None for value in (start, stop, step)):
        raise InputError("give either --celsius, or --from, --to and --step")
    temperatures = _range(start, stop, step) if celsius is None else [celsius]
    kelvin = [temperature + KELVIN_AT_0_C for temperature in temperatures]
    for one in kelvin:
        check_temperature(one)
    held: dict[str, float] = {}
    for name, bar in map(_gas, gas or []):
        if name in held:
            raise InputError(f"--gas {name} is given twice")
        held[name] = bar
    oxygen = DEFAULT_OXYGEN_BAR if pressure is None else pressure
    atmosphere = Atmosphere(oxygen, held) if product_pressure is None else Atmosphere(oxygen, held, product_pressure)
    named = frozenset(e for name in (material, on) if name is not None for e in elements_named(name, catalogue))
    phases = open_energies(energies, systems=[named.union(*(g.composition for g in atmosphere.opened().values()))])
    annealing = Annealing(phases, material, atmosphere, on, catalogue, without or ())
    if celsius is None:
        scan = anneal_scan(annealing, kelvin)
        if printed(form, as_json, partial(document, scan), lambda: _rows(scan.points), phases.provenance):
            return None
        _print_scan(scan)
    else:
        result = annealing.document(kelvin[0])
        if printed(form, as_json, partial(document, result), lambda: _rows([result]), phases.provenance):
            return None
        _print_point(annealing, result)
    return print_energies(phases.provenance)


def _range(start: float | None, stop: float | None, step: float | None) -> list[float]:
    import numpy as np

    from screening.common.errors import InputError

    first = DEFAULT_FROM_C if start is None else start
    last = DEFAULT_TO_C if stop is None else stop
    between = DEFAULT_STEP_C if step is None else step
    if not between >= 1.0 or not last > first:
        raise InputError(f"no range of temperatures: from {first:g} to {last:g} C by {between:g}, which is 1 at least")
    inner = np.arange(first, last, between).tolist()
    return [*inner, last]


def _gas(text: str) -> tuple[str, float]:
    from screening.common.errors import InputError

    name, _, pressure = (part.strip() for part in text.partition("="))
    try:
        return name, float(pressure)
    except ValueError:
        raise InputError(f"--gas takes a gas and its pressure in bar, as CO2=0.00042, not {text!r}") from None


def _rows(points: Iterable[AnnealPoint]) -> Iterator[dict[str, Any]]:
    """Yield what the material becomes at each temperature, alone and on the cathode."""
    for point in points:
        alone, contact = point.alone, point.on_cathode
        yield {
            "material": alone.material,
            "temperature_c": point.temperature_c,
            "mu_o_ev": point.mu_o_ev,
            "verdict": alone.verdict,
            "reaction_ev_per_closed_atom": alone.reaction_ev_per_closed_atom,
            "mass_change_percent": alone.mass_change_percent,
            "reaction": alone.reaction,
            "cathode": None if contact is None else contact.cathode,
            "mutual_ev_per_closed_atom": None if contact is None else contact.mutual_ev_per_closed_atom,
            "cathode_reaction": None if contact is None else contact.reaction,
        }


def _print_conditions(conditions: Conditions) -> None:
    from coatscreen.output import note

    others = "".join(f", {name} {bar:g} bar" for name, bar in conditions.gas_bar.items())
    without = f"; without {', '.join(conditions.without)}" if conditions.without else ""
    print(
        f"O2 {conditions.oxygen_bar:g} bar{others}; gases are given off at {conditions.product_gas_bar:g} bar{without}"
        ". Equilibrium: nothing is said of rates"
    )
    if conditions.gases_left_out:
        note(f"the energies hold no condensed {', '.join(conditions.gases_left_out)}: these gases are left out")


def _print_point(annealing: Annealing, point: AnnealDocument) -> None:
    from coatscreen.output import number, print_table
    from screening.chemistry.equations import term

    print(f"{annealing.material} at {point.temperature_c:g} C ({point.temperature_k:g} K), mu_O {point.mu_o_ev:.3f} eV")
    _print_conditions(annealing.conditions)
    print(f"alone: {_verdict(point.alone)}")
    print(f"  {point.alone.reaction}")
    print(f"  mass {point.alone.mass_change_percent:+.1f} %")
    if len(point.oxidation) > 2:
        print_table(
            ["O2 taken up", "mass (%)", "becomes"],
            [
                [
                    number(passed.oxygen_moles, 3),
                    f"{passed.mass_change_percent:+.1f}",
                    " + ".join(term(product.moles, product.name) for product in passed.products),
                ]
                for passed in point.oxidation
            ],
            "Where oxygen comes slowly",
            numeric=["O2 taken up"],
        )
    if point.on_cathode is not None:
        contact = point.on_cathode
        energy = number(1000 * contact.mutual_ev_per_closed_atom, 1)
        print(f"on {contact.cathode}: {contact.verdict}, mutual {energy} meV per closed atom")
        if contact.reaction is not None:
            print(f"  {contact.reaction}")
            print(f"  a little on much cathode: {contact.cathode_rich_reaction}")
        print(f"{contact.cathode} alone: {_verdict(contact.cathode_alone)}")
        print(f"  {contact.cathode_alone.reaction}")


def _verdict(result: Transformation) -> str:
    from coatscreen.output import number

    doubtful = [product.name for product in result.products if product.oxidised_oxygen]
    doubt = f"; oxygen above -2 in {', '.join(doubtful)}, whose energy is doubtful" if doubtful else ""
    energy = number(1000 * result.reaction_ev_per_closed_atom, 1)
    return f"{result.verdict}, {energy} meV per closed atom{doubt}"


def _print_scan(scan: AnnealScan) -> None:
    from coatscreen.output import number, print_table

    print(f"{scan.material} by temperature")
    _print_conditions(scan.conditions)
    rows = []
    for point in scan.points:
        row = [
            f"{point.temperature_c:g}",
            number(point.mu_o_ev, 3),
            f"{point.alone.mass_change_percent:+.1f}",
            number(1000 * point.alone.reaction_ev_per_closed_atom, 0),
            point.alone.reaction,
        ]
        if point.on_cathode is not None:
            row.append(number(1000 * point.on_cathode.mutual_ev_per_closed_atom, 1))
        rows.append(row)
    columns = ["T (C)", "mu_O (eV)", "mass (%)", "reaction (meV/closed atom)", "becomes"]
    if scan.points[0].on_cathode is not None:
        columns.append(f"mutual on {scan.points[0].on_cathode.cathode} (meV/closed atom)")
    print_table(columns, rows)
    for change in scan.changes:
        print(
            f"at {change.temperature_c:.0f} C: {' + '.join(change.before)} -> {' + '.join(change.after)}, mass "
            f"{change.mass_change_before_percent:+.1f} -> {change.mass_change_after_percent:+.1f} %"
        )
    for name, celsius in scan.gas_onset_c.items():
        lowest = (
            "at the lowest temperature already" if celsius == scan.points[0].temperature_c else f"from {celsius:.0f} C"
        )
        print(f"{name} is given off {lowest}")
    for seen in scan.observed:
        print(f"observed at {seen.temperature_c:g} C: {seen.what}; {seen.source}")


def _print_published(every: PublishedAnnealings) -> None:
    from coatscreen.output import number, print_energies, print_table

    rows = []
    for one in every.coatings:
        alone, contact = one.anneal.alone, one.anneal.on_cathode
        if contact is None:
            continue
        others = "".join(f", {name} {bar:g}" for name, bar in one.published.gas_bar.items())
        rows.append(
            [
                one.published.material,
                one.published.cathode,
                f"{one.published.temperature_c:g}",
                f"O2 {one.published.oxygen_bar:g}{others}",
                alone.verdict,
                number(1000 * alone.reaction_ev_per_closed_atom, 1),
                ", ".join(f"{product.moles:.3g} {product.name}" for product in alone.products),
                contact.verdict,
                number(1000 * contact.mutual_ev_per_closed_atom, 1),
                contact.cathode_rich_reaction or "no reaction",
            ]
        )
    unit = "(meV/closed atom)"
    columns = ["coating", "cathode", "T (C)", "gas (bar)", "alone", f"alone {unit}", "becomes"]
    columns += ["on cathode", f"mutual {unit}", "a little on much cathode"]
    print_table(columns, rows)
    limits = every.coatings[0].conditions
    print(
        f"stable: within {1000 * limits.stable_within_ev_per_closed_atom:g} meV per closed atom; undecided: within "
        f"{1000 * limits.undecided_within_ev_per_closed_atom:g}, the error of free energies. Gases are given off at "
        f"{limits.product_gas_bar:g} bar"
    )
    print_energies(every.energies)
