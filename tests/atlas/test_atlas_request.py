"""Which coatings, neighbours and potentials an atlas has."""

import pytest
from fixtures_atlas import ELECTROLYTES, small_plan
from fixtures_screening import energies_file, phase_set

from screening.atlas.atlas_request import default_voltages, plan_atlas
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import read_material
from screening.common.errors import InputError
from screening.equilibrium.reactant import Reactant
from screening.searches.candidates.candidate_documents import Selection

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")


def test_the_coatings_are_stable_insulators_and_those_of_the_catalogue(tmp_path):
    plan = small_plan(tmp_path)
    phases = plan.energies.open()
    above = {name: Reactant(phases, name).energy_above_hull for name in plan.coatings}
    compounds = [phase.formula for phase in phases.phases if len(parse_formula(phase.formula)) > 1]
    conducting = {"NiS", "Ni3S2", "CoS", "Co9S8", "NbS2", "TaS2", "Ni2P", "CoP"}
    stable = {name for name in compounds if Reactant(phases, name).energy_above_hull == 0.0} - conducting
    assert stable <= set(plan.coatings)
    assert not conducting & set(plan.coatings)
    assert all(above[name] == 0.0 for name in set(plan.coatings) & set(compounds) - {"LiNbO3", "LiTaO3", "Li3PO4"})
    assert {"LiNbO3", "Li3PO4"} <= set(plan.coatings)
    systems = [sorted(parse_formula(read_material(name).formula)) for name in plan.coatings]
    assert systems == sorted(systems)
    assert len(set(plan.coatings)) == len(plan.coatings)


def test_the_neighbours_are_cathodes_in_each_state_and_electrolytes(tmp_path):
    plan = small_plan(tmp_path)
    assert [one.label for one in plan.neighbours] == [
        "LiCoO2 full", "LiCoO2 half", "LiNiO2 full", "LiNiO2 half", *ELECTROLYTES
    ]  # fmt: skip
    assert plan.neighbours[1].reactant == "Li0.5CoO2"
    assert plan.neighbours[4].chemistry_class == "thiophosphate"
    assert plan.n_contacts == len(plan.coatings) * 6 * 3


def test_all_of_the_catalogue_that_have_energies(tmp_path):
    plan = plan_atlas(energies_file(tmp_path))
    assert plan.left_out["LiFePO4 full"].startswith("the energies 'synthetic' hold no phase of Fe")
    assert "Li10GeP2S12" in plan.left_out
    names = [one.name for one in plan.neighbours]
    assert {"LiCoO2", "NCM83", "Li6PS5Cl", "Li7P3S11"} <= set(names)
    assert not set(names) & {name.split()[0] for name in plan.left_out}


def test_the_voltages_are_the_ends_of_cycling_and_its_middle():
    assert default_voltages() == (2.9, 3.6, 4.3)


def test_a_selection(tmp_path):
    plan = small_plan(tmp_path, selection=Selection(elements=("Li", "O", "P", "S"), exclude=("S",)))
    held = {element for name in plan.coatings for element in parse_formula(read_material(name).formula)}
    assert held == {"Li", "O", "P"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"cathodes": ["nothing"]}, r"^unknown cathode 'nothing'"),
        ({"cathodes": ["LiFePO4"]}, r"^LiFePO4: the energies 'synthetic' hold no phase of Fe"),
        ({"voltages_v": [0.0]}, r"^a voltage against Li/Li\+ is a positive number, not 0$"),
        ({"voltages_v": [float("nan")]}, r"is a positive number, not nan$"),
        ({"voltages_v": [2.9, 2.9]}, r"^the voltage 2\.9 V is given twice$"),
        ({"selection": Selection(elements=("Co", "Ni"))}, r"^no compound of the energies 'synthetic' is left"),
        ({"selection": Selection(exclude=("Xx",))}, r"^no element 'Xx'"),
    ],
)
def test_what_is_refused(tmp_path, changed, reason):
    with pytest.raises(InputError, match=reason):
        small_plan(tmp_path, **changed)


def test_energies_that_no_neighbour_has(tmp_path):
    phase_set({"Nb2O5": -2.8}).to_file(tmp_path / "few.json")
    with pytest.raises(InputError, match=r"^no cathode and no electrolyte is left: .* hold no phase of"):
        plan_atlas(str(tmp_path / "few.json"))
