"""How wrong the energy of a phase may be: a distribution of the errors of all phases together.

The error of a phase is ``sum over bonds of weight x count, + its own``. The weights of the bonds (see
:mod:`screening.uncertainty.bonds`) are normal, with the standard deviation of the bond's kind; they make alike phases
err alike. A phase's own error follows Student's t distribution with the scale of its chemistry class, since some
phases are far off. Both have the median zero: the model widens results, it does not correct them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, ValidationError

from screening.chemistry import ChemistryClass, chemistry_class
from screening.composition import atomic_fractions
from screening.errors import InputError
from screening.phase import EnergyProvenance, EnergyScale
from screening.uncertainty.bonds import Bond, bonds
from screening.uncertainty.noise import normal, student_t

PACKAGED = Path(__file__).parent.parent / "data" / "uncertainty"

# A grid that no ratio of whole numbers falls between: amounts that differ by rounding alone are one composition.
_GRID = 1e6 * 2**0.5
_BLOCK = 2048  # compositions whose bonds are held in memory at once


class BondError(BaseModel):
    """Errors of one kind of bond."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sd_ev: NonNegativeFloat = Field(description="standard deviation of the weight, eV per bond counted")
    n_pairs: int = Field(description="pairs of elements it was told from")


class OwnError(BaseModel):
    """The part of the errors that a class's phases do not share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale_ev_per_atom: NonNegativeFloat = Field(description="scale of Student's t distribution, eV/atom")
    n_compounds: int = Field(description="compounds it was told from")


class ErrorModel(BaseModel):
    """The distribution of the errors of the formation energies on one scale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="name of the model")
    version: str = Field(description="its version")
    functional: str = Field(description="functional of the energies it was calibrated for")
    correction: str = Field(description="correction scheme of these energies")
    bond_errors: dict[str, BondError] = Field(description="by kind of bond; 'other' for kinds not named")
    own_errors: dict[ChemistryClass | str, OwnError] = Field(description="by class; 'other' for classes not named")
    freedom: PositiveFloat = Field(description="degrees of freedom of the t distribution; the lower, the more outliers")

    @cached_property
    def sha256(self) -> str:
        """Hash of the parameters."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    def draw(self, compositions: Sequence[Mapping[str, float]], n_samples: int, seed: int = 0) -> NDArray[np.float64]:
        """Draw errors of formation energies.

        Parameters
        ----------
        compositions
            Amount of each element in any unit, one mapping for each of n phases.
        n_samples
            How many samples to draw; the first are the same however many follow.
        seed
            Names another set of samples.

        Returns
        -------
        ndarray, (n_samples, n), eV/atom
            To be added to the formation energies. A number depends on its composition, the sample and the seed, and
            on nothing else that is asked for. Elements have none.
        """
        errors = np.zeros((n_samples, len(compositions)))
        for start in range(0, len(compositions), _BLOCK):
            block = compositions[start : start + _BLOCK]
            errors[:, start : start + _BLOCK] = self._shared(block, n_samples, seed) + self._own(block, n_samples, seed)
        return errors

    def bond_sd(self, kind: str) -> float:
        """Return the standard deviation of a bond's weight, eV per bond counted."""
        form = kind.rpartition(" ")[2]
        return self.bond_errors.get(kind, self.bond_errors[f"other {form}"]).sd_ev

    def own_scale(self, composition: Mapping[str, float]) -> float:
        """Return the scale of a phase's own error, eV/atom; zero for an element."""
        if len(composition) < 2:
            return 0.0
        return self.own_errors.get(chemistry_class(composition), self.own_errors["other"]).scale_ev_per_atom

    def _shared(self, compositions: Sequence[Mapping[str, float]], n_samples: int, seed: int) -> NDArray[np.float64]:
        counted = [bonds(composition) for composition in compositions]
        columns: dict[Bond, int] = {}
        for found in counted:
            for bond in found:
                columns.setdefault(bond, len(columns))
        counts = np.zeros((len(columns), len(compositions)))
        for number, found in enumerate(counted):
            for bond, count in found.items():
                counts[columns[bond], number] = count
        weights = normal([f"bond {'-'.join(bond.pair)} {bond.form}" for bond in columns], n_samples, seed)
        return np.asarray((weights * [self.bond_sd(bond.kind) for bond in columns]) @ counts)

    def _own(self, compositions: Sequence[Mapping[str, float]], n_samples: int, seed: int) -> NDArray[np.float64]:
        numbers = student_t([_name(composition) for composition in compositions], n_samples, seed, self.freedom)
        return np.asarray(numbers * [self.own_scale(composition) for composition in compositions])


def _name(composition: Mapping[str, float]) -> str:
    """Name a composition, the same for any multiple of it."""
    fractions = atomic_fractions(composition)
    return " ".join(f"{symbol}{round(_GRID * fractions[symbol])}" for symbol in sorted(fractions))


def error_model(scale: EnergyScale | EnergyProvenance) -> ErrorModel:
    """Return the packaged error model of a scale: of its functional and corrections, whatever its name.

    Raises
    ------
    InputError
        If there is none; the message names the scale.
    """
    models = _packaged()
    for model in models:
        if (model.functional, model.correction) == (scale.functional, scale.correction):
            return model
    known = "; ".join(f"{model.functional}, {model.correction}" for model in models)
    raise InputError(
        f"no error model for the energies {scale.name!r} ({scale.functional}; corrections: {scale.correction}): "
        f"how far they are from DFT was never measured. There is one for: {known}"
    )


def model_path(name: str, folder: Path = PACKAGED) -> Path:
    """Return the path of a model's parameters."""
    return folder / f"{name}.json"


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
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from None


@cache
def _packaged() -> tuple[ErrorModel, ...]:
    return tuple(read_model(path) for path in sorted(PACKAGED.glob("*.json")))
