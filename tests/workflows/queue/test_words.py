"""The names that job databases hold: they are found, and they stay."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest

from workflows.queue import words

STORED = {
    "LABEL": "coatscreen",
    "COLLECTING": "collect the result",
    "NEEDS": "needs ",
    "RUN_JOB": "workflows.queue.tasks.run_job",
    "COLLECT_RESULT": "workflows.queue.tasks.collect_result",
    "RUN_REMOTE_JOB": "workflows.queue.tasks.run_remote_job",
    "COLLECT_REMOTE_RESULT": "workflows.queue.tasks.collect_remote_result",
    "WORKER": "workflows.queue.fireworks.worker.main",
}


def test_what_is_stored_stays():
    """Flows submitted before an update are read, and their jobs run, after it: none of these may change."""
    assert {name: getattr(words, name) for name in STORED} == {
        **STORED,
        "WORKER": STORED["WORKER"].removesuffix(".main"),
    }


@pytest.mark.parametrize("name", [name for name, value in STORED.items() if value.startswith("workflows.")])
def test_what_a_worker_is_told_to_run_is_there(name):
    """Defined there too: jobflow-remote stores the module in which a function is defined."""
    if "fireworks" in STORED[name]:
        pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
    function = resolve_name(STORED[name])
    assert f"{function.__module__}.{function.__qualname__}" == STORED[name]
