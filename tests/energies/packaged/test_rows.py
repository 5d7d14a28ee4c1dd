"""The file of a table of energies: what is packed is unpacked, to the digits kept."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.energies.packaged.rows import Row, pack, unpack

ROWS = st.builds(
    Row,
    id=st.from_regex(r"mp-[1-9][0-9]{0,7}", fullmatch=True),
    formula=st.sampled_from(["Li", "O2", "LiNbO3", "Li10Ge(PS6)2", "Na2U2O7"]),
    sites=st.integers(1, 400),
    space_group=st.integers(1, 230),
    energy_ev_per_atom=st.one_of(st.none(), st.integers(-15_000_000, 15_000_000).map(lambda n: n / 1e6)),
    volume_a3_per_atom=st.one_of(st.none(), st.integers(1, 10_000_000).map(lambda n: n / 1e4)),
    status=st.sampled_from(["", "failed: ValueError: µ", "excluded: anion excess: a charge of -0.2 an atom"]),
)


@given(st.lists(ROWS, min_size=1, max_size=20, unique_by=lambda row: row.id))
def test_what_is_packed_is_unpacked(rows: list[Row]) -> None:
    table = unpack(pack(rows))
    assert [table.row(i) for i in range(len(rows))] == rows
    assert [table.used().id(i) for i in range(len(table.used()))] == [row.id for row in rows if not row.status]


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [Row("mp-1", "LiNbO3", 10, 161, -6.123456, 10.5, "")]
    assert pack(rows) == pack(list(rows))


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04 and no more"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a table of energies"):
        unpack(content)


def test_other_arrays_are_refused() -> None:
    file = io.BytesIO()
    np.savez(file, ids=np.zeros(3))
    with pytest.raises(ValueError, match="not a table of energies"):
        unpack(file.getvalue())
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    with pytest.raises(ValueError, match="not a table of energies"):
        unpack(file.getvalue())
