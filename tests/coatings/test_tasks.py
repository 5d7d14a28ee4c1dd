"""What one job computes: a batch, in which a failure stays with its material."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, synthetic
from pydantic import ValidationError

from screening.coatings import tasks
from screening.coatings.contacts import coating_meetings, contacts
from screening.common.errors import InputError
from screening.energies.source import EnergySource
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.materials.catalogue import Catalogue

MATERIALS = ["LiNbO3", "Al2O3", "Li3PO4"]  # of aluminium there are no energies


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = energies_file(tmp_path_factory.mktemp("energies"))
    return EnergySource(source=path, sha256=synthetic().sha256)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.fixture(scope="module")
def ncm83(source, catalogue):
    return tasks.cathode_states(source, catalogue.cathode("NCM83"))


def test_energies_that_changed_are_refused(source):
    with pytest.raises(InputError, match="have changed"):
        source.model_copy(update={"sha256": "0" * 64}).open()


def test_a_failure_stays_with_its_material(source):
    found = tasks.material_properties(source, MATERIALS).results
    for material in ("LiNbO3", "Li3PO4"):
        assert found[material].stability == phase_stability(synthetic(), material)
        assert found[material].window == electrochemical_window(synthetic(), material)
        assert found[material].failed == {}
    assert (found["Al2O3"].stability, found["Al2O3"].window) == (None, None)
    assert all("no phase of Al" in why for why in found["Al2O3"].failed.values())
    assert set(found["Al2O3"].failed) == {"stability", "window"}


def test_one_property_may_be_missing_alone(source):
    lithium = tasks.material_properties(source, ["Li"]).results["Li"]
    assert lithium.stability == phase_stability(synthetic(), "Li")
    assert (lithium.window, list(lithium.failed)) == (None, ["window"])


def test_contacts(source, ncm83):
    found = tasks.coating_contacts(source, MATERIALS, ncm83)
    assert found.results["LiNbO3"] == contacts(synthetic(), coating_meetings("LiNbO3", ncm83, None))
    assert found.results["Al2O3"]
    assert all("no phase of Al" in contact.why_missing for contact in found.results["Al2O3"])


def test_a_material_that_cannot_be_read_is_among_the_failed(source, ncm83):
    found = tasks.coating_contacts(source, ["LiNbO3", "Li3PO4+"], ncm83)
    assert list(found.results) == ["LiNbO3"]
    assert list(found.failed) == ["Li3PO4+"]


def test_bare_interface_with_what_is_known_of_both_sides(source, catalogue, ncm83):
    electrolyte = catalogue.electrolyte("Li6PS5Cl")
    formulas = [electrolyte.formula, *(s.formula for s in ncm83.states if not s.of_voltage)]
    known = [tasks.material_properties(source, formulas[:1]), tasks.material_properties(source, formulas[1:])]
    bare = tasks.bare_interface(source, ncm83, electrolyte, known)
    closed = [c.mutual_mev for c in bare.interfaces if c.reservoir_state is None]
    assert bare.worst_mutual_mev_per_atom == min(closed) < 0
    assert list(bare.stability) == list(bare.windows) == formulas


def test_a_glass_electrolyte_has_the_energy_it_was_given(source, catalogue):
    hull, above = (catalogue.electrolyte(name) for name in ("0.7Li2S-0.3P2S5", "0.7Li2S-0.3P2S5@30meV"))
    (at_hull,), (higher,) = (
        tasks.coating_contacts(source, ["LiNbO3"], electrolyte=electrolyte.reactant).results["LiNbO3"]
        for electrolyte in (hull, above)
    )
    assert higher.reaction.b == "0.7Li2S-0.3P2S5@30meV"
    assert higher.mutual_mev == at_hull.mutual_mev < 0
    assert higher.reaction.self_b_ev_per_atom == pytest.approx(-0.03)
    assert higher.reaction.total.energy_ev < at_hull.reaction.total.energy_ev


def test_as_an_output_the_results_are_one_text(source):
    """Floats keep every digit; what was written before, as dictionaries, is read too; damage is said."""
    batch = tasks.material_properties(source, MATERIALS)
    output = batch.model_dump()
    assert isinstance(output["results"], str)
    assert tasks.PropertiesBatch.model_validate(output) == batch
    as_before = {"results": {name: one.model_dump() for name, one in batch.results.items()}, "failed": batch.failed}
    assert tasks.PropertiesBatch.model_validate(as_before) == batch
    for damaged in (output["results"][:-8], "no packed text", output["results"][::-1]):
        with pytest.raises(ValidationError, match="packed data is damaged"):
            tasks.PropertiesBatch.model_validate({**output, "results": damaged})
