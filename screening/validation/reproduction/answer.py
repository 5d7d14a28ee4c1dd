"""What a check answers, and how products are named in one."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import JsonValue

from screening.chemistry.formulas import format_formula, parse_formula
from screening.heat.oxygen.product_classes import product_class, sorted_elements


class Answer(NamedTuple):
    """Whether a claim holds, and the numbers that say so."""

    holds: bool | None  # None: the numbers cannot tell
    numbers: dict[str, JsonValue]
    why_missing: str | None = None


def is_named(product: str, named: str) -> bool:
    """Return whether a product is meant: by a formula, or by the name of its class, which is written small.

    Parameters
    ----------
    product
        Reduced formula of the product.
    named
        ``Li3PO4`` or ``phosphate``, for example.
    """
    composition = parse_formula(product)
    if not named[0].islower():
        return product == format_formula(parse_formula(named))
    return any(product_class(composition, centre).name == named for centre in sorted_elements(composition))
