"""The file a result goes to is refused before any work is done."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from screening.common.errors import InputError
from workflows.requests import result_file as module
from workflows.requests.oxygen_vacancies import VacancyCollector
from workflows.requests.result_file import result_file


def test_the_path_does_not_depend_on_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert result_file("new/cells.json") == tmp_path / "new" / "cells.json"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert result_file("~/cells.json") == tmp_path / "cells.json"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"^{tmp_path} is a folder: name a file in it$"):
        result_file(tmp_path)
    with pytest.raises(InputError, match=rf"cannot be written: {tmp_path}/file is no folder$"):
        result_file(tmp_path / "file" / "cells.json")


def test_a_folder_without_the_right_to_write_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module.os, "access", lambda path, mode: False)  # who runs the tests may write everywhere
    with pytest.raises(InputError, match=rf"cells.json cannot be written: {tmp_path} is read-only$"):
        result_file(tmp_path / "cells.json")


def test_a_relative_path_is_sent_nowhere():
    with pytest.raises(ValidationError, match="is not absolute"):
        VacancyCollector(file="found.json", result="id")
