"""``coatscreen oxygen``: its table, its JSON, and what it refuses."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file, synthetic

from coatscreen.__main__ import execute
from screening.heat.oxygen.oxygen_contacts import oxygen_document
from screening.heat.oxygen.oxygen_documents import OxygenDocument
from screening.materials.catalogue import Catalogue

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture
def cli(capsys, energies):
    def run(*arguments):
        status = execute(["oxygen", *arguments, "--energies", energies])
        return status, *capsys.readouterr()

    return run


def test_json_is_the_document(cli):
    status, out, _ = cli(
        *("NCM83", "--electrolyte", "Li6PS5Cl", "--coating", "LiNbO3", "--lithiation", "half,0.2"),
        *("--temperature", "500", "--pressure", "0.21", "--json"),
    )
    assert status == 0
    host = Catalogue.load().cathode("NCM83")
    expected = oxygen_document(synthetic(), host, [0.5, 0.2], 500, 0.21, "Li6PS5Cl", "LiNbO3")
    assert OxygenDocument.model_validate(json.loads(out)) == expected


def test_table_of_the_contacts(cli):
    status, out, _ = cli("NCM83", "--electrolyte", "Li6PS5Cl", "--coating", "LiNbO3", "--lithiation", "0.5")
    assert status == 0
    host = Catalogue.load().cathode("NCM83")
    (state,) = oxygen_document(synthetic(), host, [0.5], 300, 1, "Li6PS5Cl", "LiNbO3").states
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if "│" in line]
    for column, side in (("bare", state.closed.bare), ("coated", state.closed.coated)):
        row = next(row for row in cells if row[1] == column)
        assert float(row[2]) == pytest.approx(1000 * side.reaction.mutual.energy_ev, abs=0.5)
        assert float(row[3]) == pytest.approx(side.oxygen_per_electrolyte_formula_unit, abs=0.005)
        shares = [100 * getattr(share, column) for share in state.closed.shares]
        assert [float(cell) for cell in row[4:]] == pytest.approx(shares, abs=0.5)
    assert "Removed: 1 - coated / bare" in out


@pytest.mark.parametrize(("asked", "rows"), [((), 21), (("--electrolyte", "Li3PS4"), 5)])
def test_states_taken_where_none_are_asked_for(cli, asked, rows):
    status, out, _ = cli("NCM83", *asked, "--json")
    assert status == 0
    states = json.loads(out)["states"]
    assert len(states) == rows
    charges = [state["cathode"]["state_of_charge"] for state in states]
    assert charges == pytest.approx([k / (rows - 1) for k in range(rows)])
    assert all((state["closed"] is None) == (not asked) for state in states)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("NCM83", "--coating", "LiNbO3"), "LiNbO3"),
        (("NCM93",), "NCM90"),
        (("LiTiS2",), "no oxygen"),
        (("NCM83", "--lithiation", "0.5,2"), "0 to 1"),
        (("NCM83", "--lithiation", "haf"), "half"),
        (("NCM83", "--temperature", "5000"), "5000 K"),
        (("NCM83", "--pressure", "0"), "0 bar"),
        (("NCM83", "--electrolyte", "Li6PS5Cx"), "no element Cx"),
        (("NCM83", "--electrolyte", "Li10GeP2S12"), "Ge"),
    ],
)
def test_refused_in_one_line(cli, arguments, named):
    status, out, err = cli(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("coatscreen: ")
    assert err.count("\n") == 1
    assert named in err
