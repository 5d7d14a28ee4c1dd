"""Rankings as pictures."""

from __future__ import annotations

import pytest
from fixtures_figures import assert_legible, labels, looked_at
from fixtures_ranking import bare, contact, record
from fixtures_samples import modelled_file
from fixtures_screening import settings_for

from screening import CoatingDatabase
from screening.coatings.ranking import rank_coatings
from screening.figures.ranking import draw_ranking
from workflows import run_screening

CLOSED = ["mutual_cathode_full_mev_per_atom", "mutual_cathode_half_mev_per_atom", "mutual_electrolyte_mev_per_atom"]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sampled")
    energies = modelled_file(folder)
    run_screening(settings_for(folder, energies=energies, uncertainty=True, samples=20))
    with CoatingDatabase.open(str(folder / "db")) as database:
        return database.ranking()[0]


def test_a_line_for_each_coating_with_intervals(sampled):
    coatings = sampled.ranking
    ax = looked_at(lambda ax: draw_ranking(ax, coatings, sampled.bare_interface), 7.0, 2.4)
    marked = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    faces = ["cathode full", "cathode half", "electrolyte"]
    assert list(marked) == [*faces, "worst, closed or open"]
    for name, face in [
        *zip(CLOSED, faces, strict=True),
        ("worst_contact_mev_per_closed_atom", "worst, closed or open"),
    ]:
        assert list(marked[face].get_xdata()) == [one.quantities[name] for one in coatings]
        assert [round(place) for place in marked[face].get_ydata()] == list(range(len(coatings)))
    bars = [tuple(line.get_xdata()) for line in ax.lines if line.get_alpha() == 0.6]
    intervals = [one.uncertainty.intervals[name] for name in CLOSED for one in coatings]
    assert bars[: len(intervals)] == [(one.low, one.high) for one in intervals]
    assert len({line.get_marker() for line in marked.values()}) == len(marked)
    assert [text.split(" (")[1] for text in labels(ax.yaxis)] == [f"tier {one.tier})" for one in coatings]
    assert_legible(ax)


def test_what_is_unknown_is_left_out():
    coatings = rank_coatings([record("A", partner=-20.0), record("B", full=None)], bare())
    ax = looked_at(lambda ax: draw_ranking(ax, coatings), 7.0, 2.4)
    full = next(line for line in ax.lines if line.get_label() == "cathode full")
    assert list(full.get_xdata()) == [-10.0]


def test_the_bare_interface():
    unprotected = bare().model_copy(
        update={
            "interfaces": [contact("cathode|electrolyte", "full", -300.0), contact("cathode|electrolyte", "half", None)]
        }
    )
    ax = looked_at(lambda ax: draw_ranking(ax, rank_coatings([record("A")], unprotected), unprotected), 7.0, 2.0)
    assert [line.get_xdata() for line in ax.lines if line.get_linestyle() == ":"] == [[-300.0, -300.0]]
    assert_legible(ax)


def test_many_coatings_with_long_names():
    records = [record(f"coating number {place} of a long name", partner=-place) for place in range(15)]
    coatings = rank_coatings(records, bare())
    ax = looked_at(lambda ax: draw_ranking(ax, coatings, bare()), 7.0, 1.0 + 0.44 * 15)
    assert len(labels(ax.yaxis)) == 15
    assert_legible(ax)
