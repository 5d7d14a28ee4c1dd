"""Several sources of energies as one, and whether their scales agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fixtures_screening import FORMATION, SCALE, SMALL, energies_file, phase, phase_set, synthetic
from hypothesis import given
from hypothesis import strategies as st

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.source import fixed_source, open_energies, source_for_jobs
from screening.equilibrium.interface import Interface
from screening.phases.files import read_table, write_table
from screening.phases.phase import Phase, PhaseColumns
from screening.searches.screening_request import plan_screening


def table(path, *phases, **scale):
    """Write a table that need not be a whole set, and return its path."""
    columns = {name: [getattr(one, name) for one in phases] for name in Phase.model_fields}
    write_table(path, SCALE.model_copy(update={"name": path.stem, **scale}), PhaseColumns(**columns))
    return str(path)


@pytest.fixture
def base(tmp_path):
    return energies_file(tmp_path)


# -- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mine.json", "mine.json.gz"])
def test_a_table_is_read_as_it_was_written(tmp_path, name):
    path = tmp_path / name
    written = PhaseColumns(
        id=["a"],
        formula=["LiAlO2"],
        energy_ev_per_atom=[-6.1],
        space_group=[None],
        volume_a3_per_atom=[9.0],
        origin=["x"],
    )
    write_table(path, SCALE, written)
    assert read_table(path) == (SCALE, written)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_set_is_a_table(base):
    scale, columns = read_table(base)
    assert (scale, len(columns.id)) == (SCALE, len(synthetic()))


def test_an_edited_table(tmp_path):
    path = tmp_path / "mine.json"
    table(path, phase("LiNbO3"))
    path.write_text(path.read_text().replace("LiNbO3", "LiNb3O8"))
    with pytest.raises(InputError, match=r"mine\.json do not match their hash"):
        read_table(path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scale": None}, "no table of energies"),
        ({"scale": {"name": "x"}}, "no table of energies: version: Field required"),
        ({"phases": {}}, "no table of energies: id: Field required"),
        ({"phases": {name: [] for name in PhaseColumns.model_fields}}, "holds no phase"),
    ],
    ids=str,
)
def test_no_table(base, tmp_path, changed, message):
    path = tmp_path / "other.json"
    path.write_text(json.dumps({**json.loads(Path(base).read_text()), **changed}))
    with pytest.raises(InputError, match=message):
        read_table(path)


# -- unions ---------------------------------------------------------------------------------------


def test_a_compound_of_one_s_own_beside_a_set(base, tmp_path):
    mine = table(tmp_path / "mine.json", phase("Li2Nb4O11", -2.9, name="mine-1"))
    joined = open_energies(f"{base}+{mine}")
    expected = phase_set({**FORMATION, "Li2Nb4O11": -2.9})
    assert len(joined) == len(synthetic()) + 1
    joined.to_file(tmp_path / "joined.json")
    assert open_energies(str(tmp_path / "joined.json")) == joined
    for a, b in (("LiNb3O8", "Nb2O5"), ("LiNbO3", "Li6PS5Cl")):
        assert Interface(joined, a, b).reaction().mutual == Interface(expected, a, b).reaction().mutual
    with pytest.raises(InputError, match="lack a reference phase of"):
        open_energies(mine)  # by itself it is no set


def test_where_phases_come_from(base, tmp_path):
    mine = table(
        tmp_path / "mine.json",
        phase("LiNbO3", -2.9, name="new"),
        phase("Li3NbO4", -2.7, name="syn-Li3NbO4"),
        phase("NbS2", -1.3).model_copy(update={"origin": "VASP"}),
    )
    joined = open_energies(f"{base}+{mine}")
    origins = {p.id: p.origin for p in joined.phases}
    assert origins["new"] == "mine"
    assert origins["mine:syn-Li3NbO4"] == "mine"  # the id was taken
    assert origins["mine:syn-NbS2"] == "VASP"
    assert origins["syn-Li3NbO4"] is None
    assert joined.phases[joined.polymorphs({"Li": 1, "Nb": 1, "O": 3})[0]].id == "new"  # the lowest counts
    assert joined.scale == SCALE.model_copy(update={"name": "synthetic + mine", "version": "1 + 1"})


def test_three_sources_and_again(base, tmp_path):
    one, two = (table(tmp_path / f"{n}.json", phase("Li2Nb4O11", e)) for n, e in (("one", -2.8), ("two", -2.9)))
    joined = open_energies(f"{base}+{one}+{two}")
    assert open_energies(f"{base}+{one}+{two}") is joined
    first, second = joined.polymorphs({"Li": 2, "Nb": 4, "O": 11})
    assert (joined.phases[first].origin, joined.phases[second].origin) == ("two", "one")
    assert source_for_jobs(f"{base}+{one}+{two}", joined) == f"{base}+{one}+{two}"


def test_names_with_a_plus(base, tmp_path, monkeypatch):
    table(tmp_path / "mine+yours.json", phase("Li2Nb4O11", -2.9))
    monkeypatch.chdir(tmp_path)
    joined = open_energies(f"mine+yours.json+{base}")
    assert len(joined) == len(synthetic()) + 1
    assert fixed_source(f"mine+yours.json+{base}") == f"{tmp_path}/mine+yours.json+{base}"
    with pytest.raises(InputError, match=r"unknown energies 'yours'"):
        open_energies(f"{base}+yours")


def test_a_new_element_needs_a_reference(base, tmp_path):
    mine = table(tmp_path / "mine.json", Phase(id="a", formula="LiAlO2", energy_ev_per_atom=-6.0))
    with pytest.raises(InputError, match="lack a reference phase of Al"):
        open_energies(f"{base}+{mine}")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"functional": "r2SCAN"}, "two scales: the functional of 'synthetic' is .*, that of 'mine' is 'r2SCAN'"),
        ({"correction": "MP2020"}, "two scales: the correction of 'synthetic' is 'none', that of 'mine' is 'MP2020'"),
        ({"functional": "not stated"}, "'mine' does not state its functional"),
        ({"correction": "not stated"}, "'mine' does not state its correction"),
    ],
    ids=str,
)
def test_two_scales(base, tmp_path, changed, message):
    mine = table(tmp_path / "mine.json", phase("LiNbO3", -2.9), **changed)
    for source in (f"{base}+{mine}", f"{mine}+{base}"):
        with pytest.raises(InputError, match="cannot be joined: ") as caught:
            open_energies(source)
        assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(InputError, match=message):
        open_energies(f"{base}+{mine}")
    with pytest.raises(InputError, match="cannot be joined"):
        plan_screening(**SMALL, energies=f"{base}+{mine}")


def test_formation_energies_are_not_joined(base, tmp_path):
    (tmp_path / "mine.csv").write_text("formula,formation_energy_ev_per_atom\nLi2O,-2.05\n")
    with pytest.raises(InputError, match=r"'mine\.csv' does not state its functional"):
        open_energies(f"{base}+{tmp_path / 'mine.csv'}")
    with pytest.raises(InputError, match="cannot be joined"):
        open_energies(f"reference+{tmp_path / 'mine.csv'}")


def test_a_source_named_twice(base):
    for source in (f"{base}+{base}", "reference+reference"):
        with pytest.raises(InputError, match="name one source twice"):
            open_energies(source)


@pytest.mark.parametrize("source", ["+", "reference+", "+reference", "reference++reference"])
def test_a_source_left_out(source):
    with pytest.raises(InputError, match=r"unknown energies ''|name one source twice"):
        open_energies(source)


def test_the_packaged_energies_with_one_s_own(tmp_path):
    reference = packaged_energies()
    known = reference.phase(reference.polymorphs({"Li": 1, "Nb": 1, "O": 3})[0])
    lower = known.model_copy(
        update={"id": "lower", "formula": "Li2Nb2O6", "energy_ev_per_atom": known.energy_ev_per_atom - 0.01}
    )
    columns = PhaseColumns(**{name: [getattr(lower, name)] for name in Phase.model_fields})
    path = tmp_path / "mine.json"
    write_table(path, reference.scale.model_copy(update={"name": "mine"}), columns)
    joined = open_energies(f"reference+{path}~all")
    assert len(joined) == len(reference) + 1
    assert joined.phase(joined.polymorphs({"Li": 1, "Nb": 1, "O": 3})[0]).id == "lower"
    assert (joined.phase(len(joined) - 1).origin, joined.phase(0).origin) == ("mine", reference.phase(0).origin)
    assert joined.formula(0) == reference.formula(0)
    part = joined.within({"Li", "Nb", "O"})
    part.to_file(tmp_path / "part.json")
    assert open_energies(f"{tmp_path / 'part.json'}~all") == part


TEXT = st.sampled_from(["PBE", "pbe", " PBE  ", "r2SCAN", "not stated"])


@given(TEXT, TEXT, TEXT, TEXT)
def test_agreement_is_mutual_and_needs_both_to_be_stated(f, g, c, d):
    one = EnergyScale(name="one", version="1", functional=f, correction=c)
    two = EnergyScale(name="two", version="2", functional=g, correction=d)
    assert (one.disagreement(two) is None) == (two.disagreement(one) is None)
    same = f.strip().lower() == g.strip().lower() and c.strip().lower() == d.strip().lower()
    assert (one.disagreement(two) is None) == (same and "not stated" not in (f, c))
