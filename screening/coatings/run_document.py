"""A request for a screening as the database keeps it. The module is light: every question to a database reads runs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RunState = Literal["running", "done", "failed"]


class Run(BaseModel):
    """A request and how far it has come, so that it can be taken up again."""

    model_config = ConfigDict(extra="forbid")

    run_id: str = Field(description="hash of the request")
    name: str = Field(description="what it is about, or the name a user gave it")
    request: dict[str, object] = Field(description="the request")
    energies_sha256: str = Field(description="hash of the energies")
    rankings: list[str] = Field(description="ids of its rankings, which other runs may share")
    ranking_jobs: list[str] = Field(description="ids of the jobs that say which of its coatings are ranked together")
    state: RunState = Field(description="how far it has come")
    jobs: list[str] = Field(description="ids of the jobs in the graph")
    failed: dict[str, str] = Field(description="failed jobs: first line of each error")
    created: str = Field(description="time it was first asked for, UTC")
    updated: str = Field(description="time of the last change, UTC")
