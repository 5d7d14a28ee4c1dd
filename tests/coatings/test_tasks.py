"""What one job computes: a batch, in which a failure stays with its material."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, synthetic

from screening.coatings import tasks as batch
from screening.coatings.contacts import cathode_contacts
from screening.coatings.ranking import worst_closed_mutual
from screening.coatings.tasks import RecordBatch, judge_records
from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from screening.energies.source import EnergySource
from screening.equilibrium.stability import phase_stability
from screening.equilibrium.window import electrochemical_window
from screening.materials.catalogue import Catalogue

FORMULAS = {"good": "LiNbO3", "no energies": "Al2O3", "other": "Li3PO4"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = energies_file(tmp_path_factory.mktemp("energies"))
    return EnergySource(source=path, sha256=synthetic().sha256)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.fixture(scope="module")
def ncm83(source, catalogue):
    return batch.cathode_states(source, catalogue.cathode("NCM83"), "cited")


def test_energies_that_changed_are_refused(source):
    with pytest.raises(InputError, match="have changed"):
        source.model_copy(update={"sha256": "0" * 64}).open()


@pytest.mark.parametrize(
    ("compute", "alone"),
    [
        (batch.stability_of, lambda f: phase_stability(synthetic(), f)),
        (batch.windows_of, lambda f: electrochemical_window(synthetic(), f)),
    ],
)
def test_a_failure_stays_with_its_material(source, compute, alone):
    found = compute(source, FORMULAS)
    assert found.results == {"good": alone("LiNbO3"), "other": alone("Li3PO4")}
    assert list(found.failed) == ["no energies"]
    assert "no phase of Al" in found.failed["no energies"]


def test_contacts(source, ncm83):
    found = batch.contacts_with_cathode(source, FORMULAS, ncm83)
    assert found.results["good"] == cathode_contacts(synthetic(), "LiNbO3", ncm83)
    assert found.results["no energies"]
    assert all("no phase of Al" in contact.why_missing for contact in found.results["no energies"])


def test_bare_interface_with_what_is_known_of_both_sides(source, catalogue, ncm83):
    electrolyte = catalogue.electrolyte("Li6PS5Cl")
    formulas = [electrolyte.formula, *(s.formula for s in ncm83.states)]
    neighbours = {f: f for f in formulas}
    bare = batch.bare_interface(
        source,
        ncm83,
        electrolyte,
        batch.stability_of(source, neighbours),
        batch.windows_of(source, neighbours),
    )
    closed = [c.mutual_mev for c in bare.interfaces if c.reservoir_state is None]
    assert bare.worst_mutual_mev_per_atom == min(closed) < 0
    assert list(bare.stability) == list(bare.windows) == formulas


def assembled(source, catalogue, ncm83, **missing):
    coatings = [catalogue.coating("LiNbO3"), catalogue.coating("Li3PO4")]
    formulas = {c.name: c.formula for c in coatings}
    electrolyte = catalogue.electrolyte("Li6PS5Cl")
    pieces = {
        "stability": batch.stability_of(source, formulas),
        "windows": batch.windows_of(source, formulas),
        "cathode": batch.contacts_with_cathode(source, formulas, ncm83),
        "electrolyte": batch.contacts_with_electrolyte(source, formulas, electrolyte),
        "electrolyte open": batch.contacts_with_electrolyte(source, formulas, electrolyte, ncm83),
        **missing,
    }
    stability, windows = pieces.pop("stability"), pieces.pop("windows")
    return batch.assemble_records(source, coatings, "NCM83", "Li6PS5Cl", stability, windows, pieces).records


def test_records_are_joined_by_name(source, catalogue, ncm83):
    first, second = assembled(source, catalogue, ncm83)
    assert (first.coating, second.coating) == ("LiNbO3", "Li3PO4")
    for record in (first, second):
        assert record.stability.formula == record.window.formula == record.formula
        assert {c.reaction.a for c in record.interfaces} == {record.formula}
        assert [c.name for c in record.interfaces] == [
            "cathode full",
            "cathode half",
            "cathode full at mu(full)",
            "cathode half at mu(half)",
            "electrolyte",
            "electrolyte at mu(full)",
            "electrolyte at mu(half)",
        ]
        assert record.why_missing is None
        assert record.energies == synthetic().provenance
    assert worst_closed_mutual(first.interfaces, "coating|cathode", "coating|electrolyte")[1] < 0


@pytest.mark.parametrize("piece", ["stability", "windows", "cathode", "electrolyte", "electrolyte open"])
def test_a_lost_job_is_named_in_every_record(source, catalogue, ncm83, piece):
    whole = assembled(source, catalogue, ncm83)
    for record, complete in zip(assembled(source, catalogue, ncm83, **{piece: None}), whole, strict=True):
        assert "failed" in record.why_missing
        assert piece.removesuffix("s").split()[0] in record.why_missing
        lost = {"stability": "stability", "windows": "window"}.get(piece)
        for field in type(record).model_fields:
            if field in (lost, "why_missing") or (lost is None and field == "interfaces"):
                continue
            assert getattr(record, field) == getattr(complete, field)
        if lost:
            assert getattr(record, lost) is None
        else:
            assert 0 < len(record.interfaces) < len(complete.interfaces)


def test_a_lost_material_is_named_in_its_record_only(source, catalogue, ncm83):
    windows = batch.WindowBatch(
        results={"LiNbO3": electrochemical_window(synthetic(), "LiNbO3")}, failed={"Li3PO4": "it broke"}
    )
    good, bad = assembled(source, catalogue, ncm83, windows=windows)
    assert good.why_missing is None
    assert bad.why_missing == "window: it broke"
    assert bad.window is None


def test_a_lost_contact_is_named(source, catalogue, ncm83):
    electrolyte = catalogue.electrolyte("Li6PS5Cl")
    (record,) = batch.assemble_records(
        source,
        [catalogue.coating("Li3PO4").model_copy(update={"name": "metal", "formula": "Li"})],
        "NCM83",
        "Li6PS5Cl",
        None,
        None,
        {"open": batch.contacts_with_electrolyte(source, {"metal": "Li"}, electrolyte, ncm83)},
    ).records
    assert "electrolyte at mu(half): Li consists of open elements only" in record.why_missing


def test_a_composite_is_as_good_as_its_weakest_contact(source, catalogue, ncm83):
    """LiNbO3 with Li2O: the two react with each other; LiNbO3 with Li3PO4: no worse than the worse of them."""
    electrolyte = catalogue.electrolyte("Li6PS5Cl")
    coatings = [catalogue.coating(name) for name in ("LiNbO3", "Li3PO4", "Li2O", "LiNbO3+Li3PO4", "LiNbO3+2Li2O")]
    materials = {coating.name: coating.reactant for coating in coatings}
    pieces = {
        "cathode": batch.contacts_with_cathode(source, materials, ncm83),
        "electrolyte": batch.contacts_with_electrolyte(source, materials, electrolyte),
    }
    found = batch.assemble_records(
        source,
        coatings,
        "NCM83",
        "Li6PS5Cl",
        batch.stability_of(source, materials),
        batch.windows_of(source, materials),
        pieces,
    )
    assert all(record.why_missing is None for record in found.records)
    niobate, phosphate, oxide, blend, reacting = judge_records(found, None, default_criteria()).coatings
    assert blend.score == min(niobate.score, phosphate.score)
    weaker = niobate if niobate.score < phosphate.score else phosphate
    assert blend.worst_contact == f"{weaker.worst_contact} with {weaker.coating}"
    for quantity, value in niobate.quantities.items():
        if quantity.startswith("mutual_"):
            assert blend.quantities[quantity] == min(value, phosphate.quantities[quantity])
    inner = reacting.quantities["mutual_inner_mev_per_atom"]
    stability = found.records[4].stability
    assert inner == pytest.approx(1000.0 * stability.inner_mutual_min_ev_per_atom["LiNbO3|Li2O"], abs=1e-5)
    assert reacting.score == min(inner, niobate.score, oxide.score)
    assert reacting.quantities["energy_above_hull_mev_per_atom"] == pytest.approx(
        -1000.0 * stability.mutual_ev_per_atom
    )
    assert found.records[4].components == pytest.approx({"LiNbO3": 1 / 3, "Li2O": 2 / 3})
    assert found.records[0].components is None
    assert RecordBatch.model_validate_json(found.model_dump_json()) == found


def test_a_composite_without_its_inner_interface_has_no_score(source, catalogue, ncm83):
    coating = catalogue.coating("LiNbO3+Li3PO4")
    materials = {coating.name: coating.reactant}
    met = batch.contacts_with_cathode(source, materials, ncm83)
    met.results[coating.name] = [c for c in met.results[coating.name] if c.contact != "coating|coating"]
    pieces = {
        "cathode": met,
        "electrolyte": batch.contacts_with_electrolyte(source, materials, catalogue.electrolyte("Li6PS5Cl")),
    }
    found = batch.assemble_records(source, [coating], "NCM83", "Li6PS5Cl", None, None, pieces)
    (judged,) = judge_records(found, None, default_criteria()).coatings
    assert (judged.score, judged.worst_contact) == (None, None)


def test_a_glass_electrolyte_has_the_energy_it_was_given(source, catalogue):
    hull, above = (catalogue.electrolyte(name) for name in ("0.7Li2S-0.3P2S5", "0.7Li2S-0.3P2S5@30meV"))
    (at_hull,), (higher,) = (
        batch.contacts_with_electrolyte(source, {"LiNbO3": "LiNbO3"}, electrolyte).results["LiNbO3"]
        for electrolyte in (hull, above)
    )
    assert higher.reaction.b == "0.7Li2S-0.3P2S5@30meV"
    assert higher.mutual_mev == at_hull.mutual_mev < 0
    assert higher.reaction.self_b_ev_per_atom == pytest.approx(-0.03)
    assert higher.reaction.total.energy_ev < at_hull.reaction.total.energy_ev
