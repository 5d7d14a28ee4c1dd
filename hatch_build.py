"""The optional step of an installation: the compiled core (``screening/hull/compiled``), where there is a C compiler.

Without one the installation goes on, and the numpy core is used; ``coatscreen --version`` says which.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

COMPILED = Path("screening") / "hull" / "compiled"


class CompiledCore(BuildHookInterface):  # type: ignore[type-arg]
    """Build the core in place, and put it into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the core; the wheel is then for this platform, and for any version of Python."""
        compiling = runpy.run_path(str(Path(self.root) / COMPILED / "build.py"))
        try:
            library = compiling["build"]()
        except compiling["BuildError"] as error:
            self.app.display_warning(f"the numpy core will be used: {error}")
            return
        build_data["artifacts"].append(f"/{(COMPILED / library.name).as_posix()}")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{next(sys_tags()).platform}"
