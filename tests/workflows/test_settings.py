"""Options from the command line, the environment and a file."""

from __future__ import annotations

import json
import os

import pytest

from screening.common.errors import InputError
from screening.criteria.criteria import default_criteria
from workflows.settings import ScreeningSettings, load_settings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in list(os.environ):
        if name.upper().startswith("COATSCREEN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path):
    def write(text, name="config.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_defaults_are_the_mission():
    settings = load_settings()
    assert settings.coatings == ["LiNbO3", "LiTaO3", "HfO2", "Li2SO4", "Li3PO4"]
    assert settings.cathodes == ["NCM83"]
    assert settings.electrolytes == ["Li6PS5Cl"]
    assert settings.energies == "reference"
    assert settings.store == "results/coatings"
    assert (settings.workers, settings.voltage) == (1, [])
    assert tuple(settings.criteria) == default_criteria()


YAML = """
coatings: [LiF, Al2O3]
cathodes: NCM622, LiCoO2
workers: 3
criteria:
- {name: cheap, quantity: raw_material_cost_usd_per_kg, at_most: 50}
"""
TOML = """
coatings = ["LiF", "Al2O3"]
cathodes = "NCM622, LiCoO2"
workers = 3
[[criteria]]
name = "cheap"
quantity = "raw_material_cost_usd_per_kg"
at_most = 50
"""


@pytest.mark.parametrize(("text", "name"), [(YAML, "c.yaml"), (YAML, "c.yml"), (TOML, "c.toml")])
def test_file(config, text, name):
    settings = load_settings(config(text, name))
    assert settings.coatings == ["LiF", "Al2O3"]
    assert settings.cathodes == ["NCM622", "LiCoO2"]
    assert settings.electrolytes == ["Li6PS5Cl"]
    assert settings.workers == 3
    assert [(c.name, c.at_most) for c in settings.criteria] == [("cheap", 50.0)]


def test_every_option_can_be_in_a_file(config):
    values = load_settings(coatings="LiF", batch_size=7, voltage="4.1,4.4").model_dump(mode="json")
    assert values.keys() == ScreeningSettings.model_fields.keys()
    assert load_settings(config(json.dumps(values))).model_dump(mode="json") == values  # JSON is YAML


def test_an_empty_file_changes_nothing(config):
    for text in ("", "# nothing\n"):
        assert load_settings(config(text)).model_dump() == load_settings().model_dump()


def test_the_command_line_comes_before_the_environment_and_that_before_the_file(config, monkeypatch):
    file = config("workers: 2\nbatch_size: 2\nvoltage: [4.1]\n")
    monkeypatch.setenv("COATSCREEN_WORKERS", "3")
    monkeypatch.setenv("COATSCREEN_BATCH_SIZE", "3")
    settings = load_settings(file, workers=4)
    assert (settings.workers, settings.batch_size, settings.voltage) == (4, 3, [4.1])


def test_environment(monkeypatch):
    monkeypatch.setenv("COATSCREEN_COATINGS", "LiF, Al2O3")
    monkeypatch.setenv("COATSCREEN_CRITERIA", '[{"name": "a", "quantity": "oxidation_limit_v", "at_least": 4}]')
    settings = load_settings()
    assert settings.coatings == ["LiF", "Al2O3"]
    assert [c.name for c in settings.criteria] == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coatngs: [LiF]", r"unknown option 'coatngs' \(did you mean coatings\?\)"),
        ("batchsize: 3", r"unknown option 'batchsize' \(did you mean batch_size\?\)"),
        ("coatings: 5", "coatings: "),
        ("coatings: {LiF: 1}", "coatings: "),
        ("coatings: [LiF, 5]", r"coatings.1: "),
        ("coatings: [NO]", r"coatings.0: "),  # YAML reads it as false
        ("workers: two", "workers: "),
        ("workers: 0", "workers: "),
        ("workers: 1.5", "workers: "),
        ("batch_size: -1", "batch_size: "),
        ("voltage: high", "voltage.*number"),
        ("criteria: 3", "criteria must be a list"),
        ("criteria: [{name: a, quantity: oxidation_limit, at_least: 4}]", "did you mean oxidation_limit_v"),
        ("criteria: [{name: a, quantity: oxidation_limit_v, atleast: 4}]", "criterion 'a': .*did you mean at_least"),
        (
            "criteria: [{name: a, quantity: oxidation_limit_v, at_least: 4},"
            "{name: a, quantity: reduction_limit_v, at_most: 4}]",
            "'a' occurs twice",
        ),
        ("- LiF", "holds no options by name"),
        ("LiF", "holds no options by name"),
        ("a: [", "is not YAML"),
        ("a: b: c", "is not YAML"),
    ],
)
def test_refused(config, text, message):
    with pytest.raises(InputError, match=message) as caught:
        load_settings(config(text))
    assert "config.yaml" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_none(config, tmp_path):
    with pytest.raises(InputError, match=r"nothing\.yaml does not exist"):
        load_settings(tmp_path / "nothing.yaml")
    with pytest.raises(InputError, match="neither YAML nor TOML by its name"):
        load_settings(config("workers: 2", "config.txt"))
    with pytest.raises(InputError, match="is not TOML"):
        load_settings(config("workers = ", "config.toml"))
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match=r"binary\.yaml is not UTF-8 text"):
        load_settings(binary)


def test_unknown_options_of_a_caller():
    with pytest.raises(InputError, match=r"unknown option 'coating' \(did you mean coatings\?\)"):
        load_settings(coating=["LiF"])


def test_a_wrong_environment(monkeypatch):
    monkeypatch.setenv("COATSCREEN_CRITERIA", "cheap")
    with pytest.raises(InputError, match="criteria"):
        load_settings()
    monkeypatch.delenv("COATSCREEN_CRITERIA")
    monkeypatch.setenv("COATSCREEN_WORKERS", "many")
    with pytest.raises(InputError, match="workers"):
        load_settings()


def test_further_states_of_charge_come_as_numbers_or_a_comma_list():
    assert load_settings(lithiation="0.3, 0.2").lithiation == [0.3, 0.2]
    assert load_settings(lithiation="1/3, 0.6667").lithiation == [1 / 3, 2 / 3]
    assert load_settings().lithiation == []
    for wrong in ("half", "1/0", "-0.1"):
        with pytest.raises(InputError, match="lithiation"):
            load_settings(lithiation=wrong)
