"""A request that is ready to run: its graph, and what is done with the outputs when the jobs have finished."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, ClassVar, Generic, TypeVar

from jobflow import Flow, JobStore
from pydantic import BaseModel, ConfigDict

from screening.common.errors import CalculationError, nearest
from screening.database import StoreLocation

# Where the collector of each kind is. Job databases hold the kinds, so these stay when a class moves.
COLLECTORS = {
    "atlas": "workflows.atlas:AtlasCollector",
    "energies": "workflows.requests.user_energies:UserEnergyCollector",
    "orderings": "workflows.requests.ordered_materials:OrderingCollector",
    "screening": "workflows.run:ScreeningCollector",
    "stacks": "workflows.stack:StackCollector",
    "vacancies": "workflows.requests.oxygen_vacancies:VacancyCollector",
}

R = TypeVar("R")


class ResultCollector(BaseModel, ABC, Generic[R]):
    """Brings the outputs of a flow's jobs where the user looks for them: a ranking, a table, a file.

    It holds no password and no open store, so that it can be sent to a queue and work there. It may be called again,
    also while another process is at it: what is there already is written again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]  # its name in COLLECTORS

    def begin(self, location: StoreLocation) -> None:
        """Record in the database that the work has been asked for."""

    @property
    def target(self) -> str:
        """Where the result goes, where that is not the database; two requests with other targets are two."""
        return ""

    @abstractmethod
    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> R:
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
        """Return it as JSON, for a process elsewhere."""
        return json.dumps({"kind": self.kind, "fields": self.model_dump(mode="json")})

    @staticmethod
    def from_text(text: str) -> ResultCollector[Any]:
        """Return the collector that :meth:`to_text` wrote.

        Raises
        ------
        CalculationError
            If this version of coatscreen has no collector of that kind.
        """
        data = json.loads(text)
        kind = str(data.get("kind"))
        if kind not in COLLECTORS:
            raise CalculationError(
                f"unknown kind of result {kind!r}{nearest(kind, COLLECTORS)}: the flow was submitted by another "
                "version of coatscreen"
            )
        collector: ResultCollector[Any] = resolve_name(COLLECTORS[kind]).model_validate(data["fields"])
        return collector


C_co = TypeVar("C_co", bound=ResultCollector[Any], covariant=True)


def _nothing() -> None:
    """Ask nothing of this machine."""


@dataclass(frozen=True)
class FlowRequest(Generic[C_co]):
    """A request that has been checked, and its graph.

    Attributes
    ----------
    about
        What it computes, in a few words.
    flow
        Jobs named by their content.
    collector
        What is done with their outputs.
    check_here
        Called before the jobs run on this machine, and not where they go to a queue; raises InputError if a program
        that they start is not here.
    in_folders
        Whether each job needs a folder of its own to work in.
    """

    about: str
    flow: Flow
    collector: C_co
    check_here: Callable[[], None] = _nothing
    in_folders: bool = False

    @property
    def kind(self) -> str:
        """The kind of flow: ``screening``, ``orderings``..."""
        return self.collector.kind
