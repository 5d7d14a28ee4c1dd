"""A report as one HTML file that loads nothing.

What the page shows is made by its script from the report's data, which stand in the file gzipped and as base64, so that
no text of theirs can be taken for HTML. A policy in the file allows that one script and nothing else. Without
JavaScript there are the answers, the best of each ranking as tables, and where the numbers come from.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import orjson

from coatscreen.output import number
from coatscreen.report.report_documents import Cell, RankingReport, Report
from screening.text.visible_text import visible

_HERE = Path(__file__).parent / "browser"
STYLE = "page.css"
_SCRIPTS = ("elements.js", "drawings.js", "ranking.js", "coating.js", "report.js")
_MOST_ROWS = 1000  # of a ranking without JavaScript
_MARKS = {"yes": "passed", "NO": "failed", "?": "unknown"}


def page(report: Report, links: Mapping[str, str] | None = None) -> str:
    """Return the HTML of a report.

    Parameters
    ----------
    report
        The report.
    links
        Paths of other pages and what they are called, where it is served beside others; none in a file.
    """
    shown = Report.model_validate(only_visible(report.model_dump()))
    script = "\n".join(["", *map(browser_text, _SCRIPTS)])
    data = gzip.compress(orjson.dumps(shown.model_dump(mode="json")), mtime=0)
    return Template(browser_text("page.html")).substitute(
        title=escape(shown.title),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=browser_text(STYLE),
        made=escape(f"coatscreen {shown.software.coatscreen}, {shown.made}"),
        links=_links(links or {}),
        answers="".join(_answer(number, one) for number, one in enumerate(shown.rankings)),
        tables="".join(map(_table, shown.rankings)),
        origins="".join(_origin(number, one) for number, one in enumerate(shown.rankings)),
        how=_how(shown),
        data=base64.b64encode(data).decode(),
        script=script,
    )


def _links(links: Mapping[str, str]) -> str:
    listed = " · ".join(f'<a href="{escape(path)}">{escape(name)}</a>' for path, name in links.items())
    return f'<nav class="screen">{listed}</nav>\n' if listed else ""


def browser_text(name: str) -> str:
    """Return the text of one of the files that pages are made of."""
    return (_HERE / name).read_text(encoding="utf-8")


def only_visible(value: Any) -> Any:
    """Return data in which no text holds an invisible character."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(name): only_visible(one) for name, one in value.items()}
    return [only_visible(one) for one in value] if isinstance(value, list) else value


def _answer(place: int, ranking: RankingReport) -> str:
    first, *rest = ranking.answer
    return (
        f'<section class="of-ranking" data-ranking="{place}"><h2>{escape(_name(ranking))}</h2>'
        f'<p class="answer">{escape(first)}</p>{"".join(f"<p>{escape(sentence)}</p>" for sentence in rest)}</section>'
    )


def _name(ranking: RankingReport) -> str:
    return f"Coatings on {ranking.cathode} against {ranking.electrolyte}"


def _table(ranking: RankingReport) -> str:
    """Return the best of a ranking as a table for a page without JavaScript."""
    data = ranking.data
    numbers = {column.name: (column.label, column.digits) for column in ranking.columns}
    numbers |= {face.quantity: (face.label, 1) for face in ranking.faces}
    heads = ["rank", "coating", "tier", "not passed", *(label for label, _ in numbers.values()), "why missing"]
    lines = []
    for row in range(min(_MOST_ROWS, ranking.n_coatings)):
        cells = [
            _text(data["rank"][row]),
            _text(data["coating"][row]),
            _text(data["tier"][row]),
            _not_passed(ranking, row),
            *(_text(data[name][row], digits) for name, (_, digits) in numbers.items()),
            _text(data["why_missing"][row], missing=""),
        ]
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    more = ranking.n_coatings - len(lines)
    note = f"<p>and {more:,} more: coatscreen rank --format csv lists all.</p>" if more > 0 else ""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    return (
        f'<h2>{escape(_name(ranking))}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>{note}"
    )


def _not_passed(ranking: RankingReport, row: int) -> str:
    marks = {one.name: ranking.data[f"passes {one.name}"][row] for one in ranking.criteria}
    return ", ".join(f"{name} {_MARKS[str(mark)]}" for name, mark in marks.items() if mark in ("NO", "?"))


def _text(value: Cell, digits: int | None = 0, missing: str = "-") -> str:
    return number(value, digits, missing) if value is None or isinstance(value, float) else str(value)


def _origin(place: int, ranking: RankingReport) -> str:
    energies = ranking.energies
    lines = [
        f"{energies.name}, version {energies.version}: {energies.functional}; corrections: {energies.correction}; "
        f"{energies.n_phases:,} phases; SHA-256 {energies.sha256}.",
        *([f"Source: {energies.source}."] if energies.source else []),
        *ranking.energies_error,
        *([ranking.profiles] if ranking.profiles else []),
        "Criteria: " + "; ".join(ranking.criteria_text) + ".",
    ]
    return (
        f'<section class="of-ranking" data-ranking="{place}"><h2>Energies and criteria: {escape(_name(ranking))}</h2>'
        + "".join(f"<p>{escape(line)}</p>" for line in lines)
        + "</section>"
    )


def _how(report: Report) -> str:
    """Say how the page is made again, and how it is cited."""
    runs = "".join(f"<li>{escape(run)}</li>" for run in report.runs)
    failed = "".join(f"<li>{escape(job)}</li>" for job in report.failed)
    sources = sorted({f"{one.energies.name} ({one.energies.source})" for one in report.rankings})
    return (
        f"<p>Database: {escape(report.store)}. This page again:</p><pre>{escape(report.command)}</pre>"
        + (f"<p>Runs:</p><ul>{runs}</ul>" if runs else "")
        + (f"<p>Jobs that failed:</p><ul>{failed}</ul>" if failed else "")
        + "<p>To cite: "
        + escape(f"coatscreen {report.software.coatscreen}, with the energies {'; '.join(sources)}.")
        + "</p>"
    )
