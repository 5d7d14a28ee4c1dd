"""Where the packaged energies have different phases of a compound lowest."""

from __future__ import annotations

import json

import pytest

from coatscreen.__main__ import execute
from screening import open_energies
from screening.chemistry.formulas import parse_formula
from screening.energies.ground_states import other_ground_states


def energies(source, formula):
    phases = open_energies(source)
    return {phases.table.id(i): float(phases.energies[i]) for i in phases.polymorphs(parse_formula(formula))}


def test_olivine_is_the_ground_state_elsewhere(reference):
    found = other_ground_states(reference, parse_formula("LiFePO4"))
    (r2scan,) = (one for one in found if one.energies == "reference:r2scan")
    assert (r2scan.source_id, r2scan.space_group) == ("mp-19017", 62)
    here, there = energies("reference", "LiFePO4"), energies("reference:r2scan", "LiFePO4")
    lowest = min(here, key=here.__getitem__)
    assert r2scan.above_here_ev_per_atom == pytest.approx(here["mp-19017"] - here[lowest], abs=1e-9)
    assert r2scan.below_there_ev_per_atom == pytest.approx(there[lowest] - there["mp-19017"], abs=1e-9)
    assert r2scan.below_there_ev_per_atom > 1e-3


@pytest.mark.parametrize("formula", ["LiNbO3", "Li3PO4", "LiF"])
def test_where_they_agree_nothing_is_doubtful(reference, formula):
    for source in ("reference", "reference:r2scan", "reference:sevennet"):
        here = energies(source, formula)
        assert min(here, key=here.__getitem__) == min(energies("reference", formula).items(), key=lambda x: x[1])[0]
    assert other_ground_states(reference, parse_formula(formula)) == []


def test_stability_says_so(capsys):
    assert execute(["stability", "LiFePO4"]) == 0
    assert "doubtful ground state: in reference:r2scan mp-19017, space group 62" in capsys.readouterr().out
    assert execute(["stability", "LiFePO4#mp-19017", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["phase"]["source_id"], answer["other_ground_states"]) == ("mp-19017", [])
