"""Jobs named by their content: the same work has the same id, wherever and whenever it is planned."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from jobflow import Job, OnMissing
from monty.json import jsanitize

from screening.common.provenance import software
from screening.energies.source import EnergySource

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "coatscreen")


def by_content(job: Job) -> Job:
    """Give a job an id made from its function, its arguments and the software's version.

    A job of a maker counts by the maker's parameters too. Arguments that refer to other jobs count by those jobs' ids,
    so an id stands for all that led to it. Energies count by their content, wherever they lie; and functions, makers
    and documents by their own names, whichever module they are in.
    """

    def plain(argument: Any) -> Any:
        return argument.sha256 if isinstance(argument, EnergySource) else argument

    maker = {} if job.maker is None else {"maker": job.maker}
    content = jsanitize(
        {
            **maker,
            "function": job.function.__qualname__,
            "args": [plain(argument) for argument in job.function_args],
            "kwargs": {name: plain(argument) for name, argument in job.function_kwargs.items()},
            "software": software().coatscreen,
        },
        strict=True,
        enum_values=True,
    )
    job.set_uuid(str(uuid.uuid5(_NAMESPACE, digest(_without_modules(content)))))
    return job


def _without_modules(content: Any) -> Any:
    """Leave out in which module and version a class was."""
    if isinstance(content, dict):
        return {k: _without_modules(v) for k, v in content.items() if k not in ("@module", "@version")}
    return [_without_modules(part) for part in content] if isinstance(content, list) else content


def named_by_content(job: Job, about: str, needs_all: bool = True) -> Job:
    """Name a job by what it is about, and identify it by its content.

    Parameters
    ----------
    about
        Added to the name of its function.
    needs_all
        Whether it fails where a job it refers to has failed; otherwise it is given None for that job's output.
    """
    if not needs_all:
        job.config.on_missing_references = OnMissing.NONE
    by_content(job)
    job.name = f"{job.name}: {about}"  # only now: it is the name of the job's maker too, a part of the content
    return job


def digest(content: Any) -> str:
    """Hash JSON-compatible content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
