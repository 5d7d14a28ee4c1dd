"""Reservoirs: elements that are exchanged with the surroundings at a given chemical potential."""

from __future__ import annotations

import math
from collections.abc import Mapping

from screening.chemistry.elements import require_element
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError


class Reservoir:
    """Elements held at given chemical potentials.

    A chemical potential is always relative to the element's own reference phase (for lithium the metal)
    in the same set of energies: -3.66 eV means 3.66 V against Li/Li+. Absolute potentials are not accepted, because
    they look like relative ones.

    Parameters
    ----------
    mu_relative_ev
        Chemical potential of each open element relative to its reference, eV/atom, never positive.

    Raises
    ------
    InputError
        If there is no such element, or a potential is not finite or is positive: the reference phase would precipitate
        without limit.
    """

    def __init__(self, mu_relative_ev: Mapping[str, float]) -> None:
        if not mu_relative_ev:
            raise InputError("a reservoir needs at least one element")
        for element, mu in mu_relative_ev.items():
            require_element(element)
            if not math.isfinite(mu):
                raise InputError(f"the chemical potential of {element} is not a number: {mu}")
            if mu > 0:
                raise InputError(
                    f"mu({element}) = {mu:+g} eV lies above the element's reference, which would precipitate "
                    f"without limit; a voltage of {mu:g} V is --mu {-mu:g}"
                )
        self._mu = tuple(sorted((element, float(mu)) for element, mu in mu_relative_ev.items()))

    @classmethod
    def at_voltage(cls, voltage_v: float, ion: str = LITHIUM) -> Reservoir:
        """Return a reservoir of an ion's element at a voltage against its metal: mu = mu0 - z e phi.

        Parameters
        ----------
        voltage_v
            Voltage, V, against Li/Li+ for lithium; 0 or more.
        ion
            Element of the ion.
        """
        working = ion_of(ion)
        if not voltage_v >= 0:
            raise InputError(f"a voltage against {working.couple} must not be negative: {voltage_v:g} V")
        return cls({ion: working.mu_ev(voltage_v)})

    @classmethod
    def lithium_voltage(cls, voltage_v: float) -> Reservoir:
        """Return a reservoir of lithium at a voltage against Li/Li+ (V >= 0): mu_Li = mu0_Li - e phi."""
        return cls.at_voltage(voltage_v)

    @classmethod
    def oxygen_gas(cls, temperature_k: float, pressure_bar: float) -> Reservoir:
        """Return a reservoir of oxygen gas; solids stay at 0 K. See :mod:`screening.thermochemistry.gas`."""
        from screening.thermochemistry.gas import oxygen_chemical_potential_ev

        return cls({"O": oxygen_chemical_potential_ev(temperature_k, pressure_bar)})

    def joined(self, other: Reservoir) -> Reservoir:
        """Return the reservoirs of this one and of another, side by side.

        Raises
        ------
        InputError
            If both hold one element.
        """
        if both := set(self.elements) & set(other.elements):
            raise InputError(f"{', '.join(sorted(both))} has two chemical potentials: give one")
        return Reservoir({**self.mu_relative_ev, **other.mu_relative_ev})

    @property
    def mu_relative_ev(self) -> dict[str, float]:
        """Chemical potentials relative to the elements' references, eV/atom."""
        return dict(self._mu)

    @property
    def elements(self) -> tuple[str, ...]:
        """The open elements."""
        return tuple(element for element, _ in self._mu)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reservoir) and self._mu == other._mu

    def __hash__(self) -> int:
        return hash(self._mu)

    def __repr__(self) -> str:
        return f"Reservoir({dict(self._mu)})"
