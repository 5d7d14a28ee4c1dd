"""Tables from stores: an embedded database, a described store, and stores that cannot be opened."""

from __future__ import annotations

import json

from fixtures_structures import rock_salt
from fixtures_tasks import force_field, job

from coatscreen.__main__ import execute
from screening.database import StoreLocation
from screening.phases.files import read_table


def embedded(folder, documents):
    store = StoreLocation(folder).open("jobs")
    store.update(documents, key="uuid")
    store.close()
    return folder


def test_an_embedded_database_becomes_a_table_that_joins_the_packaged_energies(tmp_path, capsys):
    documents = [
        job("salt", force_field(rock_salt(), -5.0501, steps=9)),
        job("bad", force_field(rock_salt(anion="Cl"), -3.0, state="failed")),
        job("other", {"results": {}}),
    ]
    table = tmp_path / "own.json.gz"
    store = embedded(tmp_path / "db", documents)
    assert execute(["energies", "import", str(store), "--output", str(table), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["missing_references"], out["use_as"]) == (["F", "Li"], f"reference+{table}")
    assert out["failed"] == {"bad": "not converged (state failed)"}
    assert (out["n_calculations"], out["energies"]["n_phases"]) == (2, 1)
    _, columns = read_table(table)
    assert (columns.id, columns.energy_ev_per_atom) == (["salt"], [-5.0501])
    assert execute(["stability", "LiF", "--energies", out["use_as"], "--json"]) == 0
    assert "salt" in [p["source_id"] for p in json.loads(capsys.readouterr().out)["polymorphs"]]
