"""The kinds of interphases: made-up volumes by hand, and the products that are known of the packaged energies."""

from __future__ import annotations

import pytest

from screening.common.provenance import EnergyScale
from screening.equilibrium.interface import Interface
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet
from screening.transport.interphase import interphase, interphase_of
from screening.transport.rules import transport_rules

SCALE = EnergyScale(name="made up", version="1", functional="none", correction="none", source="the test")
FORMULAS = {  # cubic angstrom per atom
    **{"Li": 20.0, "S": 25.0, "Nb": 18.0, "Cl": 30.0, "O": 10.0, "P": 20.0, "Al": 16.0},
    **{"NbS2": 20.0, "LiCl": 17.0, "Al2O3": 8.5, "Li3P": 15.0, "P2Nb7Cl3": 12.0, "Li9AlCl12": 22.0},
}


@pytest.fixture(scope="module")
def made_up():
    phases = [
        Phase(id=f, formula=f, energy_ev_per_atom=-0.1 * (len(f) > 2), volume_a3_per_atom=v)
        for f, v in FORMULAS.items()
    ]
    return PhaseSet(SCALE, phases)


def layer(phases, shares, closed=None):
    at = {phases.formula(i): i for i in range(len(phases))}
    return interphase(phases, {at[f]: share for f, share in shares.items()}, closed or phases.elements)


def test_volumes_by_hand(made_up):
    found = layer(made_up, {"NbS2": 0.1, "LiCl": 0.2, "Al2O3": 0.7})
    total = 0.1 * 20.0 + 0.2 * 17.0 + 0.7 * 8.5
    assert found.electrons.products == ["NbS2"]
    assert found.electrons.volume_share == pytest.approx(2.0 / total)
    assert found.lithium.products == ["LiCl"]
    assert found.lithium.volume_share == pytest.approx(3.4 / total)
    assert (found.electrons.percolates, found.lithium.percolates) == (True, True)
    assert found.kind == "mixed conducting"


def test_open_elements_have_a_volume_too(made_up):
    """Shares are of the closed atoms: half of LiCl's atoms are lithium."""
    closed = [element for element in made_up.elements if element != "Li"]
    found = layer(made_up, {"LiCl": 0.5, "Al2O3": 0.5}, closed)
    assert found.lithium.volume_share == pytest.approx(17.0 / (17.0 + 0.5 * 8.5))


@pytest.mark.parametrize(
    ("shares", "kind"),
    [
        ({"Al2O3": 1.0}, "fully blocking"),
        ({"LiCl": 0.5, "Al2O3": 0.5}, "electronically blocking"),
        ({"NbS2": 0.5, "Al2O3": 0.5}, "ionically blocking"),
        ({"NbS2": 0.01, "LiCl": 0.99}, "electronically blocking"),
        ({"Li9AlCl12": 0.9, "Al2O3": 0.1}, None),  # no barrier and no conductivity of it is known
        ({"Li9AlCl12": 0.01, "Al2O3": 0.99}, "fully blocking"),  # too little to matter
    ],
)
def test_kinds(made_up, shares, kind):
    assert layer(made_up, shares).kind == kind


def test_one_carrier_that_does_not_pass_is_enough(made_up):
    assert layer(made_up, {"Li9AlCl12": 0.9, "Al2O3": 0.1}).passivating is True  # whatever lithium does
    assert layer(made_up, {"Li9AlCl12": 0.6, "NbS2": 0.4}).passivating is None
    assert layer(made_up, {"LiCl": 0.6, "NbS2": 0.4}).passivating is False


def test_what_is_just_enough_connects(made_up):
    """0.16 of the volume: Scher and Zallen 1970."""
    least = transport_rules().percolates_from
    assert least == 0.16
    for share, connects in ((least + 1e-9, True), (least - 1e-6, False)):
        atoms = {"NbS2": share / 20.0, "Al2O3": (1 - share) / 8.5}
        found = layer(made_up, {f: n / sum(atoms.values()) for f, n in atoms.items()})
        assert found.electrons.percolates is connects


def test_a_solid_without_volume_leaves_it_unknown():
    phases = PhaseSet(SCALE, [Phase(id=f, formula=f, energy_ev_per_atom=0.0) for f in ("Li", "Cl")])
    assert interphase(phases, {0: 1.0}, phases.elements) is None


def test_known_products(reference):
    """NbS2 and NbS3, 7 % of the volume, do not connect; TaS2 and TaS3, 39 %, do."""
    niobate = interphase_of(Interface(reference, "LiNbO3", "Li6PS5Cl"))
    assert set(niobate.electrons.products) == {"NbS2", "NbS3"}
    assert niobate.electrons.volume_share == pytest.approx(0.07, abs=0.01)
    assert (niobate.electrons.percolates, niobate.passivating) == (False, True)
    tantalate = interphase_of(Interface(reference, "LiTaO3", "Li6PS5Cl"))
    assert set(tantalate.electrons.products) == {"TaS2", "TaS3"}
    assert tantalate.electrons.volume_share == pytest.approx(0.39, abs=0.01)
    assert (tantalate.kind, tantalate.passivating) == ("mixed conducting", False)


def test_where_there_is_no_reaction_there_is_no_layer(reference):
    assert interphase_of(Interface(reference, "Li2O", "Li3PO4")) is None
    assert interphase_of(Interface(reference, "Al", "Nb2O5")) is None  # no lithium
