"""``coatscreen catalogue``: the materials that have names, and the quantities coatings are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import AsJson, Catalogue, OutputFormat
from coatscreen.verb_groups import VerbGroup

if TYPE_CHECKING:
    from screening.materials.catalogue import Catalogue as Loaded
    from screening.materials.cathode import Cathode, PublishedVoltage
    from screening.materials.material import Material, Property
    from screening.transport.measured import MeasuredValue

app = typer.Typer(
    cls=VerbGroup,
    help="Materials that have names, and quantities that coatings are judged by.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_all(
    role: Annotated[
        str | None, typer.Option(help="Only this role: coating, electrolyte, cathode or anode; default all.")
    ] = None,
    quantities: Annotated[
        bool, typer.Option("--quantities", help="List the quantities coatings are judged by instead.")
    ] = False,
    catalogue: Catalogue = None,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """List the names, with the formula, other names and states of charge of each.

    Example: coatscreen catalogue list --role electrolyte
    """
    from coatscreen.forms import printed
    from coatscreen.output import print_table
    from screening.common.errors import InputError, nearest

    if quantities:
        if role is not None:
            raise InputError("--quantities takes no --role: quantities are those of coatings")
        return _list_quantities(form, as_json)
    entries = _loaded(catalogue).entries
    roles = list(dict.fromkeys(entry.role for entry in entries))
    if role is not None and role not in roles:
        raise InputError(f"--role {role!r}: there are {', '.join(roles)}{nearest(role, roles)}")
    listed = [entry for entry in entries if role in (None, entry.role)]
    documents = [_document(entry) for entry in listed]
    if printed(form, as_json, lambda: {"materials": documents}, lambda: map(_row, listed), None):
        return None
    return print_table(
        ["name", "role", "formula", "other names", "states"],
        [[e.name, e.role, _formula(e), ", ".join(e.aliases), _states(e)] for e in listed],
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name or other name of a material.")],
    catalogue: Catalogue = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known of a material, with the source of each value.

    Example: coatscreen catalogue show LLZO
    """
    from coatscreen.output import print_json

    found = _loaded(catalogue).named(name)
    if as_json:
        return print_json({"materials": [_document(entry) for entry in found]})
    for entry in found:
        _print(entry)
    return None


def _loaded(files: str | None) -> Loaded:
    from screening.materials.catalogue import Catalogue as Loaded

    return Loaded.load(*(part.strip() for part in (files or "").split(",") if part.strip()))


def _formula(entry: Material | Cathode) -> str:
    return entry.formula("full") if entry.role == "cathode" else entry.formula


def _states(entry: Material | Cathode) -> str:
    return ", ".join(f"{state} {x:.4g}" for state, x in entry.lithiations.items()) if entry.role == "cathode" else ""


def _document(entry: Material | Cathode) -> dict[str, Any]:
    from screening.transport.measured import measured_values

    measured = [value.model_dump(mode="json") for value in measured_values(_formula(entry))]
    return {**entry.model_dump(mode="json"), "formula": _formula(entry), "measured": measured}


def _row(entry: Material | Cathode) -> dict[str, str]:
    return {
        "name": entry.name,
        "role": entry.role,
        "formula": _formula(entry),
        "other_names": ", ".join(entry.aliases),
        "states": _states(entry),
    }


def _print(entry: Material | Cathode) -> None:
    from coatscreen.output import number
    from screening.transport.measured import measured_values

    print(f"{entry.name}: {entry.role}, {_formula(entry)}")
    for label, text in (("also", ", ".join(entry.aliases)), ("structure", entry.structure), ("note", entry.note)):
        if text:
            print(f"  {label}: {text}")
    if entry.role == "cathode":
        for state in entry.lithiations:
            print(f"  {state}: {entry.formula(state)}")
        for state, voltage in entry.voltages.items():
            print(f"  {state}: contacts opened to lithium at {voltage:g} V")
        for one in entry.published_voltages:
            between = (
                f"{one.lithium_from:g} to {one.lithium_to:g} Li"
                if one.lithium_from > one.lithium_to
                else (f"at {one.lithium_from:g} Li")
            )
            print(f"  published, {between}: {one.voltage_v:g} V, {one.kind}; {_cited(one)}")
    else:
        if entry.components:
            print(f"  made of: {entry.written}")
        if entry.energy_above_hull is not None:
            above = entry.energy_above_hull
            print(f"  above the hull: {number(above.mev_per_atom, 1)} meV/atom; {above.source}")
        for known in entry.properties:
            low, high = known.value if isinstance(known.value, tuple) else (known.value, known.value)
            value = f"{high:g}" if low == high else f"{'up to ' if low is None else f'{low:g} to '}{high:g}"
            print(f"  {known.quantity}: {value}; {_cited(known)}")
    for measured in measured_values(_formula(entry)):
        print(f"  {measured.quantity}: {measured.value:g}; {_measured(measured)}")
    for paper in entry.studied_in:
        print(f"  studied in: {paper}")


def _cited(value: Property | PublishedVoltage) -> str:
    conditions = f"{value.conditions}; " if value.conditions else ""
    return f"{conditions}{value.source}{'' if value.verified else ' (not read there for this catalogue)'}"


def _measured(value: MeasuredValue) -> str:
    at = None if value.temperature_c is None else f"{value.temperature_c:g} C"
    unread = "" if value.read_in == "paper" else " (not read there for this table)"
    not_used = f"not used: {value.doubt}" if value.doubt else None
    return "; ".join(
        part for part in (not_used, value.form, at, value.conditions, f"{value.source}{unread}") if part is not None
    )


def _list_quantities(form: Format, as_json: bool) -> None:
    from coatscreen.forms import printed
    from coatscreen.output import print_table
    from screening.criteria.quantities import registered

    rows = list(registered().values())
    documents = [{"name": q.name, "label": q.label, "better": q.better, "description": q.description} for q in rows]
    if printed(form, as_json, lambda: {"quantities": documents}, lambda: documents, None):
        return None
    return print_table(
        ["quantity", "label", "better", "description"], [[q.name, q.label, q.better, q.description] for q in rows]
    )
