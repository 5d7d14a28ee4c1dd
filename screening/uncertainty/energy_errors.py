"""How wrong the energy of a phase may be: a distribution of the errors of all phases together.

The error of a phase with atomic fractions c is ::

    sum over pairs i < j of w_ij c_i c_j  +  its own error

The weights w of the pairs (see :mod:`screening.uncertainty.pairs`) are normal, with the standard deviation of the
pair's kind; they make alike phases err alike. A phase's own error follows Student's t distribution with the scale of
its chemistry class and of the number of its elements, since some phases are far off, and more of them on one side than
on the other: the two sides have their own degrees of freedom. Own errors of near compositions are correlated
(see :mod:`screening.uncertainty.composition_fields`): what is wrong of LiNbO3 is largely wrong of Li17Nb18O54 too. Both
parts have the median zero. The model says how far results may be off; it does not correct them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, ValidationError, model_validator

from screening.chemistry.classes import chemistry_class
from screening.chemistry.compositions import atomic_fractions
from screening.common.errors import InputError
from screening.common.provenance import EnergyProvenance, EnergyScale
from screening.files.content import DATA
from screening.files.validation import explained
from screening.uncertainty.composition_fields import fields
from screening.uncertainty.noise import normal, normal_pairs, two_sided_t
from screening.uncertainty.pairs import Pair, kind, pairs
from screening.uncertainty.uncertainty_documents import ErrorModelProvenance

PACKAGED = DATA / "uncertainty"

# A grid that no ratio of whole numbers falls between: amounts that differ by rounding alone are one composition.
_GRID = 1e6 * 2**0.5
_BLOCK = 2048  # compositions whose pairs are held in memory at once
MANY_ELEMENTS = 4  # phases of so many elements and of more are counted together

Against = Literal["DFT", "measurement"]
KINDS: tuple[Against, ...] = ("DFT", "measurement")


class PairError(BaseModel):
    """Errors of one kind of pair."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sd_ev_per_atom: NonNegativeFloat = Field(
        description="standard deviation of the weight w, eV/atom; the error is w times the product of two fractions"
    )
    n_pairs: int = Field(description="pairs of elements it was told from; few: drawn towards the mean of all kinds")


