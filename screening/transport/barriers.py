"""Barriers of lithium in a crystal, from the bond-valence site energy.

The site energy of a lithium ion is that of the softBV force field: Morse attractions to the anions, whose parameters
follow from bond valences, and screened Coulomb repulsions from the cations. The barrier is the lowest energy above the
best site at which the connected region crosses the whole crystal along one, two or three directions. Lithium itself is
taken out of the structure, so the sites interact with the framework alone.

H. Chen, L. L. Wong, S. Adams, Acta Cryst. B 75, 18 (2019); computed with the package bvlain.
"""

from __future__ import annotations

import io
import math
import warnings
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import format_formula
from screening.common.errors import CalculationError, InputError
from screening.files.journal import Outcome
from screening.structures.records import StructureRecord

if TYPE_CHECKING:
    from pymatgen.core import Structure

HIGHEST_EV = 10.0  # what crosses only above has no barrier here
ANIONS = frozenset({"O", "S", "Se", "Te", "F", "Cl", "Br", "I", "N"})  # to which the force field binds lithium
_MOBILE = "Li1+"
_FORBIDDEN = ["O-", "P3-"]  # the library's own: peroxides, and phosphorus that is no cation
_LIBRARY = "bvlain"


class BarrierMethod(BaseModel):
    """How barriers were computed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    package: str = Field(description="package and version that computed them")
    grid_angstrom: float = Field(
        0.2, gt=0, description="spacing of the points the site energy is computed at, angstrom"
    )
    cutoff_angstrom: float = Field(10.0, gt=0, description="distance up to which ions interact, angstrom")
    neighbours: int = Field(100, gt=0, description="nearest ions that interact, at most")
    screening_factor: float = Field(0.74, gt=0, description="of the Coulomb repulsion, times the sum of two radii")


class LithiumBarriers(Outcome):
    """The barriers of lithium in one structure, or why there are none."""

    formula: str = Field(description="composition")
    n_sites: int = Field(description="sites in the cell")
    space_group: int | None = Field(None, description="space-group number")
    barrier_1d_ev: float | None = Field(None, description="lowest along one direction, eV; null: above 10 eV")
    barrier_2d_ev: float | None = Field(None, description="lowest that opens two directions, eV; null: above 10 eV")
    barrier_3d_ev: float | None = Field(None, description="lowest that opens all directions, eV; null: above 10 eV")
    oxidation_states: Literal["structure", "bond valences", "composition"] | None = Field(
        None, description="where the charges of the ions come from"
    )
    error: str | None = Field(None, description="why they could not be computed")


class Barriers(NamedTuple):
    """The barriers of lithium along one, two and three directions, eV; None where it does not pass below 10 eV."""

    one: float | None
    two: float | None
    three: float | None
    oxidation_states: Literal["structure", "bond valences", "composition"]


def barrier_method() -> BarrierMethod:
    """Return how barriers are computed with the library that is installed.

    Raises
    ------
    InputError
        If it is not installed.
    """
    if find_spec(_LIBRARY) is None:
        raise InputError(f"barriers of lithium need the package {_LIBRARY}: pip install 'coatscreen[transport]'")
    try:
        return BarrierMethod(package=f"{_LIBRARY} {version(_LIBRARY)}")
    except PackageNotFoundError:
        raise InputError(f"{_LIBRARY} is there but was not installed: pip install 'coatscreen[transport]'") from None


def lithium_barriers(structure: Structure, method: BarrierMethod | None = None) -> Barriers:
    """Return the barriers of lithium in a crystal along one, two and three directions.

    Parameters
    ----------
    structure
        An ordered structure with lithium and an anion. Oxidation states it carries are taken; otherwise they are found
        by bond-valence sums (O'Keeffe and Brese, J. Am. Chem. Soc. 113, 3226 (1991)), and where these give none that
        the force field knows, from the composition: the most usual states that balance.
    method
        The settings; those of the library's paper if not given.

    Returns
    -------
    Barriers
        Three barriers, eV, rising, each within 0.01, and where the oxidation states came from.

    Raises
    ------
    InputError
        If the library is not installed, or the structure holds no lithium, nothing else, or partly filled sites.
    CalculationError
        If no oxidation states are found, or the force field lacks parameters of a pair of ions.
    """
    method = method or barrier_method()
    symbols = {element.symbol for element in structure.composition.elements}
    if not structure.is_ordered:
        raise InputError(f"{structure.composition.reduced_formula}: barriers need a structure without shared sites")
    if "Li" not in symbols or len(symbols) < 2:
        raise InputError(f"{structure.composition.reduced_formula}: barriers of lithium need lithium in a compound")
    if _has_oxidation_states(structure):
        return _with_states(structure, method, "structure")
    try:
        return _with_states(_by_bond_valences(structure), method, "bond valences")
    except CalculationError as error:
        balanced = _by_composition(structure)
        if balanced is None:
            raise error
        return _with_states(balanced, method, "composition")


def _with_states(
    structure: Structure, method: BarrierMethod, states: Literal["structure", "bond valences", "composition"]
) -> Barriers:
    """Return the barriers in a structure that carries oxidation states."""
    from bvlain import Lain

    lain = Lain(verbose=False)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):  # the library prints what it raises
        warnings.simplefilter("ignore")
        lain.read_structure(structure, oxi_check=False)
        try:
            lain.bvse_distribution(
                mobile_ion=_MOBILE,
                r_cut=method.cutoff_angstrom,
                resolution=method.grid_angstrom,
                k=method.neighbours,
                f=method.screening_factor,
            )
        except KeyError as error:
            raise CalculationError(f"the force field has no parameters of lithium with these ions ({error})") from None
        found = lain.percolation_barriers(encut=HIGHEST_EV)
    one, two, three = (float(found[f"E_{d}D"]) for d in (1, 2, 3))
    return Barriers(_rounded(one), _rounded(two), _rounded(three), states)


def _rounded(barrier_ev: float) -> float | None:
    return round(barrier_ev, 3) if math.isfinite(barrier_ev) else None


def _by_bond_valences(structure: Structure) -> Structure:
    from pymatgen.analysis.bond_valence import BVAnalyzer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found: Structure = BVAnalyzer(forbidden_species=_FORBIDDEN).get_oxi_state_decorated_structure(structure)
        except ValueError as error:
            raise CalculationError(f"no oxidation states: {error}") from None
    return found


def _by_composition(structure: Structure) -> Structure | None:
    """Return the structure with the most usual states that balance; None where an element needs two states at once."""
    guesses = structure.composition.oxi_state_guesses(max_sites=-1)
    if not guesses or any(state != round(state) for state in guesses[0].values()) or guesses[0]["Li"] != 1:
        return None
    decorated = structure.copy()
    decorated.add_oxidation_state_by_element({symbol: int(state) for symbol, state in guesses[0].items()})
    return decorated


def record_barriers(record: StructureRecord, method: BarrierMethod) -> LithiumBarriers:
    """Return the barriers in a structure of a structures file, or why there are none; raises nothing."""
    reached: Barriers | None = None
    why = None
    try:
        structure = record.structure()
        if not structure.is_valid(tol=0.5):
            raise ValueError("two atoms are closer than 0.5 angstrom")
        reached = lithium_barriers(structure, method)
    except Exception as error:  # whatever one structure provokes must not stop the others
        why = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    amounts = {symbol: float(n) for symbol, n in zip(record.species, record.counts, strict=True)}
    return LithiumBarriers(
        id=record.id,
        formula=format_formula(amounts),
        n_sites=len(record.coords),
        space_group=record.sg,
        barrier_1d_ev=None if reached is None else reached.one,
        barrier_2d_ev=None if reached is None else reached.two,
        barrier_3d_ev=None if reached is None else reached.three,
        oxidation_states=None if reached is None else reached.oxidation_states,
        error=why,
    )


def _has_oxidation_states(structure: Structure) -> bool:
    return all(getattr(site.specie, "oxi_state", None) is not None for site in structure)
