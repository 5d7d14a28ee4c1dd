"""Annealing over a range of temperatures, and of published coatings."""

from __future__ import annotations

import pytest
from fixtures_anneal import small_set

from screening.common.errors import InputError
from screening.heat.annealing.anneal import Annealing
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.heat.annealing.scan import anneal_published, anneal_scan, published_systems
from screening.materials.catalogue import Catalogue
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C


@pytest.fixture(scope="module")
def scan(reference):
    temperatures = [celsius + KELVIN_AT_0_C for celsius in range(25, 725, 25)]
    return anneal_scan(Annealing(reference, "Li3PS4", Atmosphere(0.21)), temperatures)


def test_from_room_temperature_to_700_c(scan):
    assert [point.temperature_c for point in scan.points] == pytest.approx(list(range(25, 725, 25)))
    masses = [point.alone.mass_change_percent for point in scan.points]
    assert masses == sorted(masses, reverse=True)  # oxidised at once in equilibrium, sulfur leaves step by step
    assert masses[0] > 50.0
    assert masses[-1] < 0.0


def test_changes_are_where_the_products_change(scan, reference):
    annealing = Annealing(reference, "Li3PS4", Atmosphere(0.21))
    assert [change.after for change in scan.changes][-1] == [p.name for p in scan.points[-1].alone.products]
    for change in scan.changes:
        below, above = (annealing.alone(change.temperature_k + step) for step in (-0.5, 0.5))
        assert [p.name for p in below.products] == change.before
        assert [p.name for p in above.products] == change.after
        assert below.mass_change_percent == pytest.approx(change.mass_change_before_percent)


def test_the_pyrosulfate_loses_its_excess_near_the_temperature_observed(scan):
    # observed: sulfur oxides from about 320 C on; ours is equilibrium at 0.001 bar, and nothing is tuned
    [change] = [c for c in scan.changes if "Li2S2O7" in c.before and "Li2SO4" in c.after]
    assert 200.0 < change.temperature_c < 350.0
    assert [seen.temperature_c for seen in scan.observed] == [180.0, 300.0, 320.0]


def test_onset_of_a_gas_is_that_of_its_pressure():
    # CaCO3 -> CaO + CO2 reaches 1 bar at 895 C (CRC Handbook); the descriptor is some 50 meV/atom off
    annealing = Annealing(small_set(), "CaCO3", Atmosphere(0.21, product_bar=1.0))
    found = anneal_scan(annealing, [600.0, 1000.0, 1600.0])
    assert found.gas_onset_c["CO2(g)"] == pytest.approx(895.0, abs=200.0)
    assert found.changes[0].temperature_c == pytest.approx(found.gas_onset_c["CO2(g)"], abs=0.5)
    assert found.observed == []


def test_temperatures_in_any_order_and_twice():
    annealing = Annealing(small_set(), "Li3PO4", Atmosphere(0.21))
    found = anneal_scan(annealing, [500.0, 300.0, 500.0])
    assert [point.temperature_k for point in found.points] == [300.0, 500.0]
    assert found.changes == []


@pytest.mark.parametrize(("kelvin", "message"), [([], "at least one"), ([400.0, 2500.0], "2500 K")])
def test_refused(kelvin, message):
    with pytest.raises(InputError, match=message):
        anneal_scan(Annealing(small_set(), "Li3PO4", Atmosphere(0.21)), kelvin)


@pytest.fixture(scope="module")
def published(reference):
    return {(one.published.material, one.published.temperature_c): one for one in anneal_published(reference).coatings}


def test_every_published_condition_is_computed(published):
    assert len(published) == len(annealing_data().published)
    for one in published.values():
        assert one.anneal.temperature_c == pytest.approx(one.published.temperature_c)
        assert one.conditions.oxygen_bar == one.published.oxygen_bar
        assert one.anneal.on_cathode.cathode == one.published.cathode


def test_published_coatings_alone(published):
    verdicts = {key: one.anneal.alone.verdict for key, one in published.items()}
    assert {key for key, verdict in verdicts.items() if verdict == "reacts"} == {("Li3PS4", 300), ("Li3PS4", 400)}
    assert verdicts["HfO2", 400] == verdicts["Li2SO4/Li3PO4", 400] == "stable"


def test_the_carbonate_in_air_is_kept_by_its_carbon_dioxide(published, reference):
    assert published["Li2CO3/LiNbO3", 300].anneal.alone.verdict == "stable"
    pure = Annealing(reference, "Li2CO3/LiNbO3", Atmosphere(0.21, product_bar=1e-9), without=["peroxides"])
    assert "CO2(g)" in [product.name for product in pure.alone(573.15).products]


def test_systems_of_the_published_conditions():
    catalogue = Catalogue.load()
    systems = dict(zip([one.material for one in annealing_data().published], published_systems(catalogue), strict=True))
    assert systems["HfO2"] == {"Hf", "Li", "Ni", "Co", "Mn", "O"}
    assert "C" in systems["LiNb0.5Ta0.5O3"]  # annealed in air
