"""Files of a catalogue: a user's entries follow the packaged ones, which stay as they are."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.materials.catalogue_files import read_entries

MINE = "coatings:\n  - {name: LTB, aliases: [lithium tetraborate], formula: Li2B4O7}\n"


def test_own_entries_follow_the_packaged_ones(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    packaged, extended = read_entries(), read_entries(file)
    assert set(packaged) == {"coatings", "electrolytes", "cathodes", "anodes"}
    assert extended["coatings"][:-1] == packaged["coatings"]
    assert (extended["coatings"][-1].name, extended["coatings"][-1].role) == ("LTB", "coating")
    assert extended["cathodes"] == packaged["cathodes"]
    assert read_entries() == packaged


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (MINE + MINE.partition("\n")[2], "'LTB' already names 'LTB'"),
        ("coating: []\n", r"unknown key 'coating' \(did you mean coatings\?\)"),
        ("coatings: {}\n", "coatings is not a list"),
        ("coatings:\n  - {name: X, formula: Li2O, role: anode}\n", "unknown key 'role'"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path, text, reason):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=f"mine.yaml: .*{reason}"):
        read_entries(file)
