"""``coatscreen air``: what a powder becomes in humid air."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import AsJson, Doubtful, DoubtfulPhases, Energies, OutputFormat, chosen_energies

if TYPE_CHECKING:
    from screening.heat.air.air_documents import AirStability, Exposure
    from screening.heat.air.conditions import Air


def air(
    materials: Annotated[str, typer.Argument(help="Comma list of materials: names or formulas.")],
    dew_point: Annotated[
        float | None, typer.Option(help="Dew point, degrees C, below 0 the frost point.  [default: 10]")
    ] = None,
    co2: Annotated[float | None, typer.Option(help="Carbon dioxide, ppm.  [default: 420]")] = None,
    celsius: Annotated[float, typer.Option(help="Temperature, degrees C, 25 at least.")] = 25.0,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Hydrolysis and carbonation of powders in air, and the gases they give off, in equilibrium.

    Example: coatscreen air Li6PS5Cl,Li3PS4,LiNbO3

    Example: coatscreen air Li6PS5Cl --dew-point -40
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, print_energies
    from screening.common.errors import InputError
    from screening.energies.source import open_energies
    from screening.heat.air.air import ELEMENTS_OF_AIR, air_stability
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import elements_named

    energies = chosen_energies(energies, doubtful)
    asked = _air(celsius, dew_point, co2)
    catalogue = Catalogue.load()
    names = list(dict.fromkeys(name.strip() for name in materials.split(",") if name.strip()))
    if not names:
        raise InputError("no material is given")
    systems = [ELEMENTS_OF_AIR.union(elements_named(name, catalogue)) for name in names]
    phases = open_energies(energies, systems=systems)
    found = [air_stability(phases, name, asked, catalogue) for name in names]
    rows = [row for one in found for row in _rows(one)]

    def whole() -> dict[str, Any]:
        return {"materials": [document(one) for one in found]}

    if printed(form, as_json, whole, partial(iter, rows), phases.provenance):
        return None
    _print(found)
    return print_energies(phases.provenance)


def _air(celsius: float, dew_point: float | None, co2: float | None) -> Air:
    from pydantic import ValidationError

    from screening.common.errors import InputError
    from screening.files.validation import explained
    from screening.heat.air.conditions import Air
    from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C

    given = {"dew_point_c": dew_point, "co2_ppm": co2}
    try:
        asked = Air(
            temperature_k=celsius + KELVIN_AT_0_C, **{name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        raise InputError(explained(error)) from None
    asked.check()
    return asked


def _exposures(found: AirStability) -> dict[str, Exposure]:
    return {"water": found.hydrolysis, "CO2": found.carbonation, "both": found.humid_air}


def _rows(found: AirStability) -> list[dict[str, Any]]:
    return [
        {
            "material": found.material,
            "formula": found.formula,
            "taken_up": taken_up,
            "verdict": exposure.verdict,
            "free_energy_ev_per_formula_unit": exposure.free_energy_ev_per_formula_unit,
            "free_energy_ev_per_atom": exposure.free_energy_ev_per_atom,
            "mass_change_percent": exposure.mass_change_percent,
            "given_off_cm3_per_g": exposure.given_off_cm3_per_g,
            "reaction": exposure.reaction,
        }
        for taken_up, exposure in _exposures(found).items()
    ]


def _print(found: list[AirStability]) -> None:
    from coatscreen.output import note, number, print_table
    from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C

    held = found[0].air
    celsius = held.temperature_k - KELVIN_AT_0_C
    pressures = ", ".join(f"{name} {bar:.2g} bar" for name, bar in held.gas_bar.items())
    print(
        f"Air of dew point {held.dew_point_c:g} C with {held.co2_ppm:g} ppm CO2 at {celsius:g} C: "
        f"{pressures}; gases are given off at {held.product_gas_bar:g} bar. Equilibrium: nothing is said of rates"
    )
    print_table(
        ["material", "takes up", "verdict", "meV/atom", "eV/formula unit", "gas (cm3/g)", "becomes"],
        [
            [
                one.material,
                taken_up,
                exposure.verdict,
                number(1000 * exposure.free_energy_ev_per_atom, 0),
                number(exposure.free_energy_ev_per_formula_unit, 2),
                ", ".join(f"{gas} {number(amount, 0)}" for gas, amount in exposure.given_off_cm3_per_g.items()),
                exposure.reaction if exposure.verdict != "stable" else "",
            ]
            for one in found
            for taken_up, exposure in _exposures(one).items()
        ],
        numeric=["meV/atom", "eV/formula unit"],
    )
    if left_out := sorted({gas for one in found for gas in one.gases_left_out}):
        note(f"the energies hold no condensed {', '.join(left_out)}: these gases are left out")
