"""What jobs and their stored outputs may be decoded to.

jobflow writes jobs and outputs in monty's JSON, whose decoder imports whatever module a document names. What comes back
from a database is looked through first: it may name the classes and functions of this project and of the packages that
its jobs are made of, and nothing else.
"""

from __future__ import annotations

import json
from typing import Any

from monty.json import MontyDecoder

from screening.common.errors import StoreError

PACKAGES = (  # and modules; what VASP's and CHGNet's jobs are made of among them
    "screening",
    "workflows",
    "jobflow.core",
    "atomate2",
    "emmet.core",
    "pymatgen.core",
    "pymatgen.entries",
    "pymatgen.electronic_structure",
    "pymatgen.io.vasp",
    "pymatgen.analysis.compatibility",
)
CLASSES = {  # of modules that hold others too
    "datetime": ("datetime",),
    "uuid": ("UUID",),
    "numpy": ("array",),
}


def decoded(text: str) -> Any:
    """Decode the JSON of a job.

    Raises
    ------
    StoreError
        If it names a class or function that no job of this project is made of.
    """
    data = json.loads(text)
    require_known_classes(data)
    return MontyDecoder().process_decoded(data)


def require_known_classes(data: Any) -> None:
    """Refuse data in which a class or function stands that is neither of :data:`PACKAGES` nor of :data:`CLASSES`.

    Raises
    ------
    StoreError
        Naming it.
    """
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if value.get("@module") and not _is_known(value):  # jobflow leaves it empty where a large part lies apart
                named = ".".join(str(value[key]) for key in ("@module", "@class", "@callable") if value.get(key))
                raise StoreError(f"a stored document names {named!r:.100}, which no job of coatscreen is made of")
            left += [member for member in value.values() if isinstance(member, dict | list)]
        else:
            left += [member for member in value if isinstance(member, dict | list)]


def _is_known(value: dict[str, Any]) -> bool:
    module = value["@module"]
    if not isinstance(module, str):
        return False
    if module in CLASSES:
        return "@callable" not in value and value.get("@class") in CLASSES[module]
    return any(module == package or module.startswith(f"{package}.") for package in PACKAGES)
