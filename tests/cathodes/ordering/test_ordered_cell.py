"""Orderings with energies: which are relaxed, which is the lowest, and what its document says."""

import pytest
from fixtures_cells import cell

from screening.cathodes.ordering.disorder import lithiated_cathode
from screening.cathodes.ordering.ordered_cell import (
    JOB_FAILED,
    RelaxedOrdering,
    candidates_of,
    lowest_of_single_points,
    lowest_ordering,
    ordered_cell,
)
from screening.cathodes.ordering.orderings import Draw, ordered_structure
from screening.cathodes.ordering.supercell import CellSize, Supercell, choose_matrix
from screening.common.errors import CalculationError
from screening.materials.catalogue import Catalogue

RELAXATION = cell("x", "LiCoO2", -6.0).relaxation


def supercell(lithium=1.0):
    states = [lithiated_cathode(Catalogue.load().cathode("LiNi0.5Mn0.5O2"), content) for content in (1.0, 0.5)]
    matrix = choose_matrix(states, CellSize(least_atoms=30))
    return Supercell(crystal=states[0 if lithium == 1.0 else 1], matrix=matrix)


@pytest.fixture(scope="module")
def drawn():
    return candidates_of(supercell(), Draw(n_orderings=4, ranking="random"))


def relaxed(number, energy, ordering=None, **fields):
    return RelaxedOrdering(
        number=number, ordering=ordering, energy_ev_per_atom=energy, **{"why_missing": None, **fields}
    )


def test_the_lowest_before_relaxing_are_kept_in_order(drawn):
    kept = lowest_of_single_points(drawn, [-6.0, -6.3, -6.1, -6.2], 2)
    assert kept.orderings == [drawn.orderings[1], drawn.orderings[3]]
    assert kept.single_point_ev_per_atom == [-6.3, -6.2]
    assert kept.n_drawn == 4
    assert lowest_of_single_points(drawn, [-6.0, -6.3, -6.1, -6.2], 9).orderings[3] == drawn.orderings[0]


def test_the_lowest_relaxed_ordering_passes_over_those_that_failed():
    failed = relaxed(0, None, why_missing="it fell apart")
    assert lowest_ordering([failed, relaxed(1, -6.1), relaxed(2, -6.3)], "x").number == 2
    with pytest.raises(CalculationError, match="x: no ordering could be relaxed: it fell apart"):
        lowest_ordering([failed], "x")
    with pytest.raises(CalculationError, match="there is none"):
        lowest_ordering([], "x")


def test_the_metals_stay_where_they_are_when_lithium_leaves(drawn):
    whole = drawn.orderings[0]
    structure = ordered_structure(drawn.cell, whole)
    structure.translate_sites([0], [0.01, 0.0, 0.0])  # a relaxed place
    framework = cell("x", "Li8Ni4Mn4O16", -6.0, 1.0).model_copy(
        update={"ordering": whole, "structure": structure.as_dict()}
    )
    half = candidates_of(supercell(0.5), Draw(n_orderings=3, ranking="random"), framework, free=["Li"])
    for number, ordering in enumerate(half.orderings):
        assert [ordering[i] for i in half.cell.groups["M"]] == [whole[i] for i in half.cell.groups["M"]]
        assert 2 * ordering.count("Li") == whole.count("Li")
        built = half.structure(number)
        filled = [i for i, symbol in enumerate(ordering) if symbol]
        assert built.frac_coords == pytest.approx(structure.frac_coords[filled])


@pytest.mark.parametrize("change", [{"structure": None}, {"ordering": ["Li", ""]}])
def test_a_framework_needs_its_structure_and_every_site_filled(change):
    framework = cell("x", "LiCoO2", -6.0).model_copy(update={"ordering": ["Li"], "structure": {}, **change})
    with pytest.raises(CalculationError, match="x: no relaxed cell with every site filled"):
        framework.sites_filled()


def test_the_document_holds_the_lowest_and_why_others_are_missing(drawn):
    ordering = drawn.orderings[2]
    atoms = [symbol for symbol in ordering if symbol]
    final = relaxed(
        2,
        -6.41234567,
        ordering,
        volume_a3_per_atom=9.87654,
        magnetic_moments_mu_b=[float(i) for i in range(len(atoms), 0, -1)],
        structure=ordered_structure(drawn.cell, ordering).as_dict(),
    )
    results = [relaxed(0, -6.1), None, relaxed(2, -6.4), relaxed(3, None, why_missing="it fell apart")]
    found = ordered_cell("mine", 1.0, drawn, results, final, RELAXATION)
    assert (found.energy_ev_per_atom, found.volume_a3_per_atom) == (-6.412346, 9.8765)
    assert found.relaxed_ev_per_atom == [-6.4, -6.1]
    assert found.failed == {"1": JOB_FAILED, "3": "it fell apart"}
    assert found.formula == "".join(f"{el}{atoms.count(el)}" for el in ("Li", "Ni", "Mn", "O"))
    assert {el: len(values) for el, values in found.magnetic_moments_mu_b.items()} == {
        el: atoms.count(el) for el in set(atoms)
    }
    assert all(values == sorted(values) for values in found.magnetic_moments_mu_b.values())


@pytest.mark.parametrize(
    ("final", "reason"), [(None, JOB_FAILED), (relaxed(0, None, why_missing="no forces"), "no forces")]
)
def test_without_the_last_relaxation_there_is_no_document(drawn, final, reason):
    with pytest.raises(CalculationError, match=f"mine: the lowest ordering could not be relaxed to its end: {reason}"):
        ordered_cell("mine", 1.0, drawn, [], final, RELAXATION)
