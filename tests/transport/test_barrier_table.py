"""The packaged barriers: whole, near the values that are known, and found by composition."""

from __future__ import annotations

import hashlib

import pytest

from screening.transport.barrier_table import (
    PACKAGED,
    barrier_info,
    material_barriers,
    read_barrier_table,
)
from screening.transport.film import Film
from screening.transport.material_transport import material_transport
from screening.transport.rules import transport_rules

ROWS = read_barrier_table()


def test_the_table_is_the_one_that_its_document_describes() -> None:
    info = barrier_info()
    assert hashlib.sha256((PACKAGED / "barriers.csv").read_bytes()).hexdigest() == info.table_sha256
    assert len(ROWS) == info.n_structures
    assert info.method.package.startswith("bvlain ")


def test_barriers_rise_with_the_directions() -> None:
    for row in ROWS:
        found = [
            barrier for barrier in (row.barrier_1d_ev, row.barrier_2d_ev, row.barrier_3d_ev) if barrier is not None
        ]
        assert found == sorted(found), row


@pytest.mark.parametrize(
    ("material", "low", "high"),
    [
        ("LiNbO3#mp-3731", 2.7, 2.8),
        ("LiTaO3#mp-3666", 2.7, 2.7),
        ("Li2ZrO3#mp-4156", 1.3, 1.3),
        ("Li3PO4", 0.8, 1.1),
        ("LiTi2(PO4)3#mp-18640", 0.53, 0.53),
        ("Li2SO4#mp-4556", 0.41, 0.41),
        ("Li6PS5Cl#mp-985592", 0.27, 0.27),
    ],
)
def test_are_near_the_values_that_are_known(material: str, low: float, high: float) -> None:
    """Bond-valence site energies computed elsewhere; grids and settings differ by some hundredths of an eV."""
    row = material_barriers(material)
    assert row is not None
    assert row.barrier_3d_ev is not None
    assert low - 0.06 <= row.barrier_3d_ev <= high + 0.06


def test_a_material_has_those_of_its_structure_lowest_in_energy() -> None:
    row = material_barriers("LiNbO3")
    assert row is not None
    assert row.above_hull_mev_per_atom == min(r.above_hull_mev_per_atom for r in ROWS if r.formula == "LiNbO3")


def test_blocked_above_the_threshold_with_the_measured_number_beside_it() -> None:
    """Crystalline LiTaO3 hardly conducts; what was measured at 25 C is the glass."""
    found = material_transport("LiTaO3", Film())
    assert found.barriers is not None
    assert (found.barriers.barrier_3d_ev or 0.0) > transport_rules().blocked_above_ev
    assert found.blocked is True
    assert found.conductivity is not None
    assert found.conductivity.form == "amorphous"
    assert material_transport("Li2SO4", Film()).blocked is False


@pytest.mark.parametrize("material", ["HfO2", "Li2CO3+LiNbO3", "LiNbO3#mp-1", "no formula"])
def test_what_is_not_in_the_table_is_unknown(material: str) -> None:
    assert material_barriers(material) is None
    assert material_transport("HfO2", Film()).blocked is None
