"""The state of flows on a queue as one HTML page: tables without a script, which load nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from coatscreen.flows import duration, queue_line
from coatscreen.output import number
from coatscreen.report.page import STYLE, browser_text
from screening.text.visible_text import visible
from workflows.queue.flow_documents import JOB_STATES, FlowStatus, JobState, QueuedJob, StatusDocument

_MOST_JOBS = 1000  # of a list
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def status_page(found: StatusDocument) -> str:
    """Return the HTML of a status: jobs by state, rate and failures of each flow.

    Parameters
    ----------
    found
        The status.
    """
    states = [state for state in JOB_STATES if any(flow.jobs[state] for flow in found.flows)]
    heads = ["flow", "kind", "about", "state", "done", *states, "jobs an hour", "time left", "submitted"]
    made = f"coatscreen {found.software.coatscreen}, {datetime.now(UTC).strftime('%Y-%m-%d %H:%M UTC')}"
    vain = [[job.job_id, job.why, job.folder] for job in found.queue.in_vain]
    body = [
        _paragraph(f"{made}; job database: {found.database}", "made"),
        _paragraph(f"Queue: {queue_line(found.queue)}"),
        _table(heads, ([*_row(flow, states)] for flow in found.flows))
        if found.flows
        else _paragraph("No flow has been submitted to this site."),
        *(part for flow in found.flows for part in _jobs(flow)),
        *(
            [_heading("Queue jobs that ended before a worker came up"), _table(["job", "why", "folder"], vain)]
            if vain
            else []
        ),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Flows on a queue</title>\n<style>\n{browser_text(STYLE)}</style>\n</head>\n<body>\n"
        "<h1>Flows on a queue</h1>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _row(flow: FlowStatus, states: Sequence[JobState]) -> Iterable[str]:
    left = duration(flow.time_left_s) if flow.state == "running" else "-"
    yield from (flow.name, flow.kind, flow.about, flow.state, f"{flow.done}/{flow.total}")
    yield from (str(flow.jobs[state]) for state in states)
    yield from (number(flow.jobs_per_hour), left, flow.submitted)


def _jobs(flow: FlowStatus) -> Iterable[str]:
    """Yield what went wrong with the jobs of a flow, and the way back."""
    heads = ["job", "started", "why", "host", "folder"]
    for label, jobs in (("failed", flow.failed), ("lost", flow.lost)):
        if jobs:
            yield _heading(f"{flow.name}: {len(jobs)} {label}")
            yield _table(heads, (_job(job) for job in jobs[:_MOST_JOBS]))
            if len(jobs) > _MOST_JOBS:
                yield _paragraph(f"and {len(jobs) - _MOST_JOBS} more: coatscreen status --json names them")
    if flow.need_failed:
        yield _paragraph(f"{flow.name}: {flow.need_failed} more jobs could not run because of these")
    if flow.failed or flow.lost:
        mend = " --failed, once what made them fail is mended" if flow.failed else ""
        yield _paragraph(f"{flow.name}: run again by coatscreen recover{mend}")


def _job(job: QueuedJob) -> list[str]:
    return [job.name, str(job.attempts), job.error or "-", job.host or "-", job.folder or "-"]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    lines = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>'


def _heading(text: str) -> str:
    return f"<h2>{_text(text)}</h2>"


def _paragraph(text: str, kind: str = "note") -> str:
    return f'<p class="{kind}">{_text(text)}</p>'


def _text(text: str) -> str:
    return escape(visible(text))
