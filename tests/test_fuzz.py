"""Inputs that were valid and are no longer: each is read or refused in one line, and nothing else happens.

The short form runs with every test; ``COATSCREEN_FUZZ_INPUTS=20000`` before pytest tries so many inputs in all.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
from fixtures_screening import SMALL, energies_file, settings_for
from fixtures_structures import rock_salt
from fixtures_tasks import vasp
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from maggma.stores import JSONStore

from coatscreen.verbs.materials.pairs import _rows
from screening.common.errors import CoatscreenError, InputError
from screening.database import CoatingDatabase, StoreLocation
from screening.database.queries.conditions import condition_of
from screening.database.queries.filters import check_filter
from screening.energies.packaged.rows import pack, unpack
from screening.energies.sources.detect import read_energies
from screening.energies.user.imported import gather
from screening.files.content import parse_json
from screening.materials.catalogue import Catalogue
from screening.searches.candidates.candidate_files import read_candidates
from screening.structures.files import read_user_structure
from screening.structures.records import read_structures
from workflows.queue.site import Site
from workflows.requests.calculation_store import calculation_documents
from workflows.requests.described_store import described_store
from workflows.run import run_screening
from workflows.settings import load_settings

INPUTS = int(os.environ.get("COATSCREEN_FUZZ_INPUTS", "400"))
MOST_SECONDS = 20.0  # for one input, on a busy machine
MOST_BYTES = 500e6  # that the largest of them may add to the process

ENTRIES = [
    {
        "@module": "pymatgen.entries.computed_entries",
        "@class": "ComputedEntry",
        "composition": {"Li": 2.0, "O": 1.0},
        "energy": -14.3,
        "correction": -0.7,
        "energy_adjustments": [
            {
                "@module": "pymatgen.entries.computed_entries",
                "@class": "CompositionEnergyAdjustment",
                "adj_per_atom": -0.7,
                "n_atoms": 1,
                "uncertainty_per_atom": 0.1,
                "name": "MP2020 anion correction (oxide)",
                "cls": {"@module": "x", "@class": "MaterialsProject2020Compatibility"},
                "description": "",
            }
        ],
        "parameters": {"run_type": "GGA"},
        "data": {},
        "entry_id": "mp-1960",
    },
    {
        "@class": "ComputedStructureEntry",
        "structure": rock_salt(anion="Li").as_dict(),
        "composition": {"Li": 2.0},
        "energy": -3.8,
        "correction": 0.0,
        "parameters": {"run_type": "GGA"},
        "entry_id": "mp-135",
    },
    {"@class": "ComputedEntry", "composition": {"O": 2.0}, "energy": -9.9, "correction": 0.0, "entry_id": "mp-2"},
]
CSV = "formula,formation_energy_ev_per_atom,id,space_group\nLi2O,-2.05,a,225\nLi2O2,-1.65,,\nLiF,-3.2,,225\n"
CONFIG = """coatings: [LiNbO3, 0.5Li2CO3+0.5LiNbO3]
cathodes: NCM83
electrolytes: [Li6PS5Cl]
lithiation: [0.3]
energies: reference
store: results/coatings
workers: 2
criteria:
- name: electrolyte
  quantity: mutual_electrolyte_mev_per_atom
  at_least: -50
"""
TOML = 'coatings = ["LiNbO3"]\nworkers = 2\nbatch_size = 10\n[[criteria]]\nname = "stable"\n' + (
    'quantity = "energy_above_hull_mev_per_atom"\nat_most = 50\n'
)
CATALOGUE = """coatings:
- name: mine
  formula: Li3BO3
  aliases: [my coating]
cathodes:
- name: MyCathode
  host: {Ni: 0.5, Mn: 0.5, O: 2}
  lithiations: {full: 1.0, half: 0.5}
