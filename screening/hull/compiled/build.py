"""Compile the numerical core in place: ``python screening/hull/compiled/build.py``.

Any C11 compiler will do: the one that the environment variable CC names, or else cc, gcc or clang. Nothing else is
needed, no headers of Python or numpy, since the library is called through ctypes. An installation (``hatch_build.py``)
does the same and goes on without it where there is no compiler.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = tuple(HERE / name for name in ("core.c", "lines.c"))
HEADERS = (HERE / "core.h",)
LIBRARY = HERE / f"_core.{'dll' if os.name == 'nt' else 'so'}"
FLAGS = ("-O3", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-fno-math-errno", "-fno-trapping-math")
TIMEOUT_S = 300


class BuildError(Exception):
    """The core could not be compiled; the message says why."""


def source_hash() -> str:
    """Return the hash of the sources, which the library made from them carries."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in (*SOURCES, *HEADERS))).hexdigest()


def build(folder: Path = HERE, constants: Mapping[str, str] | None = None) -> Path:
    """Compile the core into a folder and return the path of the library, which is put there whole or not at all.

    Parameters
    ----------
    folder
        Where to; by default beside the source, where it is looked for.
    constants
        Other values of constants of the source, for tests.

    Raises
    ------
    BuildError
        If there is no compiler, or it fails.
    """
    named = os.environ.get("CC")
    compiler = shlex.split(named) if named else [next(filter(shutil.which, ("cc", "gcc", "clang")), "")]
    if not compiler or not compiler[0]:
        raise BuildError("there is no C compiler (cc, gcc or clang, or the one that CC names)")
    made = folder / f"{LIBRARY.name}.{os.getpid()}.part"
    defined = [f"-D{name}={value}" for name, value in {"SOURCE": f'"{source_hash()}"', **(constants or {})}.items()]
    command = [*compiler, *FLAGS, *defined, *map(str, SOURCES), "-o", str(made), "-lm"]
    reason = ""
    try:
        for versions in ([], ["-DONE_VERSION"]):  # some linkers know no functions for several kinds of processors
            done = subprocess.run([*command, *versions], capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
            if done.returncode == 0 and made.is_file():
                return made.replace(folder / LIBRARY.name)
            said = (done.stderr or done.stdout).strip().splitlines()
            reason = said[0] if said else f"status {done.returncode}, no library"
    except (OSError, subprocess.SubprocessError) as error:
        reason = str(error)
    finally:
        made.unlink(missing_ok=True)
    raise BuildError(f"{shlex.join(compiler)} does not compile the core: {reason}")


if __name__ == "__main__":
    try:
        print(build())
    except BuildError as failed:
        sys.exit(str(failed))
