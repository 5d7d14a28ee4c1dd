"""The quantities a coating is judged by, in one registry.

A quantity is a number that a coating has between a cathode and an electrolyte. Criteria, the order of a ranking,
filters and sorting of the database, tables and intervals all take the quantities that are registered here, so that a
new one is one entry: in :data:`QUANTITIES`, or in a package of one's own that names a function returning quantities
under the entry point ``coatscreen.criteria``.

The mutual reaction energy of each contact is a quantity too; its name is made from the contact's, see
:mod:`screening.criteria.contact_names`, since the states of charge are the cathode's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol

from screening.common.errors import InputError, nearest
from screening.criteria.contact_names import Contact, contact_quantity, is_contact

if TYPE_CHECKING:
    from screening.chemistry.economics import EconomicsDocument
    from screening.transport.material_transport import TransportDocument

ENTRY_POINTS = "coatscreen.criteria"


class HasStability(Protocol):
    """What is asked of a coating's phase stability."""

    @property
    def energy_above_hull_ev_per_atom(self) -> float | None:
        """Energy above the hull, eV/atom; None where no phase is known."""


class HasWindow(Protocol):
    """What is asked of a coating's electrochemical window."""

    @property
    def reduction_limit_v(self) -> float | None:
        """Voltage below which it takes up lithium, V."""

    @property
    def oxidation_limit_v(self) -> float | None:
        """Voltage above which it gives up lithium, V; None where there is none."""

    @property
    def oxidation_limited(self) -> bool:
        """Whether there is a voltage above which it gives up lithium."""


class Coating(Protocol):
    """What a quantity may be made of: a coating between a cathode and an electrolyte.

    Each part is None where it is not known.
    """

    @property
    def formula(self) -> str:
        """Composition."""

    @property
    def stability(self) -> HasStability | None:
        """Phase stability."""

    @property
    def window(self) -> HasWindow | None:
        """Electrochemical window."""

    @property
    def economics(self) -> EconomicsDocument | None:
        """What its elements cost, and how concentrated their supply is."""

    @property
    def transport(self) -> TransportDocument | None:
        """What passes a film of it."""

    @property
    def worst_mutual(self) -> float | None:
        """Lowest closed mutual energy of any contact, meV/atom."""

    @property
    def worst_contact_energy(self) -> float | None:
        """Lowest mutual energy of any contact, closed or open, meV per atom that is not exchanged."""

    @property
    def bare_worst_mutual(self) -> float | None:
        """The same of the cathode and the electrolyte without a coating, meV/atom."""

    def mutual(self, quantity: str) -> float | None:
        """Return the lowest mutual energy of the contacts that a quantity names, meV per (closed) atom."""


@dataclass(frozen=True)
class Quantity:
    """A number a coating is judged by.

    Attributes
    ----------
    name
        What it is called in criteria, filters and documents; ends in its unit.
    label
        Heading of a column.
    better
        Whether a higher or a lower value is the better one.
    description
        One sentence, for ``coatscreen catalogue list --quantities``.
    value
        Computes it; None where it is unknown.
    from_energies
        Whether it follows from the energies, and so differs between samples of them.
    compared
        What it is compared as where it has no value, for a limit that there is none of; None: it is unknown then.
    lowest, highest
        Where its values lie; a threshold beyond is refused.
    digits
        Decimals in a table; None: three significant digits, for what spans orders of magnitude.
    """

    name: str
    label: str
    better: Literal["higher", "lower"]
    description: str
    value: Callable[[Coating], float | None]
    from_energies: bool = True
    compared: Callable[[Coating], float | None] | None = None
    lowest: float = -math.inf
    highest: float = math.inf
    digits: int | None = 1

    def compare(self, coating: Coating) -> float | None:
        """Return the number that thresholds and orders compare; None where it is unknown."""
        value = self.value(coating)
        return self.compared(coating) if value is None and self.compared is not None else value

    @property
    def sign(self) -> float:
        """What makes a better value the larger one: 1, or -1 where lower is better."""
        return 1.0 if self.better == "higher" else -1.0


UNLIMITED_V = 99.0  # what "never oxidised" is compared as


def _above_hull(coating: Coating) -> float | None:
    above = None if coating.stability is None else coating.stability.energy_above_hull_ev_per_atom
    return None if above is None else 1000.0 * above


def _never_oxidised(coating: Coating) -> float | None:
    return UNLIMITED_V if coating.window is not None and not coating.window.oxidation_limited else None


def _gain(coating: Coating) -> float | None:
    worst, bare = coating.worst_mutual, coating.bare_worst_mutual
    return None if worst is None or bare is None else round(worst - bare, 6)