electrolytes:
- {name: My glass, formula: Li3PS4, energy_above_hull: {mev_per_atom: 30, source: me, verified: false}}
"""
SITE = """scheduler: slurm
database: "mongodb://me:secret@db.example.org/coatings"
partition: short
wall_time_minutes: 60
work_folder: /scratch/me
setup: ["module load python"]
queue_options: ["--qos=regular"]
"""
FILTER = {
    "$or": [
        {"rank": {"$lte": 2, "$ne": None}},
        {"coating": {"$regex": "^Li[^N]", "$options": "i"}},
        {"interfaces": {"$elemMatch": {"contact": "coating|electrolyte", "reaction.total.min": {"$lt": -0.1}}}},
        {"$nor": [{"tier": {"$in": [1, 2, None]}}, {"window.0": {"$exists": False, "$type": "number"}}]},
        {"x": {"$not": {"$size": 2, "$mod": [2, 0], "$all": ["a"]}}},
    ]
}
DOCUMENTS = [
    {"rank": 1, "coating": "LiF", "interfaces": [{"contact": "coating|electrolyte", "reaction": None}], "window": [1]},
    {"rank": None, "coating": ["a", "LiNbO3" * 20], "tier": 2, "x": ["a", {"b": 1}], "window": {"0": 2.5}},
]


class Kind(NamedTuple):
    """One kind of input: a valid one, the name of its file, and what reads it."""

    file: str
    content: Callable[[], bytes]
    read: Callable[[Path], Any]


def text(value: str) -> Callable[[], bytes]:
    return lambda: value.encode()


def written(value: Any) -> Callable[[], bytes]:
    return lambda: json.dumps(value).encode()


def table() -> bytes:
    return Path(energies_file(Path(TMP.name))).read_bytes()


def structure(form: str) -> Callable[[], bytes]:
    return lambda: rock_salt().to(fmt=form).encode()


def columns() -> bytes:
    from screening.energies.packaged.rows import Row

    rows = [Row(f"mp-{n}", formula, 2, 225, -1.0 - n, 10.0, "") for n, formula in enumerate(("Li", "O2", "Li2O"))]
    return pack(rows)


def screened() -> bytes:
    settings = settings_for(Path(TMP.name), **SMALL, store=str(Path(TMP.name) / "screened"))
    run_screening(settings)
    return (Path(TMP.name) / "screened" / "coatscreen.sqlite").read_bytes()


def open_database(path: Path) -> None:
    with CoatingDatabase.open(path.parent) as database:
        database.search(limit=3, sort="cost")
        database.search(filter={"tier": {"$gt": 0}, "window.oxidation_limit_v": {"$exists": True}})
        database.ranking()
        database.failed_jobs()


def ask(path: Path) -> None:
    filter = parse_json(path.read_bytes(), path, "filter")
    check_filter(filter)
    holds = condition_of(filter)
    for document in DOCUMENTS:
        holds(document)


def take_in(path: Path) -> None:
    description = path.with_name("description.json")
    if not description.exists():
        description.write_text(JSONStore(str(path), key="task_id").to_json())
    with calculation_documents(str(description)) as documents:
        gather(documents)


def read_columns(path: Path) -> None:
    try:
        unpack(path.read_bytes())
    except ValueError as error:
        raise InputError(str(error)) from None


KINDS = {
    "entries": Kind("entries.json", written(ENTRIES), lambda path: read_energies(path).as_set()),
    "table": Kind("table.json", table, lambda path: read_energies(path).as_set()),
    "formation energies": Kind("table.csv", text(CSV), lambda path: read_energies(path).as_set()),
    "columns": Kind("chgnet-0.3.0.npz", columns, read_columns),
    "CIF": Kind("LiF.cif", structure("cif"), read_user_structure),
    "POSCAR": Kind("POSCAR", structure("poscar"), read_user_structure),
    "structure": Kind("LiF.json", structure("json"), read_user_structure),
    "structures": Kind(
        "s.jsonl",
        written(
            {
                "id": "a",
                "species": ["Li"],
                "counts": [1],
                "sg": 229,
                "lattice": [[3, 0, 0], [0, 3, 0], [0, 0, 3]],
                "coords": [[0, 0, 0]],
            }
        ),
        lambda path: [one.structure() for one in read_structures(path)],
    ),
    "calculations": Kind(
        "tasks.json",
        lambda: json.dumps([vasp(rock_salt(edge), -10.0, task_id=str(edge)) for edge in (4.06, 4.2)]).encode(),
        take_in,
    ),
    "settings": Kind("config.yaml", text(CONFIG), load_settings),
    "TOML": Kind("config.toml", text(TOML), load_settings),
    "catalogue": Kind("mine.yaml", text(CATALOGUE), lambda path: Catalogue.load(path)),
    "candidates": Kind("c.csv", text('formula,rank\nLiF,1\n"Li3PO4",2\n'), read_candidates),
    "candidate list": Kind("c.json", written({"candidates": [{"formula": "LiF"}, "Li3PO4"]}), read_candidates),
    "pairs": Kind("pairs.csv", text("a,b,mu\nLiF,Li3PS4,-3.5\nLi2O,P2S5,\n"), _rows),
    "filter": Kind("filter.json", written(FILTER), ask),
    "site": Kind("site.yaml", text(SITE), lambda path: Site.read(path.parent)),
    "description": Kind(
        "store.json",
        lambda: json.dumps({"docs_store": JSONStore("/etc/hostname").as_dict()}).encode(),
        described_store,
    ),
    "location": Kind("database.yaml", text(SITE), StoreLocation),
    "database": Kind("coatscreen.sqlite", screened, open_database),
}
NAMED = [
    {"@module": "trap", "@class": "Trap"},
    {"@module": "trap", "@callable": "Trap"},
    {"@module": "fireworks.core.launchpad", "@class": "LaunchPad", "logdir": "logs"},
    {"@class": "OutputReference", "uuid": "u", "attributes": [], "output_schema": {"@module": "trap", "@class": "T"}},
]
VALUES = [*NAMED, None, True, -1, 0, 10**400, 1e308, -1e-320, float("nan"), float("inf"), "", "\0", "\ud800", "é" * 300,
          [], {}, [[]] * 3, {"": None}, "../../x", "$where", {"$where": "1"}, [None], "1" * 5000]  # fmt: skip
WORDS = [
    *(json.dumps(value).encode() for value in VALUES),
    *(
        b"\0",
        b"\xff\xfe",
        b"\x1b",
        b"[" * 2000,
        b"{" * 2000,
        b"- " * 500,
        b"&a ",
        b"*a",
        b"<<: *a",
        b"!!python/name:os ",
    ),
    *(
        b"'",
        b'"',
        b"\n",
        b"\r\n",
        b"\t",
        b",",
        b":",
        b"#",
        b"---\n",
        b"1e999",
        b"-",
        b"%",
        b"NaN",
        b"data_x\n",
        b"loop_\n",
    ),
    *(b"?", b"@", b"99999999999999999999", b"Xx", b"Li" * 500, b"(" * 500, b"=1+1", b"mongodb://u:p@h/", b"0x", b"1_0"),
]
FORBIDDEN_IMPORTS = {"trap", "this", "antigravity", "fireworks.core.launchpad", "pickle5"}


class TMP:
    """The folder of this module's files."""

    name = ""


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    TMP.name = str(tmp_path_factory.mktemp("fuzz"))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("COATSCREEN_")]:
            patch.delenv(name)
        patch.chdir(TMP.name)
        patch.syspath_prepend(TMP.name)
        Path("trap.py").write_text("open('sprung', 'w').close()\nclass Trap: pass\n")
        yield


