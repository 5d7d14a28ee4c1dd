"""Stacks of one and of two layers, against every stack computed one by one."""

from __future__ import annotations

from itertools import permutations

import pytest
from fixtures_screening import energies_file

from screening.coatings.tasks import (
    MaterialProperties,
    PropertiesBatch,
    cathode_states,
    coating_contacts,
    material_properties,
)
from screening.common.errors import CalculationError, InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.searches.stacks import stacks
from screening.searches.stacks.stack_request import plan_stacks
from screening.searches.stacks.stacks import best_stacks

TWELVE = [
    *("LiNbO3", "LiTaO3", "HfO2", "Li2SO4", "Li3PO4", "LiPO3"),
    *("Li4P2O7", "Nb2O5", "Ta2O5", "Li3NbO4", "Li2HfO3", "LiCl"),
]
ELECTROLYTE = "Li6PS5Cl"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    energies = energies_file(tmp_path_factory.mktemp("energies"), Li4P2O7=-2.6, LiTaO3=-2.9)
    return plan_stacks(TWELVE, "LiCoO2", ELECTROLYTE, energies, max_above_hull_mev_per_atom=1000.0)


@pytest.fixture(scope="module")
def states(plan):
    return cathode_states(plan.energies, plan.cathode)


def parts_of(plan, states, materials):
    """What a batch of coatings gives: alone, with the cathode, and with the electrolyte, closed and open."""
    return (
        material_properties(plan.energies, materials),
        coating_contacts(plan.energies, materials, states),
        coating_contacts(plan.energies, materials, None, plan.electrolyte.reactant),
        coating_contacts(plan.energies, materials, states, plan.electrolyte.reactant),
    )


@pytest.fixture(scope="module")
def parts(plan, states):
    return parts_of(plan, states, [coating.reactant for coating in plan.coatings])


@pytest.fixture(scope="module")
def find(plan, states, parts):
    """Search among the twelve coatings, computed in one batch."""

    def search(
        ranked_by="closed", top=10, criterion=plan.criterion, coatings=plan.coatings, batches=(parts,), failed=None
    ):
        jobs = [list(kind) for kind in zip(*batches, strict=True)]
        return best_stacks(
            plan.energies, states, plan.electrolyte, coatings, *jobs, criterion, ranked_by, top, failed or {}
        )

    return search


@pytest.fixture(scope="module")
def ranked(find):
    """All stacks."""
    return find(top=1000)


@pytest.fixture(scope="module")
def every_stack(plan, states):
    """All stacks of one and of two layers with the numbers they are ranked by, each interface by itself."""
    phases = plan.energies.open()
    held = {state.state: Reservoir({"Li": state.lithium.mu_li_ev}) for state in states.states}

    def mutual(a, b, reservoir=None):
        return 1000.0 * Interface(phases, a, b, reservoir).reaction().mutual.energy_ev

    def contact(a, b):
        return mutual(a, b), min(mutual(a, b, reservoir) for reservoir in held.values())

    on_cathode = {
        c: (
            min(mutual(c, state.formula) for state in states.states if not state.of_voltage),
            min(mutual(c, state.formula, held[state.state]) for state in states.states),
        )
        for c in TWELVE
    }
    on_electrolyte = {c: contact(c, ELECTROLYTE) for c in TWELVE}
    inner = {(a, b): contact(a, b) for a, b in permutations(TWELVE, 2)}
    paths = [((c,), [on_cathode[c], on_electrolyte[c]]) for c in TWELVE]
    paths += [((a, b), [on_cathode[a], inner[a, b], on_electrolyte[b]]) for a, b in permutations(TWELVE, 2)]
    windows = {}
    for c in TWELVE:
        window = electrochemical_window(phases, c)
        high = 99.0 if window.oxidation_limit_v is None else window.oxidation_limit_v
        windows[c] = (-high, window.reduction_limit_v)
    found = {}
    for layers, energies in paths:
        closed, opened = ([round(-energy[kind], 6) for energy in energies] for kind in (0, 1))
        found[layers] = {
            "closed": (max(closed), round(sum(closed), 6)),
            "open": (max(opened), round(sum(opened), 6)),
            "windows": sorted((windows[c] for c in layers), reverse=True),
        }
    return found


