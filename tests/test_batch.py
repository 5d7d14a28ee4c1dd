"""What one job computes: a batch, in which a failure stays with its material."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, synthetic

from screening import batch
from screening.catalogue import Catalogue
from screening.contacts import cathode_contacts
from screening.errors import InputError
from screening.ranking import worst_closed_mutual
from screening.stability import phase_stability
from screening.window import electrochemical_window

FORMULAS = {"good": "LiNbO3", "no energies": "Al2O3", "other": "Li3PO4"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = energies_file(tmp_path_factory.mktemp("energies"))
    return batch.EnergySource(source=path, sha256=synthetic().sha256)


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
