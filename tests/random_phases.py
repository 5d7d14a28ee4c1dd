"""Random sets of phases, a second way to their lowest energy, and a reader of reaction equations."""

import re

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from screening.chemistry.formulas import parse_formula
from screening.phases.phase_set import EnergyScale, Phase, PhaseSet

SCALE = EnergyScale(name="random", version="1", functional="none", correction="none")
ELEMENTS = ("Li", "O", "S", "P", "Cl", "Ni", "Co", "Mn")


def written(amounts):
    """Write amounts as a formula, as they are."""
    return "".join(f"{element}{amount:g}" for element, amount in amounts.items() if amount)


def build(compounds, references=None, elements=None):
    """Build a set from (amounts, formation energy in eV/atom) of compounds, and the elements they consist of."""
    elements = elements or sorted({element for amounts, _ in compounds for element in amounts})
    references = references or {element: -1.5 - 0.25 * number for number, element in enumerate(elements)}
    phases = [
        Phase(id=f"element-{element}", formula=element, energy_ev_per_atom=references[element]) for element in elements
    ]
    for number, (amounts, formation) in enumerate(compounds):
        total = sum(amounts.values())
        energy = formation + sum(n / total * references[element] for element, n in amounts.items())
        phases.append(Phase(id=f"phase-{number}", formula=written(amounts), energy_ev_per_atom=energy))
    return PhaseSet(SCALE, phases)


def random_phases(seed, n_elements, n_compounds=None, lowest=-1.5, highest=0.2):
    """Elements, and compounds of random composition and formation energy, some with polymorphs."""
    rng = np.random.default_rng(seed)
    elements = ELEMENTS[:n_elements]
    compounds = []
    for _ in range(n_compounds or 8 + 6 * n_elements):
        size = int(rng.integers(2, min(n_elements, 4) + 1))
        chosen = rng.choice(elements, size, replace=False)
        amounts = {str(element): int(rng.integers(1, 7)) for element in chosen}
        for _ in range(int(rng.integers(1, 3))):
            compounds.append((amounts, float(rng.uniform(lowest, highest))))
    return build(compounds, {element: float(rng.uniform(-9, -1)) for element in elements}, elements)


def random_composition(rng, elements):
    """Whole amounts of some of the elements."""
    chosen = rng.choice(elements, int(rng.integers(1, len(elements) + 1)), replace=False)
    return {str(element): int(rng.integers(1, 9)) for element in chosen}


@st.composite
def degenerate_sets(draw, elements=("Li", "O", "S", "P")):
    """Sets full of ties: few small amounts, and energies in quarters of an eV, many of them equal or zero."""
    amounts = st.dictionaries(st.sampled_from(elements), st.integers(1, 3), min_size=2, max_size=len(elements))
    energies = st.sampled_from([0.25, 0.0, -0.25, -0.5])
    return build(draw(st.lists(st.tuples(amounts, energies), min_size=1, max_size=12)), elements=elements)


def compositions(elements=("Li", "O", "S", "P")):
    """Compositions of those elements."""
    return st.dictionaries(st.sampled_from(elements), st.integers(1, 4), min_size=1, max_size=len(elements))


def lowest_energy(phases, composition, mu=None):
    """Find the lowest formation energy (or grand potential) per closed atom with HiGHS, from all phases of the set."""
    mu = mu or {}
    closed = [i for i, element in enumerate(phases.elements) if element not in mu]
    shifts = np.array([mu.get(element, 0.0) for element in phases.elements])
    amounts = np.array([composition.get(phases.elements[i], 0.0) for i in closed])
    result = linprog(
        phases.formation_energies - phases.fractions @ shifts,
        A_eq=phases.fractions[:, closed].T,
        b_eq=amounts / amounts.sum(),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    assert result.status == 0, result.message
    return float(result.fun)


def fractions(composition):
    """Return a composition as atomic fractions."""
    total = sum(composition.values())
    return {element: amount / total for element, amount in composition.items()}


def mixed(a, b, x):
    """Mix compositions, given as fractions: x of A."""
    return {element: x * a.get(element, 0.0) + (1 - x) * b.get(element, 0.0) for element in {*a, *b}}


def sides(reaction):
    """Read an equation: the amount of each element on either side."""
    counted = []
    for side in reaction.split(" -> "):
        count = {}
        for term in side.split(" + "):
            units, formula = re.fullmatch(r"(?:(\d+(?:\.\d+)?(?:e-?\d+)?) )?([A-Z]\S*)", term).groups()
            for element, amount in parse_formula(formula).items():
                count[element] = count.get(element, 0.0) + float(units or 1) * amount
        counted.append(count)
    return counted


def imbalance(reaction):
    """Return the largest difference in an element between the sides, relative to all atoms (of 4 digits each)."""
    left, right = sides(reaction)
    return max(abs(left.get(el, 0.0) - right.get(el, 0.0)) for el in {*left, *right}) / sum(left.values())
