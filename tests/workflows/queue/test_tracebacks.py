"""The line that is shown of an error."""

from __future__ import annotations

import traceback

import pytest
from pymongo.errors import AutoReconnect, DocumentTooLarge, OperationFailure

from screening.common.errors import CalculationError, StoreError
from screening.database.stores import LocationError
from workflows.queue.tracebacks import database_fault, error_line


def of(error):
    try:
        raise error
    except Exception:
        return traceback.format_exc()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        pytest.param(CalculationError("no energy"), "no energy", id="ours"),
        pytest.param(ValueError("no\nenergy"), "ValueError: no", id="several lines"),
        pytest.param(KeyError("Li"), "KeyError: 'Li'", id="another's"),
    ],
)
def test_the_first_line_of_the_message(error, line):
    assert error_line(of(error), "n1") == line


def test_the_last_of_several_errors():
    try:
        try:
            raise KeyError("first")
        except KeyError:
            raise CalculationError("second") from None
    except CalculationError:
        assert error_line(traceback.format_exc(), None) == "second"


@pytest.mark.parametrize(("host", "where"), [("n1", " on n1"), (None, "")])
def test_a_worker_without_the_project(host, where):
    text = of(ModuleNotFoundError("No module named 'workflows'"))
    assert error_line(text, host) == (
        f"the Python environment of the worker{where} has no coatscreen "
        "(ModuleNotFoundError: No module named 'workflows')"
    )


@pytest.mark.parametrize(("text", "line"), [("", "it gave no reason"), ("killed\n", "killed")])
def test_without_frames(text, line):
    assert error_line(text, None) == line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (AutoReconnect("n1:27017: connection closed"), "pymongo.errors.AutoReconnect: n1:27017: connection closed"),
        (OperationFailure("the disk is full"), "pymongo.errors.OperationFailure: the disk is full"),
        (StoreError("mongodb://***@n1/c: no server answers"), "mongodb://***@n1/c: no server answers"),
        (DocumentTooLarge("BSON document too large (17000000 bytes)"), None),
        (LocationError("n1/c names no database"), None),
        (ConnectionError("n1 refused"), None),
        (CalculationError("pymongo.errors.AutoReconnect: no"), None),
    ],
)
def test_an_error_of_the_database(error, line):
    assert database_fault(of(error)) == line


def test_an_error_of_the_database_within_one_of_fireworks():
    """FireWorks puts the whole of Python's account into its own message."""
    inner = of(AutoReconnect("n1:27017: connection closed"))
    outer = RuntimeError(f"Error refreshing workflow. The full stack trace is: {inner}")
    assert database_fault(of(outer)) == "pymongo.errors.AutoReconnect: n1:27017: connection closed"
