"""Classes of coatings against neighbours as a picture."""

import numpy as np
from fixtures_figures import labels, looked_at

from screening.atlas.class_map import ClassMap
from screening.figures.class_map import draw_class_map

ENERGIES = np.array([[-1.0, -2.0, -3.0], [0.0, np.nan, -9.0]])
MAP = ClassMap(["oxide", "halide"], [12, 30], ["NCM83 full", "Li6PS5Cl", "Li3YCl6"], ENERGIES)


def test_a_cell_for_each_class_and_neighbour():
    ax = looked_at(lambda ax: draw_class_map(ax, MAP, -5.0), 5.0, 2.5)
    drawn = np.ma.filled(-ax.collections[0].get_array().astype(float).reshape(2, 3), np.nan)
    np.testing.assert_array_equal(drawn, MAP.mutual_mev)
    assert labels(ax.yaxis) == ["oxide (12)", "halide (30)"]
    assert labels(ax.xaxis) == ["NCM83 full", "Li$_{6}$PS$_{5}$Cl", "Li$_{3}$YCl$_{6}$"]
    assert ax.collections[0].get_clim() == (0.0, 5.0)


def test_of_maps_above_one_another_the_lowest_is_named():
    ax = looked_at(lambda ax: draw_class_map(ax, MAP, named=False), 5.0, 2.0)
    assert set(labels(ax.xaxis)) == {""}
