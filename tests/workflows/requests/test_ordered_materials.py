"""Energies of disordered materials, from the request to the table: against CHGNet by itself."""

from __future__ import annotations

import json
import sys

import pytest
from filelock import FileLock
from fixtures_cells import cell

from coatscreen.__main__ import execute
from screening.cathodes.ordering.cell_table import (
    mixing_energy_ev_per_atom,
    phase_of_cell,
    phases_of_cells,
    read_cells,
    relaxation_ev_per_atom,
)
from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, read_packaged
from screening.energies.source import open_energies
from screening.equilibrium.reactant import Reactant


@pytest.fixture(scope="module")
def plain():
    """The packaged energies without cells."""
    return read_packaged(PACKAGED)


def test_a_cell_of_the_materials_own_composition_keeps_its_energy(plain):
    phase = phase_of_cell(cell("NMC532", "Li20Ni10Mn6Co4O40", -6.509, 1.0), -0.009, plain)
    assert (phase.id, phase.formula) == ("cell-NMC532-Li1", "LiNi0.5Mn0.3Co0.2O2")
    assert phase.energy_ev_per_atom == -6.5
    assert phase.origin.startswith("cell Li20Ni10Mn6Co4O40, lowest of 2 relaxed of 3 orderings; CHGNet 0.3.0")


def test_a_cell_of_another_composition_hands_on_its_energy_above_the_hull(plain):
    held = Reactant(plain, "Li24Ni20Co3MnO48")
    elements = {"Li": 24, "Ni": 20, "Co": 3, "Mn": 1, "O": 48}
    references = dict(zip(plain.elements, plain.references.tolist(), strict=True))
    from_elements = sum(n * references[e] for e, n in elements.items()) / 96
    phase = phase_of_cell(
        cell("NCM83", "Li24Ni20Co3Mn1O48", held.mixture.energy + from_elements + 0.012, 1.0), 0.0, plain
    )
    nominal = {"Li": 1, "Ni": 0.83, "Co": 0.12, "Mn": 0.05, "O": 2}
    formation = phase.energy_ev_per_atom - sum(n * references[e] for e, n in nominal.items()) / 4
    hull = Reactant(plain, "LiNi0.83Co0.12Mn0.05O2").mixture.energy
    assert formation - hull == pytest.approx(0.012, abs=2e-6)
    assert "its energy above the hull at its own composition" in phase.origin


def test_cells_are_raised_by_what_relaxing_lowers_the_same_crystals(plain):
    known = {plain.table.id(i): float(plain.energies[i]) for i in plain.polymorphs({"Li": 1, "Co": 1, "O": 2})}
    nickelate = {plain.table.id(i): float(plain.energies[i]) for i in plain.polymorphs({"Li": 1, "Ni": 1, "O": 2})}
    cells = [
        cell("LiCoO2", "Li12Co12O24", known["mp-22526"] - 0.010, 1.0),
        cell("LiNiO2", "Li12Ni12O24", nickelate["mp-25411"] - 0.006, 1.0),
        cell("LiCoO2", "Li6Co12O24", -6.5, 0.5),
        cell("NMC532", "Li20Ni10Mn6Co4O40", -6.5, 1.0),
    ]
    assert relaxation_ev_per_atom("NMC532", cells, plain) == pytest.approx(-0.008)
    phases = {phase.id: phase for _, phase in phases_of_cells(cells, plain)}
    assert phases["cell-NMC532-Li1"].energy_ev_per_atom == pytest.approx(-6.492)
    assert "raised by 8.0 meV/atom" in phases["cell-NMC532-Li1"].origin
    with pytest.raises(InputError, match="is told from LiCoO2 or LiNiO2: order one of them too"):
        relaxation_ev_per_atom("NMC532", cells[3:], plain)
    with pytest.raises(InputError, match="is told from LiNbO3 or LiTaO3"):
        relaxation_ev_per_atom("LiNb0.5Ta0.5O3", cells, plain)


def test_an_end_member_that_is_a_known_phase_gets_no_second_one(plain):
    cells = [cell("LiNbO3", "Li10Nb10O30", -8.25), cell("LiNb0.5Ta0.5O3", "Li10Nb5Ta5O30", -8.54)]
    assert [phase.id for _, phase in phases_of_cells(cells, plain)] == ["cell-LiNb0.5Ta0.5O3"]


def test_the_energy_of_mixing_is_counted_from_the_end_members():
    cells = {
        "LiNb0.5Ta0.5O3": cell("LiNb0.5Ta0.5O3", "Li4Nb2Ta2O12", -8.60),
        "LiNbO3": cell("LiNbO3", "Li2Nb2O6", -8.20),
        "LiTaO3": cell("LiTaO3", "Li2Ta2O6", -9.04),
    }
    assert mixing_energy_ev_per_atom(cells, "LiNb0.5Ta0.5O3") == pytest.approx(0.02)
    assert mixing_energy_ev_per_atom(cells, "LiNbO3") is None
    del cells["LiTaO3"]
    assert mixing_energy_ev_per_atom(cells, "LiNb0.5Ta0.5O3") is None


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["NCM38"], "unknown cathode 'NCM38'"),
        (["NCM83", "--lithium", "1,1.2"], "NCM83 holds 0 to 1 lithium in a formula unit, not 1.2"),
        (["NCM83", "--lithium", "half"], "--lithium takes numbers separated by commas, not 'half'"),
        (["LiNi0.5Mn0.6O2"], "its metals sum to 1.1"),
        (["NCM83", "--most-sites", "60"], "the nearest that can hold it has 96 sites"),
        (["NCM83", "--ranking", "evald"], "unknown ranking 'evald' (did you mean ewald?)"),
        ([","], "no material is given"),
    ],
)
def test_a_wrong_request_is_one_line_before_any_work(own_folder, tmp_path, capsys, arguments, reason):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    assert execute(["energies", "order", *arguments]) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_compute_one_table(own_folder, tmp_path, capsys):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    (tmp_path / "cells.json.work").mkdir()
    with FileLock(tmp_path / "cells.json.work" / "lock"):
        assert execute(["energies", "order", "LiCoO2", "--output", "cells.json"]) == 2
    assert "another process is computing cells.json" in capsys.readouterr().err


