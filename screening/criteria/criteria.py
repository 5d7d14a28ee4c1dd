"""Named criteria a coating is judged by. They are data: see ``data/criteria.yaml`` and its source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from screening.common.errors import InputError, nearest
from screening.criteria.quantities import quantity, registered
from screening.files.content import DATA
from screening.files.validation import explained

_PACKAGED = DATA / "criteria.yaml"


class Criterion(BaseModel):
    """One threshold on one quantity of a coating."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="what it is called in results")
    quantity: str = Field(min_length=1, description="the quantity judged; its unit is in its name")
    at_most: float | None = Field(None, allow_inf_nan=False, description="passed at or below this")
    at_least: float | None = Field(None, allow_inf_nan=False, description="passed at or above this")

    @model_validator(mode="after")
    def _one_threshold(self) -> Criterion:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("give either at_most or at_least")
        return self

    @model_validator(mode="after")
    def _known_quantity(self) -> Criterion:
        try:
            quantity(self.quantity)
        except InputError as error:
            raise ValueError(str(error)) from None
        return self

    def judge(self, quantities: Mapping[str, float | None]) -> bool | None:
        """Return whether it is passed; None where the quantity is unknown."""
        value = quantities.get(self.quantity)
        if value is None:
            return None
        return value <= self.at_most if self.at_most is not None else value >= float(self.at_least or 0.0)


@cache
def default_criteria() -> tuple[Criterion, ...]:
    """Return the packaged criteria."""
    import yaml

    return read_criteria(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))


def read_criteria(data: Any) -> tuple[Criterion, ...]:
    """Read criteria from a list of mappings.

    Raises
    ------
    InputError
        If one is malformed or a name occurs twice.
    """
    if not isinstance(data, list):
        raise InputError("criteria must be a list")
    criteria = tuple(_criterion(number, item) for number, item in enumerate(data, start=1))
    names = [criterion.name for criterion in criteria]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the criterion {name!r} occurs twice")
    return criteria


def read_criteria_file(file: Path) -> tuple[Criterion, ...]:
    """Read criteria from a YAML file: a list, or options of a screening with one under ``criteria``.

    Raises
    ------
    InputError
        If the file cannot be read or one is malformed; the message names the file.
    """
    import yaml

    from screening.files.content import read_text
    from screening.files.yaml_text import parse_yaml

    text = read_text(file, "criteria file")
    try:
        data = parse_yaml(text)
    except yaml.YAMLError as error:
        raise InputError(f"criteria file {file} is not YAML: {' '.join(str(error).split())}") from None
    try:
        return read_criteria(data["criteria"] if isinstance(data, dict) and "criteria" in data else data)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


def with_thresholds(criteria: Sequence[Criterion], thresholds: Mapping[str, float]) -> tuple[Criterion, ...]:
    """Return criteria with other thresholds.

    Parameters
    ----------
    criteria
        To begin with.
    thresholds
        By the name of a criterion, or of a registered quantity: the criteria on it change, and where there is none a
        criterion of that name is added, passed on the side where the quantity is better.

    Raises
    ------
    InputError
        If there is no such criterion or quantity, or a threshold lies where its quantity never does.
    """
    changed = list(criteria)
    for name, threshold in thresholds.items():
        places = [place for place, criterion in enumerate(changed) if criterion.name == name]
        places = places or [place for place, criterion in enumerate(changed) if criterion.quantity == name]
        for place in places:
            changed[place] = _with_threshold(changed[place], threshold)
        if not places:
            changed.append(_with_threshold(_on_quantity(name, criteria), threshold))
    return tuple(changed)


def _on_quantity(name: str, criteria: Sequence[Criterion]) -> Criterion:
    """Make a criterion on a quantity, named after it, whose threshold is still to be set."""
    names = [criterion.name for criterion in criteria]
    try:
        side = "at_least" if quantity(name).better == "higher" else "at_most"
    except InputError:
        guess = nearest(name, [*names, *registered()])
        raise InputError(
            f"no criterion or quantity {name!r}{guess}; there are the criteria {', '.join(names)} and the quantities "
            f"{', '.join(registered())}"
        ) from None
    return Criterion.model_validate({"name": name, "quantity": name, side: 0.0})


def _with_threshold(criterion: Criterion, threshold: float) -> Criterion:
    what, judged = f"threshold {threshold:g} of the criterion {criterion.name!r}", quantity(criterion.quantity)
    if not math.isfinite(threshold):
        raise InputError(f"{what}: not a finite number")
    if threshold > judged.highest:
        hint = f"; {-threshold:g} allows {threshold:g} of it" if judged.highest == 0.0 else ""
        raise InputError(f"{what}: {criterion.quantity} is never above {judged.highest:g}{hint}")
    if threshold < judged.lowest:
        raise InputError(f"{what}: {criterion.quantity} is never below {judged.lowest:g}")
    side = "at_most" if criterion.at_most is not None else "at_least"
    return criterion.model_copy(update={side: threshold})


def _criterion(number: int, item: Any) -> Criterion:
    try:
        return Criterion.model_validate(item)
    except ValidationError as error:
        label = repr(item["name"]) if isinstance(item, dict) and "name" in item else str(number)
        raise InputError(f"criterion {label}: {explained(error, Criterion.model_fields)}") from None


def tier(passes: Mapping[str, bool | None]) -> int:
    """Return the tier: 1 all passed; 2 none failed, some unknown; 3 one failed; 4 more than one failed."""
    failed = sum(value is False for value in passes.values())
    if failed:
        return 3 if failed == 1 else 4
    return 2 if any(value is None for value in passes.values()) else 1
