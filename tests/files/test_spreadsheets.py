"""Tables as people's spreadsheets write them."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.files.spreadsheets import column, decimal, read_table


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("a,b\n1, 2\n", ["a", "b"], [(2, ["1", "2"])]),
        ("a;b\n1,5;2\n\n;\n3;4\n", ["a", "b"], [(2, ["1,5", "2"]), (5, ["3", "4"])]),
        ("\ufeffa\tb\r\n1\t2\r\n", ["a", "b"], [(2, ["1", "2"])]),
        ('a,b\n"1,5",2\n', ["a", "b"], [(2, ["1,5", "2"])]),
        ("", [], []),
    ],
)
def test_read(tmp_path, text, columns, rows):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")
    assert read_table(tmp_path / "t.csv", "file") == (columns, rows)


def test_a_column_is_found_in_any_case(tmp_path):
    (tmp_path / "t.csv").write_text("X;Voltage (V);mu\n")
    table = read_table(tmp_path / "t.csv", "file")
    assert column(table, "voltage", "voltage (v)") == 1
    assert column(table, "volt") is None
    (tmp_path / "t.csv").write_text("a,B,b\n")
    with pytest.raises(InputError, match="has the column 'b' twice"):
        read_table(tmp_path / "t.csv", "file")


@pytest.mark.parametrize(("text", "number"), [("3.66", 3.66), ("3,66", 3.66), ("-1e-3", -1e-3), ("-0,5", -0.5)])
def test_numbers(text, number):
    assert decimal(text) == number


@pytest.mark.parametrize("text", ["1,000,000", "1.000,5", "", "much"])
def test_no_numbers(text):
    with pytest.raises(ValueError, match="could not convert"):
        decimal(text)
