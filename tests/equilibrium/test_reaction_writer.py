"""What is said of two materials at a mixing fraction, by hand."""

import pytest
from random_phases import build

from screening.equilibrium.interface_documents import Reactants
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.reaction_writer import Lowest, ReactionWriter, reactant_document
from screening.hull.reservoir import Reservoir

PHASES = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 2, "S": 1}, -1.5)])
POSITION = {PHASES.formula(i): i for i in range(len(PHASES))}
LI2O, LI2S = POSITION["Li2O"], POSITION["Li2S"]


def test_a_closed_mixture():
    """Two thirds of the atoms are lithium, four formula units of five: O2 has two atoms."""
    writer = ReactionWriter(PHASES, Reactant(PHASES, "Li"), Reactant(PHASES, "O2"), None)
    assert writer.at(2 / 3, {LI2O: 1.0}) == {
        "x_atomic_a": pytest.approx(2 / 3, abs=1e-9),
        "x_molar_a": 0.8,
        "products": {"Li2O": 1.0},
        "reaction": "4 Li + O2 -> 2 Li2O",
    }


def test_a_mixture_open_to_lithium():
    """Of the atoms that stay half are oxygen and half sulfur, which takes two lithium; all in all Li2O has 3 of 4."""
    writer = ReactionWriter(PHASES, Reactant(PHASES, "Li2O"), Reactant(PHASES, "S"), Reservoir({"Li": -0.1}))
    assert writer.at(0.5, {LI2O: 0.5, LI2S: 0.5}) == {
        "x_atomic_a": 0.75,
        "x_molar_a": 0.5,
        "products": {"Li2O": 0.5, "Li2S": 0.5},
        "reaction": "Li2O + S + 2 Li -> Li2O + Li2S",
        "exchanged": {"Li": 1.0},
        "x_closed_a": 0.5,
    }


def test_the_minima_of_both_energies():
    a, b = Reactant(PHASES, "Li"), Reactant(PHASES, "O2")
    alone = Reactants(a=reactant_document(a), b=reactant_document(b))
    lowest, end = Lowest(-2.0, 2 / 3, {LI2O: 1.0}), Lowest(0.0, 0.0, {POSITION["O2"]: 1.0})
    found = ReactionWriter(PHASES, a, b, None).reaction(end, lowest, 0.0, -0.0, alone)
    assert (found.mutual.min_ev_per_atom, found.mutual.at_endpoint) == (-2.0, False)
    assert (found.total.min_ev_per_atom, found.total.at_endpoint) == (0.0, True)
    assert found.total.reaction == "O2 -> O2"
    assert (found.a, found.b, found.reactants.a.source_id) == ("Li", "O2", "element-Li")
