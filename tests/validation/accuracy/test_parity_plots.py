"""Parity plots: one figure a table, its points where the values are."""

import pytest
from fixtures_ranking import ENERGIES
from fixtures_screening import FORMATION, phase_set

from screening.materials.catalogue import Catalogue
from screening.validation.accuracy.check import Checked, Parity, SetAccuracy, check_energies
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.literature_check import Compared, LiteratureErrors
from screening.validation.accuracy.parity_plots import draw
from screening.validation.accuracy.statistics import Pair

TABLE = FormationTable("my table", "my table (2020)", "formation energy, 0 K", {"Li2O": -2.0, "Li2S": -1.5})


@pytest.fixture
def figures(monkeypatch):
    """The figures in the order in which they are saved; the files stay empty."""
    kept = []

    def keep(figure, path, **_):
        kept.append(figure)
        path.touch()

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", keep)
    return kept


def checked(parity, compared=None):
    literature = None
    if compared is not None:
        literature = LiteratureErrors(file="x", by_source=[], compared=compared, not_compared=[])
    sets = [
        SetAccuracy(energies=ENERGIES, formation=[], literature=literature, replacement=[]) for _ in parity[0].by_set
    ]
    document = check_energies([phase_set({"Li2O": FORMATION["Li2O"]})], Catalogue.load()).document
    return Checked(document.model_copy(update={"sets": sets}), parity)


def test_points_are_theirs_against_ours_by_class(figures, tmp_path):
    pairs = [Pair("Li2O", -2.0, -2.1), Pair("Li2S", -1.4, -1.5), Pair("CaO", -3.0, -3.2)]
    [path] = draw(checked([Parity(TABLE, [pairs])]), tmp_path / "new")
    assert path.name == "formation-my-table-2020-.png"
    [ax] = figures[0].axes
    points = {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines[:-1]}
    assert points == {"oxide": ([-2.1, -3.2], [-2.0, -3.0]), "sulfide": ([-1.5], [-1.4])}
    low, high = ax.lines[-1].get_xdata()
    assert list(ax.lines[-1].get_ydata()) == [low, high]  # the diagonal
    assert low < -3.2
    assert high > -1.4


def test_sets_stand_side_by_side(figures, tmp_path):
    draw(checked([Parity(TABLE, [[Pair("Li2O", -2.0, -2.1)], []])]), tmp_path)
    assert len(figures[0].axes) == 2  # a set that knows none of the compounds has an empty panel
    assert [len(ax.lines) for ax in figures[0].axes] == [2, 1]


def test_published_values_of_one_unit_share_a_panel_but_enthalpies_do_not(figures, tmp_path):
    def value(quantity, unit):
        return Compared(
            quantity=quantity, system="X", published=1.0, ours=2.0, unit=unit, source="A", verified=True, note=None
        )

    values = [
        value("reduction limit", "V vs Li/Li+"),
        value("oxidation limit", "V vs Li/Li+"),
        value("formation enthalpy", "meV/atom"),
        value("energy above hull", "meV/atom"),
    ]
    paths = draw(checked([Parity(TABLE, [[]])], values), tmp_path)
    assert [path.name for path in paths] == ["formation-my-table-2020-.png", "published.png"]
    titles = [ax.get_title() for ax in figures[1].axes]
    assert titles == ["V vs Li/Li+", "formation enthalpy, meV/atom", "meV/atom"]
    assert [len(ax.lines) - 1 for ax in figures[1].axes] == [2, 1, 1]


def test_without_a_compared_value_there_is_no_figure_of_published_ones(figures, tmp_path):
    assert len(draw(checked([Parity(TABLE, [[]])], []), tmp_path)) == 1
    assert len(figures) == 1
