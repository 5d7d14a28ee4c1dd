"""What is wrong with data that a model refuses, in one line."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from screening.common.errors import nearest


def explained(error: ValidationError, known: Iterable[str] = (), noun: str = "key") -> str:
    """Return the first fault that a model found, as ``where: what``; it quotes no value, which may be a password.

    Parameters
    ----------
    error
        What the model raised.
    known
        Names among which the nearest is looked up where one is unknown; none for no suggestion.
    noun
        What such a name is called.
    """
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"unknown {noun} {where!r}{nearest(str(first['loc'][-1]), known)}"
    return ": ".join(filter(None, (where, first["msg"].removeprefix("Value error, "))))
