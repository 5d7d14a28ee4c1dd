"""The products of an electrolyte at the cathode, and how much of them a coating prevents.

Products are sorted into classes by the elements of the electrolyte that they hold
(:mod:`screening.heat.oxygen.product_classes`). Chemical products need the partner's oxygen; electrochemical products
need only that lithium is extracted. They are distinguished as by C. Wang et al. (Adv. Energy Mater.): the electrolyte
alone, open to lithium at the cathode's potential, forms the electrochemical products, and the mutual reaction makes the
difference. With n_c the atoms of an element in products of class c at the minimum of the mutual energy, per formula
unit of electrolyte::

    share_c = [n_c(mixture) - n_c(partner alone)] / n(electrolyte)
    mutual_c = share_c - n_c(electrolyte alone) / n(electrolyte)
    removed_c = 1 - share_c(coating | electrolyte) / share_c(cathode | electrolyte)

With a coating that does not react with the electrolyte, the products are those of the electrolyte alone: oxygenated
products vanish, and the products of lithium extraction remain, because the coating conducts lithium.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant, clean
from screening.heat.oxygen.oxygen_documents import (
    CathodeContact,
    ContactProducts,
    ElectrolyteContact,
    OxygenDocument,
    OxygenState,
    ProductShare,
)
from screening.heat.oxygen.product_classes import KINDS, ProductClass, bound_oxygen, product_class, sorted_elements
from screening.heat.oxygen.release import cathode_oxygen, gas_fraction, oxygen_onset
from screening.hull.phase_system import Mixture
from screening.hull.reservoir import Reservoir
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet

Shares = dict[tuple[str, ProductClass], float]  # (element, class) -> share of that element of the electrolyte

_NONE = 1e-6  # shares smaller than this are rounding errors


def oxygen_document(
    phases: PhaseSet,
    cathode: Cathode,
    lithiations: Iterable[str | float],
    temperature_k: float,
    pressure_bar: float,
    electrolyte: str | None = None,
    coating: str | None = None,
) -> OxygenDocument:
    """Compute the oxygen a cathode gives off against its state of charge, alone and at its contacts.

    Parameters
    ----------
    phases
        The energies.
    cathode
        From the catalogue, or made from a formula.
    lithiations
        Lithium contents per formula unit, or names of states.
    temperature_k, pressure_bar
        Temperature (K) and pressure (bar) of the O2 gas that the cathode alone exchanges oxygen with.
    electrolyte, coating
        Formulas; without an electrolyte the contacts are left out.

    Raises
    ------
    InputError
        If a coating is given without an electrolyte, the cathode has no oxygen, or a value is out of its range.
    """
    check_coating(electrolyte, coating)
    contents = [cathode.lithium(lithium) for lithium in lithiations]
    for partner in filter(None, (electrolyte, coating)):
        phases.require(sorted(Reactant(phases, partner).composition))
    states = []
    for content in contents:
        alone = cathode_oxygen(phases, cathode, content, temperature_k, pressure_bar)
        closed = opened = None
        if electrolyte is not None:
            closed = contact_products(phases, alone.formula, electrolyte, coating)
            opened = contact_products(phases, alone.formula, electrolyte, coating, alone.voltage_v)
        states.append(OxygenState(cathode=alone, closed=closed, open_to_lithium=opened))
    return OxygenDocument(
        energies=phases.provenance,
        cathode=cathode.name,
        electrolyte=electrolyte,
        coating=coating,
        temperature_k=temperature_k,
        pressure_bar=pressure_bar,
        onset_state_of_charge=oxygen_onset(phases, cathode),
        states=states,
    )


def check_coating(electrolyte: str | None, coating: str | None) -> None:
    """Check that a coating is given together with an electrolyte.

    Raises
    ------
    InputError
        If it is given alone.
    """
    if coating is not None and electrolyte is None:
        raise InputError(f"what the coating {coating} removes needs an electrolyte")


def contact_products(
    phases: PhaseSet, cathode: str, electrolyte: str, coating: str | None = None, voltage_v: float | None = None
) -> ContactProducts:
    """Compute the classes of products that an electrolyte forms at a cathode, and at a coating between the two.

    Parameters
    ----------
    phases
        The energies.
    cathode, electrolyte, coating
        Formulas.
    voltage_v
        Voltage of a lithium reservoir against Li/Li+, V; without it the contacts are closed.

    Raises
    ------
    InputError
        If a formula cannot be read or holds an element without energies.
    """
    reservoir = None if voltage_v is None else Reservoir.lithium_voltage(voltage_v)
    at_cathode = _Contact(Interface(phases, cathode, electrolyte, reservoir))
    at_coating = on_cathode = None
    if coating is not None:
        at_coating = _Contact(Interface(phases, coating, electrolyte, reservoir))
        on_cathode = _on_cathode(Interface(phases, cathode, coating, reservoir))
    alone, bare = at_cathode.alone, at_cathode.shares
    coated = None if at_coating is None else at_coating.shares
    found = {key for shares in (alone, bare, coated or {}) for key, share in shares.items() if abs(share) > _NONE}
    shares = [_share(key, alone, bare, coated) for key in sorted(found, key=_order)]
    removed = None
    if at_coating is not None and at_cathode.oxygen is not None and at_coating.oxygen is not None:
        removed = _removed(at_cathode.oxygen, at_coating.oxygen)
    return ContactProducts(
        voltage_v=voltage_v,
        bare=at_cathode.document(),
        coated=None if at_coating is None else at_coating.document(),
        coating_on_cathode=on_cathode,
        oxygen_removed=removed,
        shares=shares,
    )


class _Contact:
    """A partner (A) in contact with the electrolyte (B), at the minimum of the mutual energy."""

    def __init__(self, interface: Interface) -> None:
        self.interface = interface
        profile = interface.profile()
        k = profile.lowest_mutual
        x = float(profile.x[k])
        closed = interface.system.closed
        per_partner = interface.a.amount(closed)
        per_electrolyte = interface.b.amount(closed)
        self.partners = x / (1.0 - x) * per_electrolyte / per_partner  # formula units of partner per electrolyte's
        self._centres = sorted_elements(interface.b.composition)
        mixed = self._units(profile.line.mixture(k), per_electrolyte / (1.0 - x))
        partner = self._units(profile.line.mixture(-1), self.partners * per_partner)
        alone = self._units(profile.line.mixture(0), per_electrolyte)
        self.alone = self._shares(alone)
        self.shares = self._less(self._shares(mixed), self._shares(partner))
        self.oxygen: float | None = None
        if "O" not in interface.b.composition:  # its own oxygen could not be distinguished from the partner's
            self.oxygen = clean(self._oxygen(mixed) - self._oxygen(partner))

    def document(self) -> ElectrolyteContact:
        return ElectrolyteContact(
            reaction=self.interface.reaction(),
            oxygen_per_electrolyte_formula_unit=self.oxygen,
            oxygen_per_partner_formula_unit=(
                clean(self.oxygen / self.partners) if self.oxygen is not None and self.partners else None
            ),
        )

    def _units(self, mixture: Mixture, atoms: float) -> dict[str, float]:
        """Return the formula units of each product in a mixture with this number of (closed) atoms."""
        phases, closed = self.interface.phases, self.interface.system.closed
        units = {}
        for position, fraction in mixture.amounts.items():
            formula = phases.formula(position)
            units[formula] = fraction * atoms / _atoms(parse_formula(formula), closed)
        return units

    def _shares(self, units: Mapping[str, float]) -> Shares:
        """Return the share of each element of the electrolyte in each class of products."""
        shares: Shares = {}
        for formula, amount in units.items():
            product = parse_formula(formula)
            for centre in self._centres:
                if centre in product:
                    key = (centre, product_class(product, centre))
                    share = amount * product[centre] / self.interface.b.composition[centre]
                    shares[key] = shares.get(key, 0.0) + share
        return shares

    def _oxygen(self, units: Mapping[str, float]) -> float:
        """Return the number of oxygen atoms bound to the electrolyte's elements in the products."""
        return sum(amount * bound_oxygen(parse_formula(formula), self._centres) for formula, amount in units.items())

    @staticmethod
    def _less(shares: Shares, other: Shares) -> Shares:
        return {key: shares.get(key, 0.0) - other.get(key, 0.0) for key in {**shares, **other}}


