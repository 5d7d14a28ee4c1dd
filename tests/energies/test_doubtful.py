"""Which phases are doubtful, and what leaving them out changes."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.energies.doubtful import (
    HALOGEN,
    OXYGEN,
    SULFUR,
    VACANCIES,
    DoubtfulPhase,
    doubtful_among,
    doubtful_phases,
    without_doubtful,
)
from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.source import (
    energy_source,
    fixed_source,
    open_energies,
    open_table,
    with_doubtful_phases,
    without_doubtful_phases,
)
from screening.equilibrium.interface import Interface
from screening.equilibrium.window import electrochemical_window
from screening.phases.phase import Phase
from screening.phases.phase_set import EnergyScale, PhaseSet

SCALE = EnergyScale(name="test", version="1", functional="none", correction="none")
ELEMENTS = ("Li", "Nb", "O", "S", "Cl", "F", "Ba", "Co", "Ti", "H", "P", "Mg", "I", "C", "Kr")
CASES = {
    "Li17Nb18O54": OXYGEN,  # 17 + 90 - 108
    "LiNbO3": None,
    "BaO2": None,  # a peroxide, as all such compounds of groups 1 and 2
    "TiO3": OXYGEN,  # by its formula; by its structure it may be a peroxide
    "LiS4": None,
    "CoO2": None,
    "CO2": None,
    "H2O2": None,
    "TiS3": SULFUR,
    "LiTiS2": None,
    "Li2SO4": None,  # sulfur +6
    "Li3PS4": None,
    "SCl2": None,  # sulfur gives electrons to chlorine
    "LiClO4": HALOGEN,
    "LiCl": None,
    "ClF3": HALOGEN,
    "LiIO3": HALOGEN,
    "TiCl4": None,
    "TiClO": None,
    "Mg149S": VACANCIES,
    "Mg4S": None,  # as small as real compounds rich in metal
    "KrF2": None,  # of krypton no oxidation state is known
}


def phases_of(formulas):
    phases = [Phase(id=symbol, formula=symbol, energy_ev_per_atom=-1.0) for symbol in ELEMENTS]
    return PhaseSet(SCALE, [*phases, *(Phase(id=f"x-{f}", formula=f, energy_ev_per_atom=-2.0) for f in formulas)])


@pytest.mark.parametrize(("formula", "reason"), CASES.items())
def test_what_a_formula_says(formula, reason):
    phases = phases_of([formula])
    assert doubtful_phases(phases).get(len(ELEMENTS)) == reason


def test_elements_are_never_doubtful():
    assert not {i for i in doubtful_phases(packaged_energies()) if len(packaged_energies().table.composition(i)) < 2}


def test_bonds_between_anions_of_packaged_structures_are_known():
    phases = packaged_energies()
    doubtful = {phases.formula(i): reason for i, reason in doubtful_phases(phases).items()}
    assert doubtful.get("Li17Nb18O54") == OXYGEN
    assert doubtful.get("LiClO4") == HALOGEN
    lowest = {formula: phases.polymorphs(composition)[0] for formula, composition in (("BaO2", {"Ba": 1, "O": 2}),)}
    assert lowest["BaO2"] not in doubtful_phases(phases)
    oxygen = sum(reason == OXYGEN for reason in doubtful.values())
    assert 1000 < oxygen < 2000  # 2452 with the peroxides, by oxidation states alone


def test_potentials_that_differ_are_named_with_the_difference():
    phases, other = packaged_energies(), packaged_energies("sevennet-l3i5")
    differing = {i: reason for i, reason in doubtful_phases(phases).items() if reason.startswith("the potentials")}
    assert differing
    for i, reason in list(differing.items())[:20]:
        (there,) = [j for j in range(len(other)) if other.table.ids[j] == phases.table.ids[i]]
        difference = 1000 * abs(phases.formation_energies[i] - other.formation_energies[there])
        assert difference > 150
        assert reason == f"the potentials differ by {difference:.0f} meV/atom"
    assert not any("potentials" in reason for reason in doubtful_phases(phases_of(["LiNbO3"])).values())


class TestDropped:
    def test_the_window_of_linbo3_is_that_of_the_published_reaction(self):
        """Published: 3.88 V (Richards et al. 2016); a vacancy cell inside the hull by 1 meV/atom cuts it to 3.07 V."""
        kept = electrochemical_window(open_energies("reference~all"), "LiNbO3").oxidation_limit_v
        dropped = electrochemical_window(open_energies("reference"), "LiNbO3").oxidation_limit_v
        sevennet = electrochemical_window(open_energies("reference:sevennet"), "LiNbO3").oxidation_limit_v
        assert kept == pytest.approx(3.07, abs=0.01)
        assert dropped == pytest.approx(3.83, abs=0.01)
        assert sevennet == pytest.approx(3.8, abs=0.15)

    @pytest.mark.parametrize("source", ["reference", "reference:sevennet"])
    def test_lithium_chloride_does_not_burn_on_a_charged_cathode(self, source):
        """LiCl + 2 O2 -> LiClO4 is uphill by measurement (+0.29 eV) and downhill by -1.8 eV in these energies."""
        half = "Li0.5Ni0.83Co0.12Mn0.05O2"
        assert Interface(open_energies(f"{source}~all"), "LiCl", half).profile().mutual.min() < -0.03
        dropped = Interface(open_energies(source), "LiCl", half).profile().mutual.min()
        assert dropped == pytest.approx(0.0, abs=0.01)

    def test_all_others_stay(self):
        every, left = open_energies("reference~all"), open_energies("reference")
        assert len(left) == len(every) - len(doubtful_phases(every))
        assert doubtful_phases(left) == {}
        assert left.scale.name == "CHGNet 0.3.0 single points, doubtful phases dropped"
        assert left.elements == every.elements
        assert len(left.cells) == len(every.cells)

    def test_jobs_open_the_same(self):
        source = energy_source("reference~all")
        assert fixed_source("reference~all") == source.source == "reference~all"
        assert source.open().sha256 == source.sha256 == open_energies("reference~all").sha256

    def test_where_none_is_doubtful_nothing_is_said_of_it(self):
        phases = phases_of(["LiNbO3"])
        assert without_doubtful(phases) is phases

    def test_sources_are_named_one_way(self):
        for source in ("reference", "reference~all"):
            assert without_doubtful_phases(source) == "reference"
            assert with_doubtful_phases(source) == "reference~all"

    def test_a_table_is_wanted_whole(self):
        with pytest.raises(InputError, match="are wanted whole here in any case: write them without ~all"):
            open_table("reference~all")


def test_those_among_products():
    phases = phases_of(["LiClO4", "LiCl", "TiS3"])
    assert doubtful_among(phases, ["LiCl", "LiClO4"]) == [
        DoubtfulPhase(id="x-LiClO4", formula="LiClO4", reason=HALOGEN)
    ]
