"""``--doubtful``: the verbs name the doubtful phases that enter a result, or would have."""

from __future__ import annotations

import json

import pytest

from coatscreen.__main__ import execute
from workflows.settings import load_settings

CELL = {"id": "mp-530514", "formula": "Li17Nb18O54", "reason": "oxygen above -2"}


def asked(capsys, *words):
    assert execute([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("doubtful", ["keep", "drop"])
def test_window_names_them_either_way(capsys, doubtful):
    found = asked(capsys, "window", "LiNbO3", "--doubtful", doubtful)
    assert found["doubtful_phases"] == [CELL]
    assert ("Li17Nb18O54" in found["oxidation_products"]) == (doubtful == "keep")
    assert ("doubtful phases dropped" in found["energies"]["name"]) == (doubtful == "drop")


def test_interface_names_them(capsys):
    found = asked(capsys, "interface", "LiCl", "NCM83:half")
    assert found["mutual"]["min_ev_per_atom"] == pytest.approx(0, abs=0.01)
    assert [phase["formula"] for phase in found["doubtful_phases"]] == ["LiClO4"]


def test_stability_names_them(capsys):
    found = asked(capsys, "stability", "LiClO4")
    assert [phase["formula"] for phase in found["doubtful_phases"]] == ["LiClO4"]
    assert asked(capsys, "stability", "LiCl")["doubtful_phases"] == []


def test_text_says_what_was_done(capsys):
    assert execute(["window", "LiNbO3"]) == 0
    assert "doubtful, and dropped; it would have entered: Li17Nb18O54 (mp-530514): oxygen above -2" in (
        capsys.readouterr().out
    )
    assert execute(["window", "LiNbO3", "--doubtful", "keep"]) == 0
    assert "doubtful, and kept: Li17Nb18O54" in capsys.readouterr().out


def test_a_screening_takes_it_from_the_command_line_and_from_a_file(tmp_path):
    assert load_settings(doubtful="keep").energies == "reference~all"
    (tmp_path / "c.yaml").write_text("energies: reference:sevennet\ndoubtful: keep\n")
    assert load_settings(tmp_path / "c.yaml").energies == "reference:sevennet~all"
    assert load_settings().energies == "reference"


def test_another_word_is_refused(capsys):
    assert execute(["window", "LiNbO3", "--doubtful", "maybe"]) == 2
    assert "'--doubtful'" in capsys.readouterr().err
