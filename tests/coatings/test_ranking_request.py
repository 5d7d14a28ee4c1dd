"""Joining what the jobs of a screening computed of each coating; what is missing says why."""

from __future__ import annotations

import pytest
from fixtures_screening import energies_file, synthetic

from screening.coatings import tasks
from screening.coatings.ranking_request import (
    ON_CATHODE,
    ON_ELECTROLYTE,
    OPEN_ON_ELECTROLYTE,
    PIECES,
    PROPERTIES,
    BatchJob,
    PieceJobs,
    RankingRequest,
    ScreenedCoating,
    coating_document,
)
from screening.coatings.verdicts import judge
from screening.criteria.criteria import default_criteria
from screening.energies.source import EnergySource
from screening.materials.catalogue import Catalogue


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


def pieces_of(source, ncm83, materials):
    return {
        PROPERTIES: tasks.material_properties(source, materials),
        ON_CATHODE: tasks.coating_contacts(source, materials, ncm83),
        ON_ELECTROLYTE: tasks.coating_contacts(source, materials, electrolyte="Li6PS5Cl"),
        OPEN_ON_ELECTROLYTE: tasks.coating_contacts(source, materials, ncm83, "Li6PS5Cl"),
    }


def joined(coatings, pieces):
    """Join the pieces of coatings, given as materials of a catalogue."""
    screened = [ScreenedCoating.of(coating) for coating in coatings]
    request = RankingRequest(
        energies=synthetic().provenance,
        ranking_id="0" * 32,
        cathode="NCM83",
        electrolyte="Li6PS5Cl",
        criteria=list(default_criteria()),
        sampling=None,
        coatings=screened,
        nominal=PieceJobs(bare_interface="bare", batches={}),
        sampled=None,
    )
    return [coating_document(request, coating, lambda what, material: pieces[what]) for coating in screened]


def test_pieces_are_joined_by_material(source, catalogue, ncm83):
    coatings = [catalogue.coating("LiNbO3"), catalogue.coating("Li3PO4")]
    first, second = joined(coatings, pieces_of(source, ncm83, ["Li3PO4", "LiNbO3"]))
    assert (first.coating, second.coating) == ("LiNbO3", "Li3PO4")
    states = ("full", "half", "discharged", "charged")
    for document in (first, second):
        assert document.stability.formula == document.window.formula == document.formula
        assert {c.reaction.a for c in document.interfaces} == {document.formula}
        assert [c.name for c in document.interfaces] == [
            "cathode full",
            "cathode half",
            *(f"cathode {state} at mu({state})" for state in states),
            "electrolyte",
            *(f"electrolyte at mu({state})" for state in states),
        ]
        assert document.why_missing is None
        assert document.energies == synthetic().provenance


@pytest.mark.parametrize("piece", PIECES)
def test_a_lost_job_is_named_in_every_document(source, catalogue, ncm83, piece):
    coatings = [catalogue.coating("LiNbO3"), catalogue.coating("Li3PO4")]
    pieces = pieces_of(source, ncm83, [coating.reactant for coating in coatings])
    whole = joined(coatings, pieces)
    for document, complete in zip(joined(coatings, {**pieces, piece: None}), whole, strict=True):
        assert document.why_missing == f"the job computing {piece} failed"
        if piece == PROPERTIES:
            assert (document.stability, document.window) == (None, None)
            assert document.interfaces == complete.interfaces
        else:
            assert (document.stability, document.window) == (complete.stability, complete.window)
            assert 0 < len(document.interfaces) < len(complete.interfaces)


def test_a_lost_material_is_named_in_its_document_only(source, catalogue, ncm83):
    coatings = [catalogue.coating("LiNbO3"), catalogue.coating("Li3PO4")]
    pieces = pieces_of(source, ncm83, ["LiNbO3", "Li3PO4"])
    del pieces[ON_CATHODE].results["Li3PO4"]
    pieces[ON_CATHODE].failed["Li3PO4"] = "it broke"
    good, bad = joined(coatings, pieces)
    assert good.why_missing is None
    assert bad.why_missing == "contacts with the cathode: it broke"


