"""The client of the Materials Project against a local server: structures, and the session's patience."""

import pytest
from fixtures_structures import rock_salt
from materials_project_server import KEY, half_an_answer, materials_project, status

from screening.common.errors import CalculationError, InputError

client_settings = pytest.importorskip("mp_api.client.core.settings", reason="the extra mp is not installed")

import screening.energies.sources.materials_project_client as module  # noqa: E402


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited for, none of which pass."""
    waited = []
    monkeypatch.setattr(module, "sleep", waited.append)
    return waited


@pytest.fixture
def server(waits, monkeypatch):
    monkeypatch.setenv("MP_API_KEY", KEY)
    with materials_project([]) as running:
        monkeypatch.setattr(client_settings.MAPI_CLIENT_SETTINGS, "ENDPOINT", running.address)
        yield running


def test_structures_are_fetched_by_identifier_and_unknown_ones_are_left_out(server):
    server.structures = {"mp-1": rock_salt().as_dict(), "mp-2": rock_salt(4.3, "Mg", "O").as_dict()}
    found = module.MaterialsProjectClient().structures(["mp-2", "mp-9", "mp-1"])
    assert {name: structure.composition.reduced_formula for name, structure in found.items()} == {
        "mp-1": "LiF",
        "mp-2": "MgO",
    }
    assert found["mp-1"] == rock_salt()


def test_many_identifiers_are_asked_for_in_parts(server, monkeypatch):
    monkeypatch.setattr(module, "_MOST_IDS", 2)
    server.structures = {f"mp-{n}": rock_salt().as_dict() for n in range(1, 6)}
    assert len(module.MaterialsProjectClient().structures(list(server.structures))) == 5
    assert sum("material_ids" in address for address in server.asked) == 3


def test_an_answer_that_is_no_structure_is_an_error(server):
    server.structures = {"mp-1": {"lattice": {}}}
    with pytest.raises(CalculationError, match="the Materials Project's answer cannot be used"):
        module.MaterialsProjectClient().structures(["mp-1"])


def test_each_wait_is_twice_the_one_before(server, waits):
    server.faults = [status(503), half_an_answer, status(500)]
    assert module.MaterialsProjectClient().database_version() == server.version
    assert waits == [1.0, 2.0, 4.0]


def test_what_does_not_pass_is_given_up_after_five_attempts(server, waits):
    server.always = status(503, {"detail": "down for\nmaintenance"})
    with pytest.raises(CalculationError, match="does not answer: 503: down for maintenance; what was fetched"):
        module.MaterialsProjectClient().database_version()
    assert len(server.asked) == 5
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_refused_key_is_not_tried_again(server, waits):
    server.always = status(403, {"message": "no"})
    with pytest.raises(InputError, match="refuses the API key"):
        module.MaterialsProjectClient().database_version()
    assert (len(server.asked), waits) == (1, [])
