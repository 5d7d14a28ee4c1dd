"""Many interfaces at once, from a CSV of pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from coatscreen.verbs.materials.reservoirs import Asked
    from screening.hull.reservoir import Reservoir
    from screening.materials.catalogue import Catalogue

_COLUMNS = {
    "a": ("a",),
    "b": ("b",),
    "mu": ("mu", "mu_ev", "mu (eV)", "mu_li", "mu_li_ev"),
    "voltage": ("voltage", "voltage_v", "voltage (V)", "V"),
}


def answers(file: Path, energies: str, asked: Asked, sampling: Sampling | None = None) -> Iterator[dict[str, Any]]:
    """Answer each row of a CSV; a bad row is answered by its error.

    Parameters
    ----------
    file
        CSV with columns a, b and optionally mu or voltage, in upper or lower case; separated by commas, semicolons or
        tabs. The answer carries further columns under ``columns``.
    energies
        Where the energies come from.
    asked
        The reservoirs of all rows. A row may give the potential of the open element that has none there, or of the
        working ion.
    sampling
        The samples of the energies to take for the uncertainty, if that is asked for.

    Raises
    ------
    InputError
        If the file cannot be read, or the energies cannot be opened or sampled.
    """
    from functools import partial

    from coatscreen.verbs.materials.opened import doubtful_entering, interface_answer, products_of_interface
    from screening.common.errors import CoatscreenError, InputError
    from screening.energies.source import open_energies
    from screening.equilibrium.interface import Interface
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import resolve_formula

    if len(asked.without) > 1:
        raise InputError(f"a row gives one potential, and {', '.join(asked.without)} have none: give the others")
    rows, catalogue = _rows(file), Catalogue.load()
    phases = open_energies(energies, systems=_systems(rows, catalogue, asked))
    if sampling is not None:
        sampling.require_model(phases)
    for row in rows:
        try:
            if row.surplus:
                raise InputError("more values than columns")
            first = resolve_formula(row.a or "", catalogue, phases)
            second = resolve_formula(row.b or "", catalogue, phases)
            compute = partial(Interface, a=first, b=second, reservoir=_held(row, asked))
            found = compute(phases)
            off = None if sampling is None else sampling.interface(found)
            doubted = doubtful_entering(energies, phases, found, compute, products_of_interface)
            yield {**interface_answer(found, off, doubted), **row.extra}
        except CoatscreenError as error:
            yield {"a": row.a, "b": row.b, "error": str(error), **row.extra}


class _Row(NamedTuple):
    """One row of a file of pairs, as text."""

    a: str | None
    b: str | None
    mu: str | None
    voltage: str | None
    columns: dict[str, str]  # what else the row has, by heading
    surplus: bool  # whether it has more cells than the heading

    @property
    def extra(self) -> dict[str, Any]:
        """What the answer carries of the further columns."""
        return {"columns": self.columns} if self.columns else {}


def _held(row: _Row, asked: Asked) -> Reservoir | None:
    """Return the reservoirs of a row: its own, and those asked for of other elements; None if there are none."""
    from screening.common.errors import InputError
    from screening.hull.reservoir import Reservoir

    if row.mu and row.voltage:
        raise InputError("give mu or a voltage, not both")
    element = asked.without[0] if asked.without else asked.ion
    if row.voltage:
        if element != asked.ion:
            raise InputError(f"a voltage is that of {asked.ion}, and {element} is open: give mu")
        own = Reservoir.at_voltage(_number("voltage", row.voltage), element)
    elif row.mu:
        own = Reservoir({element: _number("mu", row.mu)})
    else:
        return asked.complete()
    others = {} if asked.reservoir is None else asked.reservoir.mu_relative_ev
    return Reservoir({**others, **own.mu_relative_ev})


def _systems(rows: list[_Row], catalogue: Catalogue, asked: Asked) -> Iterator[set[str]]:
    """Yield the chemical system of each row that can be read."""
    from contextlib import suppress

    from screening.common.errors import InputError
    from screening.materials.names import elements_named

    for row in rows:
        with suppress(InputError):
            named = elements_named(row.a or "", catalogue) | elements_named(row.b or "", catalogue)
            held = _held(row, asked)
            yield {*named, *(held.elements if held else ())}


def _rows(file: Path) -> list[_Row]:
    """Read a table with the columns a and b, perhaps mu or voltage, and others."""
    from screening.common.errors import InputError
    from screening.files.spreadsheets import column, read_table

    table = read_table(file, "pairs file")
    places = {name: column(table, *aliases) for name, aliases in _COLUMNS.items()}
    if places["a"] is None or places["b"] is None:
        found = ", ".join(table.columns) or "none"
        raise InputError(f"pairs file {file}: it needs the columns a and b, and may have mu or voltage; it has {found}")
    others = {place: name for place, name in enumerate(table.columns) if name and place not in places.values()}
    rows = []
    for _, cells in table.rows:
        known = {n: cells[p] if p is not None and p < len(cells) else None for n, p in places.items()}
        carried = {name: cells[place] for place, name in others.items() if place < len(cells)}
        rows.append(_Row(**known, columns=carried, surplus=any(cells[len(table.columns) :])))
    return rows


def _number(what: str, text: str) -> float:
    from screening.common.errors import InputError
    from screening.files.spreadsheets import decimal

    try:
        return decimal(text)
    except ValueError:
        raise InputError(f"{what} {text!r} is not a number") from None
