"""The oxygen of a cathode as a picture."""

from __future__ import annotations

from fixtures_figures import assert_legible, looked_at
from fixtures_screening import synthetic

from screening.figures.oxygen import draw_oxygen
from screening.heat.oxygen.oxygen_contacts import oxygen_document
from screening.materials.catalogue import Catalogue


def test_atoms_against_the_state_of_charge():
    """O2 counts as two atoms; what burns lithium of the reservoir is left out."""
    host = Catalogue.load().cathode("LiCoO2")
    found = oxygen_document(synthetic(), host, [0.0, 1.0, 0.5], 300.0, 1.0)
    ax = looked_at(lambda ax: draw_oxygen(ax, found), height=3.0)
    mixture, fixed, opened = ax.lines[:3]
    by_charge = sorted(found.states, key=lambda state: state.cathode.state_of_charge)
    assert list(mixture.get_xdata()) == [0.0, 50.0, 100.0]
    assert list(mixture.get_ydata()) == [2 * one.cathode.closed.oxygen_gas_per_formula_unit for one in by_charge]
    assert mixture.get_ydata()[-1] > 0.0
    for line, balances in (
        (fixed, [one.cathode.closed for one in by_charge]),
        (opened, [one.cathode.open_to_lithium for one in by_charge]),
    ):
        known = [one.oxygen_released_per_formula_unit for one in balances]
        assert list(line.get_ydata()) == [atoms for atoms in known if atoms is not None]
    onset = found.onset_state_of_charge
    assert list(ax.lines[3].get_xdata()) == [100 * onset, 100 * onset]
    assert len({line.get_marker() for line in (mixture, fixed, opened)}) == 3
    assert_legible(ax)
