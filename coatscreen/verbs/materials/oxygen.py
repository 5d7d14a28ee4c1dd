"""``coatscreen oxygen``: the oxygen a cathode gives up, and how much of what it makes a coating removes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import AsJson, Doubtful, DoubtfulPhases, Energies, OutputFormat, chosen_energies

if TYPE_CHECKING:
    from screening.heat.oxygen.oxygen_documents import ContactProducts, OxygenBalance, OxygenDocument, ProductShare

GasTemperature = Annotated[float, typer.Option("--temperature", help="Of the O2 gas, K; solids are at 0 K.")]
GasPressure = Annotated[float, typer.Option("--pressure", help="Of O2, bar.")]
_ALONE_STEP, _CONTACT_STEP = 0.05, 0.25  # of the full lithium content


def oxygen(
    name: Annotated[str, typer.Argument(help="Cathode: a name of the catalogue, or a lithium-containing formula.")],
    electrolyte: Annotated[
        str | None, typer.Option(help="Also what this becomes at the cathode: a name or formula.")
    ] = None,
    coating: Annotated[
        str | None, typer.Option(help="Also what a coating between them removes: a name or formula.")
    ] = None,
    lithiation: Annotated[
        str | None,
        typer.Option(
            help="Lithium contents or states, as in 0.3,half. Default: from full to empty by 0.05 of the full content, "
            "by 0.25 with an electrolyte."
        ),
    ] = None,
    temperature: GasTemperature = 300.0,
    pressure: GasPressure = 1.0,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Oxygen release of a cathode against its state of charge, alone and at its contacts.

    Example: coatscreen oxygen NCM83

    Example: coatscreen oxygen NCM83 --electrolyte Li6PS5Cl --coating LiNbO3 --lithiation 0.5,0.2
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, print_energies

    energies = chosen_energies(energies, doubtful)
    result = oxygen_asked(name, electrolyte, coating, lithiation, temperature, pressure, energies)
    if printed(form, as_json, partial(document, result), lambda: _rows(result), result.energies):
        return None
    _print_alone(result)
    if electrolyte is not None:
        _print_contacts(result, [(s.cathode.state_of_charge, s.closed) for s in result.states], "closed")
        opened = [(s.cathode.state_of_charge, s.open_to_lithium) for s in result.states]
        _print_contacts(result, opened, "open to lithium at the cathode's voltage")
        print(result.shares_are)
    return print_energies(result.energies)


def oxygen_asked(
    name: str,
    electrolyte: str | None,
    coating: str | None,
    lithiation: str | None,
    temperature_k: float,
    pressure_bar: float,
    energies: str,
) -> OxygenDocument:
    """Compute the oxygen of a cathode as the options of the verb ask for it."""
    from screening.energies.source import open_energies
    from screening.heat.oxygen.oxygen_contacts import check_coating, oxygen_document
    from screening.heat.oxygen.release import check_cathode, lithium_grid
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import elements_named, resolve_formula

    catalogue = Catalogue.load()
    host = catalogue.cathode(name)
    check_cathode(host)
    check_coating(electrolyte, coating)
    contents = (
        lithium_grid(host, _ALONE_STEP if electrolyte is None else _CONTACT_STEP)
        if lithiation is None
        else [host.lithium(part) for part in lithiation.split(",")]
    )
    partners = [partner for partner in (electrolyte, coating) if partner is not None]
    named = {element for partner in partners for element in elements_named(partner, catalogue)}
    phases = open_energies(energies, systems=[{"Li", *host.composition("full"), *named}])
    formulas = [resolve_formula(partner, catalogue, phases) for partner in partners]
    return oxygen_document(phases, host, contents, temperature_k, pressure_bar, *formulas)


def _rows(result: OxygenDocument) -> Iterator[dict[str, Any]]:
    """Yield the oxygen of the cathode alone, a row for each state; contacts are in the JSON."""
    for state in result.states:
        yield {"cathode": result.cathode, **state.cathode.model_dump(mode="json")}


def _print_alone(result: OxygenDocument) -> None:
    from coatscreen.output import number, print_table

    gas = f"{result.temperature_k:g} K, {result.pressure_bar:g} bar"
    rows = []
    for state in result.states:
        alone = state.cathode
        for how, balance in (("fixed", alone.closed), ("open", alone.open_to_lithium)):
            rows.append(
                [
                    number(100 * alone.state_of_charge, 1) if how == "fixed" else "",
                    number(alone.voltage_v, 2) if how == "fixed" else "",
                    how,
                    number(balance.oxygen_gas_per_formula_unit, 3),
                    number(balance.release_mu_o_ev, 3),
                    _leaves_above(balance),
                    number(balance.oxygen_released_per_formula_unit, 3),
                ]
            )
    columns = ["O2 at 0 K (per f.u.)", "mu_O (eV)", "leaves above (K)", f"O atoms gone at {gas} (per f.u.)"]
    print_table(["state of charge (%)", "voltage (V)", "lithium", *columns], rows, f"{result.cathode} alone")
    if result.onset_state_of_charge is None:
        print("the closed mixture at 0 K holds no O2 gas at any state of charge")
    else:
        onset = number(100 * result.onset_state_of_charge, 1)
        print(f"the closed mixture at 0 K holds O2 gas from a state of charge of {onset} %")


def _leaves_above(balance: OxygenBalance) -> str:
    from coatscreen.output import number

    outside = {"below the table": "any", "above the table": "none"}
    return outside.get(balance.balance) or number(balance.balance_temperature_k)


def _print_contacts(result: OxygenDocument, states: list[tuple[float, ContactProducts | None]], how: str) -> None:
    """Print which share of each element each class of products holds, in per cent."""
    from coatscreen.output import number, print_table

    found = [(charge, contact) for charge, contact in states if contact is not None]
    keys = list(dict.fromkeys(_key(row) for _, contact in found for row in contact.shares))
    rows = []
    for charge, contact in found:
        by_key = {_key(row): row for row in contact.shares}
        sides = {"alone": None, "bare": contact.bare}
        if contact.coated is not None:
            sides["coated"] = contact.coated
        for column, side in sides.items():
            energy = None if side is None else 1000 * side.reaction.mutual.energy_ev
            moved = None if side is None else side.oxygen_per_electrolyte_formula_unit
            held = [100 * getattr(by_key[key], column) if key in by_key else 0.0 for key in keys]
            first = number(100 * charge, 1) if column == "alone" else ""
            rows.append([first, column, number(energy, 0), number(moved, 2), *(number(share) for share in held)])
        if contact.coated is not None:
            shares = [by_key[key].removed if key in by_key else None for key in keys]
            removed = [contact.oxygen_removed, *shares]
            rows.append(["", "removed (%)", "", *(number(None if r is None else 100 * r) for r in removed)])
    unit = "meV/atom" if how == "closed" else "meV per non-Li atom"
    coating = "" if result.coating is None else f", coated with {result.coating}"
    print_table(
        [
            "state of charge (%)",
            "electrolyte",
            f"mutual ({unit})",
            "O taken (per f.u.)",
            *(f"{key} (%)" for key in keys),
        ],
        rows,
        f"{result.electrolyte} at {result.cathode}{coating}; {how}",
    )


def _key(row: ProductShare) -> str:
    return f"{row.element}: {row.product_class}"