class OwnError(BaseModel):
    """The part of the errors that a class's phases do not share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale_ev_per_atom: NonNegativeFloat = Field(description="scale of Student's t distribution, eV/atom")
    n_compounds: int = Field(description="compounds it was told from; few: drawn towards the mean of all classes")


class ErrorModel(BaseModel):
    """The distribution of the errors of the formation energies on one scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="name of the model")
    version: str = Field(description="its version")
    functional: str = Field(description="functional of the energies it was calibrated for")
    correction: str = Field(description="correction scheme of these energies")
    against: Against = Field(description="what the errors are counted from")
    elements: tuple[str, ...] = Field(description="elements it was calibrated on; others are taken to be alike")
    near_hull_ev_per_atom: PositiveFloat = Field(
        description="it was calibrated on compounds no further above the hull, eV/atom; others are off by more"
    )
    pair_errors: dict[str, PairError] = Field(description="by kind of pair; 'other' for kinds not named")
    own_errors: dict[str, OwnError] = Field(description="by chemistry class; 'other' for classes not named")
    own_by_elements: dict[str, NonNegativeFloat] = Field(
        description=f"factor of a class's scale by number of elements: '2', '3' and '{MANY_ELEMENTS}' for that and more"
    )
    own_correlation: float = Field(
        ge=0.0, le=1.0, description="correlation of the own errors of two phases of all but the same composition"
    )
    correlation_length: PositiveFloat = Field(
        description="distance between compositions over which it falls by a factor e: root of the summed squares of "
        "the differences of atomic fractions"
    )
    measured_ev_per_atom: NonNegativeFloat | None = Field(
        None,
        description="standard deviation of the errors of phases whose energy is itself a measured one, eV/atom: the "
        "median of the uncertainties that are stated; null where errors are not counted from measurement",
    )
    freedom_below: PositiveFloat = Field(description="degrees of freedom of own errors below zero")
    freedom_above: PositiveFloat = Field(description="the same above zero; the fewer, the more phases are far off")

    @model_validator(mode="after")
    def _complete(self) -> ErrorModel:
        for name, errors in (("pair_errors", self.pair_errors), ("own_errors", self.own_errors)):
            if "other" not in errors:
                raise ValueError(f"{name} lacks 'other'")
        for number in range(2, MANY_ELEMENTS + 1):
            if str(number) not in self.own_by_elements:
                raise ValueError(f"own_by_elements lacks '{number}'")
        return self

    @cached_property
    def sha256(self) -> str:
        """Hash of the parameters."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def provenance(self) -> ErrorModelProvenance:
        """Name, version and hash, for results."""
        return ErrorModelProvenance(name=self.name, version=self.version, against=self.against, sha256=self.sha256)

    def uncalibrated(self, elements: Iterable[str]) -> list[str]:
        """Return those of some elements that it was not calibrated on."""
        return sorted(set(elements) - set(self.elements))

    def draw(
        self,
        compositions: Sequence[Mapping[str, float]],
        n_samples: int,
        seed: int = 0,
        measured: Sequence[bool] | None = None,
    ) -> NDArray[np.float64]:
        """Draw errors of formation energies.

        Parameters
        ----------
        compositions
            Amount of each element in any unit, one mapping for each of n phases.
        n_samples
            How many samples to draw; the first are the same however many follow.
        seed
            Names another set of samples.
        measured
            Of which phases the energy is itself a measured one, which errs by itself; None: of none.

        Returns
        -------
        ndarray, (n_samples, n), eV/atom
            To be added to the formation energies. A number depends on its composition, the sample and the seed, and
            on nothing else that is asked for. Elements have none.
        """
        names = [_name(composition) for composition in compositions]
        named = dict(zip(names, compositions, strict=True))
        errors = np.empty((n_samples, len(named)))
        distinct = list(named)
        for start in range(0, len(distinct), _BLOCK):
            block = {name: named[name] for name in distinct[start : start + _BLOCK]}
            errors[:, start : start + _BLOCK] = self._shared(block, n_samples, seed) + self._own(block, n_samples, seed)
        place = {name: number for number, name in enumerate(distinct)}
        drawn = errors[:, [place[name] for name in names]]
        if measured is not None and self.measured_ev_per_atom is not None:
            themselves = np.flatnonzero(measured)
            alone = normal([f"measured {names[i]}" for i in themselves.tolist()], n_samples, seed)
            drawn[:, themselves] = self.measured_ev_per_atom * alone
        return drawn.round(9)

    def scaled(self, factor: float) -> ErrorModel:
        """Return the model with all errors larger by a factor."""
        data = self.model_dump()
        for error in data["pair_errors"].values():
            error["sd_ev_per_atom"] = round(factor * error["sd_ev_per_atom"], 4)
        for error in data["own_errors"].values():
            error["scale_ev_per_atom"] = round(factor * error["scale_ev_per_atom"], 4)
        return ErrorModel.model_validate(data)

    def pair_sd(self, pair: Pair) -> float:
        """Return the standard deviation of a pair's weight, eV/atom."""
        return self.pair_errors.get(kind(pair), self.pair_errors["other"]).sd_ev_per_atom

    def own_scale(self, composition: Mapping[str, float]) -> float:
        """Return the scale of a phase's own error, eV/atom; zero for an element."""
        if len(composition) < 2:
            return 0.0
        of_class = self.own_errors.get(chemistry_class(composition), self.own_errors["other"])
        return of_class.scale_ev_per_atom * self.own_by_elements[number_of_elements(composition)]

    def _shared(self, named: Mapping[str, Mapping[str, float]], n_samples: int, seed: int) -> NDArray[np.float64]:
        held = [pairs(composition) for composition in named.values()]
        rows = {pair: row for row, pair in enumerate(dict.fromkeys(pair for found in held for pair in found))}
        products = np.zeros((len(rows), len(held)))
        for column, found in enumerate(held):
            for pair, product in found.items():
                products[rows[pair], column] = product
        weights = normal([f"pair {one} {other}" for one, other in rows], n_samples, seed)
        return np.asarray((weights * [self.pair_sd(pair) for pair in rows]) @ products)

    def _own(self, named: Mapping[str, Mapping[str, float]], n_samples: int, seed: int) -> NDArray[np.float64]:
        apart = normal_pairs(list(named), n_samples, seed)
        together = fields(list(named.values()), self.correlation_length, n_samples, seed)
        share, rest = np.sqrt(self.own_correlation), np.sqrt(1.0 - self.own_correlation)
        one, other = (share * field + rest * alone for field, alone in zip(together, apart, strict=True))
        numbers = two_sided_t(one, other, self.freedom_below, self.freedom_above)
        return np.asarray(numbers * [self.own_scale(composition) for composition in named.values()])


def number_of_elements(composition: Mapping[str, float]) -> str:
    """Return by which number of elements the own error of a phase is counted: ``"2"``, ``"3"`` or ``"4"``."""
    return str(min(len(composition), MANY_ELEMENTS))


def _name(composition: Mapping[str, float]) -> str:
    """Name a composition, the same for any multiple of it."""
    fractions = atomic_fractions(composition)
    return " ".join(f"{symbol}{round(_GRID * fractions[symbol])}" for symbol in sorted(fractions))


def error_model(scale: EnergyScale | EnergyProvenance, against: Against | None = None) -> ErrorModel:
    """Return the packaged error model of a scale: of its functional and corrections, whatever its name.

    Parameters
    ----------
    scale
        The scale.
    against
        What the errors are counted from; by default DFT, and measurement where there is no model against DFT.

    Raises
    ------
    InputError
        If there is none; the message names the scale.
    """
    models = _packaged()
    found = {
        model.against: model
        for model in models
        if (model.functional, model.correction) == (scale.functional, scale.correction)
    }
    for wanted in KINDS if against is None else (against,):
        if wanted in found:
            return found[wanted]
    known = "; ".join(f"{model.functional}, {model.correction} (against {model.against})" for model in models)
    raise InputError(
        f"no error model for the energies {scale.name!r} ({scale.functional}; corrections: {scale.correction}): "
        f"how far they are from {against or 'DFT or measurement'} was never found. There is one for: {known}"
    )


def model_path(name: str, against: Against = "DFT", folder: Path = PACKAGED) -> Path:
    """Return the path of a model's parameters."""
    return folder / (f"{name}.json" if against == "DFT" else f"{name}-{against}.json")


def read_model(path: Path) -> ErrorModel:
    """Read the parameters of a model.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    try:
        return ErrorModel.model_validate(json.loads(path.read_bytes())["model"])
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise InputError(f"{path} is damaged: model.{explained(error)}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error}") from None


@cache
def _packaged() -> tuple[ErrorModel, ...]:
    return tuple(read_model(path) for path in sorted(PACKAGED.glob("*.json")))
