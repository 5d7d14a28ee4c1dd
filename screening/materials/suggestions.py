"""The name a user may have meant: of the same chemistry as what was typed, never of another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from screening.chemistry.elements import is_element
from screening.common.errors import nearest

_SAME_WORD = 0.8  # difflib's ratio: "nobate" and "niobate" have 0.92, "titanate" and "tantalate" 0.71
_SYMBOLS = re.compile(r"([A-Z][a-z]?)[\d./]*")


def nearest_material(text: str, names: Iterable[str]) -> str:
    """Return `` (did you mean X?)`` for the closest name that may mean the same material, or an empty string.

    A name may be meant if it is an abbreviation of the same letters in any order (``LGSP`` and LGPS, ``NCM38`` and
    NCM83), has the same elements (``LiNbO33`` and LiNbO3), or words that are almost the same (``lithium nobate``). So
    ``LLZO`` never leads to LZO, which is close in letters and another compound.

    Parameters
    ----------
    text
        What was typed.
    names
        The known names.
    """
    meant = [name for name in names if _may_mean(text, name)]
    swapped = [name for name in meant if sorted(name.casefold()) == sorted(text.casefold())]
    return nearest(text, swapped or meant)


def _may_mean(text: str, name: str) -> bool:
    if name.upper() == name and _letters(text) == _letters(name):
        return True
    elements = _elements(text)
    if elements and elements == _elements(name):
        return True
    typed, known = text.casefold().split(), name.casefold().split()
    return (
        len(typed) == len(known)
        and any(part.islower() and len(part) > 3 for part in re.findall(r"[^\W\d]+", name))
        and all(_similar(one, other) for one, other in zip(typed, known, strict=True))
    )


def _similar(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SAME_WORD


def _letters(text: str) -> list[str]:
    return sorted(character for character in text.casefold() if character.isalpha())


def _elements(text: str) -> frozenset[str]:
    """Return the elements of what looks like a formula; none if it does not."""
    plain = re.sub(r"[()\[\]{}]", "", text)
    symbols = []
    while plain:
        found = _SYMBOLS.match(plain)
        if found is None and len(plain) == 1:
            break  # a slip behind the last symbol: LiNbOx
        if found is None:
            return frozenset()
        symbol, end = (found[1], found.end()) if is_element(found[1]) else (plain[:1], 1)
        if not is_element(symbol):
            return frozenset()
        symbols.append(symbol)
        plain = plain[end:]
    return frozenset(symbols)
