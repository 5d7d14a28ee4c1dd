"""How much of a compound is bound how: the shares of its anions, and of its cations by state and by anion.

A correction learned on these fades where the measured data end: what was learned of P5+ with oxygen says nothing of P5+
with sulfur, and two compositions that are nearly the same have nearly the same shares.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from screening.chemistry.compositions import AMOUNT_TOLERANCE
from screening.chemistry.elements import element
from screening.files.content import DATA

_PACKAGED = DATA / "oxidation.yaml"
_ALIKE = {"Cl": "Cl Br I", "Br": "Cl Br I", "I": "Cl Br I", "S": "S Se Te", "Se": "S Se Te", "Te": "S Se Te"}


class UsualStates(NamedTuple):
    """Oxidation states that are taken for granted; see ``data/oxidation.yaml``."""

    anions: dict[str, int]
    fixed: dict[str, int]
    highest: tuple[str, ...]


@cache
def usual_states() -> UsualStates:
    """Return the packaged states."""
    import yaml

    data = yaml.safe_load(_PACKAGED.read_text(encoding="utf-8"))
    return UsualStates(data["anions"], data["fixed"], tuple(data["highest"]))


def oxidation_states(amounts: Mapping[str, float]) -> dict[str, float] | None:
    """Return the mean oxidation state of each element of a compound, as far as its composition tells.

    As many nonmetals as the cations can balance are anions, the most electronegative first; the others are oxidised, as
    the sulfur of a sulfate is. Cations of one state have it, those named ``highest`` take their highest, and the rest
    share what is left.

    Parameters
    ----------
    amounts
        Amount of each element.

    Returns
    -------
    dict of str to float
        None where there is no anion, or where these rules balance no charges, as in a peroxide.
    """
    usual = usual_states()
    nonmetals = [symbol for symbol in usual.anions if symbol in amounts]
    for count in range(len(nonmetals), 0, -1):
        states: dict[str, float] = {symbol: usual.anions[symbol] for symbol in nonmetals[:count]}
        states |= {s: usual.fixed[s] for s in amounts if s in usual.fixed and s not in states}
        left = -sum(amounts[symbol] * state for symbol, state in states.items())
        rest = [symbol for symbol in amounts if symbol not in states]
        if -AMOUNT_TOLERANCE <= left <= sum(amounts[s] * _highest(s) for s in rest) + AMOUNT_TOLERANCE:
            return states | _shared(amounts, rest, left)
    return None


def _highest(symbol: str) -> int:
    return element(symbol).highest_state or 0


def _shared(amounts: Mapping[str, float], rest: list[str], left: float) -> dict[str, float]:
    """Divide a positive charge among elements that can carry it."""
    order = [symbol for symbol in usual_states().highest if symbol in rest]
    states: dict[str, float] = {}
    for symbol in order:
        if len(states) < len(rest) - 1:
            states[symbol] = min(float(_highest(symbol)), left / amounts[symbol])
            left -= states[symbol] * amounts[symbol]
    others = [symbol for symbol in rest if symbol not in states]
    total = sum(amounts[symbol] for symbol in others)
    return states | dict.fromkeys(others, left / total if total else 0.0)


def bond_shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the shares of a compound's atoms by what they are and what they are bound to.

    Parameters
    ----------
    amounts
        Amount of each element.

    Returns
    -------
    dict of str to float
        ``"O"`` for an anion; ``"Nb|O"`` and ``"Nb5|O"`` for a cation, its anions' charges as weights, and its state
        divided between the whole numbers beside it; ``"Al metal"`` for an element of a compound without anions. Cl, Br
        and I count as one kind beside a cation, and so do S, Se and Te. Empty where the charges do not balance.
    """
    total = sum(amounts.values())
    if not any(symbol in usual_states().anions for symbol in amounts):
        return {f"{symbol} metal": amount / total for symbol, amount in amounts.items()}
    states = oxidation_states(amounts)
    if states is None:
        return {}
    charge = {symbol: -state * amounts[symbol] for symbol, state in states.items() if state < 0.0}
    kinds: defaultdict[str, float] = defaultdict(float)
    for symbol, amount in charge.items():
        kinds[_ALIKE.get(symbol, symbol)] += amount / sum(charge.values())
    shares: defaultdict[str, float] = defaultdict(float)
    for symbol, state in states.items():
        share = amounts[symbol] / total
        if state < 0.0:
            shares[symbol] += share
            continue
        lower = math.floor(state + 1e-6)
        upper = max(0.0, state - lower)
        for kind, weight in kinds.items():
            shares[f"{symbol}|{kind}"] += share * weight
            shares[f"{symbol}{lower}|{kind}"] += share * weight * (1.0 - upper)
            if upper > 1e-6:
                shares[f"{symbol}{lower + 1}|{kind}"] += share * weight * upper
    return dict(shares)
