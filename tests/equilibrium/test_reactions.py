"""Reactions of many contacts at once, with either core, against one interface at a time."""

import numpy as np
import pytest
from random_phases import imbalance, random_composition, random_phases, written

from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactions import reactions
from screening.equilibrium.survey import Pair
from screening.hull.compiled.core import core
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

HELD = [(), (Reservoir({"Li": -2.5}),), (Reservoir({"Li": -0.4}),), (Reservoir({"Li": -1.0, "O": -0.3}),)]


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def either_core(request, monkeypatch):
    if request.param == "compiled" and core() is None:
        pytest.skip("the compiled core is not built, or not wanted")
    monkeypatch.setenv("COATSCREEN_CORE", request.param)


def one_by_one(phases, pair):
    try:
        return Interface(phases, pair.a, pair.b, pair.reservoirs[0] if pair.reservoirs else None).reaction()
    except CoatscreenError as error:
        return str(error)


def numbers(value, place=""):
    """Flatten a document to its numbers and texts, by place; an equation says what products and x say."""
    if isinstance(value, dict):
        return {k: v for name, one in value.items() for k, v in numbers(one, f"{place}/{name}").items()}
    return {} if place.endswith("/reaction") else {place: value}


def check(phases, pairs):
    """Compare all; return how many have a reaction."""
    computed = 0
    for pair, found in zip(pairs, reactions(phases, pairs), strict=True):
        expected = one_by_one(phases, pair)
        assert type(found) is type(expected), pair
        if isinstance(found, str):
            assert found == expected
            continue
        computed += 1
        here, there = (numbers(one.model_dump()) for one in (found, expected))
        assert here.keys() == there.keys()
        for place, value in here.items():
            assert value == (pytest.approx(there[place], abs=3e-9) if isinstance(value, float) else there[place]), place
        for extremum in (found.total, found.mutual):
            assert imbalance(extremum.reaction) < 1e-3
    return computed


@pytest.mark.parametrize("n_elements", [3, 6, 8])
def test_against_one_interface_at_a_time(n_elements):
    phases = random_phases(n_elements, n_elements)
    rng = np.random.default_rng(n_elements)
    materials = [written(random_composition(rng, phases.elements)) for _ in range(6)]
    materials += [phases.formula(int(i)) for i in rng.integers(len(phases), size=6)]
    materials.append(f"{materials[0]}@25meV")
    pairs = [Pair(a, b, held) for a, b in zip(materials, materials[::-1], strict=True) for held in HELD]
    pairs += [Pair("LiXx", "Li2O"), Pair("LiZr", "LiO2", HELD[1]), Pair("Li", "LiO2", HELD[1]), Pair("LiO2", "LiO2")]
    assert check(phases, pairs) > len(pairs) / 2


def test_of_the_packaged_energies():
    """A cathode between its cells, a glass, an energy that is given, and a name of the catalogue."""
    phases = PhaseSet.reference().within({"Li", "O", "S", "P", "Cl", "Ni", "Co", "Mn", "Nb"})
    coatings = ["LiNbO3", "Li2O@40meV", "LiCl", "1.5Li2S-0.5P2S5", "NCM83:half"]
    partners = ["Li0.7Ni0.83Co0.12Mn0.05O2", "Li6PS5Cl"]
    pairs = [Pair(a, b, held) for a in coatings for b in partners for held in ((), (Reservoir({"Li": -3.66}),))]
    assert check(phases, pairs) == len(pairs)
    assert reactions(phases, []) == []
