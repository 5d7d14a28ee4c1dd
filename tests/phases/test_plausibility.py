"""Which energies are refused beside the others of their table."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.phases.phase import PhaseColumns
from screening.phases.phase_table import PhaseTable
from screening.phases.plausibility import require_plausible


def table(rows):
    columns = {name: [None] * len(rows) for name in ("space_group", "volume_a3_per_atom", "origin")}
    return PhaseTable.from_columns(
        PhaseColumns(
            id=[name for name, _, _ in rows],
            formula=[formula for _, formula, _ in rows],
            energy_ev_per_atom=[energy for _, _, energy in rows],
            **columns,
        )
    )


ELEMENTS = [("li", "Li", -1.9), ("f", "F2", -1.8)]


@pytest.mark.parametrize(
    "rows",
    [
        [*ELEMENTS, ("a", "LiF", -4.9)],
        [*ELEMENTS, ("a", "LiF", -4.9), ("b", "Li2F2", -3.0)],
        [*ELEMENTS, ("n", "F", 4.0)],  # an element may have phases far apart: atoms and molecules
        [ELEMENTS[0], ("a", "LiF", -99.0)],  # fluorine has no energy here: not judged
    ],
)
def test_plausible(rows):
    require_plausible(table(rows))


@pytest.mark.parametrize(
    ("energy", "message"),
    [
        (-1.85 - 5.51, r"a \(LiF\): a formation energy of -5.51 eV/atom"),
        (-1.85 + 10.01, "a formation energy of 10.01"),
        (-6.91, r"a \(LiF\): it lies 2.01 eV/atom below .* b \(Li2F2\)"),
    ],
)
def test_refused(energy, message):
    with pytest.raises(InputError, match=message):
        require_plausible(table([*ELEMENTS, ("a", "LiF", energy), ("b", "Li2F2", -4.9)]))