def check_ranking(found, every_stack, ranked_by, top):
    then = {"closed": "open", "open": "closed"}[ranked_by]
    for length, listed in ((1, found.one_layer), (2, found.two_layers)):
        order = sorted(
            (numbers[ranked_by], numbers[then], numbers["windows"], layers)
            for layers, numbers in every_stack.items()
            if len(layers) == length
        )
        keys = [line[:3] for line in order]
        expected = [(1 + keys.index(line[:3]), line[3]) for line in order[:top]]
        assert [(one.rank, tuple(layer.coating for layer in one.layers)) for one in listed] == expected


@pytest.mark.parametrize("ranked_by", ["closed", "open"])
@pytest.mark.parametrize("top", [1, 10])
def test_the_best_of_all_stacks(find, every_stack, ranked_by, top):
    found = find(ranked_by, top)
    check_ranking(found, every_stack, ranked_by, top)
    assert found.n_pairs_computed < 40


def test_all_stacks(ranked, every_stack):
    check_ranking(ranked, every_stack, "closed", 1000)
    assert (ranked.n_coatings, ranked.n_pairs, ranked.n_pairs_computed) == (12, 132, 66)


def test_the_numbers_of_a_stack_are_those_of_its_contacts(ranked, every_stack):
    found = ranked
    for one in (*found.one_layer, *found.two_layers):
        numbers = every_stack[tuple(layer.coating for layer in one.layers)]
        assert numbers["closed"] == pytest.approx(
            (-one.closed.worst_mutual_mev_per_atom, -one.closed.sum_mutual_mev_per_atom), abs=1e-5
        )
        assert numbers["open"] == pytest.approx(
            (-one.open.worst_mutual_mev_per_closed_atom, -one.open.sum_mutual_mev_per_closed_atom), abs=1e-5
        )
        assert one.closed.gain_over_bare_mev_per_atom == pytest.approx(
            one.closed.worst_mutual_mev_per_atom - found.bare_worst_mutual_mev_per_atom, abs=1e-5
        )
        assert (one.closed.contact is None) == (one.closed.worst_mutual_mev_per_atom == 0.0)


def test_every_contact_of_the_path_is_there_and_the_weakest_is_named(ranked, states):
    potentials = ("full", "half", "discharged", "charged")
    discharged, charged = (states.state(state).formula for state in potentials[2:])
    one = next(one for one in ranked.two_layers if [c.coating for c in one.layers] == ["Li3PO4", "Nb2O5"])
    contacts = [(c.contact, c.cathode_state, c.reservoir_state, c.reaction.a, c.reaction.b) for c in one.interfaces]
    assert contacts == [
        ("coating|cathode", "full", None, "Li3PO4", "LiCoO2"),
        ("coating|cathode", "half", None, "Li3PO4", "Li0.5CoO2"),
        ("coating|cathode", "full", "full", "Li3PO4", "LiCoO2"),
        ("coating|cathode", "half", "half", "Li3PO4", "Li0.5CoO2"),
        ("coating|cathode", "discharged", "discharged", "Li3PO4", discharged),
        ("coating|cathode", "charged", "charged", "Li3PO4", charged),
        ("coating|coating", None, None, "Li3PO4", "Nb2O5"),
        *(("coating|coating", None, state, "Li3PO4", "Nb2O5") for state in potentials),
        ("coating|electrolyte", None, None, "Nb2O5", "Li6PS5Cl"),
        *(("coating|electrolyte", None, state, "Nb2O5", "Li6PS5Cl") for state in potentials),
    ]
    closed = {c.reaction.b: c.mutual_mev for c in one.interfaces if c.reservoir_state is None}
    lowest = min(closed, key=closed.get)
    names = {
        "LiCoO2": "LiCoO2 full|Li3PO4",
        "Li0.5CoO2": "LiCoO2 half|Li3PO4",
        "Nb2O5": "Li3PO4|Nb2O5",
        "Li6PS5Cl": "Nb2O5|Li6PS5Cl",
    }
    assert one.closed.contact == names[lowest]
    assert one.closed.worst_mutual_mev_per_atom == closed[lowest]
    opened = min((c for c in one.interfaces if c.reservoir_state), key=lambda c: c.mutual_mev)
    assert one.open.worst_mutual_mev_per_closed_atom == opened.mutual_mev
    assert one.open.contact.startswith(names[opened.reaction.b])