def _on_cathode(interface: Interface) -> CathodeContact:
    profile = interface.profile()
    k = profile.lowest_mutual or -1  # where the two do not react the cathode is as it is alone
    atoms = interface.a.amount(interface.system.closed) / float(profile.x[k])  # per formula unit of cathode
    gas = gas_fraction(interface.phases, profile.line.mixture(k)) * atoms / 2.0
    return CathodeContact(reaction=interface.reaction(), oxygen_gas_per_formula_unit=clean(gas))


def _share(key: tuple[str, ProductClass], alone: Shares, bare: Shares, coated: Shares | None) -> ProductShare:
    element, (name, kind, _) = key
    at_coating = None if coated is None else coated.get(key, 0.0)
    return ProductShare(
        element=element,
        product_class=name,
        kind=kind,
        alone=clean(alone.get(key, 0.0)),
        bare=clean(bare.get(key, 0.0)),
        bare_mutual=clean(bare.get(key, 0.0) - alone.get(key, 0.0)),
        coated=None if at_coating is None else clean(at_coating),
        coated_mutual=None if at_coating is None else clean(at_coating - alone.get(key, 0.0)),
        removed=None if at_coating is None else _removed(bare.get(key, 0.0), at_coating),
    )


def _removed(bare: float, coated: float) -> float | None:
    return clean(1.0 - coated / bare) if bare > _NONE else None


def _order(key: tuple[str, ProductClass]) -> tuple[int, str, int, str]:
    """Sort key: sulfur first, phosphorus second, then the kinds of products in their order."""
    element, (name, kind, _) = key
    first = {"S": 0, "P": 1}
    return first.get(element, len(first)), element, KINDS.index(kind), name


def _atoms(composition: Mapping[str, float], elements: Iterable[str]) -> float:
    return sum(composition.get(element, 0.0) for element in elements)
