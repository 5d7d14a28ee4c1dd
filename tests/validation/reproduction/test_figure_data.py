"""The numbers of the figures that are drawn again."""

import pytest
from fixtures_reproduction import CATALOGUE, vacancies_of
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.validation.reproduction.figure_data import figure_data
from screening.validation.reproduction.papers import find_paper, packaged_papers
from screening.validation.reproduction.study import Study


def test_figure_7_holds_the_profiles_of_the_interface(reference):
    paper = find_paper(packaged_papers(), "000")
    figure = figure_data(paper.figures[0], Study(reference, CATALOGUE), paper.quantities)
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
