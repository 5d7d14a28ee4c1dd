"""Maps of contacts as pictures."""

from __future__ import annotations

import numpy as np
from fixtures_figures import assert_legible, labels, looked_at, texts
from fixtures_ranking import bare, contact, record

from screening.coatings.ranking import rank_coatings
from screening.figures.heatmap import darkest_mev, draw_heatmap

BARE = bare().model_copy(
    update={
        "interfaces": [contact("cathode|electrolyte", "full", -300.0), contact("cathode|electrolyte", "half", -400.0)]
    }
)


def test_a_cell_for_each_contact_and_the_bare_interface_first():
    records = [record("LiNbO3", full=-4.0, half=-5.0, partner=-105.0, opened=-80.0), record("HfO2", full=None)]
    coatings = rank_coatings(records, BARE)
    ax = looked_at(lambda ax: draw_heatmap(ax, coatings, BARE), 7.0, 2.4)
    assert labels(ax.xaxis) == [
        "cathode full",
        "cathode half",
        "electrolyte",
        "cathode at mu(half)",
        "electrolyte at mu(half)",
    ]
    assert labels(ax.yaxis)[0] == "no coating"
    drawn = np.ma.filled(-ax.collections[0].get_array().reshape(3, 5), np.nan)
    niobate = 1 + [one.coating for one in coatings].index("LiNbO3")
    np.testing.assert_array_equal(drawn[niobate], [-4.0, -5.0, -105.0, -80.0, -80.0])
    np.testing.assert_array_equal(drawn[0], [-300.0, -400.0, np.nan, np.nan, np.nan])
    assert np.isnan(drawn[3 - niobate, 0])
    shown = [one.get_text() for one in texts(ax)]
    assert "\N{MINUS SIGN}105" in shown
    assert "\N{MINUS SIGN}4.0" in shown
    assert_legible(ax)


def test_the_darkest_is_what_the_bare_interface_does():
    coatings = rank_coatings([record("A", opened=-900.0), record("B")], BARE)
    ax = looked_at(lambda ax: draw_heatmap(ax, coatings, BARE), 7.0, 2.0)
    assert ax.collections[0].get_clim() == (0.0, -BARE.worst_mutual_mev_per_atom)
    assert darkest_mev([-5.0, None, -20.0], None) == -20.0
    assert darkest_mev([], None) == darkest_mev([-0.2], None) == -1.0


def test_nothing_reacts():
    coatings = rank_coatings([record("A", full=0.0, half=0.0, partner=0.0)], bare())
    ax = looked_at(lambda ax: draw_heatmap(ax, coatings), 7.0, 2.0)
    assert ax.collections[0].get_clim() == (0.0, 1.0)
    assert_legible(ax)


def test_thirty_coatings():
    coatings = rank_coatings([record(f"C{place}", partner=-30.0 * place) for place in range(30)], BARE)
    assert_legible(looked_at(lambda ax: draw_heatmap(ax, coatings, BARE), 7.0, 1.4 + 0.22 * 31))
