"""The chemical potential of oxygen gas, and the free energies of the gases that solids give off.

``mu_O(T, p) = mu_O(0 K) + [H(298 K) - H(0 K)]/2 + G(T)/2 + kT/2 ln(p / 1 bar)``, per oxygen atom, with G(T)
of O2 relative to its enthalpy at 298.15 K from :mod:`screening.thermochemistry.element_gibbs`, and the enthalpy
increment from NIST-JANAF (M. W. Chase, 4th ed., 1998: 8.683 kJ/mol).

The other gases are data (``data/gases.yaml``): their thermal functions are the polynomials of B. J. McBride, S. Gordon
and M. A. Reno, NASA TM-4513 (1993), and their condensed forms have measured enthalpies.
"""

from __future__ import annotations

import math
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.files.content import DATA
from screening.thermochemistry.element_gibbs import BOLTZMANN_EV_PER_K, element_gibbs_ev

KJ_PER_MOL_PER_EV = 96.48533212
_FILE = DATA / "gases.yaml"
_O2_ENTHALPY_INCREMENT_EV = 8.683 / KJ_PER_MOL_PER_EV  # H(298.15 K) - H(0 K) of O2, per molecule


class Condensed(BaseModel):
    """The condensed form of a gas: the phase from which the gas's energy is counted in a set of energies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enthalpy_kj_per_mol: float = Field(description="measured enthalpy of formation, per mole of the gas's molecules")
    is_phase: bool = Field(description="whether it takes part in phase equilibria as a solid of its own")
    source: str = Field(min_length=1, description="where the enthalpy is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


class Gas(BaseModel):
    """A gas whose free energy is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="formula of the molecule")
    nasa7_low: tuple[float, ...] | None = Field(None, description="polynomial up to 1000 K; none: a standard state")
    nasa7_high: tuple[float, ...] | None = Field(None, description="polynomial above 1000 K")
    condensed: Condensed | None = Field(None, description="of a compound: its condensed form")

    @model_validator(mode="after")
    def _complete(self) -> Gas:
        is_compound = len(self.composition) > 1
        if is_compound != (self.condensed is not None):
            raise ValueError(f"{self.name}: a compound has a condensed form, an element none")
        if any(p is not None and len(p) != 7 for p in (self.nasa7_low, self.nasa7_high)):
            raise ValueError(f"{self.name}: a polynomial has seven coefficients")
        if (self.nasa7_low is None) != (self.nasa7_high is None) or (is_compound and self.nasa7_low is None):
            raise ValueError(f"{self.name}: both polynomials are needed, or none for an element's standard state")
        return self

    @property
    def composition(self) -> dict[str, float]:
        """Atoms of each element in one molecule."""
        return parse_formula(self.name)

    @property
    def is_standard_state(self) -> bool:
        """Whether the gas is the standard state of its element at 1 bar, the zero of formation energies."""
        return self.nasa7_low is None

    def formation_free_energy_ev(self, temperature_k: float) -> float:
        """Return the measured Gibbs energy of formation at 1 bar from the elements at this temperature, eV/molecule.

        Raises
        ------
        InputError
            If the temperature is outside the tables.
        """
        elements = element_gibbs_ev(self.composition, temperature_k)
        polynomial = self.nasa7_low if temperature_k <= 1000.0 else self.nasa7_high
        if polynomial is None:
            return 0.0
        t, (*a, enthalpy, entropy) = temperature_k, polynomial
        enthalpy_over_kt = sum(c * t**n / (n + 1) for n, c in enumerate(a)) + enthalpy / t
        entropy_over_k = a[0] * math.log(t) + sum(c * t**n / n for n, c in enumerate(a[1:], start=1)) + entropy
        own = BOLTZMANN_EV_PER_K * t * (enthalpy_over_kt - entropy_over_k)
        return own - sum(n * float(g) for n, g in zip(self.composition.values(), elements, strict=True))


@cache
def known_gases() -> tuple[Gas, ...]:
    """Return all gases of the data file ``data/gases.yaml``."""
    return tuple(Gas.model_validate(row) for row in yaml.safe_load(_FILE.read_text(encoding="utf-8"))["gases"])


def pressure_part_ev(temperature_k: float, pressure_bar: float) -> float:
    """Return kT ln(p / 1 bar) of an ideal gas, eV per molecule."""
    return BOLTZMANN_EV_PER_K * temperature_k * math.log(pressure_bar)


def check_pressure(pressure_bar: float) -> None:
    """Check that a pressure is positive and finite.

    Raises
    ------
    InputError
        If it is not.
    """
    if not 0 < pressure_bar < math.inf:
        raise InputError(f"a pressure must be positive: {pressure_bar:g} bar")


def oxygen_chemical_potential_ev(temperature_k: float, pressure_bar: float) -> float:
    """Return the chemical potential of oxygen in O2 gas relative to O2 at 0 K, eV per atom.

    Parameters
    ----------
    temperature_k
        Within the table, 298.15 to 2000 K.
    pressure_bar
        Partial pressure of O2.

    Raises
    ------
    InputError
        If the temperature is outside the table or the pressure is not positive.
    """
    standard = float(element_gibbs_ev(("O",), temperature_k)[0])
    check_pressure(pressure_bar)
    return 0.5 * (_O2_ENTHALPY_INCREMENT_EV + pressure_part_ev(temperature_k, pressure_bar)) + standard
