"""Making the anchored energies: terms, shifts, and how far held-out compounds and reactions are off."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np

from screening.chemistry.classes import chemistry_class
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CoatscreenError
from screening.common.provenance import EnergyScale
from screening.energies.measured.anchored_table import (
    AnchoredInfo,
    HeldOut,
    HeldOutReactions,
    anchored_info,
    pack_shifts,
    write_anchored,
)
from screening.energies.measured.anchoring import AnchorRules, chemical_system, fit, held_out, shifts
from screening.energies.measured.measurements import SOURCE, measured_enthalpies
from screening.energies.packaged.packaged_table import packaged_energies
from screening.equilibrium.interface import Interface
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet

_REACTS_EV = 5e-3  # eV/atom: pairs that react less tell nothing
_MOST_ELEMENTS = 5


def build_anchored(
    folder: Path, base: str, rules: AnchorRules | None = None, n_reactions: int = 2000, seed: int = 0
) -> AnchoredInfo:
    """Find the correction of a packaged table, judge it on what was held back, and write the shifts.

    Parameters
    ----------
    folder
        Where to write ``anchored.npz`` and ``anchored.json``.
    base
        Name of the packaged table.
    rules
        Parameters; their defaults if not given.
    n_reactions
        Reactions between measured compounds to judge by.
    seed
        Of the choice of reactions.
    """
    rules = rules or AnchorRules()
    phases, measured = packaged_energies(base), measured_enthalpies()
    computed = _computed(phases, measured)
    every = {formula: computed[formula] - measured[formula] for formula in computed}
    errors = {formula: error for formula, error in every.items() if abs(error) <= rules.excluded_ev_per_atom}
    by_compound, by_system = held_out(errors, rules), held_out(errors, rules, chemical_system)
    terms = fit(errors, rules)
    distrusted = {
        formula: error - by_compound.get(formula, 0.0)
        for formula, error in every.items()
        if abs(error - by_compound.get(formula, 0.0)) > rules.distrusted_ev_per_atom
    }
    taken = {formula: -error for formula, error in errors.items() if formula not in distrusted}
    formulas = [phases.formula(position) for position in range(len(phases))]
    table = pack_shifts(shifts(formulas, terms, taken), [formula in taken for formula in formulas])
    held = _held_out(errors, by_compound, by_system)
    scale = EnergyScale(
        name=f"{phases.scale.name}, anchored on measurement",
        version="1",
        functional=phases.scale.functional,
        correction=f"measured formation enthalpies, 298 K: {len(taken)} compounds have their own, others are corrected "
        f"by cation, state and anion (held out {held['all'].by_compound_mean_mev_per_atom:.0f} meV/atom)",
        source=f"{phases.scale.source}; {SOURCE}",
    )
    info = AnchoredInfo(
        scale=scale,
        base=base,
        base_sha256=phases.sha256,
        shifts_sha256=hashlib.sha256(table).hexdigest(),
        command="coatscreen reference anchor",
        measured=SOURCE,
        packages={name: version(name) for name in ("pymatgen", "numpy")},
        rules=rules,
        n_measured=len(errors),
        n_taken=len(taken),
        distrusted_mev_per_atom={f: round(1000.0 * error, 1) for f, error in sorted(distrusted.items())},
        held_out=held,
        reactions=_reactions(errors, by_compound, measured, n_reactions, seed),
        terms_ev_per_atom={
            name: round(value, 5) for name, value in zip(terms.names, terms.values.tolist(), strict=True)
        },
    )
    write_anchored(folder, table, info)
    return info


def held_out_energies() -> dict[str, float]:
    """Return the anchored formation energies of measured compounds, each without any compound of its elements, eV/atom.

    What the anchored energies themselves hold of these compounds is the measured value, which says nothing of how far
    they are off where nothing was measured.
    """
    info = anchored_info()
    measured = measured_enthalpies()
    computed = _computed(packaged_energies(info.base), measured)
    errors = {formula: computed[formula] - measured[formula] for formula in computed}
    errors = {formula: error for formula, error in errors.items() if abs(error) <= info.rules.excluded_ev_per_atom}
    predicted = held_out(errors, info.rules, chemical_system)
    return {formula: computed[formula] - predicted[formula] for formula in errors}


def _computed(phases: PhaseSet, measured: Mapping[str, float]) -> dict[str, float]:
    """Return the formation energy of the lowest phase of each measured compound, eV/atom."""
    found = {}
    for formula in measured:
        composition = parse_formula(formula)
        if composition.keys() <= set(phases.elements) and (known := phases.polymorphs(composition)):
            found[formula] = float(phases.formation_energies[known[0]])
    return found


def _held_out(
    errors: Mapping[str, float], by_compound: Mapping[str, float], by_system: Mapping[str, float]
) -> dict[str, HeldOut]:
    groups: dict[str, list[str]] = defaultdict(list)
    for formula in sorted(errors):
        groups["all"].append(formula)
        groups[chemistry_class(parse_formula(formula))].append(formula)
    found = {}
    for name, members in groups.items():
        before = np.abs([errors[f] for f in members]) * 1000.0
        compound = np.abs([errors[f] - by_compound[f] for f in members]) * 1000.0
        system = np.abs([errors[f] - by_system[f] for f in members]) * 1000.0
        found[name] = HeldOut(
            n=len(members),
            before_mean_mev_per_atom=round(float(before.mean()), 1),
            before_median_mev_per_atom=round(float(np.median(before)), 1),
            by_compound_mean_mev_per_atom=round(float(compound.mean()), 1),
            by_compound_median_mev_per_atom=round(float(np.median(compound)), 1),
            by_system_mean_mev_per_atom=round(float(system.mean()), 1),
            by_system_median_mev_per_atom=round(float(np.median(system)), 1),
        )
    return found


def _reactions(
    errors: Mapping[str, float], predicted: Mapping[str, float], measured: Mapping[str, float], n: int, seed: int
) -> HeldOutReactions:
    """Return the errors of reactions of two measured compounds to the products that measurement gives.

    The error of a reaction is that of its products less that of its reactants, per atom.
    """
    elements = sorted({element for formula in errors for element in parse_formula(formula)})
    scale = EnergyScale(name="measured", version="1", functional="measured", correction="none")
    phases = PhaseSet(
        scale,
        [
            *(Phase(id=element, formula=element, energy_ev_per_atom=0.0) for element in elements),
            *(Phase(id=formula, formula=formula, energy_ev_per_atom=measured[formula]) for formula in sorted(errors)),
        ],
    )
    chosen, names = random.Random(seed), sorted(errors)
    before: list[float] = []
    after: list[float] = []
    tried = 0
    while len(before) < n and tried < 200 * n:
        tried += 1
        a, b = chosen.sample(names, 2)
        if len({*parse_formula(a), *parse_formula(b)}) > _MOST_ELEMENTS:
            continue
        try:
            found = Interface(phases, a, b).reaction().total
        except CoatscreenError:
            continue
        if found.energy_ev > -_REACTS_EV or found.at_endpoint:
            continue
        shares = {**found.products, a: 0.0, b: 0.0}
        shares = {f: found.products.get(f, 0.0) for f in shares}
        shares[a] -= found.x_atomic_a
        shares[b] -= 1.0 - found.x_atomic_a
        before.append(sum(share * errors.get(f, 0.0) for f, share in shares.items()))
        after.append(sum(share * (errors.get(f, 0.0) - predicted.get(f, 0.0)) for f, share in shares.items()))
    first, second = np.abs(before) * 1000.0, np.abs(after) * 1000.0
    return HeldOutReactions(
        n=len(before),
        before_mean_mev_per_atom=round(float(first.mean()), 1),
        after_mean_mev_per_atom=round(float(second.mean()), 1),
        before_median_mev_per_atom=round(float(np.median(first)), 1),
        after_median_mev_per_atom=round(float(np.median(second)), 1),
    )
