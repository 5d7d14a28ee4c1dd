r"""The regular expressions that a filter may hold: those that end soon on any text, and mean the same to MongoDB.

A pattern consists of characters, ``.``, classes such as ``[A-Z0-9]``, ``\d``, ``\w``, ``\s`` and ``\b``, the
anchors ``^`` and ``$``, alternatives in groups, and repetitions. A repetition applies to one character or class:
repeated groups and references to groups are what makes a search take longer than anybody waits.
"""

from __future__ import annotations

import re
from functools import lru_cache

from screening.common.errors import InputError

LONGEST_PATTERN = 200  # characters
MOST_REPETITIONS = 2  # by * + and {}: the time of a search grows with the text's length to this power, and one more
_MOST_OPTIONAL = 5  # by ?: each doubles the time
_MOST_TIMES = 100
_OPTIONS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_LETTERS = "dDwWsSntr"  # that mean something behind a backslash and may be repeated
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_SET_OPERATIONS = ("--", "&&", "||", "~~", "[")  # in a class; kept for later versions of Python


@lru_cache(maxsize=64)
def compiled(pattern: str, options: str = "") -> re.Pattern[str]:
    """Compile a pattern that was found to be harmless.

    Parameters
    ----------
    pattern
        The pattern.
    options
        Some of the letters ``i`` (upper and lower case are the same), ``m`` (``^`` and ``$`` match at lines) and ``s``
        (``.`` matches line breaks).

    Raises
    ------
    InputError
        If the pattern is malformed, or holds what is not allowed; the message names it.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise _refused(pattern, f"longer than {LONGEST_PATTERN} characters")
    if strange := set(options) - set(_OPTIONS):
        raise InputError(f"not a filter: there is no $options {min(strange)!r}, only {', '.join(_OPTIONS)}")
    _check(pattern)
    flags = re.ASCII
    for letter in options:
        flags |= _OPTIONS[letter]
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError) as error:
        raise _refused(pattern, str(error)) from None


def _check(pattern: str) -> None:
    """Refuse a pattern that is not of the form described at the top."""
    groups = repetitions = optional = place = 0
    before = ""  # what stands before: nothing to repeat, "one" character, a "group", or something "repeated"
    while place < len(pattern):
        letter, length = pattern[place], 1
        if letter in "*+?{":
            length = _length_of_repetition(pattern, place)
            if not before:
                raise _refused(pattern, f"nothing to repeat before {letter}")
            if before == "repeated":
                raise _refused(pattern, f"{letter} behind another repetition")
            if before == "group" and letter != "?":
                raise _refused(pattern, f"a repeated group ({letter} behind a bracket)")
            repetitions, optional = repetitions + (letter != "?"), optional + (letter == "?")
            if repetitions > MOST_REPETITIONS or optional > _MOST_OPTIONAL:
                raise _refused(
                    pattern,
                    f"more than {MOST_REPETITIONS} of * + {{}} or {_MOST_OPTIONAL} of ?: join several patterns by $and",
                )
            before = "repeated"
        elif letter == "(":
            if pattern.startswith("(?", place) and not pattern.startswith("(?:", place):
                raise _refused(pattern, f"a group that begins with {pattern[place : place + 3]}")
            length = 3 if pattern.startswith("(?:", place) else 1
            groups, before = groups + 1, ""
        elif letter == ")":
            if not groups:
                raise _refused(pattern, "a bracket that closes nothing")
            groups, before = groups - 1, "group"
        elif letter in "^$|":
            before = ""
        else:
            length = _length_of_one(pattern, place)
            before = "" if pattern.startswith((r"\b", r"\B"), place) else "one"
        place += length
    if groups:
        raise _refused(pattern, "a group that is not closed")


def _length_of_one(pattern: str, place: int) -> int:
    """Return how many letters of a pattern stand for one character of a text."""
    if pattern[place] == "[":
        return _length_of_class(pattern, place)
    if pattern[place] == "\\":
        _check_escaped(pattern, place, _LETTERS + "bB")
        return 2
    return 1


def _length_of_class(pattern: str, start: int) -> int:
    place = first = start + (2 if pattern.startswith("[^", start) else 1)
    while place < len(pattern) and pattern[place] != "]":
        if pattern.startswith(_SET_OPERATIONS, place):
            raise _refused(pattern, f"{pattern[place]} in a class; write \\{pattern[place]}")
        if pattern[place] == "\\":
            _check_escaped(pattern, place, _LETTERS)
            place += 1
        place += 1
    if place == first or place >= len(pattern):
        raise _refused(pattern, "a class that is empty or not closed; write ] in it as \\]")
    return place + 1 - start


def _check_escaped(pattern: str, place: int, letters: str) -> None:
    escaped = pattern[place + 1 : place + 2]
    if not escaped:
        raise _refused(pattern, "a backslash at its end")
    if escaped.isalnum() and escaped not in letters:
        what = "a reference to a group" if escaped.isdigit() else "not known"
        raise _refused(pattern, f"\\{escaped} is {what}")


def _length_of_repetition(pattern: str, place: int) -> int:
    if pattern[place] != "{":
        return 1
    count = _COUNT.match(pattern, place)
    if count is None or max(int(number) for number in count.groups() if number) > _MOST_TIMES:
        raise _refused(pattern, f"{{ without {{n}}, {{n,}} or {{n,m}} of at most {_MOST_TIMES}; write \\{{")
    return count.end() - place


def _refused(pattern: str, reason: str) -> InputError:
    shown = pattern if len(pattern) <= 40 else f"{pattern[:40]}..."
    return InputError(f"not a filter: the pattern {shown!r} cannot be used: {reason}")
