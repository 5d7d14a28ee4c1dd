"""``coatscreen atlas``: what is printed, and what is refused in one line."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import energies_file

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

from coatscreen.__main__ import execute
from screening.atlas import columns
from screening.atlas.atlas import Atlas
from screening.common.errors import InputError

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An atlas that the program has built, its file and its energies."""
    folder = tmp_path_factory.mktemp("built")
    energies, file = energies_file(folder), str(folder / "atlas.parquet")
    build = ["atlas", "build", "--output", file, "--energies", energies, "--cathodes", "LiCoO2,NCM83"]
    assert execute([*build, "--electrolytes", "Li6PS5Cl", "--voltage", "2.9,4.3", "--doubtful", "keep"]) == 0
    return file, energies


def run(capsys, *arguments):
    status = execute(["atlas", *arguments])
    return status, *capsys.readouterr()


def test_build_says_what_the_file_holds(capsys, tmp_path):
    build = ("build", "--energies", energies_file(tmp_path), "--elements", "Li,P,O,Co,S,Cl", "--cathodes", "LiCoO2")
    status, out, _ = run(capsys, *build, "--electrolytes", "Li6PS5Cl", "--voltage", "4.3", "--json")
    document = json.loads(out)
    assert status == 0
    assert (tmp_path / "atlas.parquet").stat().st_size == document["n_bytes"]
    assert document["n_contacts"] == document["n_coatings"] * 3 * 2
    assert document["energies"]["name"] == "synthetic"
    assert document["voltages_v"] == [4.3]
    status, out, _ = run(capsys, *build, "--electrolytes", "Li6PS5Cl", "--voltage", "4.3")
    assert (status, document["sha256"] in out) == (0, True)


def test_build_leaves_out_what_has_no_energies_and_says_so(capsys, tmp_path):
    selected = ("--elements", "Li,O,Hf", "--with-lithium", "--voltage", "4.3")
    status, _, err = run(capsys, "build", "--energies", energies_file(tmp_path), *selected)
    assert status == 0
    assert "left out: LiFePO4 full: the energies 'synthetic' hold no phase of Fe" in err
    with Atlas("atlas.parquet") as atlas:
        assert "LiFePO4 full" in atlas.header.left_out
        assert "HfO2" not in set(atlas.header.coatings.coating) - {"HfO2"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--voltage", "a"], "--voltage takes numbers separated by commas, not 'a'"),
        (["--voltage", "-1"], "a voltage against Li/Li+ is a positive number, not -1"),
        (["--elements", "Xx"], "no element 'Xx'"),
        (["--cathodes", "nothing"], "unknown cathode 'nothing'"),
        (["--energies", "nowhere.json"], "unknown energies 'nowhere.json'"),
        (["--output", "/"], "/ is a folder: name a file in it"),
        (["--name", "a"], "--name needs --submit"),
    ],
)
def test_build_refuses_before_any_work(capsys, tmp_path, options, reason):
    energies = [] if "--energies" in options else ["--energies", energies_file(tmp_path)]
    status, out, err = run(capsys, "build", *energies, *options)
    assert (status, out) == (2, "")
    assert err.startswith(f"coatscreen: {reason}")
    assert err.count("\n") == 1
    assert not list(tmp_path.glob("*.work"))


def test_query_as_json(capsys, built):
    status, out, err = run(capsys, "query", "--atlas", built[0], "--top", "3", "--at", "closed,4.3", "--json")
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert answer["neighbours"] == ["NCM83 full", "NCM83 half", "Li6PS5Cl"]
    assert answer["potentials"] == ["closed", "4.3 V"]
    with Atlas(built[0]) as atlas:
        expected = atlas.ask(top=3, voltages_v=[4.3]).model_dump(mode="json")
    assert answer["ranking"] == expected["ranking"]
    assert len(answer["ranking"]) == 3
    assert answer["energies"]["sha256"] == expected["energies"]["sha256"]


