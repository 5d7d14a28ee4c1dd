"""The journal of a long calculation: one holder, and what a kill leaves is written again."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.common.errors import InputError
from screening.files.journal import Outcome, append, cut_half_line, held_journal, read_outcomes


def test_a_line_that_a_kill_cut_is_not_read_and_written_again(tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    append(journal, [Outcome(id="a"), Outcome(id="b")])
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-3])
    assert list(read_outcomes(journal, Outcome)) == ["a"]
    cut_half_line(journal)
    append(journal, [Outcome(id="b")])
    assert journal.read_bytes() == whole


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    journal = tmp_path / "deep" / "j.jsonl"
    with held_journal(journal), pytest.raises(InputError, match=r"another process is writing .*j\.jsonl"):
        held_journal(journal).__enter__()
    with held_journal(journal):
        assert journal.parent.is_dir()
