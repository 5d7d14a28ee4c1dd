"""Rankings made up to be reported."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

from fixtures_ranking import ENERGIES, bare, record

from coatscreen.report.report import ranking_report
from coatscreen.report.report_documents import RankingReport, Report
from screening.coatings.ranking import RankingHeader, rank_coatings
from screening.common.provenance import software
from screening.criteria.criteria import default_criteria

HOSTILE = "a\"b'</script><script>alert(1)</script>&lt;\x1b[31m\u202e=1+1"


def header(**changed: Any) -> RankingHeader:
    """What a made-up ranking rests on."""
    fields: dict[str, Any] = {
        "energies": ENERGIES,
        "ranking_id": "0" * 32,
        "cathode": "NCM83",
        "electrolyte": "Li6PS5Cl",
        "sampling": None,
        "criteria": {criterion.name: criterion for criterion in default_criteria()},
        "bare_interface": bare(),
    }
    return RankingHeader(**{**fields, **changed})


def lines_of(records: Any) -> list[dict[str, Any]]:
    """Rank records, and return them as the database yields them."""
    return [coating.model_dump(mode="json") for coating in rank_coatings(records, bare())]


def reported(names: Any = ("LiNbO3", "Li3PO4"), n_details: int = 100, **changed: Any) -> RankingReport:
    """The report of made-up coatings, each a little worse than the one before."""
    records = [record(name, partner=-10.0 - place) for place, name in enumerate(names)]
    return ranking_report(header(**changed), lines_of(records), records[:n_details], None)


def report_of(*rankings: RankingReport, **changed: Any) -> Report:
    """Put rankings into a report."""
    fields: dict[str, Any] = {
        "title": "Cathode coatings",
        "store": "results/coatings",
        "command": "coatscreen report --output report.html",
        "runs": [],
        "failed": [],
        "software": software(),
        "made": "2026-01-01 00:00 UTC",
        "rankings": list(rankings),
    }
    return Report(**{**fields, **changed})


def data_of(html: str) -> Any:
    """Return the data that a page holds."""
    [packed] = re.findall(r'<script type="application/gzip" id="data">([A-Za-z0-9+/=]*)</script>', html)
    return json.loads(gzip.decompress(base64.b64decode(packed)))
