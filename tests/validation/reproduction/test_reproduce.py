"""The reproduction as a document, a page, figures and files."""

import threading

import orjson
import pytest
from fixtures_reproduction import CATALOGUE, vacancies_of
from fixtures_samples import modelled
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.validation.reproduction.drawing import draw
from screening.validation.reproduction.figure_data import figure_data
from screening.validation.reproduction.files import check_folder, write_reproduction
from screening.validation.reproduction.page import page
from screening.validation.reproduction.papers import find_paper, packaged_papers
from screening.validation.reproduction.reproduce import reproduce
from screening.validation.reproduction.reproduction_documents import Figure, Panel, ReproductionDocument, Series
from screening.validation.reproduction.study import Study, elements_of

PNG = b"\x89PNG\r\n\x1a\n"


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


# -- figures ----------------------------------------------------------------------------------


def test_figure_7_holds_the_profiles_of_the_interface(document, reference):
    [figure] = document.papers[0].figures
    assert [panel.title for panel in figure.panels] == ["closed (chemical)", "open to lithium (electrochemical)"]
    for panel, potentials in zip(figure.panels, ((None, None), ("full", -3.66)), strict=True):
        drawn = [series for series in panel.series if series.kind == "ours"]
        for series, state, potential in zip(drawn, ("full", "half"), potentials, strict=True):
            study = Study(reference, CATALOGUE)
            mu = study.lithium_ev("NCM83", "full") if potential == "full" else potential
            profile = study.interface(f"NCM83:{state}", "Li6PS5Cl", mu).profile()
            assert series.x == pytest.approx(profile.x)
            assert series.y == pytest.approx(1000 * profile.mutual)
    published = [series.y for panel in figure.panels for series in panel.series if series.kind == "published"]
    assert published == [[-359.0], [-467.0], [-1178.0]]


def test_figure_5a_holds_published_points_and_ours_where_they_are_computed():
    paper = find_paper(packaged_papers(), "004")
    phases = synthetic()
    study = Study(phases, CATALOGUE, vacancies_of(phases, {12: 1.0, 0: 2.0, 6: 1.4}))
    figure = figure_data(paper.figures[0], study, paper.quantities)
    ours, published = figure.panels[0].series
    assert (ours.x, ours.y) == ([0.0, 6.0, 12.0], [2.0, 1.4, 1.0])
    assert (published.x, published.y) == ([0.0, 12.0], [2.05, 0.981])
    assert figure.why_missing is None


def test_a_figure_that_cannot_be_computed_keeps_the_published_points_and_says_why():
    paper = find_paper(packaged_papers(), "004")

    def none(cathode):
        raise InputError(f"no oxygen vacancies of {cathode}")

    figure = figure_data(paper.figures[0], Study(synthetic(), CATALOGUE, none), paper.quantities)
    assert [series.kind for series in figure.panels[0].series] == ["published"]
    assert figure.why_missing == "no oxygen vacancies of NMC532"
    assert draw(figure).startswith(PNG)


def test_the_same_figure_gives_the_same_bytes():
    lines = [
        Series(label="one, mutual", kind="ours", x=[0.0, 0.5, 1.0], y=[0.0, -3.0, 0.0]),
        Series(label="one, total", kind="ours, total", x=[0.0, 0.5, 1.0], y=[-1.0, -3.5, 0.0]),
        Series(label="one, published", kind="published", x=[], y=[-2.0]),
    ]
    panel = Panel(title="small", x_label="x", y_label="y", series=lines)
    first = draw(Figure(id="small", title="small", panels=[panel], why_missing=None))
    assert first.startswith(PNG)
    assert draw(Figure(id="other", title="small", panels=[panel], why_missing=None)) == first
    without = panel.model_copy(update={"series": lines[:2]})
    assert draw(Figure(id="small", title="small", panels=[without], why_missing=None)) != first


# -- files ------------------------------------------------------------------------------------


def test_files_are_written_and_name_each_other(sampled, tmp_path):
    paths = write_reproduction(sampled, tmp_path, "reproduction")
    assert [path.name for path in paths] == ["reproduction.json", "reproduction.md", "000-fig7.png"]
    assert ReproductionDocument.model_validate(orjson.loads(paths[0].read_bytes())) == sampled
    assert paths[1].read_text() == page(sampled)
    assert not list(tmp_path.glob("*.part"))


def test_files_written_at_once_are_all_of_one_writer(tmp_path):
    papers = [paper for paper in packaged_papers() if not paper.figures][:1]
    documents = [
        reproduce(synthetic(), CATALOGUE, [paper.model_copy(update={"about": about})])
        for paper in papers
        for about in ("one" * 5000, "two" * 5000)
    ]
    threads = [
        threading.Thread(target=lambda d=d: [write_reproduction(d, tmp_path, "both") for _ in range(20)])
        for d in documents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    about = orjson.loads((tmp_path / "both.json").read_bytes())["papers"][0]["about"]
    assert about in ("one" * 5000, "two" * 5000)
    assert f"{about[0].upper()}{about[1:]}." in (tmp_path / "both.md").read_text()
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing_half(tmp_path):
    document = reproduce(synthetic(), CATALOGUE, [find_paper(packaged_papers(), "003")])
    (tmp_path / "reproduction.md").mkdir()
    with pytest.raises(InputError, match=r"reproduction\.md cannot be written"):
        write_reproduction(document, tmp_path, "reproduction")
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_cannot_be_written_to_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"--output .*file: no file can be written there: "):
        check_folder(tmp_path / "file")
    with pytest.raises(InputError, match="no file can be written there"):
        check_folder(tmp_path / "file" / "below")
    check_folder(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
