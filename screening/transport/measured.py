"""Measured conductivities and activation energies of lithium, and band gaps: one value a row, with its source.

The packaged table (``data/transport/measured.csv``) is the one place for such values; a catalogue of one's own may
hold others, which are shown and not judged by. Its columns:

* ``material``, by composition; ``form``: crystalline, amorphous (glasses too) or glass-ceramic, which are kept apart;
* ``quantity`` and ``value``, ``temperature_c`` and ``conditions``;
* ``doubt``: why a value is none of room temperature, or not to be trusted; such a value is shown and not used;
* ``source``, and ``read_in``: whether it was read in the paper itself, in a table that cites it, or is from memory.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import composition_key
from screening.chemistry.notation import composition_of, composition_of_one
from screening.files.content import DATA

_PACKAGED = DATA / "transport" / "measured.csv"

CONDUCTIVITY = "ionic_conductivity_s_per_cm"
ACTIVATION = "activation_energy_ev"
GAP = "band_gap_ev"
ROOM_C = 25.0
_NEAR_ROOM_C = 10.0  # a conductivity within these of 25 C counts as one of 25 C: at 0.6 eV it changes twofold
SPREAD = 20.0  # times between the lowest and the highest, from which values of one form are a range

_Key = tuple[tuple[str, Fraction], ...]  # of a composition

Form = Literal["crystalline", "amorphous", "glass-ceramic"]
FILM_FORMS: tuple[Form, ...] = ("amorphous", "crystalline", "glass-ceramic")  # what a film is taken for, first known


class MeasuredValue(BaseModel):
    """One measured value of one material."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    material: str = Field(description="composition, in the notation of screening.chemistry.notation")
    quantity: Literal["ionic_conductivity_s_per_cm", "activation_energy_ev", "band_gap_ev"] = Field(
        description="what, with its unit; the activation energy is of lithium conduction"
    )
    value: float = Field(gt=0, allow_inf_nan=False, description="the value")
    temperature_c: float | None = Field(None, description="temperature of the measurement, C; null where not given")
    form: Form = Field(description="crystalline, amorphous or partly crystallised glass")
    conditions: str | None = Field(None, description="sample and method")
    doubt: str | None = Field(None, description="why the value is not used; null where it is")
    source: str = Field(description="where it is published")
    read_in: Literal["paper", "table", "memory"] = Field(
        description="read in the paper, in a table that cites it, or neither"
    )

    @property
    def at_room(self) -> bool:
        """Whether it is a trusted value of 25 C, or does not depend on temperature."""
        if self.doubt is not None:
            return False
        if self.quantity != CONDUCTIVITY:
            return True
        return self.temperature_c is not None and abs(self.temperature_c - ROOM_C) <= _NEAR_ROOM_C


class Conductivity(BaseModel):
    """The measured lithium conductivity of one form of a material at 25 C."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low_s_per_cm: float = Field(description="the lowest value where they spread over 20-fold, else their median, S/cm")
    high_s_per_cm: float = Field(
        description="the highest value where they spread over 20-fold, else their median, S/cm"
    )
    form: Form = Field(description="what was measured")
    n_values: int = Field(description="measured values it rests on")
    sources: list[str] = Field(description="where they are published")
    read_in: Literal["paper", "table", "memory"] = Field(description="the surest way any of them was read")


def measured_values(material: str) -> tuple[MeasuredValue, ...]:
    """Return the packaged measured values of a material, those that are not used among them.

    Parameters
    ----------
    material
        A formula or a glass; a composition that is not in the table, or several phases, has none.
    """
    composition = composition_of_one(material)
    return () if composition is None else _by_composition().get(composition_key(composition), ())


def measured_conductivity(material: str, forms: Sequence[Form] = FILM_FORMS) -> Conductivity | None:
    """Return the measured lithium conductivity of a material at 25 C.

    Values of one form that spread over 20-fold are a range; otherwise their median is the value.

    Parameters
    ----------
    material
        As for :func:`measured_values`.
    forms
        The first of these that was measured is taken; as a film is made, amorphous comes first.

    Returns
    -------
    Conductivity or None
        None where no trusted value within 10 K of 25 C is known.
    """
    known = [value for value in measured_values(material) if value.quantity == CONDUCTIVITY and value.at_room]
    for form in forms:
        values = sorted((one for one in known if one.form == form), key=lambda one: one.value)
        if values:
            return _conductivity(form, values)
    return None


def _conductivity(form: Form, values: Sequence[MeasuredValue]) -> Conductivity:
    low, high = values[0].value, values[-1].value
    if high <= SPREAD * low:
        low = high = _median([value.value for value in values])
    surest: Literal["paper", "table", "memory"] = "memory"
    for way in ("table", "paper"):
        if any(value.read_in == way for value in values):
            surest = "paper" if way == "paper" else "table"
    return Conductivity(
        low_s_per_cm=low,
        high_s_per_cm=high,
        form=form,
        n_values=len(values),
        sources=list(dict.fromkeys(value.source for value in values)),
        read_in=surest,
    )


def _median(rising: Sequence[float]) -> float:
    """Return the median, of an even number the geometric mean of the two in the middle."""
    middle = len(rising) // 2
    return rising[middle] if len(rising) % 2 else float(f"{math.sqrt(rising[middle - 1] * rising[middle]):.4g}")


@cache
def packaged_values() -> tuple[MeasuredValue, ...]:
    """Return every row of the packaged table."""
    with _PACKAGED.open(encoding="utf-8", newline="") as file:
        return tuple(
            MeasuredValue.model_validate({name: text for name, text in row.items() if text})
            for row in csv.DictReader(file)
        )


@cache
def _by_composition() -> dict[_Key, tuple[MeasuredValue, ...]]:
    found: dict[_Key, list[MeasuredValue]] = defaultdict(list)
    for value in packaged_values():
        found[composition_key(composition_of(value.material))].append(value)
    return {key: tuple(values) for key, values in found.items()}
