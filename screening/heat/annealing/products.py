"""The products of annealing: their names, amounts and masses, and the balanced equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from screening.chemistry import equations
from screening.chemistry.formulas import parse_formula
from screening.equilibrium.reactant import clean
from screening.heat.annealing.annealing_documents import Product
from screening.heat.annealing.heating import HotPhases, oxygen_above_minus_two
from screening.heat.free_energy import atomic_masses
from screening.hull.phase_system import Mixture
from screening.phases.phase_table import element_numbers

GAS = "(g)"  # behind the molecule of a gas, where solids and gases are named
_SHOWN = 1e-6  # fewer molecules exchanged with the furnace are a rounding error


def named_moles(hot: HotPhases, mixture: Mixture, closed: tuple[str, ...], closed_atoms: float) -> list[Product]:
    """Return the products of a mixture with their amounts: solids first, then gases, each largest amount first.

    Parameters
    ----------
    hot
        The phases at temperature.
    mixture
        The mixture: fractions of the closed atoms in each phase.
    closed
        The closed elements.
    closed_atoms
        Number of closed atoms that the amounts refer to.
    """
    products = []
    for position, share in mixture.amounts.items():
        gas = hot.gas(position)
        formula = hot.phases.formula(position) if gas is None else gas.name
        in_formula = sum(amount for element, amount in parse_formula(formula).items() if element in closed)
        products.append(
            Product(
                name=formula if gas is None else formula + GAS,
                state="solid" if gas is None else "gas",
                moles=clean(share * closed_atoms / in_formula),
                source_id=hot.phases.table.id(position) if gas is None else None,
                oxidised_oxygen=gas is None and oxygen_above_minus_two(parse_formula(formula)),
            )
        )
    return sorted(products, key=lambda product: (product.state == "gas", -product.moles, product.name))


def atoms_of(product: Product) -> dict[str, float]:
    """Return the atoms of each element in one formula unit or molecule of a product."""
    return parse_formula(product.name.removesuffix(GAS))


def mass_of(composition: Mapping[str, float]) -> float:
    """Return the mass of a composition, g/mol."""
    return float(atomic_masses()[element_numbers(composition)] @ np.array(list(composition.values())))


def solid_mass(products: Sequence[Product]) -> float:
    """Return the mass of the solid products, g per mole of the formula unit that their amounts refer to."""
    return sum(product.moles * mass_of(atoms_of(product)) for product in products if product.state == "solid")


def equation(reactants: Sequence[tuple[float, str]], products: Sequence[Product], taken_up: Mapping[str, float]) -> str:
    """Write a reaction in a furnace as a balanced equation.

    Parameters
    ----------
    reactants
        Formula units and formula of each reactant.
    products
        The products.
    taken_up
        Molecules of each gas of the furnace that are taken up; negative if they are given off.
    """
    left = [*reactants, *((n, gas + GAS) for gas, n in taken_up.items() if n > _SHOWN)]
    right = [(product.moles, product.name) for product in products]
    right += [(-n, gas + GAS) for gas, n in taken_up.items() if n < -_SHOWN]
    return equations.equation(left, right)
