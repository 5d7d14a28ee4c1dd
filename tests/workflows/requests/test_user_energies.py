"""Adding structures to a table: what is refused before any work, and the energies against CHGNet by itself."""

from __future__ import annotations

import json
import sys

import pytest
from fixtures_structures import rock_salt, written
from pymatgen.core import Lattice, Structure

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import packaged_energies
from screening.phases.files import read_table
from workflows.requests.run_request import run_request
from workflows.requests.user_energies import prepare_user_energies


@pytest.fixture
def salt(tmp_path):
    return written(tmp_path, "LiF.cif", rock_salt())


def antifluorite(edge=4.7):
    half = edge / 2
    sites = [[0, 0, 0], [0.25, 0.25, 0.25], [0.75, 0.75, 0.75]]
    return Structure([[0, half, half], [half, 0, half], [half, half, 0]], ["O", "Li", "Li"], sites)


# -- bad input: nothing is computed, and no torch is needed -------------------------------------------


def test_every_unfit_structure_is_named_before_any_work(tmp_path, salt, capsys):
    alone = written(tmp_path, "alone.cif", Structure(Lattice.cubic(12), ["Li"], [[0, 0, 0]]))
    polonium = written(tmp_path, "PoO.vasp", rock_salt(4.9, "Po", "O"))
    table = tmp_path / "own.json"
    status = execute(
        ["energies", "add", *map(str, (salt, alone, tmp_path / "no.cif", polonium)), "--table", str(table)]
    )
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    for reason in ("alone.cif: a free atom", "no.cif does not exist", "PoO.vasp: ", "hold no phase of Po"):
        assert reason in err
    assert not table.exists()
    assert not (tmp_path / "own.json.work").exists()


def test_unknown_weights_are_named(salt, tmp_path, capsys):
    assert execute(["energies", "add", str(salt), "--model", "0.9", "--table", str(tmp_path / "t.json")]) == 2
    assert "unknown model '0.9'" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["chgnet", "atomate2"])
def test_an_absent_extra_is_one_line_that_says_how_to_install_it(salt, tmp_path, capsys, monkeypatch, package):
    if package == "atomate2":
        pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
    monkeypatch.setitem(sys.modules, package, None)  # as if not installed
    assert execute(["energies", "add", str(salt), "--table", str(tmp_path / "own.json")]) == 2
    err = capsys.readouterr().err
    assert "is not installed: python -m pip install 'coatscreen[mlip]'" in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_table_is_left_alone(salt, tmp_path):
    table = tmp_path / "notes.json"
    table.write_text('{"a": 1}')
    with pytest.raises(InputError, match="no table of energies"):
        prepare_user_energies([salt], table)
    assert table.read_text() == '{"a": 1}'


def test_no_structure_is_refused(tmp_path):
    with pytest.raises(InputError, match="no structure is given"):
        prepare_user_energies([], tmp_path / "own.json")


# -- with CHGNet ------------------------------------------------------------------------------------------