SMALL = ["--least-sites", "8", "--lithium", "1,0.5", "--orderings", "3", "--relaxed", "2", "--tolerance", "0.4"]


@pytest.mark.slow
def test_a_table_end_to_end(own_folder, capsys):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from chgnet.model.model import CHGNet
    from pymatgen.core import Structure

    status = execute(["energies", "order", "LiCoO2", "--output", "cells.json", *SMALL, "--json"])
    out, err = capsys.readouterr()
    assert status == 0, err
    found = json.loads(out)
    assert [(m["material"], m["lithium_per_formula_unit"]) for m in found["materials"]] == [
        ("LiCoO2", 1.0),
        ("LiCoO2", 0.5),
    ]
    cells = read_cells("cells.json")
    model = CHGNet.load(use_device="cpu", verbose=False)
    for one in cells:
        structure = Structure.from_dict(one.structure)
        predicted = model.predict_structure(structure, task="efs")
        assert one.energy_ev_per_atom == pytest.approx(float(predicted["e"]), abs=2e-5)
        assert abs(predicted["f"]).max() < 0.06
        assert one.relaxed_ev_per_atom[0] >= one.energy_ev_per_atom - 1e-6 or one.failed
    full, half = cells
    metals = [symbol for symbol in full.ordering if symbol == "Co"]
    assert [symbol for symbol in half.ordering if symbol == "Co"] == metals
    assert full.magnetic_moments_mu_b.keys() == {"Li", "Co", "O"}
    joined = open_energies("reference+cells.json")
    assert len(joined.cells) >= 2
    assert Reactant(joined, "LiCoO2").own_energy_above_hull < 0.05


def test_a_failed_relaxation_is_tried_again_then_left_out_and_named():
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from pymatgen.core import Lattice, Structure

    from workflows.jobs.energies import QUIET
    from workflows.jobs.orderings import OrderingRelaxMaker

    salt = Structure.from_spacegroup("Fm-3m", Lattice.cubic(4.3), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    salt = salt.get_primitive_structure()
    quiet = {**QUIET, "relax_kwargs": {**QUIET["relax_kwargs"], "fmax": 0.1}}
    unknown = OrderingRelaxMaker(optimizer_kwargs={"optimizer": "no such optimizer"}, steps=200, **quiet)
    second = unknown.relax(salt, 4, ["Li", "F"])
    assert (second.optimizer, second.why_missing) == ("FIRE", None)
    assert second.energy_ev_per_atom < -4
    strict = {**quiet, "relax_kwargs": {**quiet["relax_kwargs"], "fmax": 1e-9}}
    salt.perturb(0.1, seed=1)
    hasty = OrderingRelaxMaker(steps=2, **strict).relax(salt, 4, ["Li", "F"])
    assert hasty.energy_ev_per_atom is None
    assert hasty.why_missing == "BFGS: not converged in 2 steps; FIRE: not converged in 2 steps"


def test_where_chgnet_is_missing_the_job_fails_and_no_ordering_is_left_out_for_it(monkeypatch):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from pymatgen.core import Lattice, Structure

    from workflows.jobs import energies
    from workflows.jobs.orderings import OrderingRelaxMaker

    salt = Structure(Lattice.cubic(4.3), ["Li", "F"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    maker = OrderingRelaxMaker(steps=2, **energies.QUIET)
    energies._calculator.cache_clear()
    monkeypatch.setitem(sys.modules, "chgnet.model.model", None)  # as on a node without the extra
    with pytest.raises(ModuleNotFoundError, match="chgnet"):
        maker.relax(salt, 0, ["Li", "F"])


@pytest.mark.filterwarnings("ignore")
def test_a_cell_made_without_a_job_that_failed_says_so_until_it_has_run(own_folder, capsys, monkeypatch):
    pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    from workflows.jobs.orderings import OrderingRelaxMaker

    relax = OrderingRelaxMaker.relax
    command = ["energies", "order", "LiNb0.5Ta0.5O3", "--output", "cells.json", "--least-sites", "20"]
    command += ["--orderings", "3", "--relaxed", "2", "--tolerance", "0.4", "--json"]

    def broken(self, structure, number, ordering):
        if number == 1:
            raise MemoryError("of this node")
        return relax(self, structure, number, ordering)

    monkeypatch.setattr(OrderingRelaxMaker, "relax", broken)
    assert execute(command) == 1
    out, err = capsys.readouterr()
    name = "relax ordering: 1 of LiNb0.5Ta0.5O3"
    assert json.loads(out)["failed"] == {name: "MemoryError: of this node"}
    assert f"1 jobs failed: {name}: MemoryError: of this node" in err
    (without,) = read_cells("cells.json")
    assert without.failed == {"1": "MemoryError: of this node"}
    assert len(without.relaxed_ev_per_atom) == 1

    monkeypatch.setattr(OrderingRelaxMaker, "relax", relax)
    assert execute(command) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == {}
    (whole,) = read_cells("cells.json")
    assert whole.failed == {}
    assert len(whole.relaxed_ev_per_atom) == 2


def test_damaged_tables_are_named(own_folder, tmp_path):
    (tmp_path / "cells.json").write_text("{")
    with pytest.raises(InputError, match=r"cells\.json is not JSON, or was only half written"):
        read_cells("cells.json")
