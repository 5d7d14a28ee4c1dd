"""The guard: impossible compositions, implausible depths, and everything real left alone."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pymatgen.analysis.compatibility as compatibility
import pytest
from pydantic import ValidationError
from pymatgen.core import Composition
from scipy.optimize import linprog

from screening.chemistry.formulas import parse_formula
from screening.energies.packaged.dft_check import dft_phases
from screening.energies.packaged.doubtful_phases import GuardRules, guard
from screening.energies.packaged.packaged_table import packaged_energies
from screening.phases.phase_set import EnergyScale, Phase, PhaseSet

SCALE = EnergyScale(name="made up", version="1", functional="none", correction="none")
NICKEL_OXIDE = -1.2  # formation energy of NiO in the sets made up here, eV/atom


def phases_of(**formation_energies: float) -> PhaseSet:
    """A set with elements at zero, so that energies are formation energies."""
    elements = sorted({element for formula in formation_energies for element in parse_formula(formula)})
    return PhaseSet(
        SCALE,
        [Phase(id=element, formula=element, energy_ev_per_atom=0.0) for element in elements]
        + [Phase(id=f, formula=f, energy_ev_per_atom=e) for f, e in formation_energies.items()],
    )


def with_phase(phases: PhaseSet, formula: str, formation_energy: float) -> PhaseSet:
    """The set with one more phase, of a formation energy."""
    composition = parse_formula(formula)
    total = sum(composition.values())
    reference = sum(n / total * phases.references[phases.elements.index(el)] for el, n in composition.items())
    return PhaseSet(
        phases.scale,
        [*phases.phases, Phase(id="added", formula=formula, energy_ev_per_atom=formation_energy + reference)],
    )


def best_mixture(phases: PhaseSet, formula: str) -> float:
    """Formation energy of the best mixture at a composition, by scipy, eV/atom."""
    composition = Composition(formula)
    target = np.array([composition.get_atomic_fraction(element) for element in phases.elements])
    inside = np.flatnonzero(~phases.fractions[:, target == 0].any(axis=1))
    result = linprog(phases.formation_energies[inside], A_eq=phases.fractions[inside].T, b_eq=target)
    return float(result.fun)


@cache
def experimental() -> list[dict[str, Any]]:
    path = Path(compatibility.__file__).parent / "exp_compounds.json.gz"
    return list(json.loads(gzip.decompress(path.read_bytes())))


class TestAnionExcess:
    def test_no_compound_known_to_experiment_is_excluded(self) -> None:
        """pymatgen's experimental formation enthalpies; at zero energy nothing lies deep."""
        formulas = {compound["formula"] for compound in experimental()}
        assert len(formulas) > 1900
        assert guard(phases_of(**dict.fromkeys(formulas, 0.0))) == []

    def test_no_compound_known_to_dft_is_excluded(self) -> None:
        elements = frozenset(el.symbol for compound in experimental() for el in Composition(compound["formula"]))
        dft = dft_phases(elements)
        assert dft is not None
        assert len(dft) > 400
        assert guard(phases_of(**{phase.formula: 0.0 for phase in dft.phases if phase.formula not in elements})) == []

    @pytest.mark.parametrize(
        "formula",
        [
            *("KO3", "KO2", "Li2O2", "LiNiO2", "Li2NiF6", "KI3", "NaN3", "Li2S4"),  # chains and high states
            *("CaCl2O", "LiClO4", "LiIO3", "KClF4", "Al2(SO4)3", "WS9Cl4", "W(S4Cl3)2"),  # oxidised anions
            *("Ni4O", "Ta2S", "OF2", "SF6", "NbAl3"),  # not for this rule: metal-rich, without a metal, without anion
        ],
    )
    def test_balanced_compounds_stay(self, formula: str) -> None:
        assert guard(phases_of(**{formula: 0.0})) == []

    @pytest.mark.parametrize(
        ("formula", "charge"),
        [
            ("ZrO2F5", (4 - 2 / 2 - 5) / 8),
            ("LiF3", (1 - 3) / 4),
            ("Al(OF)3", (3 - 3 / 2 - 3) / 7),
            ("TiF6", (4 - 6) / 7),
            ("HfNi(OF)6", (4 + 4 - 6 / 2 - 6) / 14),
            ("LiO8", (1 - 8 / 3) / 9),
            ("LiNbO33", (1 + 5 - 33 / 2) / 35),
        ],
    )
    def test_what_no_oxidation_states_balance_goes(self, formula: str, charge: float) -> None:
        excluded = guard(phases_of(**{formula: 0.0}))
        assert [(exclusion.id, exclusion.rule) for exclusion in excluded] == [(formula, "anion excess")]
        assert f"charge of {charge:.2f} an atom" in excluded[0].reason

    def test_its_depth_is_told(self) -> None:
        excluded = guard(phases_of(ZrO2F5=-2.0, ZrF4=-3.5))
        # ZrF4 + O2 + F: five of eight atoms at -3.5
        assert excluded[0].depth_ev_per_atom == pytest.approx(-2.0 + 3.5 * 5 / 8)


