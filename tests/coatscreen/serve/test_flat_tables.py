"""A database as flat tables: the numbers are those of its documents."""

from __future__ import annotations

import sqlite3

import pytest
from fixtures_screening import settings_for, synthetic

from coatscreen.serve.flat_tables import ABOUT, write_tables
from screening import CoatingDatabase
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from workflows import run_screening


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    run_screening(settings_for(folder))
    with CoatingDatabase.open(str(folder / "db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def tables(tmp_path_factory, database):
    file = tmp_path_factory.mktemp("tables") / "tables.db"
    write_tables(database, database.headers(), file)
    opened = sqlite3.connect(file)
    opened.row_factory = sqlite3.Row
    yield opened
    opened.close()


def test_a_row_for_each_coating(database, tables):
    found = tables.execute('SELECT * FROM coatings ORDER BY "rank"').fetchall()
    documents = database.search()
    assert [row["coating"] for row in found] == [doc["coating"] for doc in documents]
    for row, doc in zip(found, documents, strict=True):
        assert {name: row[name] for name in doc["quantities"]} == doc["quantities"]
        assert row["energies_sha256"] == doc["energies"]["sha256"]


def test_contacts_are_those_of_the_interface(tables):
    found = tables.execute("SELECT * FROM contacts").fetchall()
    assert len(found) > 20
    for row in found:
        held = None if row["voltage_v"] is None else Reservoir.lithium_voltage(row["voltage_v"])
        unit = "mev_per_atom" if held is None else "mev_per_closed_atom"
        profile = Interface(synthetic(), row["a"], row["b"], held).profile()
        assert row[f"mutual_{unit}"] == pytest.approx(1000 * profile.mutual.min(), abs=1e-3)
        assert row[f"total_{unit}"] == pytest.approx(1000 * profile.total.min(), abs=1e-3)
        assert row[f"self_a_{unit}"] == pytest.approx(1000 * profile.self_a, abs=1e-3)
        other = "mev_per_closed_atom" if held is None else "mev_per_atom"
        assert row[f"mutual_{other}"] is None
    assert sum(row["coating"] is None for row in found) == 6  # the bare interface


def test_views(database, tables):
    ranked = database.search()
    passing = [row["coating"] for row in tables.execute("SELECT * FROM passing")]
    assert passing == [doc["coating"] for doc in ranked if doc["tier"] == 1]
    worst = {row["coating"]: row["mutual_mev_per_atom"] for row in tables.execute("SELECT * FROM worst_contacts")}
    assert worst == {doc["coating"]: doc["worst_mutual_mev_per_atom"] for doc in ranked}


def test_every_table_is_described(tables):
    names = {row["name"] for row in tables.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert names == set(ABOUT)