STABILITY = "energy_above_hull_mev_per_atom"
REDUCTION, OXIDATION = "reduction_limit_v", "oxidation_limit_v"
WORST = "worst_mutual_mev_per_atom"
WORST_CONTACT = "worst_contact_mev_per_closed_atom"
GAIN = "gain_over_bare_mev_per_atom"
COST = "raw_material_cost_usd_per_kg"
QUANTITIES = (
    Quantity(
        name=STABILITY,
        label="above hull",
        better="lower",
        description="energy of its phase, or of its phases together, above the hull, meV/atom",
        value=_above_hull,
        lowest=0.0,
    ),
    Quantity(
        name=REDUCTION,
        label="reduced below (V)",
        better="lower",
        description="voltage against Li/Li+ below which it takes up lithium, V",
        value=lambda coating: None if coating.window is None else coating.window.reduction_limit_v,
        lowest=0.0,
        digits=2,
    ),
    Quantity(
        name=OXIDATION,
        label="oxidised above (V)",
        better="higher",
        description="voltage against Li/Li+ above which it gives up lithium, V; without lithium there is none",
        value=lambda coating: None if coating.window is None else coating.window.oxidation_limit_v,
        compared=_never_oxidised,
        lowest=0.0,
        digits=2,
    ),
    Quantity(
        name=WORST_CONTACT,
        label="worst",
        better="higher",
        description="lowest mutual reaction energy of any of its contacts, closed or open to lithium, meV per atom "
        "that is not exchanged; what is ranked by within a tier",
        value=lambda coating: coating.worst_contact_energy,
        highest=0.0,
    ),
    Quantity(
        name=WORST,
        label="worst closed",
        better="higher",
        description="lowest closed mutual reaction energy of any of its contacts, meV/atom",
        value=lambda coating: coating.worst_mutual,
        highest=0.0,
    ),
    Quantity(
        name=GAIN,
        label="gain",
        better="higher",
        description="how much less its worst closed contact reacts than the bare interface, meV/atom; positive: it "
        "protects",
        value=_gain,
    ),
    Quantity(
        name=COST,
        label="$/kg",
        better="lower",
        description="cost of its elements, USD/kg",
        value=lambda coating: None if coating.economics is None else coating.economics.raw_material_cost_usd_per_kg,
        from_energies=False,
        lowest=0.0,
        digits=0,
    ),
    Quantity(
        name="hhi_production",
        label="HHI production",
        better="lower",
        description="how concentrated the production of its elements is, 0 to 10,000 (one supplier)",
        value=lambda coating: None if coating.economics is None else coating.economics.hhi_production,
        from_energies=False,
        lowest=0.0,
        digits=0,
    ),
    Quantity(
        name="hhi_reserve",
        label="HHI reserve",
        better="lower",
        description="how concentrated the reserves of its elements are, 0 to 10,000",
        value=lambda coating: None if coating.economics is None else coating.economics.hhi_reserve,
        from_energies=False,
        lowest=0.0,
        digits=0,
    ),
)


@cache
def registered() -> Mapping[str, Quantity]:
    """Return the quantities that have an entry, by name: the package's own, then those of other packages.

    Raises
    ------
    InputError
        If an installed package's entry point cannot be loaded, returns something else, or takes a name that is there.
    """
    from importlib.metadata import entry_points

    from screening.criteria.transport_quantities import TRANSPORT_QUANTITIES

    found = {quantity.name: quantity for quantity in (*QUANTITIES, *TRANSPORT_QUANTITIES)}
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        where = f"the entry point {entry.name!r} of {ENTRY_POINTS} ({entry.value})"
        try:
            given = list(entry.load()())
        except Exception as error:  # whatever another package's code stumbles on
            raise InputError(f"{where} cannot be used: {type(error).__name__}: {error}") from None
        for quantity in given:
            if not isinstance(quantity, Quantity):
                raise InputError(f"{where} returns a {type(quantity).__name__}, not quantities")
            if quantity.name in found or is_contact(quantity.name):
                raise InputError(f"{where} registers {quantity.name!r}, a name that is taken")
            found[quantity.name] = quantity
    return found


@cache
def quantity(name: str) -> Quantity:
    """Return a quantity by its name; the mutual energy of any contact is one.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.
    """
    if name in registered():
        return registered()[name]
    contact = Contact.named(name)
    if contact is None or (contact.held is not None) != contact.closed:
        examples = [contact_quantity(face) for face in ("electrolyte", "cathode full", "cathode half")]
        raise InputError(f"no quantity {name!r}{nearest(name, [*registered(), *examples])}")
    return Quantity(
        name=name,
        label=contact.face,
        better="higher",
        description=f"lowest mutual reaction energy at the contact {contact.face}, meV per "
        + ("atom that is not lithium" if contact.held else "atom"),
        value=lambda coating: coating.mutual(name),
        highest=0.0,
    )