def test_query_as_a_table_and_csv(capsys, built):
    asked = ("query", "--atlas", built[0], "--cathode", "LiCoO2", "--state", "half", "--class", "halide,oxide")
    status, out, _ = run(capsys, *asked, "--no-product", "conducting", "--sort", "raw_material_cost_usd_per_kg")
    assert status == 0
    assert "met by LiCoO2 half; closed, 2.9 V, 4.3 V" in out
    assert "Energies: synthetic, version 1" in out
    status, out, _ = run(capsys, *asked, "--format", "csv", "--top", "2")
    head, *lines = out.splitlines()
    assert head.startswith("rank,coating,source_id,chemistry_class,worst_contact_mev_per_closed_atom")
    assert len(lines) == 2


def test_query_of_nothing_that_fits(capsys, built):
    status, out, _ = run(capsys, "query", "--atlas", built[0], "--element", "Hf", "--class", "halide")
    assert status == 0
    assert out.startswith("0 of ")


def test_query_with_a_threshold(capsys, built):
    threshold = ("--threshold", "oxidation=3.0", "--passing")
    status, out, _ = run(capsys, "query", "--atlas", built[0], *threshold, "--json")
    assert status == 0
    criteria = {one["name"]: one["at_least"] for one in json.loads(out)["criteria"]}
    assert criteria["oxidation"] == 3.0
    assert {"stable", "reduction", "protects"} <= set(criteria)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--atlas", "none.parquet"], "the atlas none.parquet does not exist: coatscreen atlas build makes one"),
        (["--cathode", "LiCoO"], "the atlas has no cathode 'LiCoO' (did you mean LiCoO2?)"),
        (["--at", "3.9"], "the atlas has no contacts at 3.9 V; its voltages are 2.9, 4.3"),
        (["--at", "open"], "--at takes numbers separated by commas, not 'open'"),
        (["--class", "metal"], "the question to the atlas: classes"),
        (["--no-product", "nonsense!"], "'nonsense!' is no class of products and no formula"),
        (["--threshold", "oxidation"], "--threshold 'oxidation': write NAME=VALUE"),
    ],
)
def test_query_refuses(capsys, built, options, reason):
    given = options if "--atlas" in options else ["--atlas", built[0], *options]
    status, out, err = run(capsys, "query", *given)
    assert (status, out) == (2, "")
    assert err.startswith(f"coatscreen: {reason}")
    assert err.count("\n") == 1


def test_query_of_other_energies_than_asked(capsys, built, tmp_path):
    file, energies = built
    assert run(capsys, "query", "--atlas", file, "--energies", energies)[0] == 0
    status, out, err = run(capsys, "query", "--atlas", file, "--energies", energies_file(tmp_path, LiNbO3=-2.9))
    assert (status, out) == (2, "")
    assert "was made from other energies than" in err


def test_query_of_a_file_that_was_cut(capsys, built, tmp_path):
    from pathlib import Path

    content = Path(built[0]).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[: len(content) // 2])
    status, _, err = run(capsys, "query", "--atlas", "cut.parquet")
    assert status == 2
    assert err.startswith("coatscreen: cut.parquet is no atlas, or was only half written: ")


def test_without_pyarrow(capsys, built, monkeypatch):
    def missing():
        raise InputError("an atlas needs pyarrow: pip install 'coatscreen[atlas]'")

    monkeypatch.setattr(columns, "arrow", missing)
    status, out, err = run(capsys, "query", "--atlas", built[0])
    assert (status, out, err) == (2, "", "coatscreen: an atlas needs pyarrow: pip install 'coatscreen[atlas]'\n")


@pytest.mark.parametrize("verb", ["build", "query"])
def test_help_has_an_example(capsys, verb):
    status, out, _ = run(capsys, verb, "--help")
    assert (status, "Example: coatscreen atlas" in out) == (0, True)
