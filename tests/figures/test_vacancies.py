"""Oxygen vacancies as a picture."""

from __future__ import annotations

from fixtures_figures import assert_legible, looked_at

from screening.cathodes.vacancies.vacancy_documents import packaged_vacancies
from screening.figures.vacancies import draw_vacancies


def test_lowest_energies_with_and_without_the_correction_of_oxides():
    found = packaged_vacancies("NMC532")
    ax = looked_at(lambda ax: draw_vacancies(ax, found), height=3.0)
    each, lowest, bare = ax.lines[:3]
    taken = [state.lithium_vacancies for state in found.states]
    assert list(lowest.get_xdata()) == list(bare.get_xdata()) == taken
    assert list(lowest.get_ydata()) == [state.formation_energy_ev for state in found.states]
    assert list(bare.get_ydata()) == [state.without_oxide_correction_ev for state in found.states]
    points = list(zip(each.get_xdata(), each.get_ydata(), strict=True))
    assert len(points) == sum(one.formation_energy_ev is not None for s in found.states for one in s.environments)
    for state in found.states:
        assert min(y for x, y in points if x == state.lithium_vacancies) == state.formation_energy_ev
    assert_legible(ax)


def test_energies_that_contain_no_correction_have_one_line():
    found = packaged_vacancies("NMC532")
    states = [state.model_copy(update={"without_oxide_correction_ev": None}) for state in found.states]
    ax = looked_at(lambda ax: draw_vacancies(ax, found.model_copy(update={"states": states})), height=3.0)
    assert [line.get_label() for line in ax.lines if not line.get_label().startswith("_")] == [
        "each environment",
        "lowest",
    ]
