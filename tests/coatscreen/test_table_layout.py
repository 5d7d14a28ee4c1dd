"""Tables in narrow and wide terminals: nothing that is shown is cut, and what is not shown is named."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coatscreen.output import print_table
from coatscreen.table_layout import laid_out

HEADS = ["rank", "coating", "worst", "tier", "fails", "Pareto"]
ROWS = [
    ["1", "Li3PO4", "0.0 [-27.9 to 0.0]", "1", "", "1"],
    ["2", "0.5Li2CO3+0.5LiNbO3", "-105.1 [-140.5 to -58.8]", "4", "oxidation, electrolyte", "2"],
]


def shown_at(columns, heads=HEADS, rows=ROWS, **options):
    """Print a table in a terminal of some columns; return its lines."""
    code = f"from coatscreen.output import print_table; print_table({heads!r}, {rows!r}, **{options!r})"
    return in_terminal(columns, [sys.executable, "-c", code])


def in_terminal(columns, command, cwd=None):
    """Run a command in a terminal of some columns; return the lines it shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    shown = b""
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=environment, cwd=cwd) as process:
        os.close(theirs)
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        error = process.stderr.read().decode()
    os.close(ours)
    assert process.returncode == 0, error
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n").splitlines()


# -- the choice of columns --------------------------------------------------------------------------------


def test_without_a_limit_all_columns_are_as_wide_as_they_need():
    layout = laid_out(HEADS, ROWS, None)
    assert layout.dropped == []
    assert layout.widths["worst"] == len(ROWS[1][2])
    assert layout.total == sum(layout.widths.values()) + 3 * len(HEADS) + 1


RIGID = {"rank", "worst", "tier", "Pareto"}


def test_words_are_broken_before_a_column_is_dropped():
    layout = laid_out(HEADS, ROWS, 94, RIGID)
    assert (layout.dropped, layout.total) == ([], 94)
    assert 16 <= layout.widths["fails"] < len("oxidation, electrolyte")
    assert layout.widths["coating"] == len("0.5Li2CO3+0.5LiNbO3")


def test_columns_get_their_place_in_the_order_of_importance():
    assert laid_out(HEADS, ROWS, 80, RIGID).dropped == ["fails"]
    assert laid_out(HEADS, ROWS, 60, RIGID).dropped == ["tier", "fails", "Pareto"]
    layout = laid_out(HEADS, ROWS, 60, RIGID, ["coating", "fails", "tier"])
    assert layout.dropped == ["worst", "Pareto"]
    assert list(layout.widths) == ["rank", "coating", "tier", "fails"]  # from left to right as they are given


def test_where_the_two_most_important_do_not_fit_there_is_no_table():
    assert laid_out(HEADS, ROWS, 40, {"worst"}, ["coating", "worst"]) is None
    assert laid_out(HEADS, ROWS, 40, {"worst"}, ["coating", "rank"]).dropped == ["worst", "fails", "Pareto"]


words = st.text("LiPO3(4)-.0+", min_size=1, max_size=14)
cells = st.lists(words, max_size=8).map(" ".join)


@given(
    st.integers(1, 7).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), max_size=5)),
    st.integers(20, 200),
)
def test_a_table_fits_and_cuts_no_word(rows, room):
    heads = [f"column {i}" for i in range(len(rows[0]) if rows else 3)]
    rigid = set(heads[::2])
    layout = laid_out(heads, rows, room, rigid)
    if layout is None:
        return
    assert layout.total <= room
    assert sorted([*layout.widths, *layout.dropped]) == sorted(heads)
    for head, width in layout.widths.items():
        for row in rows:
            cell = row[heads.index(head)]
            assert width >= (len(cell) if head in rigid else max(map(len, cell.split()), default=0))


# -- what is printed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_table_in_a_terminal_is_no_wider_and_cuts_nothing(columns):
    lines = shown_at(columns, numeric=["rank", "worst", "tier", "Pareto"], importance=["coating", "rank", "tier"])
    assert max(map(len, lines)) <= columns
    shown = " ".join(" ".join(lines).split())
    assert "…" not in shown
    for name in ("Li3PO4", "0.5Li2CO3+0.5LiNbO3"):
        assert name in shown
    missing = shown.partition("no room for: ")[2].partition(";")[0].split(", ")
    assert missing == {60: ["worst", "Pareto"], 80: ["fails"], 120: [""]}[columns]
    for head, values in zip(HEADS, zip(*ROWS, strict=True), strict=True):
        assert (head in missing) or all(value in shown for value in values if head != "fails")


def test_what_is_left_out_is_said_with_the_option_that_shows_it():
    lines = shown_at(50, importance=["coating", "rank"], elsewhere="--format csv")
    assert " ".join(lines[-2:]) == ("no room for: tier, fails, Pareto; a wider terminal or --format csv shows them")


def test_a_row_is_a_block_where_no_table_fits():
    lines = shown_at(30, title="Coatings", numeric=["worst"], importance=["coating", "worst"])
    text = "\n".join(lines)
    assert lines[0] == "Coatings"
    assert "coating: 0.5Li2CO3+0.5LiNbO3" in text
    assert "worst: -105.1 [-140.5 to\n-58.8]" in text  # between words
    assert "Pareto: 2" in text
    assert "no room" not in text


def test_into_a_file_all_columns_are_written(capsys):
    print_table(HEADS, [[*row[:4], "word " * 60, row[5]] for row in ROWS])
    lines = capsys.readouterr().out.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == 6
    assert len(lines[0]) > 300


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screened")
    command = [sys.executable, "-m", "coatscreen", "run", "--store", "db", "--json"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_ranking_in_a_terminal_has_every_name_and_whole_numbers(database, columns):
    lines = in_terminal(columns, [sys.executable, "-m", "coatscreen", "rank", "--store", "db"], database)
    table = [line for line in lines if line.startswith("│")]
    assert len(table) >= 5
    assert max(map(len, lines)) <= columns or columns < 80  # criteria are longer words than 60 columns take
    assert max(map(len, table)) <= columns
    for name in ("Li3PO4", "HfO2", "LiTaO3", "Li2SO4", "LiNbO3"):
        assert sum(name in [cell.strip() for cell in line.split("│")] for line in table) == 1
    assert "…" not in "".join(lines)
    assert any("-313.8" in [cell.strip() for cell in line.split("│")] for line in table)  # the worst contact
    dropped = " ".join(lines).partition("no room for: ")[2].partition(";")
    assert {60: "window (V)", 80: "window (V)", 120: "Pareto"}[columns] in dropped[0]
    assert dropped[2].startswith(" a wider terminal or --format csv shows them")
