"""Screening of coatings for battery cathodes: the public names for Python; ``coatscreen --help`` is the program.

Names are loaded when first used, so that importing the package is quick.
"""

from __future__ import annotations

from typing import Any

from coatscreen.own_packages import require_own_packages

require_own_packages()

import screening  # noqa: E402 - only once it is known to be ours
import workflows  # noqa: E402

__all__ = sorted([*screening.__all__, *workflows.__all__])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from screening.common.provenance import software

        return software().coatscreen
    for package in (screening, workflows):
        if name in package.__all__:
            return getattr(package, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
