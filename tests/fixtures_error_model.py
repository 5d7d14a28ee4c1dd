"""Error models and energies small enough to reason about."""

import numpy as np

from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import EnergyScale, PhaseSet
from screening.uncertainty.energy_errors import ErrorModel, OwnError, PairError

SCALE = EnergyScale(name="test", version="1", functional="test functional", correction="none")

# own errors that no two phases share, of one size whatever the number of elements
APART = {"own_by_elements": {"2": 1.0, "3": 1.0, "4": 1.0}, "own_correlation": 0.0, "correlation_length": 0.05}


def model(pair_sd=0.0, own_scale=0.0, own_by_class=None, pairs_by_kind=None, freedom=(3.0, 2.0), **changed):
    """A model with one size of pair errors and one scale of own errors, but where named."""
    return ErrorModel(
        name="test",
        version="1",
        functional=SCALE.functional,
        correction=SCALE.correction,
        against="DFT",
        elements=("Li", "O"),
        near_hull_ev_per_atom=0.1,
        pair_errors={
            kind: PairError(sd_ev_per_atom=sd, n_pairs=1)
            for kind, sd in {"other": pair_sd, **(pairs_by_kind or {})}.items()
        },
        own_errors={
            name: OwnError(scale_ev_per_atom=scale, n_compounds=1)
            for name, scale in {"other": own_scale, **(own_by_class or {})}.items()
        },
        freedom_below=freedom[0],
        freedom_above=freedom[1],
        **{**APART, **changed},
    )


def on_scale(phases, scale):
    """The same phases said to be on another scale."""
    return PhaseSet.from_table(scale, phases.table)


def made_up_table(reference, path):
    """A table of DFT energies of packaged compounds that are off by 0.03 eV/atom, each by itself."""
    random = np.random.default_rng(5)
    inside = reference.within(["Li", "O", "S", "P", "Cl", "Nb", "Ni", "Ti"])
    formulas = [f for f in sorted({inside.formula(i) for i in range(len(inside))}) if len(parse_formula(f)) in (2, 3)]
    lines = ["formula,formation_energy_ev_per_atom"]
    for formula in formulas[::2]:
        lowest = inside.polymorphs(parse_formula(formula))[0]
        lines.append(f"{formula},{inside.formation_energies[lowest] + 0.03 * random.standard_normal():.5f}")
    path.write_text("\n".join(lines) + "\n")
    return path
