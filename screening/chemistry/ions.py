"""Working ions: what the electrodes of a battery exchange, and how voltages and chemical potentials belong together.

The voltage of an electrode against the ion's metal is ``phi = -mu / (z e)``, where mu is the chemical potential of the
ion's element relative to the metal and z the charge of the ion (Aydinol et al., Phys. Rev. B 56, 1354 (1997)).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from screening.common.errors import InputError, nearest
from screening.files.content import DATA


class Ion(NamedTuple):
    """An ion that electrodes exchange."""

    element: str
    word: str  # name of the element
    charge: int  # elementary charges

    @property
    def couple(self) -> str:
        """What voltages are counted against, for example ``Mg/Mg2+``."""
        return f"{self.element}/{self.element}{self.charge if self.charge > 1 else ''}+"

    def mu_ev(self, voltage_v: float) -> float:
        """Return the chemical potential at a voltage, eV per atom relative to the metal."""
        return -self.charge * voltage_v

    def voltage_v(self, mu_ev: float) -> float:
        """Return the voltage against the metal at a chemical potential, V."""
        return -mu_ev / self.charge


@cache
def _ions() -> dict[str, Ion]:
    import yaml

    rows = yaml.safe_load((DATA / "ions.yaml").read_text(encoding="utf-8"))
    return {row["element"]: Ion(**row) for row in rows}


def ion_elements() -> tuple[str, ...]:
    """Return the elements whose ions are known, lithium first."""
    return tuple(_ions())


def ion_of(element: str) -> Ion:
    """Return the ion of an element.

    Raises
    ------
    InputError
        If none is known of it.
    """
    known = _ions()
    if element not in known:
        raise InputError(f"no working ion {element!r}: there are {', '.join(known)}{nearest(element, known)}")
    return known[element]


LITHIUM = "Li"
