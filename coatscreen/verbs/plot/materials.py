"""Pictures of materials and of their contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.options import (
    SWEEP,
    CathodeName,
    Doubtful,
    DoubtfulPhases,
    Energies,
    Lithiation,
    Material,
    chosen_energies,
)
from coatscreen.verbs.materials.opened import opened
from coatscreen.verbs.materials.oxygen import GasPressure, GasTemperature
from coatscreen.verbs.plot.picture import ROW_INCHES, Picture, draw_into, picture_file

if TYPE_CHECKING:
    from screening.phases.phase_set import PhaseSet

Pairs = Annotated[list[str], typer.Argument(help="Two materials in contact, or several pairs: A B [A B ...].")]


def profile(
    materials: Pairs,
    output: Picture,
    voltage: Annotated[
        float | None, typer.Option("--voltage", help="Open to lithium at this voltage against Li/Li+, V.")
    ] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Reaction energy against the mixing fraction: mutual and total of one pair, the mutual ones of several.

    Example: coatscreen plot profile LiNbO3 Li6PS5Cl --output profile.pdf

    Example: coatscreen plot profile NCM83 Li6PS5Cl NCM83:half Li6PS5Cl LiNbO3 Li6PS5Cl --output profiles.pdf
    """
    from screening.equilibrium.interface import Interface
    from screening.figures import draw_profile
    from screening.hull.reservoir import Reservoir

    file = picture_file(output)
    reservoir = None if voltage is None else Reservoir.lithium_voltage(voltage)
    phases, pairs = _pairs(materials, chosen_energies(energies, doubtful), *([] if reservoir is None else ["Li"]))
    found = [Interface(phases, a, b, reservoir).document() for a, b in pairs]
    draw_into(file, lambda ax: draw_profile(ax, *found))


