"""Documents as tables."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from fixtures_ranking import bare, record
from fixtures_screening import synthetic
from pydantic import BaseModel

from screening.coatings.ranking import rank_coatings
from screening.database.queries.answers import Answers
from screening.equilibrium.interface import Interface
from screening.equilibrium.staircase import lithium_staircase
from screening.equilibrium.voltage_sweep import voltage_sweep
from screening.hull.reservoir import Reservoir
from screening.text.tabular import Documents


class Inner(BaseModel):
    """A part."""

    volts_v: float | None


class Whole(BaseModel):
    """A document."""

    name: str
    inner: Inner | None


class Cells(HTMLParser):
    """Tags, and the text of the cells."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data.strip())


def test_a_column_for_each_dotted_name():
    table = Documents([Whole(name="a", inner=Inner(volts_v=1.5)), Whole(name="b", inner=None)]).to_dataframe()
    assert list(table.columns) == ["name", "inner.volts_v"]
    assert table["inner.volts_v"].tolist() == [1.5, pytest.approx(float("nan"), nan_ok=True)]


def test_names_are_text_in_a_notebook():
    hostile = "<script>alert(1)</script>\x1b[31m&"
    found = Cells(Documents([Whole(name=hostile, inner=None)])._repr_html_())
    assert "script" not in found.tags
    assert "<script>alert(1)</script>\\u001b[31m&" in found.texts


def test_a_long_list_is_shown_in_part():
    html = Answers({"n": n} for n in range(31))._repr_html_()
    cells = Cells(html)
    assert cells.tags.count("tr") == 31  # the heads, and thirty rows
    assert "to_dataframe() has all" in html
    assert "to_dataframe" not in Answers({"n": n} for n in range(30))._repr_html_()


def test_nothing_is_a_table_without_rows():
    assert Answers()._repr_html_().startswith("<table")


def test_ranked_coatings():
    coatings = rank_coatings([record("A", partner=-20.0), record("B", partner=-30.0)], bare())
    table = coatings.to_dataframe()
    assert table["coating"].tolist() == ["A", "B"]
    assert table["quantities.mutual_electrolyte_mev_per_atom"].tolist() == [-20.0, -30.0]
    shown = Cells(coatings._repr_html_()).texts
    assert {"rank", "tier", "A", "B", "-20", "-30"} <= set(shown)


@pytest.mark.parametrize("reservoir", [None, Reservoir.lithium_voltage(4.0)])
def test_the_kinks_of_a_profile(reservoir):
    interface = Interface(synthetic(), "LiNbO3", "Li6PS5Cl", reservoir)
    table = interface.document().to_dataframe()
    unit = "ev_per_atom" if reservoir is None else "ev_per_closed_atom"
    assert table[f"mutual_{unit}"].tolist() == pytest.approx(list(interface.profile().mutual), abs=1e-8)
    x = "x_atomic_a" if reservoir is None else "x_closed_a"
    assert table[x].tolist() == pytest.approx(list(interface.profile().x), abs=1e-8)


def test_staircases_and_sweeps():
    staircase = lithium_staircase(synthetic(), "LiNbO3")
    assert staircase.to_dataframe()["voltage_v"].tolist() == [step.voltage_v for step in staircase.steps]
    sweep = voltage_sweep(synthetic(), "LiNbO3", "Li6PS5Cl", [3.0, 4.0])
    found = sweep.to_dataframe()
    assert found["voltage_v"].tolist() == [3.0, 4.0]
    assert found["mutual.min_ev_per_closed_atom"].tolist() == [
        point.mutual.min_ev_per_closed_atom for point in sweep.points
    ]
