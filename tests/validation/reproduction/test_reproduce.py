"""The reproduction as a document and a page."""

import orjson
import pytest
from fixtures_reproduction import CATALOGUE
from fixtures_samples import modelled
from fixtures_screening import synthetic

from screening.validation.reproduction.page import page
from screening.validation.reproduction.papers import find_paper, packaged_papers
from screening.validation.reproduction.reproduce import reproduce
from screening.validation.reproduction.reproduction_documents import ReproductionDocument
from screening.validation.reproduction.study import elements_of


@pytest.fixture(scope="module")
def document(reference):
    """All papers with the packaged energies, without samples."""
    return reproduce(reference, CATALOGUE, packaged_papers())


@pytest.fixture(scope="module")
def sampled():
    """One paper with synthetic energies that have an error model, and samples."""
    return reproduce(modelled(), CATALOGUE, [find_paper(packaged_papers(), "Zhao")], n_samples=20)


def entry(document, name):
    [found] = [one for paper in document.papers for one in (*paper.quantities, *paper.claims) if one.id == name]
    return found


def test_every_quantity_claim_and_figure_of_every_paper_is_there(document):
    for paper, found in zip(packaged_papers(), document.papers, strict=True):
        assert found.key == paper.key
        assert [one.id for one in found.quantities] == [one.id for one in paper.quantities]
        assert [one.id for one in found.claims] == [one.id for one in paper.claims]
        assert [one.id for one in found.figures] == [one.id for one in paper.figures]


def test_all_but_vacancies_are_computed_with_the_packaged_energies(document):
    for paper in document.papers:
        for one in paper.quantities:
            assert one.values or "vacanc" in one.id, one.why_missing
        for claim in paper.claims:
            assert claim.numbers or claim.check == "vacancy_falls", claim.why_missing


def test_the_elements_of_a_paper_are_all_that_its_results_need(document, reference):
    # samples are drawn of the phases made of these elements alone
    for paper, found in zip(packaged_papers(), document.papers, strict=True):
        inside = reference.within(elements_of(paper.materials, CATALOGUE))
        [again] = reproduce(inside, CATALOGUE, [paper]).papers
        for one, other in zip(found.quantities, again.quantities, strict=True):
            assert [value.ours for value in other.values] == pytest.approx([value.ours for value in one.values])
        assert [claim.holds for claim in again.claims] == [claim.holds for claim in found.claims]


def test_a_claim_that_the_energies_contradict_is_shown_as_contradicted(document):
    text = page(document)
    verdicts = {claim.verdict for paper in document.papers for claim in paper.claims}
    assert {"holds", "contradicted"} <= verdicts
    for paper in document.papers:
        for claim in paper.claims:
            assert f"| {claim.claim} | {claim.verdict} |".replace("\n", " ") in text


def test_the_page_holds_every_published_number_and_ours(document):
    text = page(document)
    for paper in document.papers:
        assert f"## {paper.key}: {paper.citation}" in text
        for one in paper.quantities:
            [row] = [line for line in text.splitlines() if line.startswith(f"| {one.quantity} |")]
            cells = row.replace("\\|", "/").split(" | ")
            assert cells[3].split()[0] == f"{one.published:g}"
            for value in one.values:
                assert value.convention in cells[4]
            for reason in one.explanation:
                assert f"  - {reason}" in text
        for figure in paper.figures:
            assert f"]({figure.id}.png)" in text


def test_a_transcription_is_marked(document):
    rows = [line for line in page(document).splitlines() if "(from a transcription)" in line]
    assert len(rows) == 3


def test_the_document_survives_json(document):
    assert ReproductionDocument.model_validate(orjson.loads(orjson.dumps(document.model_dump(mode="json")))) == document


def test_intervals_come_from_samples_and_the_document_says_so(sampled):
    assert (sampled.samples.n_samples, sampled.samples.seed) == (20, 0)
    assert sampled.why_missing is None
    for one in sampled.papers[0].quantities:
        for value in one.values:
            assert value.interval.low <= value.interval.median <= value.interval.high
    claim = entry(sampled, "coating-two-stable-interfaces")
    assert 0.0 <= claim.fraction_of_samples <= 1.0
    assert "5 to 95 % of 20 samples" in page(sampled)
    assert f"holds in {100 * claim.fraction_of_samples:.0f} %" in page(sampled)


def test_samples_are_those_of_the_interface_verb(sampled):
    from screening.uncertainty.sampled_quantities import interface_uncertainty

    off = interface_uncertainty(modelled(), "LiNbO3", "Li6PS5Cl", n_samples=20)
    found = {value.convention: value.interval for value in entry(sampled, "linbo3-li6ps5cl").values}
    for convention, expected in (("mutual", off.mutual_min_ev_per_atom), ("total, own", off.total_min_ev_per_atom)):
        assert found[convention].low == pytest.approx(1000 * expected.low, abs=1e-3)
        assert found[convention].high == pytest.approx(1000 * expected.high, abs=1e-3)


def test_energies_without_an_error_model_have_no_intervals_and_say_why():
    found = reproduce(synthetic(), CATALOGUE, [find_paper(packaged_papers(), "000")], n_samples=20)
    assert found.samples is None
    assert "no error model for the energies 'synthetic'" in found.why_missing
    assert {value.interval for one in found.papers[0].quantities for value in one.values} == {None}
    assert "No intervals: no error model" in page(found)


def test_without_samples_the_document_says_so(document):
    assert document.why_missing == "no samples were asked for"


def test_what_the_energies_do_not_hold_is_null_with_the_reason():
    found = reproduce(synthetic(), CATALOGUE, [find_paper(packaged_papers(), "Wang")])
    missing = entry(found, "nmc532-li10gep2s12")
    assert missing.values == []
    assert "no phase of Ge" in missing.why_missing
    assert f"not computed: {missing.why_missing}" in page(found)
    assert entry(found, "coating-suppresses-oxygenated").verdict == "not known"


def test_published_values_of_one_interface_explain_each_other(document):
    assert any("-123 (Xiao" in reason for reason in entry(document, "linbo3-li6ps5cl").explanation)
    assert any("-164 (Zhao" in reason for reason in entry(document, "linbo3-li6ps5cl-xiao").explanation)
    assert not any("also published" in reason for reason in entry(document, "linbo3-ncm83").explanation)


def test_each_paper_is_told_before_its_turn():
    told = []
    reproduce(synthetic(), CATALOGUE, packaged_papers()[2:4], tell=told.append)
    assert told == ["paper 002, Walther", "paper 003, Kissel"]
