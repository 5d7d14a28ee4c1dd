"""The reservoirs that a material or an interface is asked to exchange elements with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from screening.hull.reservoir import Reservoir

Open = Annotated[
    list[str] | None,
    typer.Option("--open", help="Elements exchanged with reservoirs: a comma list, or the option repeated."),
]
Mu = Annotated[
    str | None,
    typer.Option(
        "--mu",
        help="Chemical potential of the open element against its reference phase, eV; of several Li=-3.66,O=-0.5.",
    ),
]
IonVoltage = Annotated[
    float | None, typer.Option("--voltage", help="Opens the working ion at this voltage against its metal, V.")
]
GasTemperature = Annotated[float | None, typer.Option("--temperature", help="Of O2 gas with --open O, K.")]
GasPressure = Annotated[float | None, typer.Option("--pressure", help="Of O2 gas with --open O, bar.")]


class Asked(NamedTuple):
    """The reservoirs that were asked for."""

    reservoir: Reservoir | None
    without: tuple[str, ...]  # open elements that were given no potential
    ion: str  # working ion

    def complete(self) -> Reservoir | None:
        """Return the reservoirs, None if there are none.

        Raises
        ------
        InputError
            If an open element has no potential.
        """
        from screening.common.errors import InputError

        for element in self.without:
            other = {self.ion: " or --voltage", "O": " or --temperature with --pressure"}.get(element, "")
            raise InputError(f"--open {element} needs its chemical potential: --mu{other}")
        return self.reservoir


def reservoirs_asked(
    opened: Sequence[str] | None,
    mu: str | None,
    ion: str,
    voltage: float | None,
    temperature: float | None,
    pressure: float | None,
) -> Asked:
    """Read the options for reservoirs.

    Parameters
    ----------
    opened
        Elements of ``--open``, each text a comma list.
    mu
        Text of ``--mu``: a number, or ``ELEMENT=NUMBER`` of several.
    ion
        Working ion, whose element the voltage opens.
    voltage
        Voltage against its metal, V.
    temperature, pressure
        Of O2 gas, K and bar.

    Raises
    ------
    InputError
        If an element has two potentials, or a potential belongs to no open element.
    """
    from screening.chemistry.elements import require_element
    from screening.chemistry.ions import ion_of
    from screening.common.errors import InputError
    from screening.hull.reservoir import Reservoir

    couple = ion_of(ion).couple
    elements = list(dict.fromkeys(part.strip() for text in opened or () for part in text.split(",") if part.strip()))
    for element in elements:
        require_element(element)
    parts: list[Reservoir] = []
    if voltage is not None:
        if others := [element for element in elements if element not in (ion, "O")]:
            raise InputError(f"--voltage is against {couple}, and {', '.join(others)} is open: give --mu, or --ion")
        parts.append(Reservoir.at_voltage(voltage, ion))
    if temperature is not None or pressure is not None:
        parts.append(_gas(elements, temperature, pressure))
    left = [e for e in elements if not any(e in part.elements for part in parts)]
    if mu is not None:
        if parts and not left:
            raise InputError(f"--mu with {'--voltage' if voltage is not None else '--temperature'}: one potential each")
        parts.append(_at_mu(mu, left))
        left = [element for element in left if element not in parts[-1].elements]
    found = None
    for part in parts:
        found = part if found is None else found.joined(part)
    return Asked(found, tuple(left), ion)


def _gas(elements: Sequence[str], temperature: float | None, pressure: float | None) -> Reservoir:
    from screening.common.errors import InputError
    from screening.hull.reservoir import Reservoir

    if "O" not in elements:
        given = "--temperature" if temperature is not None else "--pressure"
        raise InputError(f"{given} is that of O2 gas and needs --open O")
    if temperature is None or pressure is None:
        raise InputError("--open O takes --mu, or --temperature with --pressure")
    return Reservoir.oxygen_gas(temperature, pressure)


def _at_mu(text: str, left: Sequence[str]) -> Reservoir:
    """Read ``--mu``, for the open elements that have no potential yet."""
    from screening.common.errors import InputError
    from screening.hull.reservoir import Reservoir

    given: dict[str, float] = {}
    for part in text.split(","):
        element, equals, value = (piece.strip() for piece in part.rpartition("="))
        try:
            number = float(value)
        except ValueError:
            raise InputError(f"--mu takes a number in eV, or ELEMENT=NUMBER of several, not {text!r}") from None
        if not equals and len(left) != 1:
            if left:
                raise InputError(f"--mu {part.strip()}: which of {', '.join(left)}? Write ELEMENT=NUMBER")
            raise InputError("--mu needs --open ELEMENT")
        element = element if equals else left[0]
        if element not in left or element in given:
            raise InputError(f"--mu {part.strip()}: {element} is not open without a potential; name it by --open")
        given[element] = number
    return Reservoir(given)
