"""Whether replacing single energies helps, on cases where the answer is known."""

from __future__ import annotations

import pytest
from fixtures_screening import FORMATION, phase_set

from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.common.provenance import EnergyScale
from screening.materials.catalogue import Catalogue
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.replacement import (
    HeldOut,
    OneByOne,
    ReplacementTest,
    is_on_dft_scale,
    replacement_test,
)
from screening.validation.accuracy.statistics import Errors

NIOBATES = {f: FORMATION[f] for f in ("Li2O", "Nb2O5", "LiNbO3", "Li3NbO4", "LiNb3O8")}
RIGHT = FormationTable("table: mp2020", "mp2020", "formation energy, 0 K", NIOBATES)


def dft(*formulas: str) -> FormationTable:
    return FormationTable("DFT", "packaged DFT", "formation energy, 0 K", {f: NIOBATES[f] for f in formulas})


def outcome(ours: dict[str, float], values: FormationTable, catalogue: Catalogue | None = None) -> ReplacementTest:
    test = replacement_test(phase_set(ours), RIGHT, values, catalogue or Catalogue())
    assert test is not None
    return test


def group(test: ReplacementTest, quantity: str, name: str = "all") -> HeldOut:
    [found] = [held for held in test.held_out if (held.quantity, held.group) == (quantity, name)]
    return found


class TestWhatIsMeasured:
    def test_a_lone_wrong_phase_is_put_right(self) -> None:
        """Nb2O5 70 meV/atom too high: LiNb3O8 and the reactions that start from Nb2O5 gain stability."""
        test = outcome({**NIOBATES, "Nb2O5": NIOBATES["Nb2O5"] + 0.07}, dft("Nb2O5"))
        assert test.replaced == ["Nb2O5"]
        assert test.n_formulas == 5
        assert test.own_error_before_mev_per_atom == pytest.approx(70.0)
        assert test.own_error_after_mev_per_atom == pytest.approx(0.0)
        reactions = group(test, "reaction of two compounds")
        assert reactions.before_mev_per_atom.mean_absolute_error > 1.0
        assert reactions.after_mev_per_atom.mean_absolute_error == pytest.approx(0.0, abs=1e-6)

    def test_shared_errors_no_longer_cancel(self) -> None:
        """Each oxygen 0.1 eV too high: every reaction between the oxides is right, until one of them is replaced."""
        shared = {f: e + 0.1 * atomic_fractions(parse_formula(f))["O"] for f, e in NIOBATES.items()}
        test = outcome(shared, dft("Nb2O5"))
        above = group(test, "energy above hull")
        assert above.before_mev_per_atom.n == 4  # Nb2O5 is not held out
        assert above.before_mev_per_atom.mean_absolute_error == pytest.approx(0.0, abs=1e-6)
        # LiNb3O8 lies above 5/12 LiNbO3 and 7/12 Nb2O5
        lifted = shared["LiNb3O8"] - (5 * shared["LiNbO3"] + 7 * NIOBATES["Nb2O5"]) / 12
        assert [(worst.name, worst.error) for worst in above.after_mev_per_atom.worst[:1]] == [
            ("LiNb3O8", pytest.approx(1000 * lifted))
        ]
        assert (
            group(test, "energy above hull", "a replaced phase is a product, none a reactant").after_mev_per_atom.n == 1
        )
        [single] = [single for single in test.one_by_one if single.quantity == "energy above hull"]
        assert (single.n_lower, single.n_raise) == (0, 1)
        assert single.change_mev_per_atom == pytest.approx(1000 * lifted / 4)
        assert not test.helps

    def test_an_energy_replaced_by_itself_changes_nothing(self) -> None:
        test = outcome(NIOBATES, dft("Nb2O5", "Li2O"))
        for held in test.held_out:
            for summed in (held.before_mev_per_atom, held.after_mev_per_atom):
                assert summed.absolute_error_90_percent == pytest.approx(0.0, abs=1e-9)
        assert [(single.n_lower, single.n_raise) for single in test.one_by_one] == [(0, 0)] * 2

    def test_one_at_a_time_is_the_whole_where_phases_do_not_meet(self) -> None:
        """One replaced energy: what it does alone is what replacing does."""
        for shift in (0.05, -0.05):
            test = outcome({**NIOBATES, "Li3NbO4": NIOBATES["Li3NbO4"] + shift}, dft("Li3NbO4"))
            above = group(test, "energy above hull")
            [single] = [single for single in test.one_by_one if single.quantity == "energy above hull"]
            change = above.after_mev_per_atom.mean_absolute_error - above.before_mev_per_atom.mean_absolute_error
            assert single.change_mev_per_atom == pytest.approx(change, abs=1e-9)
            assert single.standard_error_mev_per_atom == pytest.approx(abs(change), abs=1e-9)

    def test_coatings_meet_the_electrolytes_made_of_known_elements(self) -> None:
        catalogue = Catalogue.model_validate(
            {
                "electrolytes": [
                    {"name": name, "role": "electrolyte", "formula": name} for name in ("Li7Nb3O11", "Li3PS4")
                ]
            }
        )
        test = outcome({**NIOBATES, "Nb2O5": NIOBATES["Nb2O5"] + 0.07}, dft("Nb2O5"), catalogue)
        held = group(test, "reaction of a coating with cathode or electrolyte")
        assert held.before_mev_per_atom.n == 4  # the lithium compounds, all stable, and the first electrolyte

    def test_nothing_to_replace(self) -> None:
        empty = FormationTable("DFT", "packaged DFT", "formation energy, 0 K", {"NaCl": -2.1})
        assert replacement_test(phase_set(NIOBATES), RIGHT, empty, Catalogue()) is None


def errors(absolute: float) -> Errors:
    return Errors(
        n=10,
        mean_error=0.0,
        mean_absolute_error=absolute,
        median_absolute_error=absolute,
        absolute_error_90_percent=absolute,
        worst=[],
    )


class TestVerdict:
    @pytest.mark.parametrize(
        ("change", "standard_error", "rank_after", "helps"),
        [(-1.0, 0.4, 0.91, True), (-1.0, 0.6, 0.91, False), (1.0, 0.4, 0.91, False), (-1.0, 0.4, 0.89, False)],
    )
    def test_beyond_chance_and_no_worse_an_order(
        self, change: float, standard_error: float, rank_after: float, helps: bool
    ) -> None:
        test = ReplacementTest(
            compared_with="a table",
            label="table",
            n_formulas=10,
            replaced=["LiF"],
            own_error_before_mev_per_atom=30.0,
            own_error_after_mev_per_atom=0.0,
            held_out=[
                HeldOut(
                    quantity="q",
                    group="all",
                    before_mev_per_atom=errors(10.0),
                    after_mev_per_atom=errors(10.0 + change),
                    rank_correlation_before=0.9,
                    rank_correlation_after=rank_after,
                )
            ],
            one_by_one=[
                OneByOne(
                    quantity="q",
                    n_lower=3,
                    n_raise=1,
                    change_mev_per_atom=change,
                    standard_error_mev_per_atom=standard_error,
                )
            ],
        )
        assert test.helps is helps


def test_only_energies_on_the_scale_of_the_dft_entries() -> None:
    def on_scale(functional: str, correction: str) -> bool:
        scale = EnergyScale(name="x", version="1", functional=functional, correction=correction)
        return is_on_dft_scale(phase_set(NIOBATES, scale))

    assert on_scale("CHGNet (trained on PBE and PBE+U)", "MP2020 (learned)")
    assert not on_scale("CHGNet r2SCAN", "none")
    assert not on_scale("PBE", "none")
