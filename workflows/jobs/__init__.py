"""The jobs of the workflows.

A job travels to a queue, and is known in a job store, by the name of its function in this package. Those names are
here: they stay as they are when a function moves to another module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

JOBS = {  # name of a job: the module of this package that makes it
    "atlas_part": "atlas",
    "bare_interface": "screening",
    "barrier_table": "barriers",
    "best_stacks": "stack",
    "cathode_states": "screening",
    "choose_lithium": "vacancies",
    "choose_oxygen": "vacancies",
    "coating_contacts": "screening",
    "delithiated_cell": "vacancies",
    "draw": "orderings",
    "evaluate": "packaged",
    "lithiated_cell": "vacancies",
    "lithium_barriers": "barriers",
    "material_properties": "screening",
    "merged_atlas": "atlas",
    "ordered_cell": "orderings",
    "ranking_request": "screening",
    "relaxed_phase": "energies",
    "sampled_bare_interface": "screening",
    "sampled_cathode": "screening",
    "sampled_contacts": "screening",
    "sampled_properties": "screening",
    "vacancy_document": "vacancies",
    "vacancy_state": "vacancies",
    "vasp_phase": "energies",
    "write_table": "packaged",
}


def as_job(function: Callable[..., Any], **options: Any) -> Any:
    """Make a job of a function, under its own name in this package.

    Parameters
    ----------
    function
        One that is named in :data:`JOBS`.
    options
        As for :func:`jobflow.job`.
    """
    from jobflow import JobConfig, job

    from workflows.outputs import LARGE

    has_large_outputs = LARGE in options

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if has_large_outputs:
            _require_additional_store()
        return function(*args, **kwargs)

    run.__module__ = __name__
    return job(run, config=JobConfig(expose_store=has_large_outputs), **options)


def _require_additional_store() -> None:
    """Refuse a job store that has no place for large outputs, before anything is computed for it.

    Raises
    ------
    InputError
        If a job is being run with such a store.
    """
    from jobflow import CURRENT_JOB

    from screening.common.errors import InputError
    from workflows.outputs import LARGE

    if CURRENT_JOB.store is not None and LARGE not in CURRENT_JOB.store.additional_stores:
        raise InputError(
            f"the job store has no additional store {LARGE!r}, where large outputs go: make it as "
            f"JobStore(MemoryStore(), additional_stores={{{LARGE!r}: MemoryStore()}}), or add one in jobflow.yaml"
        )


def __getattr__(name: str) -> Any:
    if name not in JOBS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{JOBS[name]}"), name)
