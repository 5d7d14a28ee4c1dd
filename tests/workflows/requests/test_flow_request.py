"""What goes to a queue of a collector: its kind and its fields, and no place in the code that may change."""

from __future__ import annotations

import json
from pkgutil import resolve_name

import pytest

from screening.common.errors import CalculationError
from workflows.requests.flow_request import COLLECTORS, ResultCollector
from workflows.stack import StackCollector


@pytest.mark.parametrize("kind", COLLECTORS)
def test_every_kind_has_its_collector(kind):
    assert resolve_name(COLLECTORS[kind]).kind == kind


def test_every_collector_has_a_kind():
    of_kinds = {resolve_name(where) for where in COLLECTORS.values()}
    of_results = ResultCollector.__subclasses__()  # one for each kind of result, as ResultCollector[VacancyDocument]
    found = {collector for result in of_results for collector in result.__subclasses__()}
    assert {collector for collector in found if collector.__module__.startswith("workflows.")} == of_kinds


def test_the_kinds_stay():
    """They are in job databases: a flow submitted before an update is collected after it."""
    assert sorted(COLLECTORS) == ["atlas", "energies", "orderings", "screening", "stacks", "vacancies"]


def test_a_text_names_the_kind_alone():
    text = StackCollector(result="search").to_text()
    assert json.loads(text) == {"kind": "stacks", "fields": {"result": "search"}}
    assert ResultCollector.from_text(text) == StackCollector(result="search")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "stack", "fields": {}}, r"unknown kind of result 'stack' \(did you mean stacks\?\): the flow was"),
        ({"class": "workflows.stack:StackCollector", "fields": {}}, "unknown kind of result 'None'"),
    ],
)
def test_an_unknown_kind_is_said_to_be(data, message):
    with pytest.raises(CalculationError, match=message):
        ResultCollector.from_text(json.dumps(data))
