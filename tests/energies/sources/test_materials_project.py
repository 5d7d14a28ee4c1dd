"""The Materials Project's energies, fetched with its real client package from a local server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading

import materials_project_server as local
import pytest
from fixtures_screening import ELEMENTS, FORMATION, SMALL, energies_file, phase_set, synthetic, without
from materials_project_server import KEY, materials_project, thermo_document, thermo_documents
from monty.serialization import dumpfn
from pymatgen.entries.computed_entries import ComputedEntry, ConstantEnergyAdjustment

from coatscreen.__main__ import execute
from screening.chemistry import elements
from screening.chemistry.formulas import parse_formula
from screening.common.errors import CalculationError, InputError
from screening.common.provenance import EnergyScale
from screening.energies.source import fixed_source, open_energies, source_for_jobs
from screening.energies.sources import materials_project as kept
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.interface import Interface
from screening.phases.files import write_table
from screening.phases.phase import Phase, PhaseColumns
from screening.phases.phase_set import PhaseSet
from screening.searches.screening_request import plan_screening

client_settings = pytest.importorskip("mp_api.client.core.settings", reason="the extra mp is not installed")
from emmet.core.thermo import ThermoDoc  # noqa: E402

import screening.energies.sources.materials_project_client as client_module  # noqa: E402

LI_O = [{"Li", "O"}]
LI_NB_O = [{"Li", "Nb", "O"}]


@pytest.fixture(scope="module")
def documents():
    return thermo_documents(synthetic())


@pytest.fixture(scope="module")
def schema():
    return ThermoDoc.model_json_schema()


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited for, none of which pass."""
    waited = []
    monkeypatch.setattr(client_module, "sleep", waited.append)
    return waited


@pytest.fixture
def server(documents, schema, waits, tmp_path, monkeypatch):
    monkeypatch.setattr(ThermoDoc, "model_json_schema", lambda: schema)  # made anew for each field otherwise
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MP_API_KEY", KEY)
    with materials_project(documents) as running:
        monkeypatch.setattr(client_settings.MAPI_CLIENT_SETTINGS, "ENDPOINT", running.address)
        yield running


def reaction(phases: PhaseSet) -> float:
    return Interface(phases, "Li2O", "Nb2O5").reaction().mutual.energy_ev


# -- what is fetched ------------------------------------------------------------------------------


def test_phases_of_a_chemical_system(server):
    phases = open_energies("mp", systems=LI_NB_O)
    expected = synthetic().within({"Li", "Nb", "O"})
    assert len(phases) == len(expected)
    for phase in phases.phases:
        assert phase.energy_ev_per_atom == expected.energies[expected.polymorphs(parse_formula(phase.formula))[0]]
        assert phase.space_group == 225
        assert phase.volume_a3_per_atom == pytest.approx(10.5)
    assert reaction(phases) == pytest.approx(reaction(expected), abs=1e-12)


def test_scale_and_version(server):
    scale = open_energies("mp", systems=LI_O).scale
    assert (scale.name, scale.version) == ("Materials Project", "2025.09.25")
    assert (scale.functional, scale.correction) == ("PBE and PBE+U", "MP2020")
    assert "GGA_GGA+U" in scale.source
    assert all("thermo_types=GGA_GGA%2BU&" in f"{a}&" for a in server.asked if "chemsys" in a)


def test_more_than_a_thousand_phases_come_in_pages(server):
    server.documents += [thermo_document(f"mp-{n}", "Li2O", -4.0 + n / 1e6) for n in range(10_000, 12_345)]
    phases = open_energies("mp", systems=LI_O)
    assert len(phases) == 2345 + len(synthetic().within({"Li", "O"}))
    assert [f"_skip={skip}" in address for address in server.asked for skip in (1000, 2000)].count(True) == 2


def test_ten_elements_are_asked_for_in_parts(server):
    elements = set(ELEMENTS) - {"Ta"}
    phases = open_energies("mp", systems=[elements])
    assert len(elements) == 10
    assert len(phases) == len(synthetic().within(elements))
    assert len(server.systems) == len(set(server.systems)) == 2**10 - 1
    requests = [address for address in server.asked if "_fields" in address]
    assert len(requests) > 1
    assert max(map(len, server.asked)) < local.LONGEST_ADDRESS / 1.5