# -- mutations --------------------------------------------------------------------------------------


def replaced(draw, content: bytes, new: bytes) -> bytes:
    start = draw(st.integers(0, len(content)))
    length = draw(st.sampled_from([0, 1, 2, 8, 100]))
    return content[:start] + new + content[start + length :]


def in_json(draw, content: bytes) -> bytes:
    """Put a value anywhere into JSON."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return content
    holder, key = None, None
    here = data
    while isinstance(here, dict | list) and here and (holder is None or draw(st.integers(0, 3))):
        holder = here
        key = (
            draw(st.sampled_from(sorted(here, key=str)))
            if isinstance(here, dict)
            else draw(st.integers(0, len(here) - 1))
        )
        here = here[key]
    if holder is None:
        return content
    action = draw(st.integers(0, 4))
    if action == 0 and isinstance(holder, dict):
        holder[draw(st.sampled_from(["@module", "@class", "$where", "x", "\0", ""]))] = draw(st.sampled_from(VALUES))
    elif action == 1:
        del holder[key]
    elif action == 2 and isinstance(holder, list):
        holder.append(here)
    else:
        holder[key] = draw(st.sampled_from(VALUES))
    return json.dumps(data).encode()


@st.composite
def mutated(draw, content: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 4))):
        action = draw(st.integers(0, 6))
        if action == 0:
            content = replaced(draw, content, draw(st.sampled_from(WORDS)))
        elif action == 1:
            content = replaced(draw, content, draw(st.binary(max_size=4)))
        elif action == 2:
            content = content[: draw(st.integers(0, len(content)))]
        elif action == 3:
            start = draw(st.integers(0, len(content)))
            content = replaced(draw, content, content[start : start + draw(st.sampled_from([1, 10, 1000]))])
        elif action == 4:
            lines = content.splitlines(keepends=True)
            content = b"".join(draw(st.permutations(lines))) if 1 < len(lines) < 50 else content
        else:
            content = in_json(draw, content)
    return content


# -- what must not happen ---------------------------------------------------------------------------


class Watch:
    """What the process does: files it writes, modules it imports, programs it starts, machines it calls."""

    on = False
    seen: ClassVar[list[str]] = []


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not Watch.on:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else 0
        if (writes or set(mode or "") & set("wax+")) and not _ours(path):
            Watch.seen.append(f"wrote {path}")
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate"):
        if not _ours(arguments[0]):
            Watch.seen.append(f"{event} {arguments[0]}")
    elif event in (
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "socket.connect",
        "ctypes.dlopen",
    ):
        Watch.seen.append(f"{event} {arguments}")
    elif event == "import" and arguments[0] in FORBIDDEN_IMPORTS:
        Watch.seen.append(f"imported {arguments[0]}")


def _ours(path: Any) -> bool:
    if isinstance(path, int):
        return True
    with suppress(TypeError, ValueError):
        name = os.fsdecode(path)
        return name in ("/dev/null", os.devnull) or Path(name).absolute().is_relative_to(TMP.name)
    return False


@contextmanager
def watched():
    if not hasattr(Watch, "hooked"):
        sys.addaudithook(hook)
        Watch.hooked = True
    Watch.seen.clear()
    Watch.on = True
    try:
        yield
    finally:
        Watch.on = False
    assert Watch.seen == []


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_inputs(kind, folder):
    one = KINDS[kind]
    place = Path(TMP.name) / kind.replace(" ", "-")
    place.mkdir()
    content = one.content()
    path = place / one.file
    path.write_bytes(content)
    one.read(path)  # as it is, it is fine
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(
        max_examples=max(1, INPUTS // len(KINDS)),
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=False,
    )
    @given(changed=mutated(content))
    def read(changed):
        path.write_bytes(changed)
        before = {file.name for file in place.iterdir()}
        began = time.perf_counter()
        with warnings.catch_warnings(), watched():
            warnings.simplefilter("ignore")
            said = ""
            try:
                one.read(path)
            except CoatscreenError as error:
                said = str(error)
        assert "u:p@" not in said
        assert time.perf_counter() - began < MOST_SECONDS
        assert {file.name for file in place.iterdir()} <= before | {f"{one.file}-shm", f"{one.file}-wal"}
        assert "trap" not in sys.modules

    read()
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - largest)
    assert grown < MOST_BYTES
    assert not (Path(TMP.name) / "sprung").exists()
