"""Disordered crystals, supercells that hold them, and orderings: counted by hand and against pymatgen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fixtures_noise import other_last_bits
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.analysis.ewald import EwaldSummation
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from screening.cathodes.ordering import orderings
from screening.cathodes.ordering.cell_table import read_cells
from screening.cathodes.ordering.disorder import (
    composition_of,
    lithiated_cathode,
    mean_charges,
    solid_solution,
    solid_solutions,
)
from screening.cathodes.ordering.lattices import determinant
from screening.cathodes.ordering.orderings import Draw, draw_orderings, electrostatic_energies_ev, ordered_structure
from screening.cathodes.ordering.supercell import CellSize, Supercell, choose_matrix, conventional_matrix, whole_counts
from screening.chemistry.compositions import atomic_fractions
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED_MODEL, cells_path
from screening.materials.catalogue import Catalogue

SMALL = CellSize(least_atoms=1)


def cathode(name, lithium):
    return lithiated_cathode(Catalogue.load().cathode(name), lithium)


def cell_of(crystal, size=SMALL):
    return Supercell(crystal=crystal, matrix=choose_matrix([crystal], size))


@pytest.mark.parametrize("name", sorted(solid_solutions()))
def test_a_solution_has_the_composition_of_its_name(name):
    wanted = atomic_fractions(parse_formula(name))
    assert composition_of(solid_solution(name)) == pytest.approx(wanted, abs=1e-6)


def test_end_members_mix_to_their_solution():
    for name, solution in solid_solutions().items():
        mixed: dict[str, float] = {}
        for member, share in solution.end_members.items():
            for element, amount in parse_formula(member).items():
                mixed[element] = mixed.get(element, 0.0) + share * amount
        assert not mixed or atomic_fractions(mixed) == pytest.approx(atomic_fractions(parse_formula(name)), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "space_group", "shortest"),
    [("LiNbO3", 161, 1.85), ("LiTaO3", 161, 1.85), ("NCM", 166, 1.9)],
)
def test_parents_are_the_crystals_they_are_named_after(name, space_group, shortest):
    crystal = cathode("LiNiO2", 1.0) if name == "NCM" else solid_solution(name)
    cell = cell_of(crystal)
    structure = ordered_structure(cell, draw_orderings(cell, Draw(n_orderings=1))[0])
    assert SpacegroupAnalyzer(structure, symprec=0.01).get_space_group_number() == space_group
    apart = structure.distance_matrix[np.triu_indices(len(structure), 1)]
    assert shortest < apart.min() < 2.1  # a metal and its oxygen


def test_metals_are_closer_to_oxygen_than_lithium_is():
    cell = cell_of(cathode("LiNiO2", 1.0))
    structure = ordered_structure(cell, draw_orderings(cell, Draw(n_orderings=1))[0])
    distance = {
        site.specie.symbol: min(n.nn_distance for n in structure.get_neighbors(site, 3) if n.specie.symbol == "O")
        for site in structure
        if site.specie.symbol != "O"
    }
    assert distance == pytest.approx({"Ni": 1.97, "Li": 2.11}, abs=0.01)


def test_nasicon_has_phosphate_tetrahedra():
    cell = cell_of(solid_solution("Li1.3Al0.3Ti1.7(PO4)3"), CellSize(least_atoms=1, tolerance=0.15))
    structure = ordered_structure(cell, draw_orderings(cell, Draw(n_orderings=1))[0])
    for site in (site for site in structure if site.specie.symbol == "P"):
        bonds = sorted(n.nn_distance for n in structure.get_neighbors(site, 2.0))
        assert len(bonds) == 4
        assert bonds == pytest.approx([1.53] * 4, abs=0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.integers(1, 200))
def test_whole_counts_are_the_nearest(shares, n_sites):
    total = max(1.0, sum(shares))
    occupancies = {f"E{i}": share / total for i, share in enumerate(shares)}
    counts = whole_counts(n_sites, occupancies)
    assert abs(sum(counts.values()) - n_sites * sum(occupancies.values())) < 0.5 + 1e-6
    assert all(abs(counts[e] - n_sites * share) < 1 + 1e-6 for e, share in occupancies.items())


@pytest.mark.parametrize(
    ("name", "sites"),
    [("NCM83", 96), ("NCM85", 80), ("NCM622", 80), ("NMC532", 80), ("NCM111", 48), ("NCM811", 80), ("LiNiO2", 48)],
)
def test_one_cell_holds_every_state_of_a_cathode(name, sites):
    states = [cathode(name, lithium) for lithium in (1.0, 0.75, 0.5, 0.25, 0.0)]
    matrix = choose_matrix(states, CellSize())
    for state, lithium in zip(states, (1.0, 0.75, 0.5, 0.25, 0.0), strict=True):
        cell = Supercell(crystal=state, matrix=matrix)
        assert len(cell.sites) == sites
        assert cell.composition.get("Li", 0) == lithium * sites / 4
        held, wanted = atomic_fractions(cell.composition), composition_of(state)
        assert all(abs(held.get(e, 0.0) - wanted.get(e, 0.0)) < 0.005 for e in {*held, *wanted})


def test_a_supercell_that_cannot_hold_it_names_the_nearest_that_can():
    with pytest.raises(InputError, match=r"60 sites is off by 0.0333 .*the nearest that can hold it has 80 sites"):
        choose_matrix([cathode("NCM85", 1.0)], CellSize(most_atoms=63, least_atoms=60, tolerance=0.001))
    with pytest.raises(InputError, match="none of up to 256 sites comes nearer"):
        choose_matrix([cathode("NCM83", 0.123)], CellSize(tolerance=0.0))
    with pytest.raises(InputError, match="left-handed or flat"):
        choose_matrix([cathode("LiNiO2", 1.0)], CellSize(matrix=((1, 0, 0), (0, 1, 0), (1, 1, 0))))


@pytest.mark.parametrize("n_cells", [1, 4, 12, 20])
def test_the_most_compact_cell_is_right_handed_and_no_other_is_more_compact(n_cells):
    lattice = cathode("LiNiO2", 1.0).parent.primitive_cell().lattice.matrix
    size = CellSize(least_atoms=4 * n_cells, most_atoms=4 * n_cells)
    vectors = np.array(choose_matrix([cathode("LiNiO2", 1.0)], size)) @ lattice
    assert np.linalg.det(vectors) == pytest.approx(n_cells * abs(np.linalg.det(lattice)))
    shortest = min(np.linalg.norm(np.array(n) @ vectors) for n in itertools.product(range(-1, 2), repeat=3) if any(n))
    generator = np.random.default_rng(n_cells)
    for _ in range(300):  # superlattices of the same volume, drawn at random
        other = generator.integers(-3, 4, (3, 3))
        if round(abs(np.linalg.det(other))) == n_cells:
            reduced = Structure(other @ lattice, ["H"], [[0, 0, 0]]).lattice.get_lll_reduced_lattice()
            assert min(reduced.abc) <= shortest + 1e-6


def test_orderings_are_distinct_and_as_many_as_there_are():
    # two cobalt atoms among the metals of eight formula units, against pymatgen's matcher for all 28 choices
    crystal = cathode("LiCoO2", 1.0).model_copy(
        update={"occupancies": {"Li": {"Li": 1.0}, "M": {"Co": 0.25, "Ni": 0.75}, "O": {"O": 1.0}}}
    )
    cell = Supercell(crystal=crystal, matrix=((2, 0, 0), (0, 2, 0), (0, 0, 2)))
    drawn = draw_orderings(cell, Draw(n_orderings=100, ranking="random"))
    metals = cell.groups["M"]
    matcher = StructureMatcher(primitive_cell=False, attempt_supercell=False)
    distinct: list[Structure] = []
    for pair in itertools.combinations(metals, 2):
        ordering = [s if s != "Co" else "Ni" for s in drawn[0]]
        for place in pair:
            ordering[place] = "Co"
        structure = ordered_structure(cell, ordering)
        if not any(matcher.fit(structure, other) for other in distinct):
            distinct.append(structure)
    assert len(drawn) == len(distinct)
    for one, other in itertools.combinations(drawn, 2):
        assert not matcher.fit(ordered_structure(cell, one), ordered_structure(cell, other))


def test_a_seed_names_its_orderings():
    cell = cell_of(cathode("NCM622", 0.5), CellSize(least_atoms=1, tolerance=0.05))
    first, again, other = (draw_orderings(cell, Draw(n_orderings=5, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_what_is_fixed_stays_where_it_is():
    cell = Supercell(crystal=cathode("NCM622", 0.5), matrix=choose_matrix([cathode("NCM622", 0.5)], CellSize()))
    metals = list(reversed(draw_orderings(cell, Draw(n_orderings=1))[0]))
    held = [symbol for symbol in metals if symbol in ("Ni", "Co", "Mn")]
    for ordering in draw_orderings(cell, Draw(n_orderings=4), {"M": held}):
        assert [ordering[i] for i in cell.groups["M"]] == held
        assert sum(ordering[i] == "Li" for i in cell.groups["Li"]) == len(cell.groups["Li"]) // 2


def test_the_electrostatic_energy_is_that_of_pymatgen():
    cell = cell_of(solid_solution("LiNbO3"))
    (ordering,) = draw_orderings(cell, Draw())
    structure = ordered_structure(cell, ordering)
    structure.add_oxidation_state_by_element({"Li": 1, "Nb": 5, "O": -2})
    assert electrostatic_energies_ev(cell, [ordering])[0] == pytest.approx(
        EwaldSummation(structure).total_energy, rel=1e-4
    )


def test_the_ranking_keeps_the_lowest():
    cell = Supercell(crystal=cathode("LiNiO2", 0.5), matrix=choose_matrix([cathode("LiNiO2", 0.5)], CellSize()))
    ranked = electrostatic_energies_ev(cell, draw_orderings(cell, Draw(n_orderings=4)))
    drawn = electrostatic_energies_ev(cell, draw_orderings(cell, Draw(n_orderings=40, ranking="random")))
    assert ranked.max() <= np.sort(drawn)[3] + 1e-6
    assert (np.diff(ranked) >= -1e-9).all()


@given(st.sampled_from(["NCM83", "NMC532", "LiCoO2", "LiNiO2"]), st.sampled_from([1.0, 0.75, 0.5, 0.25, 0.0]))
@settings(max_examples=12)
def test_mean_charges_balance(name, lithium):
    composition = composition_of(cathode(name, lithium))
    charges = mean_charges(composition)
    assert sum(charges[e] * share for e, share in composition.items()) == pytest.approx(0.0, abs=1e-9)


def test_what_cannot_be_ordered_is_refused():
    catalogue = Catalogue.load()
    with pytest.raises(InputError, match=r"NCM83 holds 0 to 1 lithium in a formula unit, not 1.2"):
        lithiated_cathode(catalogue.cathode("NCM83"), 1.2)
    with pytest.raises(InputError, match=r"holds 0 to 1 lithium in a formula unit, not -0.1"):
        lithiated_cathode(catalogue.cathode("NCM83"), -0.1)
    with pytest.raises(InputError, match="neither layered MO2 nor olivine"):
        lithiated_cathode(catalogue.cathode("LiMn2O4"), 1.0)
    with pytest.raises(InputError, match=r"no structure of a solid solution 'LiNb0\.5Ta0\.5O4' \(did you mean"):
        solid_solution("LiNb0.5Ta0.5O4")
    with pytest.raises(InputError, match="no charge of Zn to rank orderings by"):
        mean_charges({"Zn": 1.0, "O": 1.0})
    with pytest.raises(InputError, match="charges of Li2O2 do not balance"):
        mean_charges({"Li": 1.0, "O": 1.0})


def made(crystal, size):
    """Everything that whole numbers decide: the supercell, where its sites are, and what they hold."""
    cell = Supercell(crystal=crystal, matrix=choose_matrix([crystal], size))
    places = {group: where.tolist() for group, where in cell.groups.items()}
    return cell.matrix, cell.sites.frac_coords.tolist(), places, draw_orderings(cell, Draw(n_orderings=3))


@pytest.mark.parametrize("name", ["NCM622", "LiNb0.5Ta0.5O3", "LiTi2(PO4)3"])
def test_a_supercell_is_the_same_on_every_processor(name):
    crystal = cathode(name, 0.5) if name == "NCM622" else solid_solution(name)
    expected, conventional = made(crystal, CellSize()), conventional_matrix(crystal.parent, (1, 1, 1))
    for seed in range(4):
        with other_last_bits(seed):
            assert made(crystal, CellSize()) == expected
            assert conventional_matrix(crystal.parent, (1, 1, 1)) == conventional
            with pytest.raises(InputError, match="left-handed or flat"):
                choose_matrix([crystal], CellSize(matrix=((1, 0, 0), (0, 1, 0), (1, 1, 0))))


@pytest.mark.parametrize("name", ["LiNiO2", "LiNbO3", "LiTi2(PO4)3"])
def test_a_primitive_cell_is_a_smallest_part_of_the_conventional_one(name):
    parent = (cathode(name, 1.0) if name == "LiNiO2" else solid_solution(name)).parent
    cell = parent.primitive_cell()
    assert determinant(parent.conventional) == 3  # each is centred rhombohedrally
    lengths = np.linalg.norm(np.array(parent.conventional) @ cell.lattice.matrix, axis=1)
    assert lengths == pytest.approx(parent.lattice[:3])
    assert len(cell.get_primitive_structure(use_site_props=True)) == len(cell)
    np.testing.assert_allclose(
        np.array(parent.metric) / parent.metric[0][0],
        cell.lattice.matrix @ cell.lattice.matrix.T / cell.lattice.a**2,
        atol=1e-12,
    )


@pytest.mark.parametrize(("material", "lithium"), [("NCM111", 0.5), ("LiCoO2", 0.75), ("Li1.3Al0.3Ti1.7(PO4)3", None)])
def test_packaged_orderings_are_drawn_again(material, lithium):
    """So their sites are counted as they were: another order would make another crystal of the same list."""
    cells = {(cell.material, cell.lithium_per_formula_unit): cell for cell in read_cells(cells_path(PACKAGED_MODEL))}
    packaged = cells[material, lithium]
    crystal = solid_solution(material) if lithium is None else cathode(material, lithium)
    cell = Supercell(crystal=crystal, matrix=packaged.matrix)
    fixed = None
    if lithium is not None:  # lithium leaves, and the rest stays
        full = cells[material, 1.0].ordering
        fixed = {group: [full[i] for i in where] for group, where in cell.groups.items() if group != "Li"}
    drawn = draw_orderings(cell, packaged.draw, fixed)
    assert len(drawn) == packaged.n_drawn
    assert packaged.ordering in drawn


def test_of_orderings_of_one_energy_the_first_drawn_are_kept(monkeypatch):
    """Nb and Ta have one charge, so all orderings of them have one electrostatic energy, but for its last bits."""
    cell = cell_of(solid_solution("LiNb0.5Ta0.5O3"), CellSize())
    noise = np.random.default_rng(0)

    def energies(cell, drawn):
        return electrostatic_energies_ev(cell, drawn) * (1.0 + 1e-15 * noise.integers(-2, 3, len(drawn)))

    monkeypatch.setattr(orderings, "electrostatic_energies_ev", energies)
    assert draw_orderings(cell, Draw(n_orderings=3)) == draw_orderings(cell, Draw(n_orderings=3, ranking="random"))


def test_equal_remainders_go_to_the_first():
    thirds = {"Ni": 1 / 3, "Mn": 0.33333333, "Co": 0.33333334}
    assert whole_counts(4, thirds) == {"Ni": 2, "Mn": 1, "Co": 1}
    assert whole_counts(6, thirds) == {"Ni": 2, "Mn": 2, "Co": 2}
    assert whole_counts(5, {"Nb": 0.3, "Ta": 0.7}) == {"Nb": 2, "Ta": 3}  # 1.5 and 3.5
