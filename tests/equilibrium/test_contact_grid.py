"""Many contacts at once, with either core, against one interface at a time; their products too."""

import numpy as np
import pytest
from random_phases import build, random_composition, random_phases, written

from screening.common.errors import CoatscreenError, InputError
from screening.equilibrium.contact_grid import Place, contact_grid
from screening.equilibrium.interface import Interface
from screening.hull.compiled.core import core
from screening.hull.reservoir import Reservoir

pytestmark = pytest.mark.usefixtures("either_core")

RESERVOIRS = [None, Reservoir({"Li": -2.5}), Reservoir({"Li": -0.4}), Reservoir({"Li": -1.0, "O": -0.3})]


@pytest.fixture(params=["numpy", "compiled"])
def either_core(request, monkeypatch):
    if request.param == "compiled" and core() is None:
        pytest.skip("the compiled core is not built, or not wanted")
    monkeypatch.setenv("COATSCREEN_CORE", request.param)


def materials_of(phases, n_materials, seed):
    """Known phases, mixtures of nothing known, and energies that are given."""
    rng = np.random.default_rng(seed)
    found = [written(random_composition(rng, phases.elements)) for _ in range(n_materials)]
    found += [phases.formula(int(i)) for i in rng.integers(len(phases), size=n_materials)]
    return [*found, found[0] + "@25meV"]


@pytest.mark.parametrize("n_elements", [3, 6, 8])
def test_against_one_interface_at_a_time(n_elements):
    phases = random_phases(n_elements, n_elements)
    materials, neighbours = materials_of(phases, 3, 1), materials_of(phases, 2, 2)
    grid = contact_grid(phases, materials, neighbours, RESERVOIRS)
    computed, reasons = 0, {}
    for place in np.ndindex(grid.mutual.shape):
        a, b, r = place
        try:
            interface = Interface(phases, materials[a], neighbours[b], RESERVOIRS[r])
            profile = interface.profile()
        except CoatscreenError as error:
            reasons[Place(*place)] = str(error)
            assert np.isnan(grid.mutual[place])
            assert (grid.products[place] == -1).all()
            continue
        computed += 1
        lowest = profile.lowest_mutual
        expected = {
            "mutual": profile.mutual.min(),
            "x_mutual": profile.x[lowest],
            "total": profile.total.min(),
            "x_total": profile.x[profile.lowest_total],
            "self_material": profile.self_a,
            "self_neighbour": profile.self_b,
        }
        assert {name: getattr(grid, name)[place] for name in expected} == pytest.approx(expected, abs=2e-9)
        present = grid.products[place] >= 0
        products = dict(zip(grid.products[place][present].tolist(), grid.amounts[place][present].tolist(), strict=True))
        assert products == pytest.approx(profile.line.mixture(lowest).amounts, abs=1e-9)
        assert list(products) == sorted(products)
        assert (grid.amounts[place][~present] == 0.0).all()
    assert computed > 30
    assert grid.why_missing == reasons


def test_by_hand():
    """Li against O with Li2O at -2 eV/atom: it forms at x = 2/3 and is all there is; open to lithium, O2 becomes it."""
    phases = build([({"Li": 2, "O": 1}, -2.0)])
    grid = contact_grid(phases, ["Li"], ["O2"], [None])
    assert grid.mutual[0, 0, 0] == pytest.approx(-2.0)
    assert grid.x_mutual[0, 0, 0] == pytest.approx(2 / 3)
    [product] = grid.products[0, 0, 0][grid.products[0, 0, 0] >= 0].tolist()
    assert phases.formula(product) == "Li2O"
    assert grid.amounts[0, 0, 0].sum() == pytest.approx(1.0)
    opened = contact_grid(phases, ["Li2O"], ["O2"], [Reservoir({"Li": -2.0})])
    assert opened.self_neighbour[0, 0, 0] == pytest.approx(-6.0 + 2 * 2.0)  # O2 takes up Li: Li2O per O
    assert opened.mutual[0, 0, 0] == 0.0


def test_more_products_than_there_was_room_for():
    """Fourteen elements at once: a compound of all of them falls apart into the elements."""
    elements = ["Li", "Na", "K", "Rb", "Cs", "Be", "Mg", "Ca", "Sr", "Ba", "Al", "Ga", "In", "Tl"]
    phases = build([({"Li": 1, "Na": 1}, -0.1)], elements=elements)
    grid = contact_grid(phases, ["".join(elements)], ["LiNa"], [None])
    assert (grid.products[0, 0, 0] >= 0).sum() == 1  # x = 0, where nothing reacts: LiNa alone
    turned = contact_grid(phases, ["Na"], ["".join(e for e in elements if e != "Na")], [None])
    assert turned.mutual[0, 0, 0] == pytest.approx(-0.1 * 2 / 14)
    assert (turned.products[0, 0, 0] >= 0).sum() == 13
    assert turned.amounts[0, 0, 0].sum() == pytest.approx(1.0)


def test_a_material_without_energies_is_refused_by_name():
    with pytest.raises(InputError, match=r"hold no phase of Xe"):
        contact_grid(random_phases(0, 3), ["Li", "XeO2"], ["O2"], [None])


def test_nothing_asked_for_gives_nothing():
    assert contact_grid(random_phases(0, 3), [], ["O2"], [None]).mutual.shape == (0, 1, 1)