def test_two_systems_are_not_filled_up_to_their_union(server):
    phases = open_energies("mp", systems=[{"Li", "O"}, {"Li", "S"}])
    assert sorted(server.systems) == ["Li", "Li-O", "Li-S", "O", "S"]
    assert isinstance(phases, FetchedPhaseSet)
    phases.require({"Li", "S"})
    with pytest.raises(InputError, match="were not fetched for Li-O-S, only for Li-O, Li-S"):
        Interface(phases, "Li2O", "Li2S").reaction()
    with pytest.raises(InputError, match="hold no phase of Nb"):
        phases.require({"Nb"})
    part = phases.within({"Li", "O"}).without([])
    with pytest.raises(InputError, match="hold no phase of S"):
        part.require({"Li", "S"})
    with pytest.raises(InputError, match="were not fetched for Li-O-S"):
        phases.without([]).system({"Li", "O", "S"})


def test_no_system_is_named(server):
    with pytest.raises(InputError, match="fetched by chemical system"):
        open_energies("mp")
    assert not server.asked


def test_a_system_too_large_is_refused_before_it_is_asked_for(server):
    with pytest.raises(InputError, match="too many chemical systems"):
        open_energies("mp", systems=[set(elements.ELEMENTS[:20])])
    assert not server.asked


def test_elements_the_database_does_not_have(server):
    with pytest.raises(InputError, match="holds no phase in Po"):
        open_energies("mp", systems=[{"Po"}])
    open_energies("mp", systems=LI_O)
    with pytest.raises(InputError, match="holds no phase in At-Po"):
        open_energies("mp", systems=[{"Po", "At"}])
    with pytest.raises(InputError, match="no phase of Po"):
        open_energies("mp", systems=[{"Li", "Po"}]).require({"Po"})


# -- what is kept ---------------------------------------------------------------------------------


def test_a_second_time_needs_neither_network_nor_key(server, monkeypatch):
    first = open_energies("mp", systems=LI_NB_O)
    server.asked.clear()
    monkeypatch.delenv("MP_API_KEY")
    assert open_energies("mp", systems=LI_NB_O) == first
    part = open_energies("mp", systems=LI_O)  # a part of what is there
    assert part == first.within({"Li", "O"})
    assert not server.asked


def test_kept_energies_are_opened_without_the_client_package(server, tmp_path):
    phases = open_energies("mp", systems=LI_O)
    code = (
        "import sys; from screening.energies.source import open_energies;"
        "phases = open_energies('mp', systems=[{'Li', 'O'}]);"
        "assert not {'mp_api', 'requests', 'pymatgen'} & set(sys.modules);"
        "print(phases.sha256)"
    )
    environment = {"COATSCREEN_CACHE": str(tmp_path / "cache"), "PATH": ""}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == phases.sha256


def test_only_what_is_missing_is_fetched(server):
    open_energies("mp", systems=LI_O)
    before = list(server.systems)
    both = open_energies("mp", systems=LI_NB_O)
    assert sorted(before) == ["Li", "Li-O", "O"]
    assert sorted(server.systems[len(before) :]) == ["Li-Nb", "Li-Nb-O", "Nb", "Nb-O"]
    assert len(both) == len(synthetic().within({"Li", "Nb", "O"}))


def test_several_at_once_fetch_once(server):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(open_energies("mp", systems=LI_NB_O).sha256)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(server.systems) == 7


def test_what_was_fetched_before_a_failure_is_kept(server, monkeypatch):
    monkeypatch.setattr(kept, "_LONGEST_REQUEST", 12)  # one system or two a request
    server.faults = [None] * 8
    server.always = local.status(503)
    with pytest.raises(CalculationError, match="503"):
        open_energies("mp", systems=LI_NB_O)
    had = kept.read_kept().systems
    assert 0 < len(had) < 7
    server.always = None
    before = len(server.systems)
    assert len(open_energies("mp", systems=LI_NB_O)) == len(synthetic().within({"Li", "Nb", "O"}))
    assert not had & set(server.systems[before:])


