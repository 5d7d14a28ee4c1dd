"""Published values: reading them, and what ours are beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixtures_screening import FORMATION, phase, synthetic

from screening.accuracy.literature import LiteratureFile, LiteratureValue, read_literature
from screening.accuracy.literature_check import Compared, LiteratureErrors, literature_errors
from screening.accuracy.systems import resolve_system
from screening.catalogue import Catalogue
from screening.errors import InputError
from screening.phase_set import PhaseSet

CATALOGUE = Catalogue.load()
ENTHALPY = {"quantity": "formation enthalpy 298 K", "unit": "kJ/mol f.u.", "source": "a handbook"}
REACTION = {"quantity": "chemical reaction energy", "unit": "meV/atom", "source": "A et al., J. B 2020, 1, 2"}
OPEN = {**REACTION, "unit": "meV/atom (non-Li)"}
WINDOW = {"quantity": "electrochemical window", "unit": "V vs Li/Li+", "source": "A et al., J. B 2020, 1, 2"}
HULL = {**REACTION, "quantity": "energy above hull"}


def value(kind: dict[str, str], system: str, published: Any, **changed: str) -> LiteratureValue:
    return LiteratureValue.model_validate({**kind, "system": system, "value": published, **changed})


def found(*values: LiteratureValue, phases: PhaseSet | None = None) -> LiteratureErrors:
    return literature_errors(phases or synthetic(), CATALOGUE, LiteratureFile("values.json", list(values), []))


def ours(value: LiteratureValue, phases: PhaseSet | None = None) -> Compared:
    result = found(value, phases=phases)
    assert result.not_compared == []
    [compared] = result.compared
    return compared


def reason(value: LiteratureValue) -> str:
    result = found(value)
    assert result.compared == []
    [left_out] = result.not_compared
    assert (left_out.quantity, left_out.system) == (value.quantity, value.system)
    return left_out.reason


class TestReading:
    def test_rows(self, tmp_path: Path) -> None:
        good = {**REACTION, "system": "A|B", "value": -3, "definition": "as usual", "verified": True, "page": 7}
        rows = [good, {"quantity": "x", "system": "y", "unit": "", "source": "z"}, "text", {**good, "source": ""}]
        path = tmp_path / "values.json"
        path.write_text(json.dumps(rows))
        read = read_literature(path)
        assert read.name == "values.json"
        assert [(v.value, v.verified) for v in read.values] == [(-3, True)]
        assert [row.reason.partition(":")[0] for row in read.malformed] == [
            f"row {number} is malformed" for number in (2, 3, 4)
        ]
        assert read.malformed[0].system == "y"
        assert "value" in read.malformed[0].reason
        listed = literature_errors(synthetic(), CATALOGUE, read).not_compared
        assert listed[:3] == read.malformed
        assert len(listed) == 4  # and A|B, which is no pair of materials: nothing is lost

    @pytest.mark.parametrize(
        ("content", "message"),
        [("[", "is not JSON, or was only half written"), ("{}", "must hold a list"), ("[]", "must hold a list")],
    )
    def test_damaged_files(self, tmp_path: Path, content: str, message: str) -> None:
        path = tmp_path / "values.json"
        path.write_text(content)
        with pytest.raises(InputError, match=message):
            read_literature(path)
        with pytest.raises(InputError, match="does not exist"):
            read_literature(tmp_path / "nothing.json")

    @pytest.mark.parametrize(
        ("source", "short"),
        [
            (
                "A, B, C, Joule 2019, 3, 1252, doi 10.1016/j.x.2019.02.006, Table S1",
                "A, B, C, Joule 2019, doi 10.1016/j.x.2019.02.006",
            ),
            ("Z et al., ACS Nano (2024/25), text, Fig 7", "Z et al., ACS Nano (2024/25)"),
            ("A handbook (K, L), as a file", "A handbook (K, L)"),
            ("A table", "A table"),
        ],
    )
    def test_sources_are_cited_shortly(self, source: str, short: str) -> None:
        assert value(REACTION, "A|B", 1.0, source=source).short_source == short


class TestSystems:
    @pytest.mark.parametrize(
        ("text", "formulas"),
        [
            ("LiNbO3|Li6PS5Cl", ("LiNbO3", "Li6PS5Cl")),
            ("NCM83 (half lithiated)|LPSCl", ("Li0.5Ni0.83Co0.12Mn0.05O2", "Li6PS5Cl")),
            ("NCM83 (fully lithiated LiNi0.83Co0.12Mn0.05O2)|Li3PS4", ("LiNi0.83Co0.12Mn0.05O2", "Li3PS4")),
            ("LiMn2O4 (half)|LiPO3", ("Li0.5Mn2O4", "LiPO3")),
            ("LiNbO3|SE (Li6PS5Cl)", ("LiNbO3", "Li6PS5Cl")),
            ("P2S5 (per P2S5)", ("P2S5",)),
            ("Li2Hf(PO4)2", ("Li2Hf(PO4)2",)),
        ],
    )
    def test_materials(self, text: str, formulas: tuple[str, ...]) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert system.formulas == formulas
        assert system.remarks == ("",) * len(formulas)
        assert system.mu_li_ev is None

    @pytest.mark.parametrize("text", ["LiCoO2|Li3PS4 at mu_Li=-5.0 eV", "LiCoO2|Li3PS4, mu_Li(open) = -5 eV"])
    def test_potentials(self, text: str) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert system.formulas == ("LiCoO2", "Li3PS4")
        assert system.mu_li_ev == -5.0

    @pytest.mark.parametrize(
        ("text", "formula", "remark"),
        [("SO2(g)", "SO2", "g"), ("MnS (alpha)", "MnS", "alpha"), ("Li3PS4 (Pmn21)", "Li3PS4", "Pmn21")],
    )
    def test_remarks_are_kept(self, text: str, formula: str, remark: str) -> None:
        system = resolve_system(text, CATALOGUE, synthetic())
        assert (system.formulas, system.remarks) == ((formula,), (remark,))

    def test_what_is_no_material(self) -> None:
        for text in ("half a cathode", "Xx2O3 (cubic)", "LiNbO3|"):
            with pytest.raises(InputError):
                resolve_system(text, CATALOGUE, synthetic())


class TestCompared:
    """By hand, from the formation energies of the synthetic set."""

    def test_enthalpy(self) -> None:
        compared = ours(value(ENTHALPY, "Li2O", -597.9))
        assert compared.published == pytest.approx(-1000 * 597.9 / 96.48533 / 3)
        assert compared.ours == pytest.approx(1000 * FORMATION["Li2O"])
        assert compared.unit == "meV/atom"
        assert "298 K" in (compared.note or "")

    def test_window(self) -> None:
        """2 Li2O -> Li2O2 + 2 Li."""
        volts = (4 * FORMATION["Li2O2"] - 6 * FORMATION["Li2O"]) / 2
        result = found(value(WINDOW, "Li2O", [0, 2.9]))
        assert [(v.quantity, v.published) for v in result.compared] == [
            ("reduction limit", 0),
            ("oxidation limit", 2.9),
        ]
        assert [v.ours for v in result.compared] == pytest.approx([0.0, volts])

    def test_window_with_one_limit(self) -> None:
        compared = ours(value(WINDOW, "Li2O", [None, 2.9]))
        assert compared.quantity == "oxidation limit"

    def test_energy_above_hull(self) -> None:
        """2 NiO2 -> 2 NiO + O2."""
        above = FORMATION["NiO2"] - 2 * FORMATION["NiO"] / 3
        compared = ours(value(HULL, "NiO2", 80))
        assert compared.ours == pytest.approx(1000 * max(above, 0.0))
        assert above > 0.1
        assert compared.difference == pytest.approx(1000 * above - 80)

    def test_energy_above_hull_of_a_named_polymorph(self) -> None:
        twin = phase("Li2O", FORMATION["Li2O"] + 0.02, "twin", space_group=31)  # Pmn2_1
        phases = PhaseSet(synthetic().scale, [*synthetic().phases, twin])
        for remark in ("Pmn21", "twin"):
            assert ours(value(HULL, f"Li2O ({remark})", 0), phases).ours == pytest.approx(20.0)
        assert ours(value(HULL, "Li2O", 0), phases).ours == 0.0
        assert "hold no Li2O Pmn21" in reason(value(HULL, "Li2O (Pmn21)", 0))

    def test_closed_reaction(self) -> None:
        """3 Li2O + Nb2O5 -> 2 Li3NbO4."""
        reactants = (9 * FORMATION["Li2O"] + 7 * FORMATION["Nb2O5"]) / 16
        compared = ours(value(REACTION, "Li2O|Nb2O5", -260))
        assert compared.quantity == "closed reaction energy, mutual"
        assert compared.ours == pytest.approx(1000 * (FORMATION["Li3NbO4"] - reactants))
        assert compared.note is None

    def test_open_reaction_total_and_mutual(self) -> None:
        """All of oxygen: at -3 eV lithium leaves Li2O for Li2O2, and nothing else happens."""
        alone = (4 * FORMATION["Li2O2"] + 6.0) / 2 - (3 * FORMATION["Li2O"] + 6.0)
        system = "Li2O|Li2O2 at mu_Li=-3.0 eV"
        mutual = ours(value(OPEN, system, 0))
        total = ours(value(OPEN, system, -100, quantity="electrochemical reaction energy (total)"))
        assert (mutual.quantity, mutual.ours) == ("open reaction energy, mutual", pytest.approx(0.0))
        assert (total.quantity, total.ours) == ("open reaction energy, total", pytest.approx(1000 * alone))
        assert mutual.note == f"total: {1000 * alone:.0f}"
        decomposition = value(OPEN, "Li2O at mu_Li=-3.0 eV", -100, quantity="open-system self decomposition")
        assert ours(decomposition).ours == pytest.approx(1000 * alone)

    def test_errors_by_quantity_and_source(self) -> None:
        values = [value(HULL, "NiO2", 0.0), value(HULL, "Li2O", 30.0), value(HULL, "LiNbO3", -3.0, source="C 2000")]
        groups = {(g.quantity, g.source): g for g in found(*values, value(REACTION, "Li2O|Nb2O5", 0)).by_source}
        assert groups.keys() == {
            ("energy above hull", "A et al., J. B 2020"),
            ("energy above hull", "C 2000"),
            ("closed reaction energy, mutual", "A et al., J. B 2020"),
        }
        both = groups["energy above hull", "A et al., J. B 2020"].errors
        above = 1000 * (FORMATION["NiO2"] - 2 * FORMATION["NiO"] / 3)
        assert (both.n, both.mean_absolute_error) == (2, pytest.approx((above + 30.0) / 2))
        assert groups["energy above hull", "C 2000"].errors.mean_error == pytest.approx(3.0)


class TestNotCompared:
    @pytest.mark.parametrize(
        ("published", "why"),
        [
            (value(ENTHALPY, "SO2(g)", -296.8), "of a gas"),
            (value(ENTHALPY, "MnS (alpha)", -214.2), "of a named polymorph"),
            (value(ENTHALPY, "P", -17.6), "of an element"),
            (value(ENTHALPY, "Li3PO4", -2095.8, definition="P reference = white P (P4)"), "from white phosphorus"),
            (value(ENTHALPY, "Li2O", [-600, -590]), "not one number"),
            (value(ENTHALPY, "Li2O", True), "not one number"),
            (value(ENTHALPY, "Li2O", -143, unit="kcal/mol"), "'kcal/mol' is not"),
            (value(ENTHALPY, "Li9Nb", -1), "no oxidation states|no phase"),
            (value(ENTHALPY, "NaCl", -411), "hold no phase of Na"),
            (value(ENTHALPY, "Li2O|NiO", -411), "not one material"),
            (value(WINDOW, "Li2O", "0.87 +8"), "not a pair"),
            (value(WINDOW, "Li2O", ["a", None]), "neither limit"),
            (value(REACTION, "Li2O", -3), "not two materials"),
            (value(REACTION, "Li2O|NiO|CoO", -3), "not two materials"),
            (value(REACTION, "Li2O (dry)|NiO", -3), "'dry' is not understood"),
            (value(REACTION, "Li2O|NiO at mu_Li=-3 eV", -3), "its unit 'meV/atom' is not"),
            (value(OPEN, "Li2O|NiO", -3), "non-Li"),
            (value(REACTION, "Li2O|Qq", -3), "Q"),
            (value(OPEN, "Li2O", -3, quantity="open-system self decomposition"), "potential of lithium"),
            (value(REACTION, "Li2O", 3e-6, quantity="ionic conductivity"), "does not follow"),
        ],
        ids=lambda given: given.system if isinstance(given, LiteratureValue) else given,
    )
    def test_says_why(self, published: LiteratureValue, why: str) -> None:
        said = reason(published)
        assert any(part in said for part in why.split("|"))