class TestImplausibleDepth:
    def test_a_metal_rich_oxide_far_below_all_others_goes(self) -> None:
        depth = -0.7
        phases = phases_of(NiO=NICKEL_OXIDE, Ni4O=2 / 5 * NICKEL_OXIDE + depth)  # against NiO + 3 Ni
        (excluded,) = guard(phases)
        assert (excluded.id, excluded.rule) == ("Ni4O", "implausible depth, metal-rich")
        assert excluded.depth_ev_per_atom == pytest.approx(depth)
        assert "0.2 eV/atom; -0.700 eV/atom" in excluded.reason

    @pytest.mark.parametrize(("depth", "goes"), [(-0.21, True), (-0.19, False), (0.3, False)])
    def test_the_limit_for_metal_rich_compounds(self, depth: float, goes: bool) -> None:
        phases = phases_of(NiO=NICKEL_OXIDE, Ni4O=2 / 5 * NICKEL_OXIDE + depth)
        assert bool(guard(phases)) is goes

    @pytest.mark.parametrize(("depth", "goes"), [(-0.71, True), (-0.69, False)])
    def test_the_limit_for_three_elements(self, depth: float, goes: bool) -> None:
        phases = phases_of(NiO=NICKEL_OXIDE, Li2O=-2.0, LiNiO2=-1.35 + depth)
        # LiNiO2 = NiO + 1/2 Li2O + 1/2 O: (2 * -1.2 + 1.5 * -2.0) / 4
        assert best_mixture(phases.without([len(phases) - 1]), "LiNiO2") == pytest.approx(-1.35)
        assert [exclusion.rule for exclusion in guard(phases)] == ["implausible depth"] * goes

    def test_limits_are_parameters(self) -> None:
        phases = phases_of(NiO=NICKEL_OXIDE, Li2O=-2.0, LiNiO2=-1.35 - 0.1)
        assert guard(phases) == []
        assert len(guard(phases, GuardRules(depth_ev_per_atom=0.05))) == 1
        with pytest.raises(ValidationError, match="greater than 0"):
            GuardRules(depth_ev_per_atom=0.0)

    @pytest.mark.parametrize("formula", ["HfO2", "TiW", "Hf2C", "NbAl3"])
    def test_binaries_that_are_not_metal_rich_are_not_judged(self, formula: str) -> None:
        assert guard(phases_of(**{formula: -4.0})) == []

    def test_one_false_phase_does_not_hide_another(self) -> None:
        """Beside Ni4O at -2 eV/atom, Ni3O at -1.2 is above the hull; without it, far below NiO and Ni."""
        phases = phases_of(NiO=NICKEL_OXIDE, Ni4O=-2.0, Ni3O=-1.2)
        assert best_mixture(phases, "Ni3O") < -1.2
        assert [exclusion.id for exclusion in guard(phases)] == ["Ni4O", "Ni3O"]

    def test_an_impossible_composition_does_not_hide_a_false_phase(self) -> None:
        phases = phases_of(ZrF4=-3.5, ZrO2=-3.5, ZrO2F5=-6.0, ZrOF2=-4.25)
        assert best_mixture(phases, "ZrOF2") < -4.25  # with it ZrOF2 is above the hull, without it 0.75 eV/atom below
        assert {exclusion.id for exclusion in guard(phases)} == {"ZrO2F5", "ZrOF2"}

    def test_each_phase_of_a_composition_is_judged(self) -> None:
        deep = 2 / 5 * NICKEL_OXIDE - 0.25
        phases = phases_of(NiO=NICKEL_OXIDE, Ni4O=deep, Ni8O2=deep + 0.01, Ni12O3=deep + 0.1)
        assert [exclusion.id for exclusion in guard(phases)] == ["Ni4O", "Ni8O2"]

    def test_order_does_not_matter(self) -> None:
        phases = phases_of(NiO=NICKEL_OXIDE, Ni4O=-2.0, Ni3O=-1.2, LiF3=-1.0)
        turned = PhaseSet(SCALE, reversed(phases.phases))
        assert {exclusion.id for exclusion in guard(turned)} == {exclusion.id for exclusion in guard(phases)}


class TestOnPackagedEnergies:
    def test_what_is_packaged_passes(self) -> None:
        """What the coatings of the catalogue meet; writing the table asks of all its phases."""
        space = PhaseSet.reference().within(["Li", "Ni", "Co", "Mn", "O", "P", "S", "Cl", "Nb", "Zr", "Hf", "B"])
        assert guard(space) == []

    @pytest.mark.parametrize(
        ("formula", "above", "rule"),
        [
            ("Ni4O", -0.7, "implausible depth, metal-rich"),
            ("Nb6Ni6O", -0.5, "implausible depth, metal-rich"),
            ("HfNi(OF)6", -0.1, "anion excess"),
            ("HfNi(OF)6", 0.8, "anion excess"),
            ("LiZr2(PO4)3", -0.8, "implausible depth"),
        ],
    )
    def test_a_false_phase_is_found(self, formula: str, above: float, rule: str) -> None:
        phases = PhaseSet.reference()
        known = set(phases.polymorphs(parse_formula(formula)))
        others = phases.without(known)
        few = others.without(i for i, phase in enumerate(others.phases) if not _within(phase.formula, formula))
        false = with_phase(few, formula, best_mixture(few, formula) + above)
        assert [(exclusion.id, exclusion.rule) for exclusion in guard(false)] == [("added", rule)]

    @pytest.mark.parametrize(
        "formula", ["Li2SO4", "Li5IO6", "LiClO4", "Al2(SO4)3", "Hf2S", "Ta2S", "La2Ni2I", "LiNbO3"]
    )
    def test_real_phases_are_as_deep_as_the_rules_say(self, formula: str) -> None:
        """The deepest real phases, with all that competes with them: none is near a limit."""
        phases = packaged_energies()
        few = phases.without(i for i, phase in enumerate(phases.phases) if not _within(phase.formula, formula))
        known = few.polymorphs(parse_formula(formula))
        depth = few.formation_energies[known[0]] - best_mixture(few.without(known), formula)
        assert -0.27 < depth < 0
        assert guard(few) == []


def _within(formula: str, other: str) -> bool:
    return parse_formula(formula).keys() <= parse_formula(other).keys()