def window(
    materials: Annotated[list[str], typer.Argument(help="Materials, the first on top.")],
    output: Picture,
    cathode: Annotated[str | None, typer.Option(help="A cathode, the voltages of whose states are marked.")] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Electrochemical windows as bars.

    Example: coatscreen plot window LiNbO3 Li3PO4 HfO2 Li6PS5Cl --cathode NCM83 --output windows.pdf
    """
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.equilibrium.composite import material_window
    from screening.figures import draw_windows
    from screening.materials.names import resolve_material

    file = picture_file(output)
    host = [] if cathode is None else [cathode]
    phases, catalogue = opened(chosen_energies(energies, doubtful), *materials, *host, also=("Li",))
    found = [material_window(phases, resolve_material(name, catalogue, phases)) for name in materials]
    states = {} if cathode is None else lithium_states(phases, catalogue.cathode(cathode)).states
    voltages = {state.state: state.lithium.voltage_v for state in states}
    draw_into(file, lambda ax: draw_windows(ax, found, voltages), 0.8 + ROW_INCHES * len(found))


def voltage(
    name: CathodeName,
    output: Picture,
    lithiation: Lithiation = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Voltage curve of a cathode, with its states of charge and published voltages.

    Example: coatscreen plot voltage NCM83 --output ncm83.svg
    """
    from coatscreen.output import numbers
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.energies.source import open_energies
    from screening.figures import draw_voltage
    from screening.materials.catalogue import Catalogue

    file = picture_file(output)
    host = Catalogue.load().cathode(name).with_states(numbers("--lithiation", lithiation or ""))
    found = lithium_states(
        open_energies(chosen_energies(energies, doubtful), systems=[{"Li", *host.composition("full")}]), host
    )
    draw_into(file, lambda ax: draw_voltage(ax, found))


def staircase(
    materials: Annotated[list[str], typer.Argument(help="Materials.")],
    output: Picture,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Lithium that materials hold at each voltage from 0 to 5 V.

    Example: coatscreen plot staircase Li6PS5Cl Li3PS4 --output staircase.pdf
    """
    from screening.equilibrium.staircase import lithium_staircase
    from screening.figures import draw_staircase
    from screening.materials.names import resolve_formula

    file = picture_file(output)
    phases, catalogue = opened(chosen_energies(energies, doubtful), *materials, also=("Li",))
    found = [lithium_staircase(phases, resolve_formula(name, catalogue, phases)) for name in materials]
    draw_into(file, lambda ax: draw_staircase(ax, *found))


def sweep(
    materials: Pairs,
    output: Picture,
    voltages: Annotated[str, SWEEP] = "2.5:4.5",
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Mutual reaction energy of materials in contact, open to lithium, against the voltage.

    Example: coatscreen plot sweep LiNbO3 Li6PS5Cl Li3PO4 Li6PS5Cl --sweep 2.5:4.5:0.05 --output sweep.pdf
    """
    from coatscreen.verbs.materials.interface import swept_voltages
    from screening.equilibrium.voltage_sweep import voltage_sweep
    from screening.figures import draw_sweep

    file, asked = picture_file(output), swept_voltages(voltages)
    phases, pairs = _pairs(materials, chosen_energies(energies, doubtful), "Li")
    found = [voltage_sweep(phases, a, b, asked) for a, b in pairs]
    draw_into(file, lambda ax: draw_sweep(ax, *found))


def anneal(
    material: Material,
    output: Picture,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Show what a coating or its precursor becomes in air from 25 to 700 degrees C: the amount of each product.

    Example: coatscreen plot anneal Li3PS4 --output anneal.pdf
    """
    from coatscreen.verbs.materials.anneal import (
        DEFAULT_FROM_C,
        DEFAULT_OXYGEN_BAR,
        DEFAULT_STEP_C,
        DEFAULT_TO_C,
    )
    from screening.figures import draw_anneal
    from screening.heat.annealing.anneal import Annealing
    from screening.heat.annealing.atmosphere import Atmosphere
    from screening.heat.annealing.scan import anneal_scan
    from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C

    file = picture_file(output)
    phases, catalogue = opened(chosen_energies(energies, doubtful), material, also=("O",))
    steps = range(round((DEFAULT_TO_C - DEFAULT_FROM_C) / DEFAULT_STEP_C) + 1)
    kelvin = [DEFAULT_FROM_C + KELVIN_AT_0_C + step * DEFAULT_STEP_C for step in steps]
    found = anneal_scan(Annealing(phases, material, Atmosphere(DEFAULT_OXYGEN_BAR, {}), None, catalogue), kelvin)
    draw_into(file, lambda ax: draw_anneal(ax, found), 3.2)


def oxygen(
    name: CathodeName,
    output: Picture,
    temperature: GasTemperature = 300.0,
    pressure: GasPressure = 1.0,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
) -> None:
    """Show the oxygen that a cathode would give off in equilibrium, against its state of charge.

    Example: coatscreen plot oxygen NCM83 --output oxygen.pdf
    """
    from coatscreen.verbs.materials.oxygen import oxygen_asked
    from screening.figures import draw_oxygen

    file = picture_file(output)
    found = oxygen_asked(name, None, None, None, temperature, pressure, chosen_energies(energies, doubtful))
    draw_into(file, lambda ax: draw_oxygen(ax, found), 3.0)


def _pairs(materials: list[str], energies: str, *also: str) -> tuple[PhaseSet, list[tuple[str, str]]]:
    """Return the energies of materials, and the materials two by two.

    Raises
    ------
    InputError
        If one has no partner.
    """
    from screening.common.errors import InputError
    from screening.materials.names import resolve_formula

    if len(materials) % 2:
        raise InputError(f"materials are drawn in pairs: {materials[-1]!r} has no partner")
    phases, catalogue = opened(energies, *materials, also=also)
    named = [resolve_formula(name, catalogue, phases) for name in materials]
    return phases, list(zip(named[::2], named[1::2], strict=True))
