"""Which structures a table is to cover."""

import pytest

from screening.common.errors import InputError
from screening.energies.packaged.build import select_structures
from screening.structures.records import StructureRecord


def line(name, *elements):
    """One atom of each element in a cell."""
    return StructureRecord(
        id=name,
        species=list(elements),
        counts=[1] * len(elements),
        sg=1,
        lattice=[[4.0, 0, 0], [0, 4.0, 0], [0, 0, 4.0]],
        coords=[[0.5 * i, 0, 0] for i in range(len(elements))],
    ).model_dump_json()


@pytest.fixture
def file(tmp_path):
    def written(*lines):
        path = tmp_path / "structures.jsonl"
        path.write_text("\n".join(lines))
        return path

    return written


WHOLE = [line("li", "Li"), line("f", "F"), line("lif", "Li", "F"), line("o", "O"), line("lio", "Li", "O")]


def test_without_elements_all_structures_are_taken(file):
    assert [record.id for record in select_structures(file(*WHOLE))] == ["li", "f", "lif", "o", "lio"]


def test_only_structures_of_the_elements_alone_are_taken(file):
    assert [record.id for record in select_structures(file(*WHOLE), ["Li", "O"])] == ["li", "o", "lio"]


@pytest.mark.parametrize(
    ("lines", "elements", "reason"),
    [
        (WHOLE[:1] + WHOLE[2:], None, "holds no structure of F alone, which is needed"),
        (WHOLE[1:3], None, "holds no structure of Li alone"),  # LiF is none, though it begins with Li
        (WHOLE, ["Li", "S"], "holds no structure of S alone"),
        (WHOLE, ["Cl"], "holds no structure made of Cl"),
        ([], None, "holds no structure$"),
        (WHOLE, ["Li", "Xx"], "no element Xx"),
    ],
)
def test_a_file_without_the_elements_own_structures_is_refused(file, lines, elements, reason):
    with pytest.raises(InputError, match=reason):
        select_structures(file(*lines), elements)
