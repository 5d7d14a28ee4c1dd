"""What a question to the database may name: an order, and quantities in place of where documents have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from screening.common.errors import InputError, nearest
from screening.criteria.contact_names import is_contact
from screening.criteria.quantities import (
    COST,
    GAIN,
    OXIDATION,
    REDUCTION,
    STABILITY,
    WORST,
    WORST_CONTACT,
    quantity,
    registered,
)

ALIASES = {  # short names to sort by
    "worst": WORST_CONTACT,
    "worst_mutual": WORST,
    "gain": GAIN,
    "cost": COST,
    "oxidation": OXIDATION,
    "reduction": REDUCTION,
    "stability": STABILITY,
}
_PLACES = {"rank": "rank", "tier": "tier", "pareto": "pareto_rank"}
_LOGICAL = ("$and", "$or", "$nor")


def sort_order(sort: str) -> tuple[str, int]:
    """Return the field that `sort` means, and 1 where the lowest is the best, else -1.

    Raises
    ------
    InputError
        If there is no such place or quantity.
    """
    if sort in _PLACES:
        return _PLACES[sort], 1
    name = ALIASES.get(sort, sort)
    if name not in registered() and not is_contact(name):
        known = [*_PLACES, *ALIASES, *registered()]
        raise InputError(f"cannot sort by {sort!r}{nearest(sort, known)}; there are {', '.join(known)}")
    return f"compared.{name}", -1 if quantity(name).better == "higher" else 1


def path_of(name: str) -> str:
    """Return the dotted field that a name means; a quantity may be named alone."""
    return f"quantities.{name}" if name in registered() or is_contact(name) else name


def with_quantities(filter: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filter in which quantities stand where the documents have them."""
    return {
        path_of(name): [with_quantities(part) for part in value] if name in _LOGICAL else value
        for name, value in filter.items()
    }
