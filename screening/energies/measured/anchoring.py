"""Formation energies moved towards measured ones by what the errors of measured compounds have in common.

The error of a compound, computed less measured, is taken to be a sum over its bonds
(:mod:`screening.energies.measured.bonds`). The terms are found by ridge regression; one compound far off counts little,
since it is weighted by its distance as in Huber's estimator. How good it is is said of compounds that were held back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.formulas import parse_formula
from screening.energies.measured.bonds import bond_shares

Floats = NDArray[np.float64]
_FOLDS = 10
_ITERATIONS = 10


class AnchorRules(BaseModel):
    """The parameters of the correction."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ridge: float = Field(0.03, gt=0, description="added to the diagonal of the normal equations; shares have no unit")
    far_ev_per_atom: float = Field(
        0.06, gt=0, description="a compound further off than this counts by this over its distance"
    )
    excluded_ev_per_atom: float = Field(
        1.0, gt=0, description="compounds further off before any correction are wrong entries, and are left out"
    )
    distrusted_ev_per_atom: float = Field(
        0.25,
        gt=0,
        description="a measured value further from what its neighbours tell than this is not taken in the computed "
        "one's place: it may be a misprint, or the computed structure another one",
    )


class Terms(NamedTuple):
    """The error of each kind of bond, eV per atom of its share."""

    names: tuple[str, ...]
    values: Floats

    def error(self, formula: str) -> float:
        """Return the error of a compound, eV/atom; what no term is known of counts nothing."""
        known: dict[str, float] = dict(zip(self.names, self.values.tolist(), strict=True))
        return sum(share * known.get(name, 0.0) for name, share in bond_shares(parse_formula(formula)).items())


def fit(errors: Mapping[str, float], rules: AnchorRules) -> Terms:
    """Find the terms that explain the errors of some compounds.

    Parameters
    ----------
    errors
        Computed less measured, by formula, eV/atom.
    rules
        The parameters.
    """
    rows = [bond_shares(parse_formula(formula)) for formula in sorted(errors)]
    wanted = np.array([errors[formula] for formula in sorted(errors)])
    names = sorted({name for row in rows for name in row})
    place = {name: column for column, name in enumerate(names)}
    shares = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name, share in row.items():
            shares[number, place[name]] = share
    weights = np.ones(len(rows))
    values = np.zeros(len(names))
    for _ in range(_ITERATIONS):
        weighted = shares * weights[:, None]
        values = np.linalg.solve(weighted.T @ shares + rules.ridge * np.eye(len(names)), weighted.T @ wanted)
        weights = 1.0 / np.maximum(1.0, np.abs(wanted - shares @ values) / rules.far_ev_per_atom)
    return Terms(tuple(names), values)


def held_out(errors: Mapping[str, float], rules: AnchorRules, together: Callable[[str], str] = str) -> dict[str, float]:
    """Return what terms that were found without a compound say of its error, eV/atom.

    Parameters
    ----------
    errors
        Computed less measured, by formula, eV/atom.
    rules
        The parameters.
    together
        What compounds that are held back together have in common; by default each is by itself. A tenth of all is held
        back at a time, by a hash, so that the parts are the same everywhere.
    """
    fold = {f: int(hashlib.sha256(together(f).encode()).hexdigest(), 16) % _FOLDS for f in errors}
    found: dict[str, float] = {}
    for number in range(_FOLDS):
        terms = fit({f: error for f, error in errors.items() if fold[f] != number}, rules)
        found |= {f: terms.error(f) for f in errors if fold[f] == number}
    return found


def chemical_system(formula: str) -> str:
    """Return the elements of a compound, ``Li-O`` say."""
    return "-".join(sorted(parse_formula(formula)))


def shifts(formulas: Sequence[str], terms: Terms, taken: Mapping[str, float]) -> Floats:
    """Return what is added to the formation energies of compounds, eV/atom.

    Parameters
    ----------
    formulas
        Of the compounds, reduced.
    terms
        The errors of bonds.
    taken
        Shifts of compounds that are measured themselves, eV/atom, by formula: the computed value becomes the measured.
    """
    known: dict[str, float] = {}
    for formula in formulas:
        if formula not in known:
            measured = taken.get(formula)
            alone = len(parse_formula(formula)) == 1
            known[formula] = 0.0 if alone else -terms.error(formula) if measured is None else measured
    return np.array([known[formula] for formula in formulas])
