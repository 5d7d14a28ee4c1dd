"""Stores that a file describes: what becomes of them, and what is refused."""

from __future__ import annotations

import json

import pytest
from fixtures_structures import rock_salt
from fixtures_tasks import antifluorite, vasp
from maggma.stores import JSONStore, MongoStore

from coatscreen.__main__ import execute
from screening.phases.files import read_table


def test_a_described_store_becomes_a_table(tmp_path, capsys):
    data = tmp_path / "tasks.json"
    documents = [vasp(rock_salt(), -10.0, task_id="a"), vasp(antifluorite("O", 4.6), -14.0, task_id="b")]
    data.write_text(json.dumps(documents))
    description = tmp_path / "store.json"
    description.write_text(JSONStore(str(data), key="task_id").to_json())
    table = tmp_path / "own.json"
    assert execute(["energies", "import", str(description), "--output", str(table), "--elements", "Li,O"]) == 0
    out = capsys.readouterr().out
    assert "lacks phases of elements alone" in out
    assert f"--energies mp+{table}" in out
    scale, columns = read_table(table)
    assert (columns.formula, scale.correction) == (["Li2O"], "MP2020")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ('{"a": 1}', "describes no store that can be read; there are MongoStore"),
        ({"@class": "MemoryStore"}, "describes no store that can be read"),
        ({"@class": "MongoStor", "paths": []}, "(did you mean MongoStore?)"),
        ({"ssh_tunnel": {"tunnel_server_address": "h:22"}}, "ssh_tunnel is not taken"),
        ({"pathes": []}, "JSONStore has no 'pathes' (did you mean paths?)"),
        ({"paths": ["tasks.json"]}, "must be absolute: tasks.json"),
        ({"paths": ["/no/tasks.json"]}, "there is no file /no/tasks.json"),
    ],
)
def test_a_description_of_no_store_is_refused(tmp_path, capsys, content, says):
    if isinstance(content, dict):
        content = json.dumps({**JSONStore("/x.json").as_dict(), **content})
    description = tmp_path / "store.json"
    description.write_text(content)
    assert execute(["energies", "import", str(description), "--output", str(tmp_path / "t.json")]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert not (tmp_path / "t.json").exists()


def test_a_store_that_is_not_there_is_one_line(tmp_path, capsys):
    assert execute(["energies", "import", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("described", [True, False])
def test_an_unreachable_database_is_one_line_without_its_password(tmp_path, capsys, monkeypatch, described):
    monkeypatch.setattr("workflows.requests.calculation_store._TIMEOUT_MS", 100)
    where = "mongodb://ann:secret@127.0.0.1:9/tasks"
    if described:
        store = MongoStore("tasks", "tasks", host="127.0.0.1", port=9, username="ann", password="secret")
        where = str(tmp_path / "store.json")
        (tmp_path / "store.json").write_text(store.to_json())
    assert execute(["energies", "import", where, "--output", str(tmp_path / "t.json")]) == 1
    err = capsys.readouterr().err
    assert "127.0.0.1:9" in err
    assert "secret" not in err
    assert err.count("\n") == 1
