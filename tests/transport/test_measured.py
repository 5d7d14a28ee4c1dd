"""The table of measured values: what is used of it, and the conductivity that follows."""

from __future__ import annotations

import pytest

from screening.transport.measured import (
    CONDUCTIVITY,
    SPREAD,
    measured_conductivity,
    measured_values,
    packaged_values,
)

VALUES = packaged_values()


class TestTable:
    def test_holds_many_materials_at_room_temperature_each_with_its_source(self) -> None:
        used = {value.material for value in VALUES if value.quantity == CONDUCTIVITY and value.at_room}
        assert len(used) >= 60
        assert all(len(value.source) > 10 for value in VALUES)
        assert all(
            "10." in v.source or any(year in v.source for year in ("19", "20", "arXiv", "ICSD", "(abstract)"))
            for v in VALUES
        )

    def test_conductivities_lie_where_solids_have_them_and_say_their_temperature(self) -> None:
        found = [value for value in VALUES if value.quantity == CONDUCTIVITY]
        assert all(1e-20 < value.value < 0.1 for value in found)
        assert all(value.temperature_c is not None for value in found)

    def test_what_is_extrapolated_is_kept_and_not_used(self) -> None:
        """Li2SO4 was measured above 200 C only; its value at 25 C is drawn from there."""
        found = [value for value in measured_values("Li2SO4") if value.quantity == CONDUCTIVITY]
        assert [value.doubt for value in found] == ["extrapolated from 200 C and above"]
        assert measured_conductivity("Li2SO4") is None

    def test_a_value_of_another_temperature_is_not_used(self) -> None:
        """Crystalline LiTaO3 was measured at 450 K."""
        assert {value.temperature_c for value in measured_values("LiTaO3") if value.form == "crystalline"} == {
            176.85,
            None,
        }
        assert measured_conductivity("LiTaO3", ("crystalline",)) is None

    def test_no_row_stands_twice(self) -> None:
        rows = [(v.material, v.quantity, v.value, v.form, v.source) for v in VALUES]
        assert len(set(rows)) == len(rows)


class TestConductivity:
    def test_amorphous_comes_first_as_films_are_made(self) -> None:
        """6.39e-8 S/cm at 303 K: Wang et al., ACS Appl. Mater. Interfaces 2018, 10, 1654."""
        found = measured_conductivity("LiNbO3")
        assert found is not None
        assert (found.form, found.low_s_per_cm, found.high_s_per_cm) == ("amorphous", 6.39e-8, 6.39e-8)
        assert any("10.1021/acsami.7b13467" in source for source in found.sources)

    def test_forms_are_kept_apart(self) -> None:
        glass, crystal = (measured_conductivity("LiPO3", (form,)) for form in ("amorphous", "crystalline"))
        assert glass is not None
        assert crystal is not None
        assert (glass.low_s_per_cm, crystal.low_s_per_cm) == (1.32e-9, 1e-9)

    def test_a_spread_over_twentyfold_is_a_range(self) -> None:
        """Li6PS5Cl: from 1.31e-6 (10.1002/zaac.201100158) to 3.4e-3 S/cm (10.1021/acs.chemmater.0c02418)."""
        found = measured_conductivity("Li6PS5Cl")
        assert found is not None
        assert (found.low_s_per_cm, found.high_s_per_cm) == (1.31e-6, 3.4e-3)

    def test_a_smaller_spread_is_its_median(self) -> None:
        used = sorted(v.value for v in measured_values("Li10GeP2S12") if v.quantity == CONDUCTIVITY and v.at_room)
        assert used[-1] <= SPREAD * used[0]
        found = measured_conductivity("Li10GeP2S12")
        assert found is not None
        assert found.low_s_per_cm == found.high_s_per_cm == pytest.approx(used[len(used) // 2])

    @pytest.mark.parametrize("material", ["HfO2", "Li2CO3+LiNbO3", "no formula", "LiNbO3#mp-3731@"])
    def test_what_was_not_measured_or_is_no_one_material_is_unknown(self, material: str) -> None:
        assert measured_conductivity(material) is None

    def test_any_way_of_writing_a_composition_finds_it(self) -> None:
        assert measured_values("Li2Nb2O6") == measured_values("LiNbO3") != ()