def test_versions_are_not_mixed(server):
    old = open_energies("mp", systems=LI_O)
    server.version = "2026.04.01"
    server.documents[:] = thermo_documents(phase_set({**FORMATION, "Li2O": -2.11}))
    assert open_energies("mp", systems=LI_O) == old  # all of it is there
    with pytest.raises(InputError, match=r"version 2025\.09\.25 .* now serves version 2026\.04\.01.*mp:2026\.04\.01"):
        open_energies("mp", systems=LI_NB_O)
    new = open_energies("mp:2026.04.01", systems=LI_NB_O)
    assert new.scale.version == "2026.04.01"
    assert open_energies("mp", systems=LI_NB_O) == new
    assert open_energies("mp", systems=LI_O) == new.within({"Li", "O"}) != old
    assert open_energies("mp:2025.09.25", systems=LI_O) == old
    with pytest.raises(InputError, match=r"now serves version 2026\.04\.01; 2025\.09\.25 is not to be had beyond"):
        open_energies("mp:2025.09.25", systems=LI_NB_O)
    with pytest.raises(InputError, match=r"2024\.12\.18 is not to be had$"):
        open_energies("mp:2024.12.18", systems=LI_O)


def test_the_version_changes_while_it_is_asked(server):
    def other_version(handler):
        server.version = "2026.04.01"
        handler.answer({"db_version": "2026.04.01"})

    open_energies("mp", systems=[{"S"}])
    ask = len(server.asked)
    open_energies("mp", systems=[{"P"}])
    server.faults = [*[None] * (len(server.asked) - ask - 1), other_version]
    with pytest.raises(CalculationError, match=r"changed from version 2025\.09\.25 to 2026\.04\.01"):
        open_energies("mp", systems=[{"Nb"}])
    assert "Nb" not in kept.read_kept("2025.09.25").systems


@pytest.mark.parametrize("version", ["../2025", "a b", ".."])
def test_a_version_that_is_none(server, version):
    with pytest.raises(InputError, match="is no version"):
        open_energies(f"mp:{version}", systems=LI_O)


def test_a_damaged_cache(server, tmp_path):
    open_energies("mp", systems=LI_O)
    [file] = (tmp_path / "cache" / "materials-project").glob("*.json.gz")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"2025\.09\.25\.json\.gz is truncated or damaged.*delete the file"):
        open_energies("mp", systems=LI_O)


def test_a_cache_that_cannot_be_written(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"cannot be written: .*COATSCREEN_CACHE"):
        open_energies("mp", systems=LI_O)


# -- what goes wrong ------------------------------------------------------------------------------


def test_no_key(server, monkeypatch):
    monkeypatch.delenv("MP_API_KEY")
    monkeypatch.setitem(__import__("pymatgen.core", fromlist=["SETTINGS"]).SETTINGS, "PMG_MAPI_KEY", "")
    with pytest.raises(InputError, match=r"needs an API key: .*MP_API_KEY"):
        open_energies("mp", systems=LI_O)
    assert not server.asked


def test_a_key_of_pymatgen_s_settings(server, monkeypatch):
    monkeypatch.delenv("MP_API_KEY")
    monkeypatch.setitem(__import__("pymatgen.core", fromlist=["SETTINGS"]).SETTINGS, "PMG_MAPI_KEY", KEY)
    assert len(open_energies("mp", systems=LI_O)) == 4


def test_a_key_that_cannot_be_one(server, monkeypatch):
    monkeypatch.setenv("MP_API_KEY", "short")
    with pytest.raises(InputError, match="32 characters"):
        open_energies("mp", systems=LI_O)
    assert not server.asked


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key(server, waits, monkeypatch, code):
    monkeypatch.setenv("MP_API_KEY", KEY[::-1])
    if code == 403:
        server.faults = [None] * 3
        server.always = local.status(403, {"message": "Forbidden"})
    with pytest.raises(InputError, match=rf"refuses the API key \({code}: (Invalid auth|Forbidden)") as caught:
        open_energies("mp", systems=LI_O)
    assert KEY[::-1] not in str(caught.value)
    assert not waits  # asking again would not help