@pytest.fixture
def chgnet():
    pytest.importorskip("atomate2", reason="needs the extra 'mlip'")
    pytest.importorskip("torch", reason="needs the extra 'mlip'").set_num_threads(1)  # tests may share the cores
    return pytest.importorskip("chgnet.model", reason="needs the extra 'mlip'")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_energies_are_those_of_chgnet_by_itself(chgnet, tmp_path, salt, capsys):
    from chgnet.model.dynamics import StructOptimizer

    oxide, table = written(tmp_path, "Li2O.vasp", antifluorite()), tmp_path / "own.json"
    assert execute(["energies", "add", str(salt), str(oxide), "--table", str(table), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    model = chgnet.CHGNet.load(model_name="0.3.0", verbose=False)
    assert [one["formula"] for one in out["added"]] == ["LiF", "Li2O"]
    assert out["energies"]["sha256"] == packaged_energies().sha256
    for one, given, stored in zip(
        out["added"], (rock_salt(), antifluorite()), json.loads(table.read_text())["own"], strict=True
    ):
        relaxed = Structure.from_dict(stored["relaxed"])
        assert one["energy_ev_per_atom"] == pytest.approx(float(model.predict_structure(relaxed)["e"]), abs=1e-5)
        as_given = one["energy_ev_per_atom"] + one["lowering_ev_per_atom"]
        assert as_given == pytest.approx(float(model.predict_structure(given)["e"]), abs=1e-5)
        own_way = StructOptimizer(model, use_device="cpu").relax(given, fmax=0.05, verbose=False)
        energy = float(own_way["trajectory"].energies[-1]) / len(given)
        assert one["energy_ev_per_atom"] == pytest.approx(energy, abs=2e-4)
        assert one["lowering_ev_per_atom"] > 1e-4
        assert (one["space_group"], one["known_id"][:3]) == (225, "mp-")
        assert abs(one["energy_above_hull_ev_per_atom"]) < 5e-3  # both are on the packaged hull
    scale, columns = read_table(table)
    assert scale.disagreement(packaged_energies().scale) is None
    assert all("relaxed by CHGNet 0.3.0" in origin for origin in columns.origin)
    capsys.readouterr()  # CHGNet prints where it runs
    assert execute(["stability", "LiF", "--energies", f"reference+{table}", "--json"]) == 0
    stability = json.loads(capsys.readouterr().out)
    assert out["added"][0]["id"] in [polymorph["source_id"] for polymorph in stability["polymorphs"]]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_interrupted_call_goes_on_where_it_stopped(chgnet, tmp_path, salt, monkeypatch):
    oxide, table = written(tmp_path, "Li2O.vasp", antifluorite()), tmp_path / "own.json"

    def interrupt(finished, total, name):
        if name.startswith("relaxed_phase"):
            raise KeyboardInterrupt

    request = prepare_user_energies([salt, oxide], table)
    with pytest.raises(KeyboardInterrupt):
        run_request(request, progress=interrupt)
    assert not table.exists()
    with monkeypatch.context() as patch:
        patch.setattr("workflows.jobs.energies._calculator", None)  # whatever needs the model now fails
        outcome, _ = run_request(prepare_user_energies([salt], table))
        assert ([one.formula for one in outcome.added], outcome.failed) == (["LiF"], {})
    outcome, jobs = run_request(prepare_user_energies([salt, oxide], table))
    assert [same.file for same in outcome.skipped] == [str(salt)]
    assert [one.file for one in outcome.added] == [str(oxide)]
    table.unlink()
    _, jobs = run_request(request)
    assert (len(jobs.already_done), jobs.done, len(read_table(table)[1].id)) == (8, [], 2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_one_that_fails_is_named_and_does_not_stop_the_others(chgnet, tmp_path, salt, capsys):
    squeezed, table = written(tmp_path, "squeezed.vasp", rock_salt(3.3)), tmp_path / "own.json"
    near = written(tmp_path, "near.vasp", antifluorite(4.58))
    again = written(tmp_path, "again.vasp", antifluorite(4.6).to_conventional())
    files = list(map(str, (squeezed, near, again)))
    assert execute(["energies", "add", *files, "--table", str(table), "--steps", "12", "--json"]) == 1
    out, err = capsys.readouterr()
    outcome = json.loads(out)
    assert outcome["failed"] == {str(squeezed): "not converged in 12 steps: allow more with --steps"}
    assert [one["file"] for one in outcome["added"]] == [str(near)]
    assert outcome["skipped"] == [{"file": str(again), "same_as": str(near)}]
    assert "1 of 3 structures failed" in err
    assert execute(["energies", "add", str(again), "--table", str(table)]) == 0
    assert "skipped" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore")
def test_the_work_is_known_by_structure_weights_and_parameters(chgnet):
    from workflows.flows.energies import UserEnergyMaker

    def relaxing(maker, structure, name="LiF"):
        return next(job.uuid for job, _ in maker.make(structure, name).iterflow() if job.name == f"relax: {name}")

    usual = relaxing(UserEnergyMaker(), rock_salt())
    assert relaxing(UserEnergyMaker(), rock_salt(), "another name") == usual
    others = {
        relaxing(UserEnergyMaker(model="chgnet-r2scan"), rock_salt()),
        relaxing(UserEnergyMaker(most_steps=100), rock_salt()),
        relaxing(UserEnergyMaker(), rock_salt(4.2)),
    }
    assert len(others | {usual}) == 4
