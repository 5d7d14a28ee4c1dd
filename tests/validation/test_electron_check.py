"""The area under the curve by hand, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.common.errors import InputError
from screening.validation.electron_check import area_under_curve, check_electrons


def test_the_area_counts_pairs_and_halves_equals() -> None:
    """Two without (in 0 and 1), two with (in 1 and 2): of four pairs three are in order and one is equal."""
    assert area_under_curve([(1, 0), (1, 1), (0, 1)]) == pytest.approx(3.5 / 4)
    assert area_under_curve([(3, 0)]) is None


def test_a_file_of_gaps(tmp_path: Path) -> None:
    file = tmp_path / "gaps.csv"
    file.write_text(
        "formula,entries,lowest_gap_ev,highest_gap_ev\n"
        "LiF,1,8.7,8.7\nCo9S8,1,0.0,0.0\nLiCoO2,2,0.4,1.4\nNiO,1,2.2,2.2\nCeO2,1,0.0,0.0\n"
    )
    every, lithium, without = check_electrons(file)
    assert (every.n, every.n_gapped) == (4, 2)  # the entries of LiCoO2 disagree
    assert every.counts == {"conducting": (1, 0), "likely": (0, 1), "insulating": (1, 1)}
    assert every.area_under_curve == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert (lithium.n, lithium.area_under_curve) == (1, None)
    assert without.n == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("formula,gap\nLiF,8\n", "lacks the column 'lowest_gap_ev'"),
        ("formula,lowest_gap_ev,highest_gap_ev\nLiF,8,wide\n", "line 2 is no formula with two band gaps"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "gaps.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        check_electrons(file)
