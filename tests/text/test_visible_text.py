"""What is printed does nothing to a terminal, and what is written nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from fixtures_screening import settings_for
from fixtures_tasks import computed_entry
from hypothesis import given
from hypothesis import strategies as st

from coatscreen.__main__ import execute
from coatscreen.output import note, print_csv, print_table
from screening.database import StoreLocation
from screening.text.terminal import Shown, shown
from screening.text.visible_text import cell, visible, visible_lines
from workflows.run import run_screening

RED, TURNED, TITLE = "\x1b[31m", "\u202e", "\x1b]0;title\x07"
HOSTILE = f"LiF{RED}{TITLE}\x9b2J{TURNED}oib\u2066\u200b\r\x7f\x08"
ASKED = ["stability", "Li", "--energies", "entries.json"]


@given(st.text())
def test_what_is_shown_can_be_printed(text):
    for one in visible(text):
        assert one.isprintable() or one.isspace()
        assert one not in "\n\t\r\x0b\x0c\x85\u2028\u2029"
    assert visible(visible(text)) == visible(text)
    assert json.loads(f'"{visible(text)}"') == text if not set(text) & set('"\\') else True
    assert visible_lines(text).splitlines() == text.splitlines() or not text.isprintable()


def test_usual_text_stays():
    text = "β-Li₃PS₄ | 1.5Li2S·0.5P2S5 → a 'b' \"c\" \\ 10\u00a0µm 日本 é\u0301"
    assert visible(text) == text
    assert visible("a\tb\nc") == r"a\tb\nc"
    assert visible_lines("a\tb\nc\x1b") == "a\tb\nc\\u001b"


@pytest.mark.parametrize("text", ["=1+1", "+x", "-Li", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-", "="])
def test_a_cell_that_a_spreadsheet_would_compute_begins_with_an_apostrophe(text):
    assert cell(text) == "'" + visible(text)


@pytest.mark.parametrize("value", ["LiF", "-3.5", "+1e-3", "-inf", "", "a=b", "'=1", -3.5, 0, None, True])
def test_other_cells_stay(value):
    assert cell(value) == value


# -- streams ----------------------------------------------------------------------------------------


def harmless(text):
    return all(one.isprintable() or one in "\n\t" for one in text)


def test_everything_printed_while_a_verb_runs_is_shown(capsys):
    with shown():
        print(HOSTILE)
        print_table([HOSTILE, "b"], [[HOSTILE, "\n\n"]], title=HOSTILE)
        note(HOSTILE + "\nsecond line")
        print(HOSTILE, file=sys.stderr)
    printed = capsys.readouterr()
    assert harmless(printed.out + printed.err)
    assert r"LiF\u001b[31m\u001b]0;title\u0007\u009b2J\u202eoib\u2066\u200b\r\u007f\b" in printed.out
    assert r"\b\nsecond line" in printed.err


def test_json_stays_json(capsys):
    with shown():
        sys.stdout.write(json.dumps({"a": HOSTILE, "b": "\U000e0001"}, ensure_ascii=False))
    printed = capsys.readouterr().out
    assert harmless(printed)
    assert json.loads(printed) == {"a": HOSTILE, "b": "\U000e0001"}


@pytest.mark.parametrize("form", [["--json"], []])
def test_names_out_of_files(own_folder, tmp_path, capsys, form):
    """In tables, notes and errors."""
    (tmp_path / "entries.json").write_text(json.dumps([computed_entry("Li", -1.9, entry_id=HOSTILE)]))
    assert execute([*ASKED, *form]) == 0
    printed = capsys.readouterr()
    assert harmless(printed.out + printed.err)
    if form:
        assert json.loads(printed.out)["phase"]["source_id"] == HOSTILE
    for arguments in (["stability", HOSTILE], ["--energies", HOSTILE], ["rank", "--store", HOSTILE], ["rank", HOSTILE]):
        assert execute(arguments) == 2
        printed = capsys.readouterr()
        assert harmless(printed.out + printed.err)
        assert printed.err.count("\n") == 1


def test_csv_of_a_database(own_folder, tmp_path, capsys):
    settings = settings_for(tmp_path)
    run_screening(settings)
    with StoreLocation(settings.store).open("coatings") as store:
        document = store.query_one({"coating": "HfO2"})
        store.update({**document, "coating": "=1+1", "formula": HOSTILE})
    asked = ["--store", str(settings.store), "--format", "csv"]
    assert execute(["query", *asked, "--fields", "coating,formula,worst_mutual_mev_per_atom"]) == 0
    printed = capsys.readouterr().out
    assert harmless(printed)
    rows = {row["coating"]: row for row in csv.DictReader(io.StringIO(printed))}
    assert set(rows) == {"LiNbO3", "Li3PO4", "'=1+1"}
    assert rows["'=1+1"]["formula"] == visible(HOSTILE)
    assert float(rows["LiNbO3"]["worst_mutual_mev_per_atom"]) <= 0  # a number is no formula
    assert execute(["rank", *asked]) == 0
    printed = capsys.readouterr().out
    assert harmless(printed)
    assert "'=1+1" in {row["coating"] for row in csv.DictReader(io.StringIO(printed))}


def test_csv_of_lines(capsys):
    print_csv([{"=a": "=b", "c": -1}, {"c": 'say "x",\n'}])
    assert capsys.readouterr().out == '\'=a,c\n\'=b,-1\n,"say ""x"",\\n"\n'


# -- streams that take nothing ----------------------------------------------------------------------


def run(command, **options):
    """Run the program in a shell; return its status and stderr."""
    shell = f"{sys.executable} -m coatscreen {command}"
    ran = subprocess.run(["bash", "-c", shell], stderr=subprocess.PIPE, text=True, check=False, timeout=120, **options)
    return ran.returncode, ran.stderr


@pytest.mark.parametrize("verb", ["cathode NCM83", "cathode NCM83 --json", "cathode NCM83 --format parquet", "--help"])
def test_a_full_disk(verb):
    """Whichever of the program's ways to print meets it first."""
    said = "coatscreen: the output cannot be written: No space left on device\n"
    assert run(f"{verb} > /dev/full") == (1, said)


def test_a_closed_output(tmp_path):
    """A database that is opened next would take its place, and be printed into."""
    run_it = f"run --store {tmp_path}/db >&-"
    assert run(run_it) == (1, "coatscreen: standard output is closed: nothing was done\n")
    assert not (tmp_path / "db").exists()
    assert run(f"{run_it} 2>&-") == (1, "")


def test_nobody_to_tell_of_an_error():
    assert run("cathode nonsense 2> /dev/full")[0] == 2
    assert run("cathode nonsense 2>&-")[0] == 2
    assert run("cathode NCM83 2>&- | cat > /dev/null")[0] == 0


def test_a_reader_who_has_read_enough():
    status, said = run("cathode NCM83 | head -1 > /dev/null; exit ${PIPESTATUS[0]}")
    assert status in (0, 1)  # it may have been read before it ended
    assert said == ""


def test_a_stream_that_breaks_later(capsys):
    class Broken(io.StringIO):
        def flush(self):
            raise OSError(os.strerror(28))

    stream = Shown(Broken())
    assert stream.write("a") == 1
    with pytest.raises(Exception, match="the output cannot be written: No space left on device"):
        stream.flush()
