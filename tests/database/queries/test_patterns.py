"""Regular expressions of filters: what may take for ever is refused, and the rest is soon done."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.common.errors import InputError
from screening.database.queries.filters import check_filter
from screening.database.queries.patterns import LONGEST_PATTERN, compiled

PATTERNS_REFUSED = [
    ("(a+)+$", "a repeated group"),
    ("(a|a)*b", "a repeated group"),
    ("(ab){2}", "a repeated group"),
    (r"(a)\1", "a reference to a group"),
    ("(?=a)b", "a group that begins with"),
    ("(?i)b", "a group that begins with"),
    ("(?P<x>a)", "a group that begins with"),
    ("a*+", "behind another repetition"),
    (".*a.*b.*c", "more than 2 of"),
    ("a?" * 30 + "a" * 30, "more than 2 of"),
    ("x{100000000}", "of at most 100"),
    ("a{,5}", "of at most 100"),
    ("*a", "nothing to repeat"),
    (r"\b*", "nothing to repeat"),
    ("(", "not closed"),
    (")", "closes nothing"),
    ("[", "empty or not closed"),
    ("[]", "empty or not closed"),
    ("[^]a]", "empty or not closed"),
    ("[[:alpha:]]", "in a class"),
    ("[z-a]", "bad character range"),
    ("a\\", "a backslash at its end"),
    (r"\p", "not known"),
    ("a" * (LONGEST_PATTERN + 1), "longer than"),
]


@pytest.mark.parametrize(("pattern", "reason"), PATTERNS_REFUSED, ids=lambda value: value[:30])
def test_patterns_that_may_take_for_ever_are_refused(pattern, reason):
    with pytest.raises(InputError, match=f"not a filter: the pattern .* cannot be used: .*{reason}"):
        check_filter({"t": {"$regex": pattern}})


@pytest.mark.parametrize(
    "pattern",
    ["^Li[^N]", "PO4|SO4", r"^Li\d*[A-Z]", r"(oxide|fluoride)?$", r"\bcathode_\w+", "a{2,3}.", r"[\]\\a-z]", "]"],
)
def test_patterns_of_use_are_not(pattern):
    check_filter({"t": {"$regex": pattern, "$options": "i"}})


@settings(max_examples=300)
@given(pattern=st.text("ab.*+?{}()|[]^$\\dw1,-", max_size=12), letters=st.text("ab1 ", max_size=8))
def test_any_pattern_is_refused_or_soon_done(pattern, letters):
    try:
        search = compiled(pattern).search
    except InputError:
        return
    began = time.perf_counter()
    search((letters or "a") * (200 // len(letters or "a")))
    assert time.perf_counter() - began < 1.0
