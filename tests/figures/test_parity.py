"""Formation energies against those of a table, as a picture."""

from __future__ import annotations

from fixtures_figures import looked_at

from screening.chemistry.classes import CHEMISTRY_CLASSES
from screening.figures.parity import draw_parity
from screening.validation.accuracy.formation_tables import FormationTable
from screening.validation.accuracy.statistics import Pair

TABLE = FormationTable("my table", "my table of Li2O", "formation energy, 0 K", {})
ONE_EACH = {
    "intermetallic": "LiAl",
    "hydride": "LiH",
    "nitride": "Li3N",
    "oxide": "Li2O",
    "transition-metal oxide": "LiCoO2",
    "polyanionic oxide": "Li3PO4",
    "sulfide": "Li2S",
    "halide": "LiCl",
}


def test_a_point_for_each_compound_and_a_look_for_each_chemistry():
    pairs = [Pair(formula, -1.0 - place, -1.1 - place) for place, formula in enumerate(ONE_EACH.values())]
    ax = looked_at(lambda ax: draw_parity(ax, pairs, TABLE))
    *points, diagonal = ax.lines
    assert {line.get_label() for line in points} == set(ONE_EACH) <= set(CHEMISTRY_CLASSES)
    for line in points:
        place = list(ONE_EACH).index(line.get_label())
        assert (list(line.get_xdata()), list(line.get_ydata())) == ([-1.1 - place], [-1.0 - place])
    assert len({(line.get_color(), line.get_marker()) for line in points}) == len(points)
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata())
    assert ax.get_xlabel() == "formation energy, 0 K, my table of Li$_{2}$O (eV/atom)"
