"""Compounds whose DFT energies are off exactly as a known error model says."""

from functools import cache

import numpy as np
from fixtures_error_model import model

from screening.chemistry.compositions import format_formula
from screening.chemistry.formulas import parse_formula
from screening.validation.calibration.calibration import Compound

TRUTH = model(
    own_scale=0.02,
    pairs_by_kind={
        "oxygen | s-block": 0.15,
        "d-block | oxygen": 0.4,
        "d-block | s-block": 0.2,
        "d-block | d-block": 0.3,
    },
    freedom=(3.0, 1.5),
)
METALS = ("Ti", "V", "Mn", "Fe", "Co", "Ni", "Nb", "Ta", "W", "Zr")
ALKALI = ("Li", "Na", "Mg")


def oxides(random, n):
    """Formulas of oxides of one to three metals."""
    found = set()
    while len(found) < n:
        cations = [
            *random.choice(METALS, random.integers(1, 3), replace=False),
            *random.choice(ALKALI, random.integers(0, 2)),
        ]
        amounts = {cation: int(random.integers(1, 7)) for cation in cations}
        found.add(format_formula({**amounts, "O": int(random.integers(1, 13))}))
    return sorted(found)


@cache
def made_up_compounds():
    """Compounds whose DFT energies are off as the model says; all on the hull or near it."""
    formulas = oxides(np.random.default_rng(1), 600)
    compositions = [parse_formula(formula) for formula in formulas]
    [errors] = TRUTH.draw(compositions, 1, seed=11)
    return tuple(
        Compound(formula, composition, -2.0, -2.0 + error, 0.0)
        for formula, composition, error in zip(formulas, compositions, errors, strict=True)
    )
