"""Classes of products by the element of the electrolyte they hold: sulfate, phosphate, polysulfide and others.

The classes, and the conditions on a composition that define them, are data (``data/product_classes.yaml``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.classes import TRANSITION_METALS
from screening.chemistry.elements import element
from screening.files.content import DATA

_PACKAGED = DATA / "product_classes.yaml"
_HALOGENS = frozenset({"F", "Cl", "Br", "I"})
_GROUPS: dict[str, frozenset[str]] = {"halogen": _HALOGENS, "transition metal": TRANSITION_METALS}
_ANY = "any"

Kind = Literal["oxygenated", "oxidised", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class ProductClass(NamedTuple):
    """A class of products with regard to one element they hold."""

    name: str
    kind: Kind
    oxygen: float = 0.0  # at most this many O atoms are bound to one atom of the element


class _Row(BaseModel):
    """A class of products, with the conditions that a composition must meet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    centre: str
    name: str
    kind: Kind
    oxygen: float = 0.0
    present: tuple[str, ...] = Field((), alias="with")
    without: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    least: tuple[str, str, float] | None = None
    reaches: float | None = None
    exceeds: float | None = None
    at_most: float | None = None

    def fits(self, composition: Mapping[str, float], centre: str) -> bool:
        """Return whether a product meets the conditions of the class."""
        others = composition.keys() - {centre}
        if not all(others & _members(name) for name in self.present):
            return False
        if any(others & _members(name) for name in self.without):
            return False
        if self.only is not None and not others <= frozenset().union(*map(_members, self.only)):
            return False
        if self.least is not None:
            ligand, centres, ratio = self.least
            if composition.get(ligand, 0.0) < ratio * composition.get(centres, 0.0) * (1.0 - 1e-6):
                return False
        lowest, highest = _state(composition, centre)
        return (
            (self.reaches is None or highest >= self.reaches)
            and (self.exceeds is None or lowest > self.exceeds)
            and (self.at_most is None or lowest <= self.at_most)
        )


@cache
def _rules() -> tuple[tuple[_Row, ...], dict[str, float], dict[str, float]]:
    """Read the classes, the fixed oxidation states, and the lowest oxidation states of metals."""
    data: dict[str, Any] = yaml.safe_load(_PACKAGED.read_text(encoding="utf-8"))
    lowest = {symbol: float(state) for state, symbols in data["states"]["lowest"].items() for symbol in symbols}
    return tuple(_Row.model_validate(row) for row in data["classes"]), data["states"]["fixed"], lowest


def _members(name: str) -> frozenset[str]:
    return _GROUPS.get(name, frozenset({name}))


def _state(composition: Mapping[str, float], centre: str) -> tuple[float, float]:
    """Return the mean oxidation state of an element, for the metals beside it in their highest and lowest states."""
    _, fixed, lowest = _rules()
    least = most = 0.0
    for symbol, amount in composition.items():
        if symbol != centre:
            top = fixed.get(symbol, element(symbol).highest_state or 0)
            least -= amount * top
            most -= amount * fixed.get(symbol, lowest.get(symbol, top))
    return least / composition[centre], most / composition[centre]


def product_class(composition: Mapping[str, float], centre: str) -> ProductClass:
    """Return the class of a product with regard to one of its elements.

    Parameters
    ----------
    composition
        Amount of each element in the product, in any unit.
    centre
        The element of the product by which it is classified.

    Examples
    --------
    >>> product_class({"Ni": 1, "S": 1, "O": 4}, "S")
    ProductClass(name='sulfate', kind='oxygenated', oxygen=4.0)
    >>> product_class({"Li": 1, "S": 4}, "S").name
    'polysulfide'
    """
    present = {symbol: amount for symbol, amount in composition.items() if amount > 0.0}
    rows = _rules()[0]
    own = [row for row in rows if row.centre == centre] or [row for row in rows if row.centre == _ANY]
    return next(ProductClass(row.name, row.kind, row.oxygen) for row in own if row.fits(present, centre))


def bound_oxygen(composition: Mapping[str, float], centres: Iterable[str]) -> float:
    """Return how many O atoms of a formula unit are bound to the given elements: at most what their classes allow."""
    held = sum(composition[c] * product_class(composition, c).oxygen for c in centres if c in composition)
    return min(held, composition.get("O", 0.0))


def sorted_elements(electrolyte: Iterable[str]) -> tuple[str, ...]:
    """Return the elements of an electrolyte that products are classified by: all but O, halogens, groups 1 and 2."""
    return tuple(
        symbol for symbol in electrolyte if symbol not in _HALOGENS | {"O"} and element(symbol).kind != "s-block"
    )


def class_names() -> tuple[str, ...]:
    """Return the names of all classes of products."""
    return tuple(dict.fromkeys(row.name for row in _rules()[0]))
