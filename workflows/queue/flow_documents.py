"""The documents in which the state of flows, jobs and queue jobs is reported."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import Software, software
from workflows.queue.words import NEEDS

JobState = Literal["waiting", "ready", "running", "lost", "completed", "failed", "paused", "defused", "archived"]
JOB_STATES: tuple[JobState, ...] = get_args(JobState)
FlowState = Literal["waiting", "running", "stopped", "paused", "defused", "archived", "incomplete", "complete"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FlowLabel(_Document):
    """What identifies a flow on a queue; the job database keeps it with the flow."""

    flow_id: str = Field(description="hash of its jobs and of where its result goes")
    name: str = Field(description="given by the user, or made of its kind and id")
    kind: str = Field(description="'screening', 'energies', 'orderings', 'vacancies' or 'stacks'")
    about: str = Field(description="what it computes, in a few words")
    version: str = Field(description="the version of coatscreen that submitted it")
    submitted: str = Field(description="time of submission, UTC")
    done_before: int = Field(description="number of jobs whose outputs were in the database when it was submitted")


class QueuedJob(_Document):
    """A job of a flow, as the job database has it."""

    job_id: str = Field(description="id in the job database")
    uuid: str | None = Field(description="id of its output; null for the last job, which collects the result")
    name: str = Field(description="name")
    state: JobState = Field(
        description="'lost': recorded as running, without a sign of life for too long, or its queue job has ended; "
        "'paused', 'defused' (in jobflow-remote: stopped), 'archived': put aside by someone in the job manager"
    )
    attempts: int = Field(description="how often it was started")
    error: str | None = Field(None, description="why it failed or is lost, one line")
    host: str | None = Field(None, description="where it was last started")
    folder: str | None = Field(None, description="the folder it was last started in, with its log")
    started: str | None = Field(None, description="time of its last start, UTC")
    last_sign: str | None = Field(None, description="last sign of life, UTC")
    finished: str | None = Field(None, description="time it finished, UTC")

    @property
    def ended(self) -> bool:
        """Whether it has completed or failed."""
        return self.state in ("completed", "failed")

    @property
    def failed_for_another(self) -> bool:
        """Whether it failed because a job it needs had failed, and not by itself."""
        return self.state == "failed" and (self.error or "").startswith(NEEDS)


class QueuedFlow(_Document):
    """A flow and its jobs."""

    label: FlowLabel
    jobs: list[QueuedJob]

    @property
    def failed(self) -> list[QueuedJob]:
        """The jobs that failed by themselves."""
        return [job for job in self.jobs if job.state == "failed" and not job.failed_for_another]

    @property
    def aside(self) -> list[QueuedJob]:
        """The jobs that someone has put aside and that can be resumed."""
        return [job for job in self.jobs if job.state in ("paused", "defused")]

    @property
    def lost(self) -> list[QueuedJob]:
        """The jobs that are lost."""
        return [job for job in self.jobs if job.state == "lost"]


RunnerAtWork = Annotated[
    bool | None,
    Field(description="whether jobflow-remote's runner, which launches the queue jobs, is alive; null with FireWorks"),
]


class QueueJobInVain(_Document):
    """A queue job that ended before its worker took a job."""

    job_id: str = Field(description="the scheduler's id")
    folder: str = Field(description="the folder with its script and its log")
    why: str = Field(description="how it ended, in the scheduler's words, and the last line of its log")


class QueueState(_Document):
    """What the scheduler reports of the queue jobs launched for a site."""

    scheduler: str = Field(description="'slurm', 'pbs' or 'sge'")
    running: int | None = Field(description="number of queue jobs running; null where the scheduler does not answer")
    pending: int | None = Field(description="number of queue jobs waiting to start")
    why_missing: str | None = Field(description="why the scheduler does not answer")
    in_vain: list[QueueJobInVain] = Field(
        description="queue jobs that ended before their worker came up, since the last one whose worker did"
    )
    runner_at_work: RunnerAtWork = None


class FlowStatus(_Document):
    """How far a flow has come."""

    name: str = Field(description="name")
    kind: str = Field(description="kind of flow")
    about: str = Field(description="what it computes, in a few words")
    flow_id: str = Field(description="hash of its jobs and of where its result goes")
    version: str = Field(description="the version of coatscreen that submitted it")
    submitted: str = Field(description="time of submission, UTC")
    state: FlowState = Field(
        description="'waiting': its next jobs wait for a worker; 'running'; 'stopped': what is left waits for lost "
        "jobs; 'paused', 'defused': what is left waits for jobs that someone put aside; 'archived'; "
        "'incomplete': all jobs have ended and some failed; 'complete'"
    )
    jobs: dict[JobState, int] = Field(description="number of jobs in each state")
    done: int = Field(description="number of jobs finished, also before it was submitted")
    total: int = Field(description="number of all jobs")
    jobs_per_hour: float | None = Field(description="jobs finished per hour, from the first start to the last end")
    time_left_s: float | None = Field(description="time for the jobs left at that rate, s; null where it is unknown")
    failed: list[QueuedJob] = Field(description="jobs that failed by themselves, with the first line of the error")
    need_failed: int = Field(description="number of further jobs that failed because one they need did")
    lost: list[QueuedJob] = Field(description="jobs that are lost: `coatscreen recover` runs them again")
    aside: list[QueuedJob] = Field(
        description="jobs that are paused or defused: `coatscreen recover --resume` lets them run"
    )


class StatusDocument(_Document):
    """The state of all flows of a site."""

    database: str = Field(description="the job database, without its password")
    flows: list[FlowStatus] = Field(description="the flows, the last submitted first")
    queue: QueueState = Field(description="the queue jobs")
    software: Software = Field(default_factory=software, description="the program that asked")


class Recovery(_Document):
    """What a recovery has changed."""

    database: str = Field(description="the job database, without its password")
    rerun: list[QueuedJob] = Field(description="jobs that run again, with what had happened to them")
    given_up: list[QueuedJob] = Field(description="lost jobs that count as failed now")
    failed: list[QueuedJob] = Field(description="jobs that failed and stay so, with the first line of the error")
    resumed: list[QueuedJob] = Field(description="jobs that were paused or defused, and may run now")
    aside: list[QueuedJob] = Field(description="jobs that are paused or defused and stay so")
    archived: list[str] = Field(description="names of flows that are archived: submit them again")
    removed: list[str] = Field(description="names of flows whose submission was interrupted: submit them again")
    launched: list[str] = Field(description="ids of the queue jobs launched")
    why_not_launched: str | None = Field(None, description="why none was launched though jobs are left to run")
    runner_at_work: RunnerAtWork = None
    software: Software = Field(default_factory=software, description="the program that asked")


class Submitted(_Document):
    """What a submission has changed."""

    flow: FlowLabel
    known: bool = Field(description="whether the flow had been submitted before")
    total: int = Field(description="number of jobs of the flow, with the one that collects its result")
    added: int = Field(description="number of jobs put into the job database now")
    launched: list[str] = Field(description="ids of the queue jobs launched")
    runner_at_work: RunnerAtWork = None
    software: Software = Field(default_factory=software, description="the program that asked")
