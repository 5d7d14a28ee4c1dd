"""Energies that another installed package brings.

A package names a function under the entry point ``coatscreen.energies``: the entry's name is what ``--energies`` takes,
with an argument behind a colon if there is one (``mylab:2026-11``), and the function makes the phases of the argument.
Nothing is loaded before such a name is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from screening.common.errors import CoatscreenError, InputError
from screening.phases.phase_set import PhaseSet

ENTRY_POINTS = "coatscreen.energies"
Source = Callable[[str], PhaseSet]


@cache
def plugin_names() -> Mapping[str, EntryPoint]:
    """Return the sources of energies of other packages, by the name that ``--energies`` takes."""
    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}


def plugin_energies(part: str) -> PhaseSet:
    """Open the energies of another package.

    Parameters
    ----------
    part
        ``NAME`` or ``NAME:ARGUMENT``, where the name is one of :func:`plugin_names`.

    Raises
    ------
    InputError
        If the package cannot be loaded, fails, or returns something else; the message names it.
    """
    name, _, argument = part.partition(":")
    entry = plugin_names()[name]
    where = f"the energies {part!r} of {entry.value} (entry point of {ENTRY_POINTS})"
    try:
        source: Source = entry.load()
        phases = source(argument)
    except CoatscreenError:
        raise
    except Exception as error:  # whatever another package's code stumbles on
        raise InputError(f"{where} cannot be used: {type(error).__name__}: {error}") from None
    if not isinstance(phases, PhaseSet):
        raise InputError(f"{where} are a {type(phases).__name__}, not a PhaseSet")
    return phases
