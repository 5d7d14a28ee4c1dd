"""What a coating or its precursor becomes in a furnace."""

from __future__ import annotations

import pytest
from fixtures_anneal import small_set
from pymatgen.core import Composition

from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, read_packaged
from screening.energies.source import open_energies
from screening.heat.annealing.anneal import Annealing
from screening.heat.annealing.atmosphere import Atmosphere
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C

AIR = Atmosphere(0.21)
# g/mol, by hand from Li 6.94, P 30.974, S 32.06, O 15.999
LI3PS4, LI2SO4, LIPO3, LI3PO4 = 180.034, 109.936, 85.911, 115.790


def moles(result):
    return {product.name: product.moles for product in result.products}


def kelvin(celsius):
    return celsius + KELVIN_AT_0_C


@pytest.fixture(scope="module")
def precursor(reference):
    return Annealing(reference, "Li3PS4", AIR, cathode="NCM85")


@pytest.fixture(scope="module")
def at_300(precursor):
    return precursor.at(kelvin(300))


def test_the_precursor_is_fully_oxidised(at_300):
    assert moles(at_300.alone) == pytest.approx({"Li2SO4": 1.0, "LiPO3": 1.0, "SO3(g)": 3.0})
    assert at_300.alone.taken_up_moles == {"O2": 8.0}
    assert at_300.alone.reaction == "Li3PS4 + 8 O2(g) -> Li2SO4 + LiPO3 + 3 SO3(g)"
    assert at_300.alone.verdict == "reacts"


def test_its_mass_is_that_of_the_solids_left(at_300):
    by_hand = 100 * ((LI2SO4 + LIPO3) / LI3PS4 - 1)
    assert by_hand == pytest.approx(8.8, abs=0.05)
    assert at_300.alone.mass_change_percent == pytest.approx(by_hand, abs=0.02)


@pytest.mark.parametrize(
    ("product_bar", "celsius", "solids"),
    [(1e-9, 700, {"Li3PO4": 1.0}), (1e-6, 200, {"Li2SO4": 1.0, "LiPO3": 1.0})],
)
def test_less_gas_above_it_drives_more_out(reference, product_bar, celsius, solids):
    result = Annealing(reference, "Li3PS4", Atmosphere(0.21, product_bar=product_bar)).alone(kelvin(celsius))
    assert {p.name: p.moles for p in result.products if p.state == "solid"} == pytest.approx(solids)
    masses = {"Li3PO4": LI3PO4, "Li2SO4": LI2SO4, "LiPO3": LIPO3}
    by_hand = 100 * (sum(n * masses[name] for name, n in solids.items()) / LI3PS4 - 1)
    assert result.mass_change_percent == pytest.approx(by_hand, abs=0.02)


@pytest.mark.parametrize("celsius", [25, 150, 300, 450, 700])
def test_no_atom_is_lost(precursor, celsius):
    result = precursor.alone(kelvin(celsius))
    total = Composition("Li3PS4")
    for gas, n in result.taken_up_moles.items():
        total += Composition({e: n * a for e, a in Composition(gas).items()})
    made = Composition({})
    for product in result.products:
        formula = Composition(product.name.removesuffix("(g)"))
        made += Composition({e: product.moles * a for e, a in formula.items()})
    assert made.almost_equals(total, atol=1e-4)


def test_a_little_of_it_on_much_cathode_becomes_sulfate_and_phosphate_without_loss(at_300):
    # Kissel et al. find Li2SO4 and Li3PO4; the lithium is the cathode's
    right = at_300.on_cathode.cathode_rich_reaction.split(" -> ")[1].split(" + ")
    assert {"4 Li2SO4", "Li3PO4"} <= set(right)
    assert not [term for term in right if term.endswith("(g)")]
    assert at_300.on_cathode.verdict == "reacts"


def test_where_oxygen_comes_slowly_mass_is_gained_before_sulfur_leaves(precursor, at_300):
    # Kissel et al.: mass is gained first, SO and SO2 leave later
    steps = precursor.oxidation(kelvin(300))
    first, gained = steps[:2]
    assert (first.oxygen_moles, first.mass_change_percent) == (0.0, 0.0)
    assert {product.name: product.moles for product in first.products} == {"Li3PS4": 1.0}
    assert all(product.state == "solid" for product in gained.products)
    assert gained.mass_change_percent == pytest.approx(100 * gained.oxygen_moles * 31.998 / LI3PS4, abs=0.01)
    assert "SO2(g)" in [product.name for product in steps[2].products]
    assert steps[2].mass_change_percent < 0.0 < gained.mass_change_percent
    assert steps[-1].oxygen_moles == pytest.approx(at_300.alone.taken_up_moles["O2"])
    assert {p.name: p.moles for p in steps[-1].products} == pytest.approx(moles(at_300.alone))


def test_there_is_no_such_way_without_oxygen_taken_up_or_in_air(reference):
    assert Annealing(reference, "HfO2", AIR).oxidation(600.0) == []
    assert Annealing(reference, "Li3PS4", Atmosphere(0.21, {"CO2": 4.2e-4})).oxidation(600.0) == []


def test_what_it_becomes_there_is_stable_there(reference):
    point = Annealing(reference, "Li2SO4/Li3PO4", AIR, cathode="NCM85").at(kelvin(400))
    assert (point.alone.verdict, point.on_cathode.verdict) == ("stable", "stable")
    assert point.alone.start_from == "components"
    assert point.alone.start == pytest.approx({"Li2SO4": 0.5, "Li3PO4": 0.5})
    assert point.on_cathode.reaction is None
    assert point.on_cathode.x_molar is None


