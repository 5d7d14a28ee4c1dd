"""The answer of a check, and the names of products in claims."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import JsonValue

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.heat.oxygen.product_classes import product_class, sorted_elements


class Answer(NamedTuple):
    """Whether a claim holds, and the numbers that decide it."""

    holds: bool | None  # None: the numbers do not decide it
    numbers: dict[str, JsonValue]
    why_missing: str | None = None


def is_named(product: str, named: str) -> bool:
    """Return whether a claim names a product, by its formula or by the name of its class (in lower case).

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
