"""Requests for stacks: what may be a layer, and what is refused."""

from __future__ import annotations

import pytest
from fixtures_screening import SMALL, energies_file, synthetic

from screening.common.errors import InputError
from screening.energies.source import energy_source
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.files.content import write_json
from screening.searches.stacks import stack_request as stack_plan
from screening.searches.stacks.stack_request import plan_stacks

PAIR = ("LiCoO2", "Li6PS5Cl")


@pytest.fixture
def energies(tmp_path):
    return energies_file(tmp_path)


def test_one_of_each_composition(energies):
    plan = plan_stacks(["Nb2O5", "Li2Nb2O6", "Nb4O10", "LiNbO3"], *PAIR, energies)
    assert [coating.name for coating in plan.coatings] == ["Nb2O5", "LiNbO3"]
    assert plan.failed == {"Nb4O10": "the composition of Nb2O5"}


def test_composites_are_left_out(energies):
    plan = plan_stacks(["Li3PO4", "0.5Li2SO4+0.5Li3PO4"], *PAIR, energies)
    assert [coating.name for coating in plan.coatings] == ["Li3PO4"]
    (why,) = plan.failed.values()
    assert why == "a composite of Li2SO4 and Li3PO4, a layer is one material"
    with pytest.raises(InputError, match=r"no coating is left as a layer: .*a composite of"):
        plan_stacks(["0.5Li2SO4+0.5Li3PO4"], *PAIR, energies)


def test_neighbours_among_all_coatings_are_left_out(energies):
    plan = plan_stacks(["all"], "LiCoO2", "Li3PS4", energies)
    assert plan.failed == {"Li3PS4": "it is the material it should protect or touch, Li3PS4"}


def test_the_threshold_on_stability(energies):
    assert plan_stacks(["HfO2"], *PAIR, energies).criterion.at_most == 5.0
    assert plan_stacks(["HfO2"], *PAIR, energies, max_above_hull_mev_per_atom=50.0).criterion.at_most == 50.0


@pytest.mark.parametrize(
    ("coatings", "neighbours", "options", "message"),
    [
        ([], PAIR, {}, "no coating is given"),
        (["LiNbO33x"], PAIR, {}, "LiNbO3"),
        (["Li6PS5Cl"], PAIR, {}, "the coating Li6PS5Cl is the material it should protect or touch"),
        (["HfO2"], ("NCM833", "Li6PS5Cl"), {}, "did you mean NCM83?"),
        (["HfO2"], ("catalogue", "Li6PS5Cl"), {}, "between one cathode and one electrolyte"),
        (["HfO2"], PAIR, {"max_above_hull_mev_per_atom": -1.0}, "is never below 0"),
        (["HfO2"], PAIR, {"candidates": "none.csv"}, "none.csv does not exist"),
    ],
)
def test_bad_requests(energies, coatings, neighbours, options, message):
    with pytest.raises(InputError, match=message):
        plan_stacks(coatings, *neighbours, energies, **options)


def test_energies_fetched_by_chemical_system_are_fetched_for_pairs_of_coatings(tmp_path, monkeypatch):
    """Between two coatings there may be phases that neither has with a neighbour."""
    whole = synthetic()
    opened = []

    def fetching(asked, systems=()):
        phases = FetchedPhaseSet.complete_in(whole.scale, whole.table, systems)
        path = tmp_path / f"fetched-{len(opened)}.json"
        write_json(path, phases.as_dict())
        opened.append(phases)
        return energy_source(str(path))

    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("screening.searches.screening_request.energy_source", fetching)
    monkeypatch.setattr(stack_plan, "energy_source", fetching)
    plan = plan_stacks(SMALL["coatings"], *PAIR, "fetched")
    with pytest.raises(InputError, match="not fetched"):
        opened[0].require({"Nb", "Hf", "O"})
    phases = plan.energies.open()
    phases.require({"Li", "Nb", "Hf", "O"})
    phases.require({"Li", "Co", "O", "P"})
    with pytest.raises(InputError, match="not fetched"):
        phases.require({"Li", "Nb", "Ta", "O"})