def test_reaction_energy_by_hand():
    # Li2S + 2 O2 -> Li2SO4, of measured Gibbs energies of formation at 25 C, kJ/mol: -432.6 and -1321.7 (CRC Handbook);
    # ours are of measured enthalpies and the descriptor
    result = Annealing(small_set(), "Li2S", Atmosphere(1.0)).alone(298.15)
    assert moles(result) == pytest.approx({"Li2SO4": 1.0})
    measured = (-1321.7 + 432.6) / 96.485 / 3  # three atoms of Li2S are closed
    assert result.reaction_ev_per_closed_atom == pytest.approx(measured, abs=0.05)


def test_what_does_not_react_is_stable():
    result = Annealing(small_set(), "Li3PO4", AIR).alone(600.0)
    assert result.reaction_ev_per_closed_atom == 0.0
    assert (result.verdict, result.mass_change_percent, result.taken_up_moles) == ("stable", 0.0, {"O2": 0.0})
    assert result.reaction == "Li3PO4 -> Li3PO4"
    assert result.products[0].source_id == "m-Li3PO4"


@pytest.mark.parametrize(("bar", "celsius", "stable"), [(1.0, 700, True), (1.0, 1100, False), (1e-6, 700, False)])
def test_a_carbonate_decomposes_below_the_pressure_of_its_gas(bar, celsius, stable):
    # CaCO3 gives 1 bar at 895 C, 0.03 bar at 700 C (CRC Handbook)
    annealing = Annealing(small_set(), "CaCO3", Atmosphere(0.21, product_bar=bar))
    assert (moles(annealing.alone(kelvin(celsius))) == {"CaCO3": 1.0}) is stable


def test_computed_energies_of_salts_and_gases_err_alike(reference):
    # with the measured energy of CO2 beside computed ones of solids, nothing would happen below 1700 C
    annealing = Annealing(reference, "CaCO3", Atmosphere(0.21, product_bar=1.0))
    assert moles(annealing.alone(kelvin(700))) == {"CaCO3": 1.0}
    assert moles(annealing.alone(kelvin(1150))) == {"CaO": 1.0, "CO2(g)": 1.0}


def test_a_gas_of_the_furnace_is_taken_up():
    result = Annealing(small_set(), "Li2O", Atmosphere(0.21, {"CO2": 4.2e-4})).alone(kelvin(300))
    assert result.reaction == "Li2O + CO2(g) -> Li2CO3"
    assert result.taken_up_moles == {"O2": 0.0, "CO2": 1.0}


def test_a_gas_of_an_element_is_named_as_its_molecule():
    result = Annealing(small_set(), "AlCl3", Atmosphere(0.21)).alone(kelvin(400))
    assert moles(result) == pytest.approx({"Al2O3": 0.5, "Cl2(g)": 1.5})


def test_a_solid_solution_without_a_phase_starts_from_its_end_members():
    result = Annealing(read_packaged(PACKAGED), "LiNb0.4Ta0.6O3", AIR, without=["peroxides"]).alone(kelvin(450))
    assert result.start_from == "hull"
    assert moles(result) == pytest.approx({"LiNbO3": 0.4, "LiTaO3": 0.6}, abs=1e-6)
    assert result.verdict == "stable"


def test_doubtful_phases_are_marked_and_can_be_left_out():
    reference = open_energies("reference~all")
    doubted = Annealing(reference, "LiNbO3", Atmosphere(1.0)).alone(kelvin(350))
    assert [p.name for p in doubted.products if p.oxidised_oxygen] == ["Li17Nb18O54"]
    assert doubted.verdict == "undecided"
    without = Annealing(reference, "LiNbO3", Atmosphere(1.0), without=["peroxides"])
    assert moles(without.alone(kelvin(350))) == {"LiNbO3": 1.0}
    assert without.conditions.without == ["peroxides"]


def test_an_energy_above_the_hull_counts():
    glass = Annealing(small_set(), "Li3PO4@30meV", AIR).alone(600.0)
    assert glass.reaction_ev_per_closed_atom == pytest.approx(-0.03 * 8 / 4)  # eight atoms, four of them closed


def test_conditions_say_what_was_assumed(precursor):
    conditions = precursor.document(573.15).conditions
    assert conditions.product_gas_bar == 1e-3
    assert "Bartel" in conditions.solids
    assert conditions.gases["SO3"].startswith("computed energy of condensed SO3 (mp-2414)")
    assert conditions.gases_left_out == []


@pytest.mark.parametrize(
    ("material", "options", "message"),
    [
        ("SO3", {}, "SO3: no solid SO3 is among the phases, it is left out or a gas"),
        ("Li2O2", {"without": ["peroxides"]}, "no solid Li2O2 is among the phases"),
        ("LiNbO3", {}, "hold no phase of Nb"),
        ("O2", {}, "there is no composition left to react"),
    ],
)
def test_refused(material, options, message):
    with pytest.raises(InputError, match=message):
        Annealing(small_set(), material, AIR, **options).at(500.0)


def test_a_temperature_outside_the_tables_is_refused(precursor):
    with pytest.raises(InputError, match="temperature 2100 K is outside the tables"):
        precursor.at(2100.0)
