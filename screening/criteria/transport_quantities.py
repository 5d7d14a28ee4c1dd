"""The quantities of transport: lithium through a coating. They follow from tables, not from the energies.

Where measured conductivities are a range, its unfavourable end is the value that is compared, so that a coating passes
only if all of the range does.
"""

from __future__ import annotations

from screening.criteria.quantities import Coating, Quantity

CONDUCTIVITY = "ionic_conductivity_s_per_cm"
RESISTANCE = "film_resistance_ohm_cm2"
BARRIER = "lithium_barrier_ev"
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
)
