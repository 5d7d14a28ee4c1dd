"""What passes the products of a reaction: whether an interphase stops the reaction that made it.

A layer of products goes on growing as long as electrons and lithium pass it. Each kind of product passes it if it
fills so much of the volume that it connects one side with the other (percolation). Electrons are passed by products of
:func:`~screening.transport.electrons.electron_class` ``conducting``; lithium by products that hold it and whose
measured conductivity, or else whose barrier, lets it through. Volumes are those of the crystals of the energies; gases
leave. How the products are arranged, and their grain boundaries, are not known: this is a count of volumes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.formulas import parse_formula
from screening.equilibrium.interface import Interface
from screening.phases.phase_set import PhaseSet
from screening.thermochemistry.gas import known_gases
from screening.transport.barrier_table import material_barriers
from screening.transport.electrons import electron_class
from screening.transport.measured import measured_conductivity
from screening.transport.rules import transport_rules

LITHIUM = "Li"

Kind = Literal["mixed conducting", "electronically blocking", "ionically blocking", "fully blocking"]


class Passage(BaseModel):
    """One kind of carrier in a layer of products."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    products: list[str] = Field(description="products that let it through")
    volume_share: float = Field(description="their share of the volume of the solids")
    unknown: list[str] = Field(description="products of which it is not known")
    unknown_volume_share: float = Field(description="their share of the volume")
    percolates: bool | None = Field(description="whether it passes; null where that hangs on what is not known")


class Interphase(BaseModel):
    """The products of a reaction as a layer between the two that reacted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    electrons: Passage = Field(description="electrons")
    lithium: Passage = Field(description="lithium")
    percolates_from: float = Field(description="volume share from which a kind of product connects")
    kind: Kind | None = Field(description="which carriers it blocks; null where it is not known of both")
    passivating: bool | None = Field(
        description="whether it stops the reaction that made it: one kind of carrier does not pass; null: not known"
    )
    gases: list[str] = Field(description="products that leave")


def interphase(phases: PhaseSet, products: Mapping[int, float], closed: Iterable[str]) -> Interphase | None:
    """Say what passes the products of a reaction.

    Parameters
    ----------
    phases
        The energies, with the volumes of their phases.
    products
        The phases by position, each with its share of the atoms of the closed elements.
    closed
        The closed elements.

    Returns
    -------
    Interphase or None
        None where a solid has no volume, or nothing solid is left.
    """
    gases: list[str] = []
    volumes: dict[str, float] = {}
    closed = set(closed)
    for position, share in products.items():
        formula = phases.formula(position)
        if formula in _gases():
            gases.append(formula)
            continue
        volume, composition = phases.table.volume(position), parse_formula(formula)
        if volume is None:
            return None
        held = sum(amount for element, amount in composition.items() if element in closed)
        volumes[formula] = volumes.get(formula, 0.0) + share * volume * sum(composition.values()) / held
    total = sum(volumes.values())
    if not total:
        return None
    shares = {formula: volume / total for formula, volume in volumes.items()}
    electrons = _passage(shares, {formula: _passes_electrons(formula) for formula in shares})
    lithium = _passage(shares, {formula: _passes_lithium(formula) for formula in shares})
    return Interphase(
        electrons=electrons,
        lithium=lithium,
        percolates_from=transport_rules().percolates_from,
        kind=_kind(electrons.percolates, lithium.percolates),
        passivating=_passivating(electrons.percolates, lithium.percolates),
        gases=sorted(gases),
    )


def interphase_of(interface: Interface) -> Interphase | None:
    """Say what passes the products of an interface where its mutual reaction energy is lowest.

    Returns
    -------
    Interphase or None
        None where the two do not react mutually, lithium has no part in it, or :func:`interphase` has none.
    """
    profile = interface.profile()
    lowest = profile.lowest_mutual
    if not profile.mutual[lowest] < 0.0 or LITHIUM not in interface.system.elements:
        return None
    return interphase(interface.phases, profile.line.mixture(lowest).amounts, interface.system.closed)


def _passage(shares: Mapping[str, float], passes: Mapping[str, bool | None]) -> Passage:
    through = sorted((f for f in shares if passes[f]), key=lambda f: (-shares[f], f))
    unknown = sorted((f for f in shares if passes[f] is None), key=lambda f: (-shares[f], f))
    share, open_share = (sum(shares[formula] for formula in each) for each in (through, unknown))
    least = transport_rules().percolates_from
    percolates = True if share >= least else False if share + open_share < least else None
    return Passage(
        products=through,
        volume_share=share,
        unknown=unknown,
        unknown_volume_share=open_share,
        percolates=percolates,
    )


def _passes_electrons(formula: str) -> bool:
    return electron_class(parse_formula(formula)) == "conducting"


def _passes_lithium(formula: str) -> bool | None:
    if LITHIUM not in parse_formula(formula):
        return False
    if (measured := measured_conductivity(formula, ("crystalline", "amorphous", "glass-ceramic"))) is not None:
        return measured.high_s_per_cm >= transport_rules().passes_from_s_per_cm
    barriers = material_barriers(formula)
    return None if barriers is None else not barriers.blocked


def _kind(electrons: bool | None, lithium: bool | None) -> Kind | None:
    if electrons is None or lithium is None:
        return None
    if electrons:
        return "mixed conducting" if lithium else "ionically blocking"
    return "electronically blocking" if lithium else "fully blocking"


def _passivating(electrons: bool | None, lithium: bool | None) -> bool | None:
    if electrons is False or lithium is False:
        return True
    return None if electrons is None or lithium is None else False


@cache
def _gases() -> frozenset[str]:
    """Return the products that leave: gases of elements, and compounds that are no solids at room temperature."""
    return frozenset(
        gas.name for gas in known_gases() if gas.is_standard_state or (gas.condensed and not gas.condensed.is_phase)
    )