def test_what_the_second_layer_gains(find):
    found = find("open")
    best, best_two = found.one_layer[0], found.two_layers[0]
    assert found.second_layer_gain_mev_per_closed_atom == pytest.approx(
        best_two.open.worst_mutual_mev_per_closed_atom - best.open.worst_mutual_mev_per_closed_atom, abs=1e-5
    )
    assert found.second_layer_gain_mev_per_atom == pytest.approx(
        best_two.closed.worst_mutual_mev_per_atom - best.closed.worst_mutual_mev_per_atom, abs=1e-5
    )


def test_the_batches_make_no_difference(plan, states, find):
    split = [parts_of(plan, states, TWELVE[i::3]) for i in range(3)]
    assert find(batches=split) == find()


def test_what_batches_hold_of_other_coatings_makes_no_difference(plan, states, parts, find):
    """A batch of another search or screening is taken as it was."""
    few = plan.coatings[:3]
    alone = parts_of(plan, states, [coating.reactant for coating in few])
    assert find(coatings=few) == find(coatings=few, batches=(alone,))
    assert find(coatings=few).n_coatings == 3


def test_unstable_coatings_are_left_out_with_their_distance(find, plan, parts):
    strict = plan.criterion.model_copy(update={"at_most": 5.0})
    above = {name: 1000.0 * alone.stability.energy_above_hull_ev_per_atom for name, alone in parts[0].results.items()}
    far = {name: energy for name, energy in above.items() if energy > 5}
    assert far
    found = find(criterion=strict, failed={"Li2CO3/LiNbO3": "a composite"})
    assert found.failed == {
        "Li2CO3/LiNbO3": "a composite",
        **{name: f"{above:.1f} meV/atom above the hull, more than 5" for name, above in far.items()},
    }
    assert found.n_coatings == 12 - len(far)
    assert not far.keys() & {layer.coating for one in found.two_layers for layer in one.layers}


def test_what_is_missing_of_a_coating_is_named(find, parts):
    alone, on_cathode, *others = parts
    unknown = PropertiesBatch(results={n: p for n, p in alone.results.items() if n != "HfO2"}, failed={"HfO2": "gone"})
    assert find(batches=[(unknown, on_cathode, *others)]).failed == {"HfO2": "stability and window: gone"}
    in_part = alone.model_copy(deep=True)
    known = alone.results["LiPO3"]
    in_part.results["LiPO3"] = MaterialProperties(
        stability=known.stability, window=None, failed={"window": "not certified"}
    )
    assert find(batches=[(in_part, on_cathode, *others)]).failed == {"LiPO3": "window: not certified"}
    broken = on_cathode.model_copy(deep=True)
    half = broken.results["LiCl"][1]
    broken.results["LiCl"][1] = half.model_copy(update={"reaction": None, "why_missing": "not certified"})
    found = find(top=1000, batches=[(alone, broken, *others)])
    assert found.failed == {"LiCl": "cathode half: not certified"}
    assert found.n_coatings == 11
    assert {stack.layers[0].coating for stack in found.one_layer} == set(TWELVE) - {"LiCl"}


def test_a_batch_whose_job_failed_is_named(plan, states, find):
    first, second = (parts_of(plan, states, part) for part in (TWELVE[:6], TWELVE[6:]))
    found = find(batches=[first, (second[0], None, *second[2:])])
    assert found.failed == dict.fromkeys(TWELVE[6:], "contacts with the cathode: the job computing it failed")
    assert found.n_coatings == 6


def test_a_pair_that_cannot_be_computed_is_named_and_stops_no_other(find, plan, monkeypatch):
    compute = stacks.mutual_mev

    def failing(phases, a, b, reservoir=None):
        if {a, b} == {"HfO2", "LiNbO3"}:
            raise CalculationError("not certified")
        return compute(phases, a, b, reservoir)

    monkeypatch.setattr(stacks, "mutual_mev", failing)
    found = find(top=1000, coatings=plan.coatings[:3])
    assert found.failed == {"HfO2|LiNbO3": "not certified"}
    assert len(found.two_layers) == 4


def test_nothing_left(find):
    why = "no coating is left as a layer: HfO2: stability and window: the job computing it failed"
    with pytest.raises(InputError, match=why):
        find(batches=[(None, None, None, None)])


def test_one_coating_has_no_second_layer(plan, find):
    found = find(coatings=plan.coatings[:1])
    assert (found.two_layers, found.n_pairs, found.second_layer_gain_mev_per_atom) == ([], 0, None)
    assert [layer.coating for layer in found.one_layer[0].layers] == TWELVE[:1]
