"""The nearest known name, as messages suggest it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import CalculationError, CoatscreenError, InputError, StoreError, nearest

NAMES = ["LiNbO3", "NCM83", "Li6PS5Cl", "oxidation"]


@pytest.mark.parametrize(
    ("word", "suggested"),
    [("LiNb03", "LiNbO3"), ("linbo3", "LiNbO3"), ("NCM38", "NCM83"), ("oxidaton", "oxidation"), ("qwertz", None)],
)
def test_the_nearest_name_is_suggested(word, suggested):
    assert nearest(word, NAMES) == (f" (did you mean {suggested}?)" if suggested else "")


@given(st.sampled_from(NAMES))
def test_a_name_is_nearest_to_itself_whatever_its_case(name):
    assert nearest(name.upper(), NAMES) == f" (did you mean {name}?)"


def test_nothing_is_near_where_nothing_is_known():
    assert nearest("LiNbO3", []) == ""


def test_a_caller_can_catch_all_of_them_or_the_kind_that_python_names():
    for kind, python in ((InputError, ValueError), (CalculationError, RuntimeError), (StoreError, RuntimeError)):
        assert issubclass(kind, CoatscreenError)
        assert issubclass(kind, python)


@pytest.mark.parametrize("length", [10, 3999, 4000, 4001, 10**6])
def test_of_a_long_message_the_middle_is_left_out(length):
    message = "said: " + "x" * (length - 12) + " (end)" if length > 12 else "x" * length
    said = str(InputError(message))
    assert len(said) < 4010
    assert (said == message) == (len(message) <= 4000)
    assert (said[:100], said[-100:]) == (message[:100], message[-100:])
