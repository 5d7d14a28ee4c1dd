"""Many interfaces at once, from a CSV of pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from screening.hull.reservoir import Reservoir
    from screening.materials.catalogue import Catalogue


def answers(
    file: Path, energies: str, element: str | None, reservoir: Reservoir | None, sampling: Sampling | None = None
) -> Iterator[dict[str, Any]]:
    """Answer each row of a CSV; a bad row is answered by its error.

    Parameters
    ----------
    file
        CSV with columns a, b and optionally mu.
    energies
        Where the energies come from.
    element
        The open element, if one is given for all rows.
    reservoir
        The reservoir of the rows without a mu of their own.
    sampling
        The samples of the energies to take for the uncertainty, if that is asked for.

    Raises
    ------
    InputError
        If the file cannot be read, or the energies cannot be opened or sampled.
    """
    from coatscreen.output import document
    from screening.common.errors import CoatscreenError, InputError
    from screening.energies.source import open_energies
    from screening.equilibrium.interface import Interface
    from screening.hull.reservoir import Reservoir
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import resolve_formula

    rows, catalogue = _rows(file), Catalogue.load()
    phases = open_energies(energies, systems=_systems(rows, catalogue, element))
    if sampling is not None:
        sampling.require_model(phases)
    for row in rows:
        try:
            held = reservoir
            if None in row:
                raise InputError("more values than columns")
            if row.get("mu"):
                held = Reservoir({element or "Li": _number(row["mu"])})
            found = Interface(
                phases,
                resolve_formula(row["a"] or "", catalogue, phases),
                resolve_formula(row["b"] or "", catalogue, phases),
                held,
            )
            yield document(found.document(), uncertainty=None if sampling is None else sampling.interface(found))
        except CoatscreenError as error:
            yield {"a": row["a"], "b": row["b"], "error": str(error)}


def _systems(rows: list[dict[str, str]], catalogue: Catalogue, element: str | None) -> Iterator[set[str]]:
    """Yield the chemical system of each row that can be read."""
    from contextlib import suppress

    from screening.common.errors import InputError
    from screening.materials.names import elements_named

    for row in rows:
        held = element or ("Li" if row.get("mu") else None)
        with suppress(InputError):
            named = elements_named(row["a"] or "", catalogue) | elements_named(row["b"] or "", catalogue)
            yield {*named, *((held,) if held else ())}


def _rows(file: Path) -> list[dict[str, str]]:
    """Read a CSV with columns a, b and optionally mu."""
    import csv
    import io

    from screening.common.errors import InputError
    from screening.common.files import read_text

    reader = csv.DictReader(io.StringIO(read_text(file, "pairs file"), newline=""), skipinitialspace=True)
    try:
        columns = [name.strip() for name in reader.fieldnames or []]
        if sorted(columns) not in (["a", "b"], ["a", "b", "mu"]):
            found = ", ".join(columns) or "none"
            raise InputError(f"{file}: the columns must be a, b and optionally mu, not {found}")
        reader.fieldnames = columns
        return list(reader)
    except csv.Error as error:
        raise InputError(f"pairs file {file} is not CSV: {error}") from None


def _number(text: str) -> float:
    from screening.common.errors import InputError

    try:
        return float(text)
    except ValueError:
        raise InputError(f"mu {text!r} is not a number") from None