@pytest.mark.parametrize(
    "fault",
    [
        local.half_an_answer,
        local.half_an_answer_of_unknown_length,
        local.hang_up,
        local.status(503),
        local.status(429),
    ],
    ids=["half", "half of unknown length", "hang up", "503", "429"],
)
def test_what_passes_is_tried_again(server, waits, fault):
    open_energies("mp", systems=[{"S"}])  # so that the client is known to be compatible
    server.faults = [fault, fault, None, fault]
    phases = open_energies("mp", systems=LI_O)
    assert phases == open_energies("mp", systems=LI_O)
    assert len(phases) == 4
    assert waits == [1.0, 2.0, 1.0]


def test_a_rate_limit_says_how_long_to_wait(server, waits):
    server.faults = [local.status(429, {"message": "API rate limit exceeded"}, Retry_After="7")]
    assert len(open_energies("mp", systems=LI_O)) == 4
    assert waits == [7.0]


def test_a_rate_limit_of_an_hour_is_not_waited_for(server, waits):
    server.always = local.status(429, {"error": "Your IP has been (temporarily) blocked"}, Retry_After="3600")
    with pytest.raises(
        CalculationError, match=r"429: Your IP has been \(temporarily\) blocked, and asks to wait 3600 s"
    ):
        open_energies("mp", systems=LI_O)
    assert not waits


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (local.status(503), "503: status 503"),
        (local.hang_up, "no connection"),
        (local.half_an_answer, "the connection was closed in the middle of an answer"),
        (local.half_an_answer_of_unknown_length, "half an answer"),
    ],
    ids=["503", "hang up", "half", "half of unknown length"],
)
def test_what_does_not_pass(server, waits, fault, reason):
    server.always = fault
    with pytest.raises(CalculationError, match=f"does not answer: ({reason}).*run the same command again"):
        open_energies("mp", systems=LI_O)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert len(server.asked) == 5


def test_a_server_that_says_nothing(server, waits, monkeypatch):
    monkeypatch.setattr(client_module, "_TIMEOUT_S", 0.05)
    server.always = local.silence
    with pytest.raises(CalculationError, match="nothing came"):
        open_energies("mp", systems=LI_O)


def test_no_server(server, waits, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(
            client_settings.MAPI_CLIENT_SETTINGS, "ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}/"
        )
    with pytest.raises(CalculationError, match="does not answer: no connection"):
        open_energies("mp", systems=LI_O)
    assert len(waits) == 4


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"energy_per_atom": None}, "mp-1 .*energy_per_atom"),
        ({"energy_per_atom": "much"}, "mp-1 .*energy_per_atom"),
        ({"energy_per_atom": 0.0}, "mp-1 cannot be used"),
        ({"composition": {}}, "mp-1 .*composition"),
        ({"composition": {"Xx": 1.0}}, "not asked for: mp-1, Xx"),
        ({"composition": {"Li": 0.0}}, "mp-1 cannot be used"),
        ({"thermo_type": None}, "mp-1 .*thermo_type"),
        ({"material_id": None}, "a phase .*material_id"),
        ({"symmetry": {"number": 231}}, "symmetry.number"),
    ],
    ids=str,
)
def test_an_answer_with_an_unfit_field(server, changed, message):
    page = {**thermo_document("mp-1", "Li", -1.9), **changed}
    server.faults = [None] * 3 + [lambda handler: handler.answer({"data": [page], "meta": {"total_doc": 1}})] * 2
    with pytest.raises(CalculationError, match=message):
        open_energies("mp", systems=[{"Li"}])
    assert kept.read_kept() is None


@pytest.mark.parametrize("missing", ["energy_per_atom", "composition", "material_id"])
def test_an_answer_that_lacks_a_field(server, missing):
    del next(document for document in server.documents if document["chemsys"] == "Li-O")[missing]
    with pytest.raises(CalculationError, match=rf"cannot be used: {missing}: Field required"):
        open_energies("mp", systems=LI_O)


@pytest.mark.parametrize("missing", ["symmetry", "volume", "nsites"])
def test_an_answer_may_lack_what_is_not_needed(server, missing):
    server.documents[:] = [{k: v for k, v in d.items() if k != missing} for d in server.documents]
    phases = open_energies("mp", systems=LI_O)
    assert len(phases) == 4
    assert {p.space_group for p in phases.phases} == ({None} if missing == "symmetry" else {225})


