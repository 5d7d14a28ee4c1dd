"""The gas in a furnace: the gases that a solid exchanges with it, and their pressures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screening.common.errors import InputError, nearest
from screening.heat.annealing.conditions import annealing_data
from screening.thermochemistry.gas import Gas, check_pressure, known_gases


@dataclass(frozen=True)
class Atmosphere:
    """The gas a solid is annealed in.

    Parameters
    ----------
    oxygen_bar
        Partial pressure of O2; the solid can take up or give off any amount of it.
    gas_bar
        Partial pressures of other gases in the furnace, such as the CO2 of air. Each opens one more element.
    product_bar
        Partial pressure of each gas that the solid gives off and the furnace does not hold: a gas evolves if its
        equilibrium pressure is higher than this. The default is in ``data/annealing.yaml``, with the reason for it.

    Raises
    ------
    InputError
        If a pressure is not positive, a gas is not known, or a held gas does not open exactly one more element.
    """

    oxygen_bar: float
    gas_bar: Mapping[str, float] = field(default_factory=dict)
    product_bar: float = field(default_factory=lambda: annealing_data().product_gas_bar.value)

    def __post_init__(self) -> None:
        for pressure in (self.oxygen_bar, self.product_bar, *self.gas_bar.values()):
            check_pressure(pressure)
        known = {gas.name: gas for gas in known_gases()}
        for name in self.gas_bar:
            if name not in known:
                raise InputError(f"unknown gas {name!r}{nearest(name, known) or '; there are ' + ', '.join(known)}")
        if "O2" in self.gas_bar:
            raise InputError("the pressure of O2 is given by itself, not among the other gases")
        self.opened()

    def opened(self) -> dict[str, Gas]:
        """Return the open elements in the order in which they are opened, each with the gas that opens it."""
        by_name = {gas.name: gas for gas in known_gases()}
        opened = {"O": by_name["O2"]}
        for name in self.gas_bar:
            new = [element for element in by_name[name].composition if element not in opened]
            if len(new) != 1:
                brings = " and ".join(new) or "nothing that the gases before it do not"
                raise InputError(f"the gas {name} must bring one element that is not open yet; it brings {brings}")
            opened[new[0]] = by_name[name]
        return opened

    def pressure_bar(self, gas: Gas) -> float:
        """Return the partial pressure of a gas: the furnace's if the furnace holds it, otherwise that of products."""
        return self.oxygen_bar if gas.name == "O2" else self.gas_bar.get(gas.name, self.product_bar)
