"""Compositions whose charges cannot balance."""

from __future__ import annotations

from collections.abc import Mapping

from screening.chemistry.compositions import AMOUNT_TOLERANCE, common_factor, format_formula, require_amounts
from screening.chemistry.elements import element

# Charge per atom in the longest chain among the common anions: superoxide, octasulfide, azide, octaiodide.
_LEAST_REDUCED = {"O": -1 / 2, "S": -1 / 4, "Se": -1 / 4, "N": -1 / 3, "F": -1, "Cl": -1, "Br": -1 / 3, "I": -1 / 4}


def check_charge_balance(amounts: Mapping[str, float]) -> str | None:
    """Explain why no oxidation states can make a composition neutral.

    The test is generous, since it is meant to find typing errors (``LiNbO33``) and not to judge chemistry. Each element
    may have any state between its lowest and its highest, and a composition is refused only if its charge cannot reach
    zero:

    * Groups 1 and 2 keep their positive states; other metals and metalloids go down to their lowest, or to 0.
    * O, S, Se, N, F, Cl, Br and I are anions, reduced at least as far as in the longest of their common chains
      (peroxide and superoxide, polysulfide up to S8, azide, triiodide); they are oxidised only by more electronegative
      nonmetals at least as numerous as themselves, as the S of a sulfate is. H, C and P take any of their states.
    * Compounds without a metal or without a nonmetal, and those with an element of unknown states, always pass.

    Parameters
    ----------
    amounts
        Amount of each element.

    Returns
    -------
    str or None
        None if the composition can be neutral, otherwise the reason in one line.

    Raises
    ------
    InputError
        If a symbol is not an element, or an amount is not a positive finite number.
    """
    require_amounts(amounts)
    kinds = {element(symbol).kind == "nonmetal" for symbol in amounts}
    charge = charge_range(amounts)
    if len(kinds) == 1 or charge is None:
        return None
    least, most = charge
    if least <= AMOUNT_TOLERANCE and most >= -AMOUNT_TOLERANCE:
        return None
    formula = format_formula(amounts)
    units = common_factor(amounts)
    return (
        f"{formula}: no oxidation states balance it "
        f"(charge between {round(least / units, 2):g} and {round(most / units, 2):g})"
    )


def charge_range(
    amounts: Mapping[str, float], limits: Mapping[str, tuple[float, float]] | None = None
) -> tuple[float, float] | None:
    """Return the lowest and the highest charge that oxidation states can give a composition, in elementary charges.

    Parameters
    ----------
    amounts
        Amount of each element; the charges are the totals over these amounts.
    limits
        Lowest and highest state of some elements, in place of those that :func:`check_charge_balance` uses.

    Returns
    -------
    tuple of float or None
        None if the oxidation states of an element are unknown.
    """
    limits = limits or {}
    nonmetals = {symbol for symbol in amounts if element(symbol).kind == "nonmetal"}
    least = most = 0.0
    for symbol, amount in amounts.items():
        states = limits.get(symbol) or _states(symbol, amounts, nonmetals)
        if states is None:
            return None
        least += amount * states[0]
        most += amount * states[1]
    return least, most


def _states(symbol: str, amounts: Mapping[str, float], nonmetals: set[str]) -> tuple[float, float] | None:
    """Return the lowest and the highest state of an element in a compound of these amounts; None if unknown."""
    own = element(symbol)
    if own.lowest_state is None or own.highest_state is None:
        return None
    if own.kind == "s-block":
        return own.lowest_state, own.highest_state
    if symbol not in nonmetals:
        return min(0, own.lowest_state), own.highest_state
    oxidisers = (s for s in nonmetals if element(s).electronegativity > own.electronegativity)
    if symbol not in _LEAST_REDUCED or sum(amounts[s] for s in oxidisers) >= amounts[symbol]:
        return own.lowest_state, own.highest_state
    return own.lowest_state, _LEAST_REDUCED[symbol]
