"""The journal of a calculation of energies: what a kill leaves, and which weights it belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.common.errors import InputError
from screening.energies.packaged.journal import StructureEnergy, begun_with, claim, read_journal
from screening.energies.potentials.models import ModelProvenance
from screening.files.journal import append, cut_half_line

PROVENANCE = ModelProvenance(model="CHGNet test", package="chgnet 0", torch="0", weights_sha256="0" * 64)
OUTCOMES = [
    StructureEnergy(id="a", formula="Li1", n_sites=1, space_group=229, energy_ev_per_atom=-1.9, volume_a3_per_atom=20),
    StructureEnergy(id="b", formula="Li1H1", n_sites=2, space_group=1, error="ValueError: why"),
]


class TestJournal:
    def test_holds_what_was_appended(self, tmp_path: Path) -> None:
        journal = tmp_path / "j.jsonl"
        assert read_journal(journal) == {}
        for outcome in OUTCOMES:
            append(journal, [outcome])
        assert list(read_journal(journal).values()) == OUTCOMES

    def test_a_half_written_last_line_is_cut_off_and_no_more(self, tmp_path: Path) -> None:
        journal = tmp_path / "j.jsonl"
        append(journal, OUTCOMES)
        whole = journal.read_bytes()
        for length in range(len(whole.splitlines(keepends=True)[0]), len(whole)):
            journal.write_bytes(whole[:length])
            assert list(read_journal(journal)) == ["a"]
            cut_half_line(journal)
            append(journal, OUTCOMES[1:])
            assert journal.read_bytes() == whole

    def test_a_damaged_line_is_named(self, tmp_path: Path) -> None:
        journal = tmp_path / "j.jsonl"
        append(journal, OUTCOMES)
        journal.write_text('{"id": "x"}\n' + journal.read_text())
        with pytest.raises(InputError, match=r"j\.jsonl line 1 is damaged"):
            read_journal(journal)

    def test_belongs_to_the_weights_it_was_begun_with(self, tmp_path: Path) -> None:
        journal = tmp_path / "0.3.0.jsonl"
        assert begun_with(journal) is None
        claim(journal, PROVENANCE)
        claim(journal, PROVENANCE.model_copy(update={"torch": "1"}))  # other versions may go on
        assert begun_with(journal) == PROVENANCE
        with pytest.raises(InputError, match=r"begun with CHGNet test, not with CHGNet other: use another folder"):
            claim(journal, PROVENANCE.model_copy(update={"model": "CHGNet other", "weights_sha256": "1" * 64}))

    def test_a_damaged_note_of_the_weights_is_refused(self, tmp_path: Path) -> None:
        journal = tmp_path / "0.3.0.jsonl"
        claim(journal, PROVENANCE)
        (tmp_path / "0.3.0.model.json").write_text("{")
        with pytest.raises(InputError, match="does not name the weights"):
            claim(journal, PROVENANCE)

    def test_of_two_outcomes_of_one_structure_the_later_counts(self, tmp_path: Path) -> None:
        journal = tmp_path / "j.jsonl"
        append(journal, [OUTCOMES[0], OUTCOMES[0].model_copy(update={"energy_ev_per_atom": -2.5})])
        assert read_journal(journal)["a"].energy_ev_per_atom == -2.5
