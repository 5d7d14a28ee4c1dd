"""The packaged table of prices and supply is what the installed pymatgen says."""

import json

import pytest

from screening.chemistry.economics import PACKAGED
from screening.chemistry.economics_table import table, text
from screening.chemistry.elements import ELEMENTS


def test_the_packaged_table():
    packaged, made = json.loads(PACKAGED.read_text(encoding="utf-8")), table()
    assert list(packaged["elements"]) == list(ELEMENTS)
    assert packaged["columns"] == made["columns"]
    for symbol, row in made["elements"].items():
        for found, expected in zip(packaged["elements"][symbol], row, strict=True):
            same = None if expected is None else pytest.approx(expected, rel=1e-4)  # masses are measured ever better
            assert found == same, symbol
    assert "2013" in packaged["source"]["price_usd_per_kg"]


def test_the_text_is_the_table_with_an_element_a_line():
    made = text()
    assert json.loads(made) == table()
    assert sum(line.startswith('    "') and "[" in line for line in made.splitlines()) >= len(ELEMENTS)
