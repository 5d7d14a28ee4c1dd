"""Which compounds conduct electrons, told from their composition alone (``data/conduction.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict

from screening.chemistry.classes import ChemistryClass, chemistry_class
from screening.chemistry.compositions import same_composition
from screening.chemistry.formulas import parse_formula
from screening.files.content import DATA

_PACKAGED = DATA / "conduction.yaml"


class _Rules(BaseModel):
    """The rules of the file, which explains them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classes: frozenset[ChemistryClass]
    unless: dict[ChemistryClass, frozenset[str]]
    insulating_elements: frozenset[str]
    metals: dict[ChemistryClass, frozenset[str]]
    formulas: tuple[str, ...]


@cache
def _rules() -> _Rules:
    import yaml

    return _Rules.model_validate(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))


@cache
def _named() -> dict[frozenset[str], list[dict[str, float]]]:
    """Return the single compounds by their elements."""
    found: dict[frozenset[str], list[dict[str, float]]] = {}
    for composition in map(parse_formula, _rules().formulas):
        found.setdefault(frozenset(composition), []).append(composition)
    return found


def conducts_electrons(composition: Mapping[str, float]) -> bool:
    """Return whether a compound counts as a metal or a semiconductor with a gap below about half an electronvolt.

    It is a rule of composition, not a computed gap: single compounds can be on the wrong side.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.

    Examples
    --------
    >>> conducts_electrons({"Co": 9, "S": 8}), conducts_electrons({"Li": 2, "S": 1})
    (True, False)
    """
    rules, present = _rules(), {symbol for symbol, amount in composition.items() if amount > 0.0}
    kind = chemistry_class(composition)
    if kind == "element":
        return not present & rules.insulating_elements
    if kind in rules.classes:
        return not present & rules.unless.get(kind, frozenset())
    if present & rules.metals.get(kind, frozenset()):
        return True
    return any(same_composition(composition, named) for named in _named().get(frozenset(present), []))
