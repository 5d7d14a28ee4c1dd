"""What is said of flows on a queue."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from screening.provenance import Software, software

JobState = Literal["waiting", "ready", "running", "lost", "completed", "failed", "paused"]
JOB_STATES: tuple[JobState, ...] = get_args(JobState)
FlowState = Literal["waiting", "running", "stopped", "incomplete", "complete"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FlowLabel(_Document):
    """What a flow on a queue is known by; kept with it in the job database."""

    flow_id: str = Field(description="hash of its jobs and of where its result goes")
    name: str = Field(description="given by the user, or made of its kind and id")
    kind: str = Field(description="'screening', 'energies', 'orderings', 'vacancies', 'stacks'")
    about: str = Field(description="what it is about")
    version: str = Field(description="of coatscreen, that submitted it")
    submitted: str = Field(description="time of submission, UTC")
    done_before: int = Field(description="jobs whose outputs were in the database when it was submitted")


class QueuedJob(_Document):
    """A job of a flow, as the job database has it."""

    job_id: str = Field(description="in the job database")
    uuid: str | None = Field(description="id of its output; null for the last job, which collects the result")
    name: str = Field(description="name")
    state: JobState = Field(description="'lost': running, without a sign of life for too long, or its queue job ended")
    attempts: int = Field(description="how often it was started")
    error: str | None = Field(None, description="why it failed or is lost, one line")
    host: str | None = Field(None, description="where it was last started")
    folder: str | None = Field(None, description="the folder it was last started in, with its log")
    started: str | None = Field(None, description="time of its last start, UTC")
    last_sign: str | None = Field(None, description="last sign of life, UTC")
    finished: str | None = Field(None, description="time it finished, UTC")


class QueuedFlow(_Document):
    """A flow and its jobs."""

    label: FlowLabel
    jobs: list[QueuedJob]


class QueueState(_Document):
    """What the scheduler says of the queue jobs started for a site."""

    scheduler: str = Field(description="'slurm', 'pbs' or 'sge'")
    running: int | None = Field(description="queue jobs running; null where the scheduler does not answer")
    pending: int | None = Field(description="queue jobs that wait to start")
    why_unknown: str | None = Field(description="why it does not answer")
    runner_at_work: bool | None = Field(
        None, description="whether jobflow-remote's runner, which starts the queue jobs, lives; null with FireWorks"
    )


class FlowStatus(_Document):
    """How far a flow has come."""

    name: str = Field(description="name")
    kind: str = Field(description="kind of flow")
    about: str = Field(description="what it is about")
    flow_id: str = Field(description="hash of its jobs")
    version: str = Field(description="of coatscreen, that submitted it")
    submitted: str = Field(description="time of submission, UTC")
    state: FlowState = Field(
        description="'waiting' for a worker, 'running', 'stopped': what is left waits for lost or paused jobs, "
        "'incomplete': all jobs have ended and some failed, 'complete'"
    )
    jobs: dict[JobState, int] = Field(description="number of jobs in each state")
    done: int = Field(description="jobs finished, also before it was submitted")
    total: int = Field(description="all jobs")
    jobs_per_hour: float | None = Field(description="finished per hour, from the first start to the last end")
    time_left_s: float | None = Field(description="for the jobs left at that rate, s; null where it is unknown")
    failed: list[QueuedJob] = Field(description="jobs that failed by themselves, with the first line of the error")
    need_failed: int = Field(description="further jobs that failed because one they need did")
    lost: list[QueuedJob] = Field(description="jobs that are lost: `coatscreen recover` brings them back")


class StatusDocument(_Document):
    """All flows of a site."""

    database: str = Field(description="the job database, without any password")
    flows: list[FlowStatus] = Field(description="the last submitted first")
    queue: QueueState = Field(description="the queue beside it")
    software: Software = Field(default_factory=software, description="the program that asked")


class Recovery(_Document):
    """What was done with what was lost."""

    database: str = Field(description="the job database, without any password")
    rerun: list[QueuedJob] = Field(description="jobs that run again, with what had happened to them")
    given_up: list[QueuedJob] = Field(description="lost jobs that count as failed now")
    failed: list[QueuedJob] = Field(description="jobs that failed and stay so, with the first line of the error")
    removed: list[str] = Field(description="flows whose submission was interrupted, by name: submit them again")
    launched: list[str] = Field(description="ids of the queue jobs started")
    runner_at_work: bool | None = Field(
        None, description="whether jobflow-remote's runner, which starts the queue jobs, lives; null with FireWorks"
    )
    software: Software = Field(default_factory=software, description="the program that asked")


class Submitted(_Document):
    """What came of a submission."""

    flow: FlowLabel
    known: bool = Field(description="whether it was there already")
    total: int = Field(description="jobs of the flow, with the one that collects its result")
    added: int = Field(description="jobs put into the job database now")
    launched: list[str] = Field(description="ids of the queue jobs started")
    runner_at_work: bool | None = Field(
        None, description="whether jobflow-remote's runner, which starts the queue jobs, lives; null with FireWorks"
    )
    software: Software = Field(default_factory=software, description="the program that asked")
