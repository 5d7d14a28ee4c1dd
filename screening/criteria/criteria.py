"""Named criteria a coating is judged by. They are data: see ``data/criteria.yaml`` and its source."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from screening.common.errors import InputError, nearest
from screening.common.files import DATA

_PACKAGED = DATA / "criteria.yaml"
QUANTITIES = (
    "energy_above_hull_mev_per_atom",
    "reduction_limit_v",
    "oxidation_limit_v",
    "worst_mutual_mev_per_atom",
    "raw_material_cost_usd_per_kg",
)
_CONTACTS = tuple(f"mutual_{c}_mev_per_atom" for c in ("electrolyte", "cathode_full", "cathode_half"))
_MUTUAL = re.compile(r"mutual_(?:electrolyte|cathode_(.+))_mev_per_atom")  # states of charge are the cathode's own


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
        if self.quantity not in QUANTITIES and not _MUTUAL.fullmatch(self.quantity):
            raise ValueError(f"no quantity {self.quantity!r}{nearest(self.quantity, QUANTITIES + _CONTACTS)}")
        return self

    @property
    def cathode_state(self) -> str | None:
        """The state of charge whose contact is judged; None where it is another quantity."""
        found = _MUTUAL.fullmatch(self.quantity)
        return found[1] if found else None

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


def with_thresholds(criteria: Sequence[Criterion], thresholds: Mapping[str, float]) -> tuple[Criterion, ...]:
    """Return criteria with other thresholds, given by the criteria's names.

    Raises
    ------
    InputError
        If there is no such criterion, or a threshold lies where its quantity never does.
    """
    names = [criterion.name for criterion in criteria]
    for name in thresholds:
        if name not in names:
            raise InputError(f"no criterion {name!r}{nearest(name, names)}; there are {', '.join(names)}")
    return tuple(
        _with_threshold(criterion, thresholds[criterion.name]) if criterion.name in thresholds else criterion
        for criterion in criteria
    )


def _with_threshold(criterion: Criterion, threshold: float) -> Criterion:
    what = f"threshold {threshold:g} of the criterion {criterion.name!r}"
    if not math.isfinite(threshold):
        raise InputError(f"{what}: not a finite number")
    if "mutual" in criterion.quantity:
        if threshold > 0.0:
            raise InputError(f"{what}: a reaction energy is never positive; {-threshold:g} allows {threshold:g} of it")
    elif threshold < 0.0:
        raise InputError(f"{what}: {criterion.quantity} is never negative")
    side = "at_most" if criterion.at_most is not None else "at_least"
    return criterion.model_copy(update={side: threshold})


def _criterion(number: int, item: Any) -> Criterion:
    try:
        return Criterion.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        label = repr(item["name"]) if isinstance(item, dict) and "name" in item else str(number)
        key = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise InputError(f"criterion {label}: unknown key {key!r}{nearest(key, Criterion.model_fields)}") from None
        what = ": ".join(filter(None, (key, first["msg"].removeprefix("Value error, "))))
        raise InputError(f"criterion {label}: {what}") from None


def tier(passes: Mapping[str, bool | None]) -> int:
    """Return the tier: 1 all passed; 2 none failed, some unknown; 3 one failed; 4 more than one failed."""
    failed = sum(value is False for value in passes.values())
    if failed:
        return 3 if failed == 1 else 4
    return 2 if any(value is None for value in passes.values()) else 1
