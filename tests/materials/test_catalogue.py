"""The packaged catalogue against the papers, and what users can do wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import same_composition
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import composition_of
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.materials.material import Material

CATALOGUE = Catalogue.load()
Writer = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write a user's own YAML file."""

    def written(text: str) -> Path:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


class TestPackaged:
    def test_defaults(self) -> None:
        assert CATALOGUE.defaults("coating") == ("LiNbO3", "LiTaO3", "HfO2", "Li2SO4", "Li3PO4")
        assert CATALOGUE.defaults("cathode") == ("NCM83",)
        assert CATALOGUE.defaults("electrolyte") == ("Li6PS5Cl",)

    @pytest.mark.parametrize("material", [*CATALOGUE.coatings, *CATALOGUE.electrolytes], ids=lambda m: m.name)
    def test_materials_are_possible_and_found_by_every_name(self, material: Material) -> None:
        find = CATALOGUE.coating if material.role == "coating" else CATALOGUE.electrolyte
        assert check_charge_balance(parse_formula(material.formula)) is None
        assert all(find(name) is material for name in (material.name, *material.aliases))

    @pytest.mark.parametrize("material", [m for m in CATALOGUE.coatings if not m.components], ids=lambda m: m.name)
    def test_simple_coatings_are_named_by_their_formula(self, material: Material) -> None:
        assert material.name == material.formula

    @pytest.mark.parametrize(
        ("find", "name", "parts"),
        [
            (CATALOGUE.coating, "Li2CO3/LiNbO3", {"Li2CO3": 0.5, "LiNbO3": 0.5}),
            (CATALOGUE.coating, "Li2SO4/Li3PO4", {"Li2SO4": 0.5, "Li3PO4": 0.5}),
            (CATALOGUE.electrolyte, "1.5Li2S-0.5P2S5-LiI", {"Li2S": 1.5, "P2S5": 0.5, "LiI": 1}),
        ],
    )
    def test_mixtures_have_the_composition_of_their_components(
        self, find: Callable[[str], Material], name: str, parts: dict[str, float]
    ) -> None:
        material = find(name)
        assert material.components == parts
        total = sum((Composition(part) * moles for part, moles in parts.items()), start=Composition())
        assert parse_formula(material.formula) == pytest.approx(total.get_el_amt_dict())

    def test_glass(self) -> None:
        glass = CATALOGUE.electrolyte("1.5Li2S-0.5P2S5-LiI")
        assert (glass.kind, glass.formula) == ("glass", "Li4PS4I")

    @pytest.mark.parametrize(
        ("name", "full", "half"),
        [
            ("NCM83", "LiNi0.83Co0.12Mn0.05O2", "Li0.5Ni0.83Co0.12Mn0.05O2"),
            ("NCM85", "LiNi0.85Co0.1Mn0.05O2", "Li0.5Ni0.85Co0.1Mn0.05O2"),
            ("NCM622", "LiNi0.6Co0.2Mn0.2O2", "Li0.5Ni0.6Co0.2Mn0.2O2"),
            ("NMC532", "LiNi0.5Mn0.3Co0.2O2", "Li0.5Ni0.5Mn0.3Co0.2O2"),
            ("NCM811", "LiNi0.8Co0.1Mn0.1O2", "Li0.5Ni0.8Co0.1Mn0.1O2"),
            ("LiCoO2", "LiCoO2", "Li0.5CoO2"),
            ("LiNiO2", "LiNiO2", "Li0.5NiO2"),
        ],
    )
    def test_cathode_formulas(self, name: str, full: str, half: str) -> None:
        cathode = CATALOGUE.cathode(name)
        assert (cathode.formula("full"), cathode.formula("half")) == (full, half)

    @pytest.mark.parametrize("cathode", CATALOGUE.cathodes, ids=lambda c: c.name)
    def test_cathodes_are_possible_at_every_state(self, cathode: Cathode) -> None:
        composition = cathode.composition("full")
        if "O" in composition and (cathode.structure or "layered").startswith("layered"):
            assert sum(composition.values()) == pytest.approx(4.0)
            assert composition["O"] == 2.0
        assert all(check_charge_balance(cathode.composition(x)) is None for x in ("full", "half", 0.0))
        assert all(CATALOGUE.cathode(name) is cathode for name in (cathode.name, *cathode.aliases))

    @pytest.mark.parametrize("anode", CATALOGUE.anodes, ids=lambda m: m.name)
    def test_anodes_are_found_by_every_name(self, anode: Material) -> None:
        assert all(anode in CATALOGUE.named(name) for name in (anode.name, *anode.aliases))
        assert same_composition(parse_formula(anode.formula), Composition(anode.formula).get_el_amt_dict())

    @pytest.mark.parametrize(
        ("name", "formula"),
        [
            ("LLZO", "Li7La3Zr2O12"),
            ("LLZTO", "Li6.4La3Zr1.4Ta0.6O12"),
            ("LLTO", "Li3La5Ti9O27"),
            ("Li0.33La0.56TiO3", "Li3La5Ti9O27"),
            ("LATP", "Li1.3Al0.3Ti1.7(PO4)3"),
            ("LAGP", "Li1.5Al0.5Ge1.5(PO4)3"),
            ("LiPON", "Li2.9PO3.3N0.46"),
            ("LYC", "Li3YCl6"),
            ("LYB", "Li3YBr6"),
            ("LIC", "Li3InCl6"),
            ("LZC", "Li2ZrCl6"),
            ("LPSCl1.5", "Li11P2S9Cl3"),
        ],
    )
    def test_usual_abbreviations_of_electrolytes(self, name: str, formula: str) -> None:
        for found in (CATALOGUE.electrolyte(name), CATALOGUE.coating(name)):
            assert same_composition(parse_formula(found.formula), parse_formula(formula))
        assert (CATALOGUE.electrolyte(name).role, CATALOGUE.coating(name).role) == ("electrolyte", "coating")

    @pytest.mark.parametrize(
        ("name", "full"),
        [
            ("LFP", "LiFePO4"),
            ("LMFP", "LiMn0.8Fe0.2PO4"),
            ("LCP", "LiCoPO4"),
            ("LMO", "LiMn2O4"),
            ("LNMO", "LiNi0.5Mn1.5O4"),
            ("NCA", "LiNi0.8Co0.15Al0.05O2"),
            ("NMC90", "LiNi0.9Co0.05Mn0.05O2"),
            ("Li2S", "Li2S"),
        ],
    )
    def test_usual_abbreviations_of_cathodes(self, name: str, full: str) -> None:
        assert CATALOGUE.cathode(name).formula("full") == full

    def test_a_polymorph_is_a_material_of_its_own(self) -> None:
        olivine = CATALOGUE.coating("LiNbO3#mp-3731")
        assert (olivine.name, olivine.formula, olivine.reactant) == ("LiNbO3#mp-3731", "LiNbO3", "LiNbO3#mp-3731")
        assert not olivine.default
        assert olivine.properties == CATALOGUE.coating("LiNbO3").properties
        assert Material.model_validate_json(olivine.model_dump_json()) == olivine
        assert CATALOGUE.coating("LiNbO3") is CATALOGUE.coatings[0]
        assert CATALOGUE.coating("LiNbO3#mp-3731+Li2CO3").components == {"LiNbO3#mp-3731": 0.5, "Li2CO3": 0.5}
        with pytest.raises(InputError, match="is no one phase that could be mp-1"):
            CATALOGUE.electrolyte("LPSI glass#mp-1")
        with pytest.raises(ValueError, match="are no one phase"):
            Material(name="a", role="coating", kind="glass", formula="LiPO3", polymorph="mp-1")

    def test_values_from_memory_say_so_and_have_a_doi(self) -> None:
        values = [(m.name, p) for m in CATALOGUE.materials for p in m.properties if not p.verified]
        assert values
        assert all("doi 10." in value.source for _, value in values), values

    def test_thirds_are_thirds(self) -> None:
        assert CATALOGUE.cathode("NCM111").host == {"Ni": 1 / 3, "Co": 1 / 3, "Mn": 1 / 3, "O": 2.0}

    def test_published_voltages_lie_where_lithium_is(self) -> None:
        published = {c.name: c.published_voltages for c in CATALOGUE.cathodes if c.published_voltages}
        assert {"NCM83", "LiCoO2"} <= set(published)
        for name, rows in published.items():
            least = 3.0 if "O" in CATALOGUE.cathode(name).host else 1.5  # sulfides give lithium up earlier
            assert all(least < row.voltage_v < 5.0 and row.lithium_from >= row.lithium_to for row in rows)

    def test_documents_survive_json(self) -> None:
        assert Catalogue.model_validate_json(CATALOGUE.model_dump_json()) == CATALOGUE
        assert Material.model_validate_json(CATALOGUE.electrolytes[3].model_dump_json()) == CATALOGUE.electrolytes[3]

    def test_loading_needs_no_pymatgen(self) -> None:
        program = (
            "import sys; from screening.materials.catalogue import Catalogue; c = Catalogue.load();"
            "c.coating('Li5AlO4'); c.cathode('LiMn2O4').formula('half'); print('pymatgen' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "False\n"


class TestLookup:
    @pytest.mark.parametrize("text", ["LiNbO3", "LiNbO3 ", " linbo3\n", "LINBO3", "LiNbO₃", "Nb2Li2O6", "Li1Nb1O3"])
    def test_one_coating_in_many_spellings(self, text: str) -> None:
        assert CATALOGUE.coating(text) is CATALOGUE.coatings[0]

    @given(st.sampled_from(CATALOGUE.cathodes), st.integers(1, 5))
    def test_a_cathodes_formula_finds_it(self, cathode: Cathode, times: int) -> None:
        multiple = "".join(f"{e}{n * times:.7f}" for e, n in cathode.composition("full").items())
        assert CATALOGUE.cathode(multiple) is cathode

    def test_a_formula_means_no_mixture(self) -> None:
        crystal = CATALOGUE.electrolyte("Li4PS4I")
        assert (crystal.name, crystal.kind, crystal.components) == ("Li4PS4I", None, {})

    @pytest.mark.parametrize(
        ("text", "name", "reactant"),
        [
            ("LiPO3@30meV", "LiPO3@30meV", "LiPO3@30meV"),
            ("lpsi glass @ 30 meV", "1.5Li2S-0.5P2S5-LiI@30meV", "1.5Li2S-0.5P2S5-LiI@30meV"),
            ("1.5Li2S\u20130.5P2S5\u2013LiI", "1.5Li2S-0.5P2S5-LiI", "1.5Li2S-0.5P2S5-LiI"),
            ("0.75Li2S-0.25P2S5", "0.75Li2S-0.25P2S5", "0.75Li2S-0.25P2S5"),
            ("0.7Li2S-0.3P2S5@12.5meV", "0.7Li2S-0.3P2S5@12.5meV", "0.7Li2S-0.3P2S5@12.5meV"),
            ("Li6PS5Cl@0meV", "Li6PS5Cl@0meV", "Li6PS5Cl@0meV"),
        ],
    )
    def test_glasses_and_given_energies(self, text: str, name: str, reactant: str) -> None:
        material = CATALOGUE.electrolyte(text)
        assert (material.name, material.reactant) == (name, reactant)
        assert material.mole_fractions == material.fractions == {}
        assert parse_formula(material.formula) == pytest.approx(composition_of(reactant))
        with pytest.raises(InputError, match="an electrolyte is one material"):
            CATALOGUE.electrolyte(f"{text}+LiF")

    @pytest.mark.parametrize(
        ("text", "name", "reactant"),
        [
            ("0.5LiNbO3+0.5Li2CO3", "Li2CO3/LiNbO3", "0.5Li2CO3+0.5LiNbO3"),
            ("Li2SO4 + lithium phosphate", "Li2SO4/Li3PO4", "0.5Li2SO4+0.5Li3PO4"),
            ("3LiF+LNO", "0.75LiF+0.25LiNbO3", "0.75LiF+0.25LiNbO3"),
            ("2Li2CO3+LiNbO3@30meV", "0.6667Li2CO3+0.3333LiNbO3@30meV", "0.6666666667Li2CO3+0.3333333333LiNbO3@30meV"),
        ],
    )
    def test_composites(self, text: str, name: str, reactant: str) -> None:
        material = CATALOGUE.coating(text)
        assert (material.name, material.reactant, material.fractions) == (name, reactant, {})
        assert sum(material.mole_fractions.values()) == pytest.approx(1.0)
        whole = Composition(material.formula).fractional_composition
        parts = [(Composition(part.partition("@")[0]), share) for part, share in material.mole_fractions.items()]
        total = sum((part * share for part, share in parts), start=Composition())
        assert whole.almost_equals(total.fractional_composition, atol=1e-6)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("0.5LiNbO3+0.6Li2CO3", r"^0\.5LiNbO3\+0\.6Li2CO3: the fractions sum to 1.1"),
            ("-1LiNbO3+2Li2CO3", "the amount of LiNbO3 must be positive, not -1"),
            ("LiNbO3+lithium niobate", "LiNbO3 occurs twice"),
            ("LiF+Li2CO3/LiNbO3", "Li2CO3/LiNbO3 is itself several phases; write these"),
            ("LiF+LiNbO33", r"^LiNbO33: no oxidation states balance it .*did you mean LiNbO3"),
            ("LiF+Li2S-P2S5", "write a glass in a composite as its formula and energy"),
            ("Li2CO3/LiNbO3@30meV", "write the energy behind the one that has it"),
            ("LiF@-30meV", "no material lies below the hull"),
            ("0.7Li2S-0.2P2S5", "the fractions sum to 0.9"),
        ],
    )
    def test_impossible_composites(self, text: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            CATALOGUE.coating(text)

    def test_other_formulas_become_materials(self) -> None:
        material = CATALOGUE.coating(" Li5AlO4")
        assert (material.name, material.formula, material.role) == ("Li5AlO4", "Li5AlO4", "coating")
        assert CATALOGUE.electrolyte("Li7La3Zr2O12").role == "electrolyte"

    @pytest.mark.parametrize(
        ("text", "full", "half", "empty"),
        [
            ("LiMn2O4", "LiMn2O4", "Li0.5Mn2O4", "Mn2O4"),
            ("LiFePO4", "LiFePO4", "Li0.5FePO4", "FePO4"),
            ("Li2MnO3", "Li2MnO3", "LiMnO3", "MnO3"),
            ("Ni0.4LiMn1.6O4", "LiNi0.4Mn1.6O4", "Li0.5Ni0.4Mn1.6O4", "Ni0.4Mn1.6O4"),
        ],
    )
    def test_other_formulas_become_cathodes(self, text: str, full: str, half: str, empty: str) -> None:
        cathode = CATALOGUE.cathode(text)
        assert cathode.name == text
        assert [cathode.formula(state) for state in ("full", "half", 0)] == [full, half, empty]

    @pytest.mark.parametrize(
        ("host", "lithiated"),
        [("S", "Li2S"), ("MnO2", "LiMnO2"), ("FePO4", "LiFePO4"), ("FeS2", "Li2FeS2"), ("CoO2", "LiCoO2")],
    )
    def test_a_host_without_lithium_leads_to_one_with_it(self, host: str, lithiated: str) -> None:
        with pytest.raises(InputError, match=f"{host} has no lithium: write the lithiated one, such as {lithiated}$"):
            CATALOGUE.cathode(host)

    @pytest.mark.parametrize(
        ("find", "text", "message"),
        [
            (CATALOGUE.coating, "LiNbOx", "unknown coating 'LiNbOx': no element Ox (did you mean LiNbO3?)"),
            (CATALOGUE.coating, "", "unknown coating '': empty formula"),
            (CATALOGUE.coating, "a\nb", "unknown coating 'a\\nb': unexpected 'a' at position 1"),
            (CATALOGUE.electrolyte, "LGSP", "unknown electrolyte 'LGSP': no element L (did you mean LGPS?)"),
            (CATALOGUE.cathode, "NMC62", "unknown cathode 'NMC62': no element M (did you mean NMC622?)"),
            (
                CATALOGUE.coating,
                "LiNbO33",
                "LiNbO33: no oxidation states balance it (charge between -66 and -10.5) (did you mean LiNbO3?)",
            ),
            (
                CATALOGUE.cathode,
                "LiCoO22",
                "LiCoO22: no oxidation states balance it (charge between -44 and -5) (did you mean LiCoO2?)",
            ),
            (
                CATALOGUE.cathode,
                "CoO2",
                "a cathode is lithium and a host: CoO2 has no lithium: write the lithiated one, such as LiCoO2",
            ),
            (CATALOGUE.cathode, "Li", "a cathode is lithium and a host: Li has no host"),
        ],
    )
    def test_refuses(self, find: Callable[[str], object], text: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            find(text)
        assert str(caught.value) == message

    @given(st.text(max_size=20))
    def test_any_text_finds_something_or_is_refused_in_one_line(self, text: str) -> None:
        for find in (CATALOGUE.coating, CATALOGUE.electrolyte, CATALOGUE.cathode):
            try:
                find(text)
            except InputError as error:
                message = str(error)
            else:
                message = "found"
            assert message.splitlines() == [message]


class TestLithium:
    CATHODE = CATALOGUE.cathode("NCM83")

    @pytest.mark.parametrize(
        ("given_", "lithium"), [("full", 1.0), (" Half ", 0.5), (0.25, 0.25), ("0.25", 0.25), (0, 0.0), (1, 1.0)]
    )
    def test_states_and_contents(self, given_: str | float, lithium: float) -> None:
        assert self.CATHODE.lithium(given_) == lithium
        assert self.CATHODE.composition(given_).get("Li", 0.0) == lithium

    @given(st.floats(0.0, 1.0))
    def test_formula_says_the_composition(self, lithium: float) -> None:
        formula = self.CATHODE.formula(lithium)
        assert parse_formula(formula).get("Li", 0.0) == pytest.approx(lithium, abs=1e-8)

    @pytest.mark.parametrize(
        ("given_", "message"),
        [
            ("halff", "unknown state 'halff' of NCM83 (did you mean half?)"),
            ("charged", "unknown state 'charged' of NCM83; there are full, half"),
            (1.2, "NCM83 holds 0 to 1 lithium in a formula unit, not 1.2"),
            (-0.1, "NCM83 holds 0 to 1 lithium in a formula unit, not -0.1"),
            (float("nan"), "NCM83 holds 0 to 1 lithium in a formula unit, not nan"),
            ("inf", "NCM83 holds 0 to 1 lithium in a formula unit, not inf"),
        ],
    )
    def test_refuses(self, given_: str | float, message: str) -> None:
        with pytest.raises(InputError) as caught:
            self.CATHODE.formula(given_)
        assert str(caught.value) == message


USERS = """
coatings:
  - name: Li₃InCl6
    aliases: [LIC]
    formula: Li3InCl6
    default: true
    properties:
      - {quantity: ionic_conductivity_s_per_cm, value: [null, 1e-3], source: my notebook, verified: false}
      - {quantity: band_gap_ev, value: [3, 4.5], source: my notebook, verified: false}
  - name: one third
    components: {Li2O: 1/3, Al2O3: 2/3}
  - name: annealed glass
    formula: LiPO3
    kind: glass
    energy_above_hull: {mev_per_atom: 12, conditions: annealed, source: my notebook, verified: false}
cathodes:
  - name: LMRO
    host: {Mn: 0.5, Ru: 0.5, O: 3}
    lithiations: {full: 2, empty: 0.1}
"""


class TestUsersFiles:
    def test_are_added_to_the_packaged_entries(self, write: Writer) -> None:
        mine = Catalogue.load(write(USERS))
        assert mine.coatings[:-3] == CATALOGUE.coatings
        assert mine.coating("one third").reactant == "0.3333333333Li2O+0.6666666667Al2O3"
        assert mine.coating("annealed glass").reactant == "LiPO3@12meV"
        assert mine.coating("annealed glass@5meV").reactant == "LiPO3@5meV"
        assert mine.coating("LiPO3").name == "LiPO3"  # not the glass of that formula
        assert mine.coating("lic").name == "Li3InCl6"
        assert mine.defaults("coating") == (*CATALOGUE.defaults("coating"), "Li3InCl6")
        assert [p.value for p in mine.coating("LIC").properties] == [(None, 1e-3), (3.0, 4.5)]
        third = Composition("Li2O") * (1 / 3) + Composition("Al2O3") * (2 / 3)
        assert parse_formula(mine.coating("one third").formula) == pytest.approx(third.get_el_amt_dict())
        assert mine.cathode("lmro").formula("empty") == "Li0.1Mn0.5Ru0.5O3"
        assert mine.electrolytes == CATALOGUE.electrolytes

    def test_leave_the_packaged_catalogue_alone(self, write: Writer) -> None:
        Catalogue.load(write(USERS))
        with pytest.raises(InputError, match="unknown cathode 'LMRO'"):
            Catalogue.load().cathode("LMRO")

    def test_may_be_several(self, write: Writer, tmp_path: Path) -> None:
        other = tmp_path / "other.yaml"
        other.write_text("electrolytes: [{name: LInC, formula: Li3InCl6, kind: crystal}]", encoding="utf-8")
        both = Catalogue.load(write(USERS), str(other))
        assert both.electrolyte("LInC").formula == both.coating("LIC").formula == "Li3InCl6"
        with pytest.raises(InputError, match=r"other\.yaml: electrolytes 'LInC': 'LInC' already names 'LInC'$"):
            Catalogue.load(other, other)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "not a mapping with any of the keys coatings, electrolytes, cathodes"),
            ("- LiNbO3", "not a mapping with any of the keys coatings, electrolytes, cathodes"),
            ("coating: []", "unknown key 'coating' (did you mean coatings?)"),
            ("coatings: {LiF: 1}", "coatings is not a list"),
            ("coatings:", "coatings is not a list"),
            ("coatings: [LiF]", "coatings entry 1 is not a mapping"),
            ("coatings: [{formula: LiF2O}]", "coatings entry 1: name: Field required"),
            ("coatings: [{name: x}]", "coatings 'x': formula: needed, unless there are components"),
            ("coatings: [{name: x, formula: Xx2}]", "coatings 'x': formula: Xx2: no element Xx"),
            ("coatings: [{name: x, formula: LiI, colour: red}]", "coatings 'x': unknown key 'colour'"),
            (
                "coatings: [{name: x, formula: LiI, alias: y}]",
                "coatings 'x': unknown key 'alias' (did you mean aliases?)",
            ),
            ("coatings: [{name: x, formula: LiI, role: cathode}]", "coatings 'x': unknown key 'role'"),
            ("coatings: [{name: x, formula: [Li]}]", "coatings 'x': formula: Input should be a valid string"),
            (
                "coatings: [{name: x, components: {Li2O: 1, SO3: 1}, formula: LiF}]",
                "coatings 'x': formula: LiF is not what the components make, Li2SO4; leave it out",
            ),
            (
                "coatings: [{name: x, components: {Li2O: -1}}]",
                "coatings 'x': components.Li2O: Input should be greater than 0",
            ),
            ("coatings: [{name: x, components: {Li2O: 1/0}}]", "coatings 'x': components.Li2O: 1/0 divides by zero"),
            ("coatings: [{name: x, components: {Lix: 1, LiF: 1}}]", "coatings 'x': formula: Lix: no element Lix"),
            ("coatings: [{name: x, components: {LiF: 1}}]", "coatings 'x': components: one component alone"),
            (
                "coatings: [{name: x, components: {LiF: 0.5, LiI: 0.6}}]",
                "coatings 'x': components: the amounts: the fractions sum to 1.1, not to 1",
            ),
            (
                "coatings: [{name: x, components: {LiF@-1meV: 1, LiI: 1}}]",
                "coatings 'x': formula: LiF@-1meV: no material",
            ),
            (
                "electrolytes: [{name: x, components: {Li2S: 1, P2S5: 1}}]",
                "electrolytes 'x': components: only a coating may be several phases side by side",
            ),
            (
                "electrolytes: [{name: x, formula: LiI, energy_above_hull: {mev_per_atom: -1, source: s}}]",
                "electrolytes 'x': energy_above_hull.mev_per_atom: Input should be greater than or equal to 0",
            ),
            (
                "electrolytes: [{name: x, formula: LiI, energy_above_hull: {mev_per_atom: 1, verified: true}}]",
                "electrolytes 'x': energy_above_hull.source: Field required",
            ),
            (
                "coatings: [{name: x, components: {LiF: 1, LiI: 1}, "
                "energy_above_hull: {mev_per_atom: 1, source: s, verified: true}}]",
                "coatings 'x': energy_above_hull: a composite has none of its own",
            ),
            ("coatings: [{name: linbo3, formula: LiNbO3}]", "coatings 'linbo3': 'linbo3' already names 'LiNbO3'"),
            ("coatings: [{name: x, aliases: [LATP], formula: LiI}]", "coatings 'x': 'LATP' already names 'Li1.3Al0.3"),
            (
                "coatings: [{name: x, formula: LiI}, {name: y, aliases: [X], formula: LiF}]",
                "coatings 'y': 'X' already names 'x'",
            ),
            ("coatings: [{name: x, name: y, formula: LiI}]", "not YAML: the key name occurs twice"),
            ("coatings: []\ncoatings: []", "not YAML: the key coatings occurs twice"),
            ("coatings: [", "not YAML: "),
            ("coatings: !!python/object:os.system {}", "not YAML: could not determine a constructor"),
            (
                "coatings: [{name: x, formula: LiI, properties: [{quantity: band_gap_ev, value: 1, verified: true}]}]",
                "coatings 'x': properties.0.source: Field required",
            ),
            (
                "coatings: [{name: x, formula: LiI, properties: [{quantity: gap, value: 1, source: s, verified: no}]}]",
                "coatings 'x': properties.0.quantity: Input should be 'ionic_conductivity_s_per_cm', 'activation",
            ),
            (
                "coatings: [{name: x, formula: LiI, properties: "
                "[{quantity: band_gap_ev, value: wide, source: s, verified: true}]}]",
                "coatings 'x': properties.0.value",
            ),
            (
                "coatings: [{name: x, formula: LiI, properties: "
                "[{quantity: band_gap_ev, value: [6, 5], source: s, verified: true}]}]",
                "coatings 'x': properties.0.value: the range [6.0, 5.0] ends below its start",
            ),
            (
                "cathodes: [{name: x, host: {Li: 1, O: 2}, lithiations: {full: 1}}]",
                "cathodes 'x': host: lithium belongs in lithiations",
            ),
            ("cathodes: [{name: x, host: {}, lithiations: {full: 1}}]", "cathodes 'x': empty formula"),
            ("cathodes: [{name: x, host: {Q: 1}, lithiations: {full: 1}}]", "cathodes 'x': no element Q"),
            (
                "cathodes: [{name: x, host: {Co: 0}, lithiations: {full: 1}}]",
                "cathodes 'x': host.Co: Input should be gre",
            ),
            (
                "cathodes: [{name: x, host: {Co: 1, O: 2}, lithiations: {full: 0.5, half: 1}}]",
                "cathodes 'x': lithiations: the state 'full' is needed, and no state holds more lithium",
            ),
            (
                "cathodes: [{name: x, host: {Co: 1, O: 2}, lithiations: {half: 0.5}}]",
                "cathodes 'x': lithiations: the state 'full' is needed, and no state holds more lithium",
            ),
            (
                "cathodes: [{name: x, host: {Co: 1, O: 2}, lithiations: {full: 1}, "
                "published_voltages: [{lithium_from: 0.5, lithium_to: 1, voltage_v: 4, kind: measured, source: s, "
                "verified: true}]}]",
                "cathodes 'x': published_voltages: lithium_from is at most full, and lithium_to no more than it",
            ),
        ],
    )
    def test_mistakes_name_the_file_and_the_entry(self, write: Writer, text: str, message: str) -> None:
        path = write(text)
        with pytest.raises(InputError) as caught:
            Catalogue.load(path)
        assert str(caught.value).startswith(f"{path}: {message}")
        assert "\n" not in str(caught.value)

    def test_files_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"catalogue .*nowhere\.yaml does not exist$"):
            Catalogue.load(tmp_path / "nowhere.yaml")
        with pytest.raises(InputError, match=r"Is a directory$"):
            Catalogue.load(tmp_path)
        binary = tmp_path / "binary.yaml"
        binary.write_bytes(b"\xff\xfe\x00coatings")
        with pytest.raises(InputError, match=r"catalogue .*binary\.yaml is not UTF-8 text$"):
            Catalogue.load(binary)


def test_further_states_of_charge_are_named_by_their_share_of_lithium():
    cathode = Catalogue.load().cathode("NCM83").with_states([0.3, 0.5, 0.125, 0.0])
    assert cathode.name == "NCM83+30%+12_5%+0%"
    assert cathode.lithiations == {"full": 1.0, "half": 0.5, "30%": 0.3, "12_5%": 0.125, "0%": 0.0}
    assert cathode.formula("30%") == "Li0.3Ni0.83Co0.12Mn0.05O2"
    assert cathode.formula("0%") == "Ni0.83Co0.12Mn0.05O2"
    assert Catalogue.load().cathode("NCM83").with_states([1.0]).name == "NCM83"
    for outside in (1.1, -0.1, float("nan")):
        with pytest.raises(InputError, match="NCM83 holds 0 to 1 lithium in a formula unit, not"):
            Catalogue.load().cathode("NCM83").with_states([outside])
