"""Files of published values: what is read, and what is malformed or damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.validation.accuracy.literature import LiteratureValue, read_literature
from screening.validation.accuracy.literature_check import literature_errors

CATALOGUE = Catalogue.load()
REACTION = {"quantity": "chemical reaction energy", "unit": "meV/atom", "source": "A et al., J. B 2020, 1, 2"}


class TestReading:
    def test_rows(self, tmp_path: Path) -> None:
        good = {**REACTION, "system": "A|B", "value": -3, "definition": "as usual", "verified": True, "page": 7}
        rows = [good, {"quantity": "x", "system": "y", "unit": "", "source": "z"}, "text", {**good, "source": ""}]
        path = tmp_path / "values.json"
        path.write_text(json.dumps(rows))
        read = read_literature(path)
        assert read.name == "values.json"
        assert [(v.value, v.verified) for v in read.values] == [(-3, True)]
        assert [row.why_missing.partition(":")[0] for row in read.malformed] == [
            f"row {number} is malformed" for number in (2, 3, 4)
        ]
        assert read.malformed[0].system == "y"
        assert "value" in read.malformed[0].why_missing
        listed = literature_errors(synthetic(), CATALOGUE, read).not_compared
        assert listed[:3] == read.malformed
        assert len(listed) == 4  # and A|B, which is no pair of materials: nothing is lost

    @pytest.mark.parametrize(
        ("content", "message"),
        [("[", "is not JSON, or was only half written"), ("{}", "must hold a list"), ("[]", "must hold a list")],
    )
    def test_damaged_files(self, tmp_path: Path, content: str, message: str) -> None:
        path = tmp_path / "values.json"
        path.write_text(content)
        with pytest.raises(InputError, match=message):
            read_literature(path)
        with pytest.raises(InputError, match="does not exist"):
            read_literature(tmp_path / "nothing.json")

    @pytest.mark.parametrize(
        ("source", "short"),
        [
            (
                "A, B, C, Joule 2019, 3, 1252, doi 10.1016/j.x.2019.02.006, Table S1",
                "A, B, C, Joule 2019, doi 10.1016/j.x.2019.02.006",
            ),
            ("Z et al., ACS Nano (2024/25), text, Fig 7", "Z et al., ACS Nano (2024/25)"),
            ("A handbook (K, L), as a file", "A handbook (K, L)"),
            ("A table", "A table"),
        ],
    )
    def test_sources_are_cited_shortly(self, source: str, short: str) -> None:
        row = {**REACTION, "system": "A|B", "value": 1.0, "source": source}
        assert LiteratureValue.model_validate(row).short_source == short
