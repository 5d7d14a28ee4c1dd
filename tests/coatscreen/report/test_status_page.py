"""The state of flows as a page: the numbers of the document, and what went wrong as text."""

from __future__ import annotations

import re

from fixtures_queue import flow_of, queued
from fixtures_report import HOSTILE

from coatscreen.__main__ import execute
from coatscreen.report.status_page import status_page
from screening.text.visible_text import visible
from workflows.queue.flow_documents import QueueJobInVain, QueueState, StatusDocument
from workflows.queue.status import flow_status


def status_of(*flows, in_vain=()):
    queue = QueueState(scheduler="slurm", running=1, pending=2, why_missing=None, in_vain=list(in_vain))
    return StatusDocument(database="mongodb://***@n1/c", flows=[flow_status(flow) for flow in flows], queue=queue)


def rows(html):
    """The cells of the first table, a head and its value."""
    table = html.split("<table>")[1].split("</table>")[0]
    heads = re.findall(r"<th[^>]*>(.*?)</th>", table)
    return [dict(zip(heads, re.findall(r"<td>(.*?)</td>", row), strict=True)) for row in table.split("<tr>")[2:]]


def test_jobs_by_state():
    found = status_of(flow_of(queued(1, "completed"), queued(2, "failed", error="no memory"), queued(3, "running")))
    html = status_page(found)
    [row] = rows(html)
    assert {state: row[state] for state in ("completed", "failed", "running")} == dict.fromkeys(
        ("completed", "failed", "running"), "1"
    )
    assert row["done"] == f"{found.flows[0].done}/{found.flows[0].total}"
    assert "lost" not in row
    assert "no memory" in html
    assert "coatscreen recover --failed" in html
    assert "Queue: 1 running, 2 pending (slurm)" in html


def test_without_a_flow():
    html = status_page(status_of())
    assert "No flow has been submitted to this site." in html
    assert "<table>" not in html


def test_what_a_job_says_is_text():
    vain = QueueJobInVain(job_id="12", folder="/runs/a", why=HOSTILE)
    html = status_page(status_of(flow_of(queued(1, "failed", error=HOSTILE)), in_vain=[vain]))
    assert "<script" not in html
    assert "\x1b" not in html
    assert html.count(visible("&lt;script&gt;alert(1)")) == 2
    assert "default-src 'none'; style-src 'unsafe-inline'" in html


def test_a_page_that_cannot_be_written_is_one_line(capsys, tmp_path):
    assert execute(["status", "--html", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
