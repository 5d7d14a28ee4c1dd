"""Which structures are taken, in which order, and going on after an interruption."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.common.errors import InputError
from screening.common.provenance import EnergyScale
from screening.files.journal import append
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.structures.records import StructureRecord
from screening.transport.barrier_evaluation import evaluate_barriers, lithium_structures, read_barriers
from screening.transport.barrier_table import barrier_info, read_barrier_table, write_barriers
from screening.transport.barriers import barrier_method, record_barriers

SCALE = EnergyScale(name="test", version="1", functional="none", correction="none")


def salt(name: str, anion: str, edge: float = 2.85, cation: str = "Li") -> StructureRecord:
    """The primitive cell of rock salt."""
    return StructureRecord(
        id=name,
        species=[cation, anion],
        counts=[1, 1],
        sg=225,
        lattice=[[0, edge, edge], [edge, 0, edge], [edge, edge, 0]],
        coords=[[0, 0, 0], [0.5, 0.5, 0.5]],
    )


def doubled(name: str, anion: str) -> StructureRecord:
    one = salt(name, anion)
    lattice = [[2 * x for x in one.lattice[0]], *one.lattice[1:]]
    coords = [[0, 0, 0], [0.5, 0, 0], [0.25, 0.5, 0.5], [0.75, 0.5, 0.5]]
    return one.model_copy(update={"counts": [2, 2], "lattice": lattice, "coords": coords})


PHASES = PhaseSet(
    SCALE,
    [
        *(Phase(id=e, formula=e, energy_ev_per_atom=0.0) for e in ("Li", "F", "Cl", "I", "Na", "Ag")),
        Phase(id="fluoride", formula="LiF", energy_ev_per_atom=-3.0),
        Phase(id="other fluoride", formula="LiF", energy_ev_per_atom=-2.97),
        Phase(id="high fluoride", formula="LiF", energy_ev_per_atom=-2.5),
        Phase(id="chloride", formula="LiCl", energy_ev_per_atom=-2.0),
        Phase(id="iodide", formula="LiI", energy_ev_per_atom=1.0),
        Phase(id="sodium", formula="NaCl", energy_ev_per_atom=-2.0),
        Phase(id="alloy", formula="LiAg", energy_ev_per_atom=-0.3),
    ],
)
RECORDS = [
    salt("other fluoride", "F", 2.0),
    salt("high fluoride", "F", 2.0),
    doubled("fluoride", "F"),
    salt("chloride", "Cl", 2.57),
    salt("iodide", "I", 3.0),
    salt("sodium", "Cl", cation="Na"),
    salt("alloy", "Ag"),
    salt("unknown", "Cl"),
]


@pytest.fixture
def structures(tmp_path: Path) -> Path:
    file = tmp_path / "structures.jsonl"
    file.write_text("".join(record.model_dump_json() + "\n" for record in RECORDS))
    return file


class TestWhichStructures:
    def test_the_lowest_of_each_composition_first_and_small_cells_first(self, structures: Path) -> None:
        found = [record.id for record in lithium_structures(structures, PHASES)]
        assert found == ["chloride", "fluoride", "other fluoride"]

    def test_what_is_named_comes_first_however_far_above_the_hull(self, structures: Path) -> None:
        found = [record.id for record in lithium_structures(structures, PHASES, ["LiI", "LiF"])]
        assert found == ["other fluoride", "iodide", "fluoride", "chloride"]

    def test_large_cells_are_left_out(self, structures: Path) -> None:
        found = [record.id for record in lithium_structures(structures, PHASES, most_sites=2)]
        assert found == ["other fluoride", "chloride"]

    def test_none_is_an_error(self, structures: Path) -> None:
        with pytest.raises(InputError, match=r"holds no compound of lithium within 50 meV/atom of the hull"):
            lithium_structures(structures, PHASES, most_sites=1)


class TestJournal:
    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("bvlain", reason="needs the extra transport")

    def test_goes_on_where_it_stopped_and_a_table_holds_what_was_computed(
        self, structures: Path, tmp_path: Path
    ) -> None:
        journal = tmp_path / "work" / "barriers.jsonl"
        records = lithium_structures(structures, PHASES)
        evaluate_barriers([], journal)
        first = {"chloride": record_barriers(records[0], barrier_method())}
        append(journal, first.values())
        with journal.open("ab") as lines:
            lines.write(b'{"id":"fluo')  # what a kill leaves
        seen: list[tuple[int, int]] = []
        both = evaluate_barriers(records[:2], journal, advance=lambda done, total: seen.append((done, total)))
        assert seen == [(1, 2), (2, 2)]
        assert both["chloride"] == first["chloride"]
        assert list(read_barriers(journal)[1]) == ["chloride", "fluoride"]
        with pytest.raises(InputError, match="holds another structure chloride"):
            evaluate_barriers([doubled("chloride", "Cl")], journal)
        method, outcomes = read_barriers(journal)
        assert method is not None
        info = write_barriers(
            tmp_path / "out", outcomes, PHASES, method, structures, above_hull_mev_per_atom=50.0, n_not_computed=1
        )
        assert (info.n_structures, info.n_compositions, info.n_not_computed) == (2, 2, 1)
        assert barrier_info(tmp_path / "out") == info
        rows = read_barrier_table(tmp_path / "out")
        assert {row.id: row.above_hull_mev_per_atom for row in rows} == {"chloride": 0.0, "fluoride": 0.0}
        assert {row.id: row.barrier_3d_ev for row in rows} == {i: one.barrier_3d_ev for i, one in outcomes.items()}

    def test_belongs_to_the_settings_it_was_begun_with(self, tmp_path: Path) -> None:
        journal = tmp_path / "barriers.jsonl"
        (tmp_path / "barriers.method.json").write_text('{"package": "bvlain 0.1"}')
        with pytest.raises(InputError, match=r"was begun with bvlain 0\.1 or other settings"):
            evaluate_barriers([], journal)
        (tmp_path / "barriers.method.json").write_text("{")
        with pytest.raises(InputError, match="does not say how"):
            evaluate_barriers([], journal)
