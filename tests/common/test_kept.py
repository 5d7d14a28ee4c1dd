"""Answers are found once while they are kept, and no more are kept than there is room for."""

import pytest

from screening.common.kept import Kept


def test_the_oldest_makes_room():
    asked = []

    def find(number):
        return kept.get(number, lambda: asked.append(number) or number**2)

    kept = Kept(2)
    assert [find(number) for number in (1, 2, 1, 3, 2, 1)] == [1, 4, 1, 9, 4, 1]
    assert asked == [1, 2, 3, 1]
    assert list(kept) == [3, 1]


def test_what_cannot_be_found_takes_no_room():
    kept = Kept(1)
    kept.get("known", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        kept.get("unknown", lambda: 1 // 0)
    assert list(kept) == ["known"]
