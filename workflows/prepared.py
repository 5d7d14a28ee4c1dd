"""A request made ready to run: its graph, and what is done with the outputs when its jobs have finished."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from jobflow import Flow, JobStore
from pydantic import BaseModel, ConfigDict

from screening.database import StoreLocation
from screening.errors import StoreError


class Collector(BaseModel, ABC):
    """Brings the outputs of a flow's jobs where the user looks for them: a ranking, a table, a file.

    It holds no password and no open store, so that it can be sent to a queue and work there. It may be called again,
    also while another process is at it: what is there already is written again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    def begin(self, location: StoreLocation) -> None:
        """Record in the database that the work has been asked for."""

    @property
    def target(self) -> str:
        """Where the result goes, where that is not the database; two requests with other targets are two."""
        return ""

    @abstractmethod
    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> Any:
        """Collect the outputs.

        Parameters
        ----------
        jobs
            The job store, connected.
        location
            The database it belongs to.
        failed
            Jobs that failed, by name: the first line of each error.

        Raises
        ------
        CalculationError
            If too little is there to make anything of; what is there stays.
        StoreError
            If what comes of it cannot be written.
        """

    def to_text(self) -> str:
        """Write it as JSON, for a process elsewhere."""
        kind = type(self)
        return json.dumps({"class": f"{kind.__module__}:{kind.__name__}", "fields": self.model_dump(mode="json")})

    @staticmethod
    def from_text(text: str) -> Collector:
        """Read what :meth:`to_text` wrote.

        Raises
        ------
        StoreError
            If it names a class that is no collector of this project.
        """
        data = json.loads(text)
        module, _, name = data["class"].partition(":")
        kind = getattr(import_module(module), name, None) if module.startswith("workflows.") else None
        if not (isinstance(kind, type) and issubclass(kind, Collector)):
            raise StoreError(f"{data['class']!r:.100} is no collector of coatscreen")
        return kind.model_validate(data["fields"])


@dataclass(frozen=True)
class Prepared:
    """A request that has been checked, and its graph.

    Attributes
    ----------
    kind
        Of flow, a word: ``screening``, ``orderings``...
    about
        What it is about, for people.
    flow
        Jobs named by their content.
    collector
        What is done with their outputs.
    """

    kind: str
    about: str
    flow: Flow
    collector: Collector
