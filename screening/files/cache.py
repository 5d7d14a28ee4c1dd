"""The folder in which is kept what can be fetched or computed again."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_VARIABLE = "COATSCREEN_CACHE"


def cache_folder() -> Path:
    """Return the folder: that named by ``COATSCREEN_CACHE``, or the user's cache."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("coatscreen")