def test_a_reason_that_comes_twice_is_said_once(source, catalogue, ncm83):
    pieces = pieces_of(source, ncm83, ["Li3PO4"])
    lost = tasks.ContactBatch(results={"Li3PO4": pieces[ON_ELECTROLYTE].results["Li3PO4"]}, failed={})
    (contact,) = lost.results["Li3PO4"]
    lost.results["Li3PO4"] = [contact.model_copy(update={"reaction": None, "why_missing": "it broke"})] * 2
    (document,) = joined([catalogue.coating("Li3PO4")], {**pieces, ON_ELECTROLYTE: lost})
    assert document.why_missing == "electrolyte: it broke"


def test_a_lost_contact_is_named(source, catalogue, ncm83):
    metal = catalogue.coating("Li3PO4").model_copy(update={"name": "metal", "formula": "Li"})
    (document,) = joined([metal], pieces_of(source, ncm83, ["Li"]))
    assert "electrolyte at mu(half): Li consists of open elements only" in document.why_missing


def test_a_composite_is_as_good_as_its_weakest_contact(source, catalogue, ncm83):
    """LiNbO3 with Li2O: the two react with each other; LiNbO3 with Li3PO4: no worse than the worse of them."""
    coatings = [catalogue.coating(name) for name in ("LiNbO3", "Li3PO4", "Li2O", "LiNbO3+Li3PO4", "LiNbO3+2Li2O")]
    documents = joined(coatings, pieces_of(source, ncm83, [coating.reactant for coating in coatings]))
    assert all(document.why_missing is None for document in documents)
    verdicts = [judge(document, None, default_criteria()) for document in documents]
    niobate, phosphate, oxide, blend, reacting = verdicts
    assert blend.score == min(niobate.score, phosphate.score)
    weaker, name = (niobate, "LiNbO3") if niobate.score < phosphate.score else (phosphate, "Li3PO4")
    face, at, potential = str(weaker.worst_contact).partition(" at ")
    assert blend.worst_contact == f"{face} with {name}{at}{potential}"
    for quantity, value in niobate.quantities.items():
        if quantity.startswith("mutual_"):
            assert blend.quantities[quantity] == min(value, phosphate.quantities[quantity])
    inner = reacting.quantities["mutual_inner_mev_per_atom"]
    stability = documents[4].stability
    assert inner == pytest.approx(1000.0 * stability.inner_mutual_min_ev_per_atom["LiNbO3|Li2O"], abs=1e-5)
    assert reacting.score == min(inner, niobate.score, oxide.score)
    assert reacting.quantities["energy_above_hull_mev_per_atom"] == pytest.approx(
        -1000.0 * stability.mutual_ev_per_atom
    )
    assert documents[4].components == pytest.approx({"LiNbO3": 1 / 3, "Li2O": 2 / 3})
    assert documents[0].components is None


def test_a_composite_without_its_inner_interface_has_no_score(source, catalogue, ncm83):
    coating = catalogue.coating("LiNbO3+Li3PO4")
    pieces = pieces_of(source, ncm83, [coating.reactant])
    met = pieces[ON_CATHODE].results
    met[coating.reactant] = [c for c in met[coating.reactant] if c.contact != "coating|coating"]
    (document,) = joined([coating], pieces)
    verdict = judge(document, None, default_criteria())
    assert (verdict.score, verdict.worst_contact) == (None, None)


def test_each_piece_knows_its_job():
    batches = [BatchJob(job="one", materials=["LiNbO3"]), BatchJob(job="two", materials=["Li3PO4", "HfO2"])]
    jobs = PieceJobs(bare_interface="bare", batches={PROPERTIES: batches})
    assert (jobs.job_of(PROPERTIES, "HfO2"), jobs.job_of(PROPERTIES, "LiF")) == ("two", None)
    assert jobs.job_of(ON_CATHODE, "HfO2") is None
    assert jobs.jobs == ["bare", "one", "two"]
