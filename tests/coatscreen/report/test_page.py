"""A report as HTML: everything is in the file, and nothing of the documents is read as HTML."""

from __future__ import annotations

import base64
import hashlib
import random
from html.parser import HTMLParser

import pytest
from fixtures_ranking import record
from fixtures_report import HOSTILE, data_of, header, lines_of, report_of, reported

from coatscreen.report.page import page
from coatscreen.report.report import ranking_report
from screening.text.visible_text import visible

VOID = {"meta", "br", "link", "img", "input"}


class Tags(HTMLParser):
    """The tags, text and attributes of a page; a tag that is not closed is an error."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.open, self.text, self.addresses = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_nothing_is_loaded():
    html = page(report_of(reported()))
    found = Tags(html)
    assert found.addresses == []
    assert not set(found.seen) & {"link", "img", "iframe", "object", "embed"}
    assert "url(" not in html
    assert "@import" not in html


def test_the_policy_allows_the_script_of_the_page_alone():
    html = page(report_of(reported()))
    script = html.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'" in html
    assert html.count("<script") == html.count("</script") == 2


def test_names_are_text():
    plain = Tags(page(report_of(reported(["A"]))))
    hostile = reported([HOSTILE], cathode=HOSTILE, electrolyte=HOSTILE)
    html = page(report_of(hostile, title=HOSTILE, store=HOSTILE, command=HOSTILE, runs=[HOSTILE], failed=[HOSTILE]))
    found = Tags(html)
    assert set(found.seen) == {*plain.seen, "ul", "li"}
    assert found.seen.count("script") == 2
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert any(visible(HOSTILE) in text for text in found.text)
    assert data_of(html)["rankings"][0]["data"]["coating"] == [visible(HOSTILE)]


def test_the_data_are_those_of_the_report():
    one = report_of(reported())
    assert data_of(page(one)) == one.model_dump(mode="json")


def test_without_javascript_the_table_is_there():
    html = page(report_of(reported(["LiNbO3", "Li3PO4"])))
    table = Tags(html.split("<noscript>")[1].split("</noscript>")[0])
    assert table.seen.count("tr") == 3
    cells = [text for text in table.text if text.strip()]
    assert {"LiNbO3", "Li3PO4", "-10.0", "-11.0"} <= set(cells)


def test_a_long_table_without_javascript_says_that_there_is_more():
    html = page(report_of(reported([f"C{k}" for k in range(1003)], n_details=0)))
    assert html.count("<tr>") == 1001
    assert "and 3 more: coatscreen rank --format csv lists all." in html


def test_why_a_coating_was_not_screened():
    lines = lines_of([record("A"), record("B", interfaces=[], why_missing="no energies of Xx")])
    html = page(report_of(ranking_report(header(), lines, [], None)))
    assert "no energies of Xx" in html
    assert "cathode full unknown" in html


@pytest.mark.slow
def test_ten_thousand_coatings_are_less_than_six_megabytes():
    numbers = random.Random(0)
    [line] = lines_of([record("A")])
    lines = []
    for place in range(10_000):
        values = {name: -100 * numbers.random() for name, value in line["quantities"].items() if value is not None}
        intervals = {
            name: {"low": value - 9 * numbers.random(), "median": value, "high": value + numbers.random()}
            for name, value in values.items()
        }
        uncertainty = {
            "intervals": intervals,
            "probability_of_passing": dict.fromkeys(line["passes"], round(numbers.random(), 3)),
            "probability_of_passing_all": round(numbers.random(), 3),
            "probability_of_rank": {str(place + 1): 0.5},
            "undecided": ["a"],
            "decided_at_probability": 0.9,
        }
        named = {**line, "coating": f"Li{place}X", "rank": place + 1, "uncertainty": uncertainty}
        lines.append({**named, "quantities": {**line["quantities"], **values}})
    html = page(report_of(ranking_report(header(), lines, [], None)))
    assert 1e6 < len(html) < 6e6
