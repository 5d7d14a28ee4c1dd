"""The last bits of another processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest


@contextmanager
def other_last_bits(seed: int) -> Iterator[None]:
    """Add noise of a few last bits to what numpy's linear algebra returns, as other kernels do; zeros stay zero."""
    generator = np.random.default_rng(seed)

    def noisy(function):
        def called(*args, **options):
            result = function(*args, **options)
            if np.asarray(result).dtype != np.float64:
                return result
            size = np.finfo(float).eps * float(np.abs(result).max(initial=0.0))
            return result + size * generator.integers(-2, 3, np.shape(result)) * (result != 0.0)

        return called

    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((np, "dot"), (np.linalg, "inv"), (np.linalg, "det"), (np.linalg, "solve")):
            patch.setattr(module, name, noisy(getattr(module, name)))
        yield
