"""The quantities of transport: lithium through a coating, and electrons kept out.

They follow from tables and from the composition, not from the energies.

Where measured conductivities are a range, its unfavourable end is the value that is compared, so that a coating passes
only if all of the range does.
"""

from __future__ import annotations

from screening.criteria.quantities import Coating, Quantity
from screening.transport.electrons import ELECTRON_CLASSES

CONDUCTIVITY = "ionic_conductivity_s_per_cm"
RESISTANCE = "film_resistance_ohm_cm2"
BARRIER = "lithium_barrier_ev"
INSULATION = "electron_insulation"
GAP = "band_gap_ev"
NO_PATH_EV = 99.0  # what "lithium does not pass" is compared as


def _conductivity(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.conductivity
    return None if known is None else known.low_s_per_cm


def _resistance(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.film_resistance
    return None if known is None else known.high_ohm_cm2


def _barrier(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.barriers
    return None if known is None else known.barrier_3d_ev


def _no_path(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.barriers
    return None if known is None else NO_PATH_EV


def _insulation(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.electrons
    return None if known is None else float(ELECTRON_CLASSES.index(known.kind))


def _gap(coating: Coating) -> float | None:
    known = None if coating.transport is None else coating.transport.electrons
    return None if known is None else known.low_gap_ev


TRANSPORT_QUANTITIES = (
    Quantity(
        name=CONDUCTIVITY,
        label="S/cm",
        better="higher",
        description="measured lithium conductivity at 25 C, S/cm: amorphous if known, of a range the lowest",
        value=_conductivity,
        from_energies=False,
        lowest=0.0,
        digits=None,
    ),
    Quantity(
        name=RESISTANCE,
        label="film (ohm cm2)",
        better="lower",
        description="resistance of the film to lithium from its measured conductivity, ohm cm2 of cell; of a range the "
        "highest",
        value=_resistance,
        from_energies=False,
        lowest=0.0,
        digits=None,
    ),
    Quantity(
        name=BARRIER,
        label="Li barrier (eV)",
        better="lower",
        description="barrier of lithium in three dimensions of its crystal, from the bond-valence site energy, eV; "
        "none: it does not pass",
        value=_barrier,
        compared=_no_path,
        from_energies=False,
        lowest=0.0,
        digits=2,
    ),
    Quantity(
        name=INSULATION,
        label="insulation",
        better="higher",
        description="whether it keeps electrons out, by the shells of its ions: 2 insulating, 1 likely, 0 conducting",
        value=_insulation,
        from_energies=False,
        lowest=0.0,
        highest=2.0,
        digits=0,
    ),
    Quantity(
        name=GAP,
        label="gap (eV)",
        better="higher",
        description="measured band gap, eV; of several the lowest",
        value=_gap,
        from_energies=False,
        lowest=0.0,
        digits=2,
    ),
)
