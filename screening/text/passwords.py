"""Addresses with passwords: known by their form, also where they are mistyped, and masked in whatever is said."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MASK = "***"
# a password may hold anything: of MongoDB's addresses all is masked up to the last @
_MONGODB = re.compile(r"\b(mongodb(?:\+srv)?:/*+)(?!\*\*\*@).*@", re.IGNORECASE)
_ADDRESS = re.compile(r"\b([a-z][a-z\d+.-]+:/+)\S*@", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"[^\s:/@'\"]{1,200}:(?!/)\S*@(?! *[-+.\d]+ *meV)")  # NCM83:half@30meV is a material
_WITH_PASSWORD = re.compile(r"\b[a-z][a-z\d+.-]*:/+[^\s/]*:\S*@", re.IGNORECASE)
_BEGINS_WITH_SCHEME = re.compile(r"[a-z][a-z\d+.-]+:/", re.IGNORECASE)


def masked(text: str) -> str:
    """Return a text with ``***`` in place of the user names and passwords of the addresses in it."""
    for pattern in (_MONGODB, _ADDRESS):
        text = pattern.sub(rf"\1{_MASK}@", text)
    return _WITHOUT_SCHEME.sub(f"{_MASK}@", text)


def is_address(text: str) -> bool:
    """Whether a text is an address, also a mistyped one, or holds a password: then it is no path."""
    return masked(text) != text or _BEGINS_WITH_SCHEME.match(text.lstrip()) is not None


def without_passwords(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an environment whose values hold no address with a password."""
    return {name: value for name, value in environment.items() if not _WITH_PASSWORD.search(value)}