def test_an_answer_with_too_few_phases(server):
    def short(handler):
        handler.answer({"data": [], "meta": {"total_doc": 4}})

    server.faults = [None] * 3 + [short, short]
    with pytest.raises(CalculationError, match="0 of 4 phases: half an answer"):
        open_energies("mp", systems=LI_O)


def test_a_server_that_does_not_filter(server):
    answer = {"data": [thermo_document("mp-9", "Li2O", -5.0, "R2SCAN")], "meta": {"total_doc": 1}}
    server.faults = [None] * 3 + [lambda handler: handler.answer(answer)] * 2
    with pytest.raises(CalculationError, match="what was not asked for: mp-9, Li-O, R2SCAN"):
        open_energies("mp", systems=LI_O)


@pytest.mark.parametrize("heartbeat", [{}, [], {"db_version": ""}, {"db_version": 7}, {"db_version": "../x"}])
def test_a_database_without_a_version(server, heartbeat):
    server.faults = [lambda handler: handler.answer(heartbeat)]
    with pytest.raises(CalculationError, match="no version of its database"):
        open_energies("mp", systems=LI_O)


# -- for jobs -------------------------------------------------------------------------------------


def test_jobs_take_what_was_planned_without_network(server, monkeypatch):
    plan = plan_screening(**SMALL, energies="mp")
    expected = plan_screening(**SMALL).energies
    assert plan.energies.source != expected.source
    monkeypatch.delenv("MP_API_KEY")
    server.asked.clear()
    opened = plan.energies.open()
    assert isinstance(opened, FetchedPhaseSet)
    assert opened.sha256 == plan.energies.sha256
    with pytest.raises(InputError, match="were not fetched for"):
        opened.require(["Co", "Hf", "Nb"])
    again = plan_screening(**SMALL, energies="mp")
    assert again == plan
    assert not server.asked


def test_all_coatings_need_the_whole_of_the_energies(server):
    with pytest.raises(InputError, match="the coatings 'all' need every phase"):
        plan_screening(["all"], ["LiCoO2"], ["Li6PS5Cl"], energies="mp")


def test_a_source_for_later(server):
    assert fixed_source("mp") == "mp"
    phases = open_energies("mp", systems=LI_O)
    assert fixed_source("mp") == fixed_source("mp:2025.09.25") == "mp:2025.09.25"
    path = source_for_jobs("mp", phases)
    assert open_energies(path, phases.sha256) == phases
    assert source_for_jobs("mp", phases) == path


def test_a_compound_of_one_s_own_beside_the_database_s(server, tmp_path):
    phases = [
        Phase(id="mine-1", formula="Li3NbO4", energy_ev_per_atom=-9.0),
        Phase(id="mine-2", formula="LiAlO2", energy_ev_per_atom=-6.0),
    ]
    columns = PhaseColumns(**{name: [getattr(p, name) for p in phases] for name in Phase.model_fields})
    mine = tmp_path / "mine.json"
    write_table(mine, EnergyScale(name="mine", version="1", functional="PBE and PBE+U", correction="MP2020"), columns)
    joined = open_energies(f"mp+{mine}", systems=LI_NB_O)
    assert isinstance(joined, FetchedPhaseSet)
    assert joined.scale.version == "2025.09.25 + 1"
    assert joined.phases[joined.polymorphs({"Li": 3, "Nb": 1, "O": 4})[0]].id == "mine-1"
    assert "Al" not in joined.elements  # it was not asked about
    assert open_energies(source_for_jobs(f"mp+{mine}", joined), joined.sha256) == joined
    with pytest.raises(InputError, match=r"two scales: .*CHGNet"):
        open_energies("mp+reference", systems=LI_NB_O)
    with pytest.raises(InputError, match="name one source twice"):
        open_energies("mp+mp:2025.09.25", systems=LI_NB_O)


