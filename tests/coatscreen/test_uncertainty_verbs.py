"""``--uncertainty`` on the command line, and ``coatscreen reference calibrate``."""

import json
import re

import pytest
from fixtures_error_model import SCALE, made_up_table, on_scale

from coatscreen.__main__ import execute
from screening.energies.source import open_energies
from screening.hull.reservoir import Reservoir
from screening.uncertainty.energy_errors import read_model
from screening.uncertainty.sampled_quantities import (
    interface_uncertainty,
    open_stability_uncertainty,
    stability_uncertainty,
    window_uncertainty,
)
from screening.validation.calibration.calibration_document import Calibration


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COATSCREEN_ENERGIES", raising=False)

    def run(*arguments):
        status = execute([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        (("stability", "Li3PO4"), lambda phases: stability_uncertainty(phases, "Li3PO4", 20, 5)),
        (
            ("stability", "Li3PO4", "--open", "Li", "--mu", "-3"),
            lambda phases: open_stability_uncertainty(phases, "Li3PO4", Reservoir({"Li": -3.0}), 20, 5),
        ),
        (("window", "Li3PO4"), lambda phases: window_uncertainty(phases, "Li3PO4", 20, 5)),
        (("interface", "Li3PO4", "Li2S"), lambda phases: interface_uncertainty(phases, "Li3PO4", "Li2S", None, 20, 5)),
    ],
)
def test_json_has_the_uncertainty_and_is_else_as_without(cli, reference, verb, expected):
    status, out, err = cli(*verb, "--uncertainty", "--samples", 20, "--seed", 5, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found.pop("uncertainty") == json.loads(expected(reference).model_dump_json())
    assert found == json.loads(cli(*verb, "--json")[1])


def test_an_open_interface_says_so_in_its_keys(cli):
    status, out, _ = cli(
        *("interface", "Li3PO4", "Li2S", "--open", "Li", "--voltage", 2.5),
        *("--uncertainty", "--samples", 20, "--json"),
    )
    assert status == 0
    assert {"mutual_min_ev_per_closed_atom", "self_b_ev_per_closed_atom"} <= set(json.loads(out)["uncertainty"])


def test_pairs_have_an_uncertainty_each(cli, tmp_path):
    (tmp_path / "pairs.csv").write_text("a,b\nLi3PO4,Li2S\nLi3PO4,Xx\n")
    status, out, _ = cli("interface", "--pairs", "pairs.csv", "--uncertainty", "--samples", 20)
    one, other = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert one["uncertainty"]["n_samples"] == 20
    assert set(other) == {"a", "b", "error"}


def test_text_has_the_interval_beside_the_number(cli, reference):
    status, out, _ = cli("interface", "Li3PO4", "Li2S", "--uncertainty", "--samples", 20)
    interval = interface_uncertainty(reference, "Li3PO4", "Li2S", None, 20, 0).total_min_ev_per_atom
    assert status == 0
    assert f"[{1000 * interval.low:.1f} to " in re.search("^total: .*", out, re.MULTILINE)[0]
    assert "In brackets: 5 to 95 % of 20 samples of the energies, error model" in out
    status, out, _ = cli("window", "Li3PO4", "--uncertainty", "--samples", 20)
    assert re.match(r"Li3PO4: \d\.\d+ V \[\d\.\d\d to \d\.\d\d\] to \d\.\d+ V \[\d\.\d\d to \d\.\d\d\]\n", out)
    status, out, _ = cli("stability", "LiCoO2", "--voltage", 4.3, "--uncertainty", "--samples", 20)
    assert re.match(r"LiCoO2, open to Li at -4.3 eV: \d+\.\d \[\d+\.\d to \d+\.\d\] meV per atom", out)
    assert "within 5 meV/atom of the hull in 0 % of the samples" in out
    status, out, _ = cli("stability", "Li6PS5Cl", "--uncertainty", "--samples", 20)
    assert re.search(r"above the hull \[\d+\.\d to \d+\.\d\], formation energy .* eV/atom \[", out)
    assert re.search(r"within 5 meV/atom of the hull in \d+ % of the samples", out)
    assert "In brackets" not in cli("stability", "Li6PS5Cl")[1]


@pytest.mark.parametrize("option", [("--samples", "50"), ("--seed", "1"), ("--against", "measurement")])
@pytest.mark.parametrize("verb", [("stability", "Li2O"), ("window", "Li2O"), ("interface", "Li2O", "Li2S")])
def test_samples_and_seed_need_uncertainty(cli, verb, option):
    status, out, err = cli(*verb, *option)
    assert (status, out) == (2, "")
    assert err == f"coatscreen: {option[0]} needs --uncertainty\n"


def test_intervals_against_measurement_are_wider_and_say_so(cli):
    request = ("interface", "LiNbO3", "Li6PS5Cl", "--uncertainty", "--samples", 40)
    dft, measured = (
        json.loads(cli(*request, *more, "--json")[1])["uncertainty"] for more in ((), ("--against", "MEASUREMENT"))
    )
    assert (dft["model"]["against"], measured["model"]["against"]) == ("DFT", "measurement")
    widths = [
        found["mutual_min_ev_per_atom"]["high"] - found["mutual_min_ev_per_atom"]["low"] for found in (dft, measured)
    ]
    assert widths[1] > widths[0]
    assert "against measurement, seed 0" in cli(*request, "--against", "measurement")[1]


def test_energies_anchored_on_measurement_are_compared_with_nothing_else(cli):
    request = ("stability", "LiNbO3", "--energies", "reference:measured", "--uncertainty", "--samples", 20)
    assert "against measurement" in cli(*request)[1]
    status, out, err = cli(*request, "--against", "dft")
    assert (status, out) == (2, "")
    assert "how far they are from DFT was never found" in err


def test_too_few_samples_are_refused(cli):
    status, _, err = cli("window", "Li2O", "--uncertainty", "--samples", 19)
    assert status == 2
    assert "greater than or equal to 20" in err


def test_energies_without_an_error_model_are_refused_before_any_work(cli, reference, tmp_path):
    on_scale(reference.within(["Li", "O", "S"]), SCALE).to_file(tmp_path / "mine.json.gz")
    (tmp_path / "pairs.csv").write_text("a,b\nLi2O,Li2S\n")
    for verb in (("stability", "Li2O"), ("interface", "Li2O", "Li2S"), ("interface", "--pairs", "pairs.csv")):
        assert cli(*verb, "--energies", "mine.json.gz")[0] == 0
        status, out, err = cli(*verb, "--energies", "mine.json.gz", "--uncertainty")
        assert (status, out) == (2, "")
        assert err.startswith("coatscreen: no error model for the energies 'test' (test functional;")
        assert err.count("\n") == 1


def test_calibrate_writes_parameters_that_can_be_used(cli, reference, tmp_path):
    made_up_table(reference, tmp_path / "dft.csv")
    request = (
        "reference",
        "calibrate",
        "--against",
        "dft.csv",
        "--pairs",
        10,
        "--divisions",
        1,
        "--output",
        "model.json",
    )
    status, out, _ = cli(*request)
    assert status == 0
    assert "written to model.json" in out
    assert re.search(r"mutual reaction energy *│ all", out)
    found = Calibration.model_validate_json((tmp_path / "model.json").read_bytes())
    assert read_model(tmp_path / "model.json") == found.model
    assert (found.model.functional, found.model.correction) == (reference.scale.functional, reference.scale.correction)
    assert found.energies == open_energies("reference~all").provenance  # of all phases
    assert 200 < found.n_compounds < (tmp_path / "dft.csv").read_text().count("\n")
    # errors of 0.03 that no two phases share: as good as normal, of that scale, and with small weights
    factor = sum(found.factors) / 2
    assert found.model.own_errors["other"].scale_ev_per_atom == pytest.approx(0.03 * factor, rel=0.25)
    assert found.model.pair_errors["other"].sd_ev_per_atom < 0.1
    assert min(found.model.freedom_below, found.model.freedom_above) >= 6
    assert all(0.3 < one < 2.0 for one in found.factors)  # of ten pairs
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--against", "absent.csv"), "absent.csv"),
        (("--against", "few.csv"), "too few to calibrate"),
        (("--against", "dft.csv", "--pairs", "1"), "1 pairs of compounds gave"),
        (
            ("--against", "few.csv", "--column", "formation_energi_ev_per_atom"),
            "did you mean formation_energy_ev_per_atom",
        ),
        (("--against", "few.csv", "--energies", "reference:seven"), "did you mean reference:sevennet"),
        (("--against", "few.csv", "--energies", "reference:measured"), "--against measurement"),
        (("--against", "measurement", "--column", "a"), "--column is of a file"),
        (("--against", "few.csv", "--output", "nowhere/model.json"), "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_calibrated_with_is_refused(cli, reference, tmp_path, arguments, message):
    if "dft.csv" in arguments:
        made_up_table(reference, tmp_path / "dft.csv")
    (tmp_path / "few.csv").write_text("formula,formation_energy_ev_per_atom\nLi2O,-2.0\nLi2S,-1.5\n")
    status, out, err = cli("reference", "calibrate", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
