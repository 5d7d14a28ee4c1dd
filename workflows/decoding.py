"""What jobs and their stored outputs may be decoded to.

jobflow writes jobs and outputs in monty's JSON, whose decoder imports whatever module a document names. What comes back
from a database is looked through first: it may name the classes and functions of this project and of the packages that
its jobs are made of, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jobflow import JobStore
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


def guarded(store: JobStore) -> JobStore:
    """Return a job store on the same collections that gives out no document of unknown classes."""
    return _GuardedJobStore(store.docs_store, store.additional_stores, store.save, store.load)


class _GuardedJobStore(JobStore):  # type: ignore[misc]
    """A job store whose documents are looked through before anybody decodes them."""

    def query(self, *args: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """Yield documents, see jobflow.

        Raises
        ------
        StoreError
            If one names a class that is not known.
        """
        for document in super().query(*args, **kwargs):
            require_known_classes(document)
            yield document


def _is_known(value: dict[str, Any]) -> bool:
    module = value["@module"]
    if not isinstance(module, str):
        return False
    if module in CLASSES:
        return "@callable" not in value and value.get("@class") in CLASSES[module]
    return any(module == package or module.startswith(f"{package}.") for package in PACKAGES)
