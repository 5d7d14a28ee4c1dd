"""Profiles as pictures."""

from __future__ import annotations

import pytest
from fixtures_figures import assert_legible, looked_at
from fixtures_screening import synthetic

from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.figures.profile import draw_profile
from screening.hull.reservoir import Reservoir


def interface(a, b="Li6PS5Cl", voltage_v=None):
    reservoir = None if voltage_v is None else Reservoir.lithium_voltage(voltage_v)
    return Interface(synthetic(), a, b, reservoir)


@pytest.mark.parametrize(
    ("voltage_v", "unit", "atoms"), [(None, "meV/atom", "atoms"), (4.0, "meV/non-Li atom", "non-Li atoms")]
)
def test_one_profile_with_every_kink(voltage_v, unit, atoms):
    one = interface("LiNbO3", voltage_v=voltage_v)
    ax = looked_at(lambda ax: draw_profile(ax, one.document()))
    profile = one.profile()
    for line, energies in zip(ax.lines, (profile.mutual, profile.total), strict=False):
        assert list(line.get_xdata()) == pytest.approx(list(profile.x), abs=1e-8)
        assert list(line.get_ydata()) == pytest.approx(list(1000 * energies), abs=1e-5)
        assert line.get_marker() != "None"
    assert ax.get_ylabel() == f"reaction energy ({unit})"
    assert ax.get_xlabel() == f"fraction of the {atoms} from LiNbO$_{{3}}$"
    assert_legible(ax)


def test_several_are_told_apart_without_colour():
    found = [interface(name).document() for name in ("LiNbO3", "LiTaO3", "HfO2", "LiCoO2")]
    ax = looked_at(lambda ax: draw_profile(ax, *found))
    lines = ax.lines[: len(found)]
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == len(found)
    assert len({line.get_color() for line in lines}) == len(found)
    for line, document in zip(lines, found, strict=True):
        assert min(line.get_ydata()) == pytest.approx(1000 * document.mutual.min_ev_per_atom)
    assert_legible(ax)


def test_units_are_not_mixed():
    with pytest.raises(InputError, match="all closed or all open"):
        looked_at(
            lambda ax: draw_profile(ax, interface("LiNbO3").document(), interface("LiNbO3", voltage_v=3).document())
        )
    with pytest.raises(InputError, match="at least one"):
        looked_at(draw_profile)
