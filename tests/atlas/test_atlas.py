"""The client of an atlas: tables, whole documents, and the energies it was made from."""

import math

import pytest
from fixtures_atlas import small_atlas, small_plan
from fixtures_screening import energies_file

pytest.importorskip("pyarrow", reason="the extra [atlas] is not installed")

from coatscreen import Atlas
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    plan = small_plan(folder)
    return plan, small_atlas(folder, plan)


@pytest.fixture
def atlas(built):
    with Atlas(built[1].file) as opened:
        yield opened


def test_answers_as_a_data_frame(atlas):
    answer = atlas.ask(top=5)
    table = answer.to_dataframe()
    assert len(table) == 5
    assert table["coating"].tolist() == [one.coating for one in answer.ranking]
    worst = [one.quantities["worst_contact_mev_per_closed_atom"] for one in answer.ranking]
    assert table["worst_contact_mev_per_closed_atom"].tolist() == worst
    assert {"rank", "oxidation_limit_v", "worst_neighbour", "worst_products", "mutual_electrolyte_mev_per_atom"} <= set(
        table
    )


def test_contacts_as_a_data_frame(atlas, built):
    table = atlas.contacts(["LiNbO3", "HfO2"])
    assert len(table) == 2 * 6 * 3
    assert set(table["coating"]) == {"LiNbO3", "HfO2"}
    row = table[(table["coating"] == "LiNbO3") & (table["neighbour"] == "Li6PS5Cl") & (table["voltage_v"] == 4.3)]
    profile = Interface(built[0].energies.open(), "LiNbO3", "Li6PS5Cl", Reservoir.lithium_voltage(4.3)).profile()
    assert row["mutual_ev_per_closed_atom"].item() == pytest.approx(profile.mutual.min(), abs=1e-6)
    assert len(atlas.contacts(["LiNbO3"], electrolytes=["Li3PS4"])) == 3
    assert math.isnan(table["voltage_v"].iloc[0])


def test_the_whole_document_of_a_contact(atlas, built):
    document = atlas.interface("LiNbO3", "LiCoO2", "half", 4.3).document()
    phases = built[0].energies.open()
    expected = Interface(phases, "LiNbO3", "Li0.5CoO2", Reservoir.lithium_voltage(4.3)).document()
    assert document == expected
    assert len(document.kinks) > 1
    assert " -> " in document.mutual.reaction
    assert atlas.interface("LiNbO3", "Li6PS5Cl", voltage_v=3.3).document().ensemble.open == {"Li": -3.3}


@pytest.mark.parametrize("name", ["LiNbO3", "lithium niobate", "NbLiO3", "Li2Nb2O6"])
def test_a_coating_is_found_by_any_of_its_names(atlas, name):
    assert atlas.header.coatings.coating[atlas.place(name)] == "LiNbO3"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (("NiS", "LiCoO2", "full"), r"^the atlas holds no coating 'NiS'"),
        (("LiNbO3", "LiCoO2"), r"^the atlas has no neighbour 'LiCoO2' \(did you mean LiCoO2 (full|half)\?\)$"),
        (("LiNbO3", "Li3YCl6"), r"^the atlas has no neighbour 'Li3YCl6'"),
    ],
)
def test_contacts_that_it_does_not_have(atlas, asked, reason):
    with pytest.raises(InputError, match=reason):
        atlas.interface(*asked)


def test_the_energies_it_must_have_been_made_from(built, tmp_path):
    plan, document = built
    with Atlas(document.file, plan.energies.source) as atlas:
        assert atlas.header.energies.sha256 == plan.energies.sha256
    other = energies_file(tmp_path, LiNbO3=-2.9)
    with pytest.raises(
        InputError, match=r"was made from other energies than '.*': synthetic, version 1, of \d+ phases"
    ):
        Atlas(document.file, other)


def test_energies_that_have_changed_since(built, tmp_path):
    """The document of a contact is of the energies of the atlas, or of none."""
    source = energies_file(tmp_path)
    plan = small_plan(tmp_path, cathodes=["LiCoO2"], electrolytes=["Li6PS5Cl"], voltages_v=[2.9])
    assert plan.energies.source == source
    document = small_atlas(tmp_path, plan)
    changed = energies_file(tmp_path, LiNbO3=-2.9)
    (tmp_path / source).write_bytes((tmp_path / changed).read_bytes())
    with Atlas(document.file) as atlas, pytest.raises(InputError, match=r"have changed since this work was planned"):
        atlas.interface("LiNbO3", "Li6PS5Cl")
