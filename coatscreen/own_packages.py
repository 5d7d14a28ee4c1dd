"""Whether the packages ``screening`` and ``workflows`` are those of coatscreen: other projects use these names too."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("screening", "workflows")
_MARK = 'PART_OF = "coatscreen"'  # a line of each package's __init__.py


def require_own_packages() -> None:
    """Refuse to work with a package of another project that stands in the place of one of ours.

    It is looked at and not imported, since importing it may fail, or do anything.

    Raises
    ------
    ImportError
        If there is one, or ours is missing; the program ends with that line instead.
    """
    for name in _PACKAGES:
        spec = find_spec(name)
        origin = None if spec is None else spec.origin
        if origin is not None and _MARK in Path(origin).read_text(encoding="utf-8", errors="replace"):
            continue
        reason = f"the package {name!r} of coatscreen is missing: install coatscreen anew"
        if origin is not None:
            reason = (
                f"{origin} is not coatscreen's package {name!r} but that of {_installed_by(name)}: install coatscreen "
                "in an environment of its own"
            )
        if Path(sys.argv[0]).stem == "coatscreen" or (sys.argv[0] == "-m" and "coatscreen" in sys.orig_argv):
            sys.exit(f"coatscreen: {reason}")
        raise ImportError(reason)


def _installed_by(name: str) -> str:
    from importlib.metadata import packages_distributions

    others = sorted(set(packages_distributions().get(name, ())) - {"coatscreen"})
    return " or ".join(others) or "another project"
