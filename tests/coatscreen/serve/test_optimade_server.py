"""The consortium's own validator finds no fault with what is served, and only this machine's pages may ask."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest
from fixtures_screening import SMALL, energies_file

from coatscreen.__main__ import execute
from screening import CoatingDatabase

pytest.importorskip("optimade", reason="the extra optimade is not installed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    energies = energies_file(tmp_path_factory.mktemp("energies"))
    request = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]
    assert execute(["run", *request, "--energies", energies, "--store", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def address(tmp_path_factory, store):
    """Where a process of its own serves, until the tests are through; it ends as it should."""
    folder = tmp_path_factory.mktemp("temporary")
    process = subprocess.Popen(
        [sys.executable, "-m", "coatscreen", "serve", "--optimade", "--port", "0", "--store", str(store)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert "shows" in process.stderr.readline()
    [found] = re.findall(r"(http://\S+/optimade)/v1/structures answers by OPTIMADE", process.stderr.readline())
    yield found
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0
    assert "Traceback" not in said
    assert list(folder.glob("coatscreen-serve-*")) == []


def ask(address, path, **headers):
    with urllib.request.urlopen(urllib.request.Request(address + path, headers=headers), timeout=30) as answer:
        return json.loads(answer.read())


def test_the_validator_finds_no_fault(address):
    from optimade.validator import ImplementationValidator

    validator = ImplementationValidator(base_url=address, respond_json=True, run_optional_tests=False)
    validator.validate_implementation()
    assert validator.valid, validator.results.failure_messages
    assert validator.results.success_count > 30


def test_a_filter_on_our_own_numbers(address, store):
    limit = -50
    condition = quote(f'_coatscreen_worst_mutual_mev_per_atom > {limit} AND elements HAS "O"')
    found = ask(address, f"/v1/structures?filter={condition}")["data"]
    with CoatingDatabase.open(str(store)) as database:
        wanted = [
            doc["coating"]
            for doc in database.search()
            if doc["worst_mutual_mev_per_atom"] > limit and "O" in doc["formula"]
        ]
    assert sorted(one["attributes"]["_coatscreen_coating"] for one in found) == sorted(wanted)
    assert wanted


def test_units_are_told(address):
    told = ask(address, "/v1/info/structures")["data"]["properties"]
    assert told["_coatscreen_worst_mutual_mev_per_atom"]["unit"] == "meV/atom"


def test_a_page_of_another_site_learns_nothing(address):
    assert ask(address, "/v1/structures", Origin="http://localhost:3000")["data"]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(address, "/v1/structures", Origin="https://evil.example")
