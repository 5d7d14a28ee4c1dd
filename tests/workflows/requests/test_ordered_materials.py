"""Energies of disordered materials, from the request to the table: against CHGNet by itself."""

from __future__ import annotations

import json
import sys

import pytest
from filelock import FileLock

from coatscreen.__main__ import execute
from screening.cathodes.ordering.cell_table import (
    read_cells,
)
from screening.energies.source import open_energies
from screening.equilibrium.reactant import Reactant


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