@pytest.mark.parametrize(
    ("scheme", "joined"), [("MaterialsProject2020Compatibility", True), ("MITCompatibility", False)]
)
def test_entries_of_one_s_own_beside_the_database_s(server, tmp_path, scheme, joined):
    correction = ConstantEnergyAdjustment(-2.0, cls={"@class": scheme})
    parameters = {"run_type": "GGA"}
    mine = ComputedEntry("Li3NbO4", -70.0, parameters=parameters, energy_adjustments=[correction], entry_id="mine")
    dumpfn([mine], tmp_path / "mine.json")
    source = f"mp+{tmp_path / 'mine.json'}"
    if joined:
        phases = open_energies(source, systems=LI_NB_O)
        assert phases.phases[phases.polymorphs({"Li": 3, "Nb": 1, "O": 4})[0]].energy_ev_per_atom == -72.0 / 8
    else:
        with pytest.raises(InputError, match=r"two scales: .*'PBE and PBE\+U', that of 'mine\.json' is 'PBE'"):
            open_energies(source, systems=LI_NB_O)


# -- for verbs ------------------------------------------------------------------------------------


@pytest.fixture
def cli(server, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = execute([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ["stability", "LiNbO3"],
        ["window", "Nb2O5"],
        ["interface", "LiNbO3", "Li6PS5Cl"],
        ["interface", "Nb2O5", "P2S5", "--open", "Li", "--mu", "-3"],
        ["cathode", "LiCoO2"],
    ],
    ids=" ".join,
)
def test_every_verb_names_its_chemical_system(cli, tmp_path, arguments):
    status, out, err = cli(*arguments, "--json", "--energies", "mp")
    assert status == 0, err
    _, expected, _ = cli(*arguments, "--json", "--energies", energies_file(tmp_path))
    apart = ("energies", "space_group", "source_id", "interphase")  # the file has no volumes
    assert without(json.loads(out), *apart) == without(json.loads(expected), *apart)
    assert json.loads(out)["energies"]["version"] == "2025.09.25"


def test_pairs_fetch_the_system_of_each_row(cli, server, tmp_path):
    (tmp_path / "pairs.csv").write_text("a,b,mu\nLi2O,Nb2O5,\nnonsense,Li2O,\nNb2O5,P2S5,-3\n")
    status, out, _ = cli("interface", "--pairs", "pairs.csv", "--energies", "mp")
    assert status == 0
    answers = [json.loads(line) for line in out.splitlines()]
    assert [set(answer) >= {"mutual"} for answer in answers] == [True, False, True]
    assert "Li-Nb-O-P-S" in server.systems


def test_a_run_and_its_second_time(cli, server, monkeypatch):
    asked = [f"--{name}={','.join(names)}" for name, names in SMALL.items()]
    status, out, err = cli("run", *asked, "--energies", "mp", "--json")
    assert status == 0, err
    first = json.loads(out)
    again = json.loads(cli("run", *asked, "--energies", "mp", "--json")[1])
    ranked, ranked_again = (found["rankings"][0]["ranking"] for found in (first, again))
    assert [coating["coating"] for coating in ranked] == [coating["coating"] for coating in ranked_again]
    monkeypatch.delenv("MP_API_KEY")
    server.asked.clear()
    status, out, err = cli("run", *asked, "--energies", "mp", "--json", "--workers", "2")
    assert status == 0
    assert "0 jobs run" in err
    assert json.loads(out) == first
    assert not server.asked


def test_candidates_of_given_elements(cli, server):
    status, out, err = cli("candidates", "--elements", "Li,P,O", "--cathode", "LiCoO2", "--energies", "mp", "--json")
    assert status == 0, err
    assert {candidate["formula"] for candidate in json.loads(out)["candidates"]} <= {"Li3PO4", "Li4P2O7", "LiPO3"}
    assert cli("candidates", "--energies", "mp")[0] == 2


@pytest.mark.parametrize(("broken", "status"), [("key", 2), ("service", 1)])
def test_exit_status(cli, server, monkeypatch, broken, status):
    if broken == "key":
        monkeypatch.setenv("MP_API_KEY", KEY[::-1])
    else:
        server.always = local.status(503)
    found, out, err = cli("stability", "LiNbO3", "--energies", "mp")
    assert (found, out) == (status, "")
    assert err.startswith("coatscreen: the Materials Project at ")
    assert err.count("\n") == 1
