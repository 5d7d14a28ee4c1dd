"""Published values and ours, computed by hand from the formation energies of the synthetic set."""

from __future__ import annotations

from typing import Any

import pytest
from fixtures_screening import FORMATION, phase, synthetic

from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.literature import LiteratureFile, LiteratureValue
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors, literature_errors

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
    return left_out.why_missing


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
