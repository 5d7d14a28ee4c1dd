"""Addresses with passwords are no paths, and are shown nowhere."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import SMALL, energies_file, settings_for
from jobflow import Flow, JobStore, job
from maggma.stores import MemoryStore

from coatscreen.__main__ import execute
from screening.common.errors import CalculationError, InputError, StoreError
from screening.database.stores import LocationError, StoreLocation
from screening.files.content import write_json
from screening.text.passwords import is_address, masked, without_passwords
from workflows import run_screening
from workflows.local import run_local
from workflows.queue.site import site_folder
from workflows.queue.site.site import SITE_VARIABLE
from workflows.queue.tracebacks import error_line
from workflows.requests.result_file import result_file

ADDRESSES = [
    "mongodb://berta:geheim@db.example.org/coatings",
    " mongodb://berta:geheim@db.example.org/coatings",
    "mongodb:/berta:geheim@db.example.org/coatings",
    "mongodb:berta:geheim@db.example.org/coatings",
    "mongodb//berta:geheim@db.example.org/coatings",
    "mongdb://berta:geheim@db.example.org/coatings",
    "MongoDB://berta:geheim@db.example.org/coatings",
    "berta:geheim@db.example.org/coatings",
    "./berta:geheim@db.example.org/coatings",
    "results/berta:geheim@db.example.org",
    "postgres://berta:geheim@db.example.org/coatings",
    "mongodb://berta:ge@h/e:i m'geheim@db.example.org/coatings",
    "berta:ge@h/e:im'geheim@db.example.org/coatings",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_known_and_masked(address):
    for text in (address, f"cannot open {address!r}", f"{address}: no such folder", f"a, b and {address}"):
        assert is_address(text)
        assert "geheim" not in masked(text)
        assert "berta" not in masked(text)
        assert "db.example.org" in masked(text)
        assert masked(masked(text)) == masked(text)
    for kind in (InputError, StoreError, CalculationError, LocationError):
        assert "geheim" not in repr(kind(f"cannot open {address}")) + str(kind(address))


@pytest.mark.parametrize(
    "text",
    [
        *("results/coatings", "C:/data", "~/x", "LiNbO3@30meV", "NCM83:half@30meV", "NCM83:0.3@ 30 meV", "a: b@c"),
        *("localhost:27017: refused", "berta@example.org", '{"a":"b@c"}', "mu_Li: -3.66", "energies 'x+y': no", ""),
    ],
)
def test_what_is_no_address_stays(text):
    assert not is_address(text)
    assert masked(text) == text


@pytest.mark.parametrize("address", [address for address in ADDRESSES if not address.strip().startswith("mongodb://")])
def test_a_mistyped_address_is_no_path(own_folder, tmp_path, capsys, monkeypatch, address):
    """It made folders with the password in their names, and reported success."""
    table = energies_file(tmp_path)
    before = sorted(tmp_path.iterdir())
    writing = [
        ["run", "--energies", table, "--store", address],
        ["run", "--energies", table, f"--store={address}"],
        ["rank", "--store", address],
        ["query", "--store", address],
        ["run", "--energies", address],
        ["run", "--config", address],
        ["candidates", "--output", address],
        ["energies", "import", address],
        ["energies", "import", "db", "--output", address],
        ["energies", "add", "LiF.cif", "--table", address],
        ["reference", "build", "--structures", "x.jsonl", "--output", address],
        ["reference", "info", "--csv", address],
        ["reproduce", "--output", address],
        ["submit", "--site", address],
        ["submit", "--init", "--database", address, "--scheduler", "slurm", "--work-folder", str(tmp_path)],
        ["status", address, "--nonsense", address],
        ["stability", address],
    ]
    for arguments in writing:
        assert execute(arguments) == 2, arguments
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert "geheim" not in printed.err, arguments
    monkeypatch.setenv("COATSCREEN_STORE", address)
    assert execute(["run", "--energies", table]) == execute(["rank"]) == 2
    assert "geheim" not in capsys.readouterr().err
    monkeypatch.setenv(SITE_VARIABLE, address)
    for refused in (site_folder, lambda: result_file(address), lambda: write_json(address, {})):
        with pytest.raises(InputError, match="is an address") as caught:
            refused()
        assert "geheim" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0"])
def test_blanks_around_an_address_are_no_part_of_it(blank):
    uri = "mongodb://berta:geheim@db.example.org/coatings"
    assert StoreLocation(f"{blank}{uri}{blank}").uri == uri


@job
def fail():
    raise RuntimeError("no answer from mongodb://berta:geheim@db.example.org/coatings")


def test_a_password_in_the_error_of_a_job_is_not_kept(tmp_path):
    store = JobStore(MemoryStore())
    store.connect()
    outcome = run_local(Flow([fail()]), store)
    assert list(outcome.failed.values()) == ["RuntimeError: no answer from mongodb://***@db.example.org/coatings"]
    assert "geheim" not in error_line("E: at berta:geheim@db.example.org", None)


def test_a_request_is_kept_without_its_database(tmp_path):
    settings = settings_for(tmp_path, **SMALL)
    run_screening(settings)
    with StoreLocation(settings.store).open("runs", read_only=True) as runs:
        (kept,) = runs.query()
    assert "store" not in kept["request"]
    assert settings.store not in json.dumps(kept)


WRONG = [
    ("fooBar=1", "Unknown option"),
    ("connectTimeoutMS=abc", "connecttimeoutms must be an integer or float"),
    ("authMechanism=FOO", "authmechanism must be in"),
    ("tls=true&tlsCAFile=/no/ca.pem", r"/no/ca\.pem: .*(No such file or directory|not readable)"),
]


@pytest.mark.parametrize(("options", "says"), WRONG)
def test_what_is_wrong_with_an_address_is_said(options, says):
    """All of this was taken for a password that was not escaped."""
    with pytest.raises(LocationError, match=says) as caught:
        StoreLocation(f"mongodb://berta:geheim@127.0.0.1:9/coatings?{options}").open("coatings")
    assert str(caught.value).startswith("mongodb://***@127.0.0.1:9/coatings")
    assert "%3A" not in str(caught.value)


def test_a_name_that_no_name_server_knows(monkeypatch):
    from pymongo.errors import ConfigurationError

    def unknown(*arguments, **options):
        raise ConfigurationError("The DNS query name does not exist: _mongodb._tcp.nowhere.invalid.")

    monkeypatch.setattr("maggma.stores.MongoStore.from_uri", unknown)
    with pytest.raises(LocationError, match=r"cannot be used: The DNS query name does not exist"):
        StoreLocation("mongodb+srv://berta:geheim@nowhere.invalid/coatings").open("coatings")


def test_tls_to_a_server_without_it(database_uri):
    address = f"{database_uri}{'&' if '?' in database_uri else '?'}tls=true"
    with pytest.raises(StoreError, match=r"(handshake|no answer).*; does it speak TLS, as the address says"):
        StoreLocation(address).open("coatings")


def test_variables_with_a_password_stay_behind():
    kept = {"HOME": "/home/me", "LOADEDMODULES": "gcc/12:openmpi@4", "SITE": "mongodb://db.example.org/coatings"}
    left = {
        "MONGODB_URI": "mongodb://me:swordfish@db.example.org/coatings",
        "RUN": "coatscreen rank --store mongodb+srv://me:sw@rd@db.example.org/c",
        "https_proxy": "http://me:swordfish@proxy.example.org:3128",
    }
    assert without_passwords({**kept, **left}) == kept
