"""A result depends on what is asked, not on what was asked before: two databases can be compared line by line."""

import random

import pytest

from screening import Interface, PhaseSet, Reservoir, electrochemical_window, phase_stability
from screening.materials.catalogue import Catalogue


@pytest.mark.parametrize("seed", range(3))
def test_results_do_not_depend_on_their_order(seed):
    catalogue = Catalogue.load()
    names = [entry.formula for entry in (*catalogue.coatings, *catalogue.electrolytes)]
    names += [cathode.formula(state) for cathode in catalogue.cathodes for state in cathode.lithiations]
    chance = random.Random(seed)
    pairs = [tuple(chance.sample(names, 2)) for _ in range(12)]

    def answers(questions):
        phases = PhaseSet.reference().without([])  # the same energies with nothing computed yet
        found = {}
        for a, b in questions:
            found[a] = phase_stability(phases, a), electrochemical_window(phases, a)
            found[a, b] = (
                Interface(phases, a, b).document(),
                Interface(phases, a, b, Reservoir({"Li": -3.66})).document(),
            )
        return found

    assert answers(pairs) == answers(reversed(pairs))
