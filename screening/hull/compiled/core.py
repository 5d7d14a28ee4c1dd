"""The compiled core: :mod:`screening.hull.simplex` in C, where it has been built.

``core.c`` follows the same method with the same tolerances, and proves each result by the same certificate. The numpy
version stays: the compiled one is tested against it, it is used where no compiler was at hand, and it takes over where
the compiled core reports that a path failed. The environment variable ``COATSCREEN_CORE`` chooses: ``numpy``,
``compiled`` (an error where it is not built), or unset: the compiled one where it is built.

It is C, since nine tenths of a pivot in numpy are calls on small arrays, and C is compiled by whatever compiler a
machine has, at once and without a toolchain of its own, and can be read by a scientist. It is called through ctypes:
the library knows nothing of Python, so one file serves all its versions.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.common.errors import InputError
from screening.hull.compiled.build import LIBRARY, source_hash

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

VARIABLE = "COATSCREEN_CORE"
BUILD = "python screening/hull/compiled/build.py"
_MOST_SEGMENTS = 1024  # of one line; a longer one is left to numpy
_INTEGER, _ADDRESS = ctypes.c_int64, ctypes.c_void_p


class CompiledPath(NamedTuple):
    """The arrays of a :class:`screening.hull.simplex.Path`, and the optimal basis inside the line."""

    t: Floats
    bases: Integers
    at_start: Floats
    at_stop: Floats
    duals: Floats
    entry: Integers


class Core:
    """The functions of a library.

    Parameters
    ----------
    library
        Its path.

    Raises
    ------
    OSError, AttributeError
        If there is none, or it is another library.
    """

    def __init__(self, library: Path) -> None:
        loaded = ctypes.CDLL(str(library))
        loaded.core_source.restype = ctypes.c_char_p
        self.source: str = loaded.core_source().decode()  # hash of the source that it was made from
        self._line = loaded.core_line
        self._line.restype = _INTEGER
        self._line.argtypes = [_INTEGER, _INTEGER, *[_ADDRESS] * 5, _INTEGER, _ADDRESS, _ADDRESS]
        self.lines = loaded.core_lines
        self.lines.restype = _INTEGER
        self.lines.argtypes = [_ADDRESS] * 4
        self.failures = 0  # paths that it gave up, for the reference to find

    def path(
        self, matrix: Floats, columns: Floats, costs: Floats, ends: Floats, basis: Integers
    ) -> CompiledPath | None:
        """Find the optimum along a line; None where the core gives up.

        Parameters
        ----------
        matrix, columns, costs
            A, its transpose and c, C-contiguous.
        ends
            A right-hand side at which the basis is feasible, and the two ends of the line, (3, m).
        basis
            Columns of a feasible basis, (m,).
        """
        m, n = matrix.shape
        room = _MOST_SEGMENTS
        numbers = np.empty(room + 1 + 3 * room * m)
        bases = np.empty((room, m), dtype=np.int64)
        entry = basis.astype(np.int64)
        given = (matrix, columns, costs, np.ascontiguousarray(ends), entry)
        count = self._line(m, n, *(array.ctypes.data for array in given), room, numbers.ctypes.data, bases.ctypes.data)
        if count < 0:
            self.failures += 1
            return None
        amounts = numbers[room + 1 :].reshape(3, room, m)[:, :count].copy()
        at_start, at_stop, duals = amounts
        used = bases[:count].astype(np.intp)
        return CompiledPath(numbers[: count + 1].copy(), used, at_start, at_stop, duals, entry.astype(np.intp))


@cache
def _load() -> tuple[Core | None, str]:
    """Return the core, or None and why there is none."""
    try:
        core = Core(LIBRARY)
    except (OSError, AttributeError):
        return None, f"no compiled one was built; with a C compiler: {BUILD}"
    if core.source != source_hash():
        return None, f"the compiled one is not of this source; to build it: {BUILD}"
    return core, ""


def core() -> Core | None:
    """Return the compiled core, or None where numpy is to be used.

    Raises
    ------
    InputError
        If the environment variable asks for what is not there.
    """
    asked = os.environ.get(VARIABLE, "")
    if asked not in ("", "numpy", "compiled"):
        raise InputError(f"{VARIABLE}={asked}: choose numpy or compiled, or leave it out")
    if asked == "numpy":
        return None
    found, why = _load()
    if found is None and asked:
        raise InputError(f"{VARIABLE}=compiled: {why}")
    return found


def core_name() -> str:
    """Say which core is used, and why not the compiled one."""
    if core() is not None:
        return "compiled core"
    why = f"{VARIABLE}=numpy" if os.environ.get(VARIABLE) else _load()[1]
    return f"numpy core ({why})"
