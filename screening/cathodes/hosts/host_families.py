"""Phases whose structures are the same but for the working ion: between them it is taken out topotactically.

The packaged table (:mod:`screening.cathodes.hosts.build` makes it) holds ids of phases alone. Their energies are those
of the set that is asked, so that a family counts as far as the set has its phases.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from screening.chemistry.compositions import composition_key, format_formula
from screening.files.content import DATA
from screening.materials.cathode import Cathode
from screening.phases.ion_series import IonSeries, ion_series
from screening.phases.phase_set import PhaseSet

TABLE = DATA / "host_families.json"


def host_formula(amounts: Mapping[str, float]) -> str:
    """Return the formula by which the families of a host are found: with the smallest whole amounts."""
    key = composition_key(amounts)
    whole = math.lcm(*(share.denominator for _, share in key))
    return format_formula({element: float(share * whole) for element, share in key})


def families_of(cathode: Cathode) -> list[tuple[str, ...]]:
    """Return the ids of the phases of each family that a cathode's voltages may be counted in."""
    known = [tuple(family) for family in _families().get(cathode.ion, {}).get(host_formula(cathode.host), [])]
    if len(cathode.phases) == 1:
        return [family for family in known if cathode.phases[0] in family]
    return [cathode.phases] if cathode.phases else known


@cache
def _families() -> dict[str, dict[str, list[list[str]]]]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    families: dict[str, dict[str, list[list[str]]]] = table["families"]
    return families


def topotactic_series(phases: PhaseSet, cathode: Cathode) -> IonSeries | None:
    """Return the phases between which a cathode's ion is taken out and its host stays.

    They are those that the cathode names; else those of one family, that of the phase it names, or that whose phase at
    the content of the state ``full`` is lowest in energy.

    Parameters
    ----------
    phases
        The energies.
    cathode
        The host, with its content at the state ``full``.

    Returns
    -------
    IonSeries or None
        None where there is no family with phases at that content and at a lower one among the energies.
    """
    full = cathode.lithium("full") / sum(cathode.host.values())
    found = [
        ion_series(phases, phases.table.positions_of(family), cathode.host, cathode.ion)
        for family in families_of(cathode)
    ]
    whole = [series for series in found if series.holds(full) and series.contents[0] < full - 1e-9]
    return min(whole, key=lambda series: (round(series.energy(full), 9), series.positions), default=None)
