"""Phases as arrays: the same phases as the plain lists they are read from, whatever is taken of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from screening.chemistry.elements import ELEMENTS
from screening.chemistry.formulas import parse_formula
from screening.phases.phase import PhaseColumns
from screening.phases.phase_set import PhaseSet
from screening.phases.phase_table import PhaseTable, element_numbers

SYMBOLS = ("H", "Li", "O", "P", "Gd", "Tb", "U", "Og")  # on both sides of the 64 elements one word holds


def columns_of(*phases: tuple[str, str, float], **more: list) -> PhaseColumns:
    names, formulas, energies = zip(*phases, strict=True)
    nothing = [None] * len(phases)
    return PhaseColumns(
        **{
            "id": list(names),
            "formula": list(formulas),
            "energy_ev_per_atom": list(energies),
            "space_group": nothing,
            "volume_a3_per_atom": nothing,
            "origin": nothing,
            **more,
        }
    )


@st.composite
def tables(draw: st.DrawFn) -> PhaseColumns:
    n = draw(st.integers(1, 12))
    formulas = []
    for _ in range(n):
        held = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=5, unique=True))
        formulas.append("".join(f"{symbol}{draw(st.integers(1, 24))}" for symbol in held))
    return columns_of(
        *((f"id-{i}", formula, -i / 7) for i, formula in enumerate(formulas)),
        space_group=draw(st.lists(st.one_of(st.none(), st.integers(1, 230)), min_size=n, max_size=n)),
        volume_a3_per_atom=draw(st.lists(st.one_of(st.none(), st.floats(1, 99)), min_size=n, max_size=n)),
        origin=draw(st.lists(st.one_of(st.none(), st.just("measured")), min_size=n, max_size=n)),
    )


@given(tables())
def test_columns_come_back_as_they_went_in(columns: PhaseColumns) -> None:
    table = PhaseTable.from_columns(columns)
    assert table.columns() == columns
    for i, formula in enumerate(columns.formula):
        assert table.composition(i) == parse_formula(formula)
        assert table.phase(i).model_dump() == {name: getattr(columns, name)[i] for name in PhaseColumns.model_fields}


@given(tables(), st.data())
def test_the_phases_inside_a_chemical_space_and_their_fractions(columns: PhaseColumns, data: st.DataObject) -> None:
    table = PhaseTable.from_columns(columns)
    elements = tuple(data.draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, unique=True)))
    expected = [i for i, f in enumerate(columns.formula) if {e.symbol for e in Composition(f)} <= {*elements}]
    inside = table.inside(elements)
    assert inside.tolist() == expected
    fractions = table.dense(inside, elements)
    for row, i in zip(fractions, expected, strict=True):
        composition = Composition(columns.formula[i])
        assert row == pytest.approx([composition.get_atomic_fraction(e) for e in elements], abs=1e-12)


@given(tables(), st.randoms(use_true_random=False))
def test_the_hash_knows_no_order_but_every_field(columns: PhaseColumns, random: object) -> None:
    table = PhaseTable.from_columns(columns)
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert table.take(np.array(order)).digest() == table.digest()
    for name, other in {
        "id": "another",
        "formula": "U8" if columns.formula[-1] == "U7" else "U7",
        "energy_ev_per_atom": 3.0,
        "space_group": 231,
        "volume_a3_per_atom": 0.5,
        "origin": "guessed",
    }.items():
        changed = columns.model_copy(update={name: [*getattr(columns, name)[:-1], other]})
        assert PhaseTable.from_columns(changed).digest() != table.digest(), name


@given(tables(), st.data())
@settings(max_examples=50)
def test_taking_some_phases(columns: PhaseColumns, data: st.DataObject) -> None:
    table = PhaseTable.from_columns(columns)
    chosen = data.draw(st.lists(st.sampled_from(range(len(table))), min_size=1, unique=True))
    taken = table.take(np.array(chosen))
    assert [taken.phase(i) for i in range(len(chosen))] == [table.phase(i) for i in chosen]


def test_sums_by_phase() -> None:
    table = PhaseTable.from_columns(columns_of(("a", "Li2O", 0.0), ("b", "Li", 0.0), ("c", "Li3PO4", 0.0)))
    assert table.sum_by_phase(table.amounts).tolist() == [3.0, 1.0, 8.0]
    assert table.sum_by_phase(table.fractions) == pytest.approx([1.0, 1.0, 1.0])


def test_every_element_has_its_number() -> None:
    assert [ELEMENTS[i] for i in element_numbers(["H", "Li", "Og"])] == ["H", "Li", "Og"]


def test_formulas_that_were_not_written_are_the_reduced_ones() -> None:
    """The packaged energies hold no formulas: pymatgen makes the same of their compositions."""
    phases = PhaseSet.reference()
    for i in range(0, len(phases), 499):
        assert phases.table.formula(i) == phases.formula(i) == Composition(phases.table.composition(i)).reduced_formula
