"""Warnings about the input are notes in one line; all others are Python's."""

from __future__ import annotations

import warnings

from coatscreen.__main__ import _warnings_in_a_line
from screening.common.errors import InputWarning


def test_a_warning_about_the_input_is_a_note_each_time(capsys):
    with _warnings_in_a_line():
        for _ in range(2):
            warnings.warn("mine.cif: rounded", InputWarning, stacklevel=1)
    assert capsys.readouterr().err == "coatscreen: mine.cif: rounded\n" * 2


def test_other_warnings_stay_what_they_are(capsys):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with _warnings_in_a_line():
            warnings.warn("of a library", UserWarning, stacklevel=1)
    assert [str(one.message) for one in said] == ["of a library"]
    assert capsys.readouterr().err == ""
