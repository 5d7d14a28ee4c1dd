"""Cathodes: entries of a catalogue that hold a variable amount of lithium."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from screening.chemistry.amounts import format_amount, read_number
from screening.chemistry.compositions import AMOUNT_TOLERANCE, atomic_fractions
from screening.chemistry.formulas import plain_text
from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError, nearest
from screening.files.content import DATA
from screening.materials.material import Amount, Content, Document, Entry, Name, Positive, Text


@cache
def cycling_voltages() -> Mapping[str, float]:
    """Return the packaged voltages between which a cell is cycled, V against Li/Li+, by the state of charge's name."""
    import yaml

    rows = yaml.safe_load((DATA / "voltages.yaml").read_text(encoding="utf-8"))
    return {row["state"]: float(row["voltage_v"]) for row in rows}


class PublishedVoltage(Document):
    """A voltage of a cathode from the literature: an average between two lithium contents, or the one at a content."""

    lithium_from: Content = Field(description="lithium atoms in a formula unit before")
    lithium_to: Content = Field(description="and after; the same where the value is the voltage at this content")
    voltage_v: Positive = Field(description="V against Li/Li+")
    kind: Literal["measured", "computed"] = Field(description="how it was found")
    conditions: Text | None = Field(default=None, description="sample or method")
    source: Text = Field(description="where the value is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription or from memory")


def _working_ion(element: str) -> str:
    """Return the element of a working ion, if it is one."""
    return ion_of(element).element


class Cathode(Entry):
    """A cathode: a host that holds a variable amount of lithium, or of another working ion."""

    role: Literal["cathode"] = Field(default="cathode", description="its place in the stack")
    ion: Annotated[str, AfterValidator(_working_ion)] = Field(default=LITHIUM, description="element of the working ion")
    host: dict[str, Amount] = Field(description="atoms of one formula unit without the ion, in the order of writing")
    lithiations: dict[str, Content] = Field(
        description="atoms of the ion, lithium, in a formula unit at each named state of charge"
    )
    phases: tuple[Text, ...] = Field(
        default=(),
        description="ids of phases of one host between which voltages are counted; one id stands for all that are "
        "known to differ from that phase by the ion alone; none: for those of the host that is lowest in energy",
    )
    voltages: dict[Name, Positive] = Field(
        default_factory=lambda known: {
            state: voltage
            for state, voltage in cycling_voltages().items()
            if known.get("ion") == LITHIUM
            and state not in known.get("lithiations", {})  # a content of that name means the same
        },
        description="V against Li/Li+, or of the ion's couple, at further states of charge, by name: contacts are "
        "opened to lithium there",
    )
    published_voltages: tuple[PublishedVoltage, ...] = Field(default=(), description="what the literature has")

    @model_validator(mode="after")
    def _consistent(self) -> Cathode:
        atomic_fractions(self.host)
        if self.ion in self.host:
            raise ValueError(f"host: {ion_of(self.ion).word} belongs in lithiations")
        if self.ion != LITHIUM and self.published_voltages:
            raise ValueError("published_voltages: they are counted against lithium")
        if self.lithiations.get("full") != max(self.lithiations.values(), default=None):
            raise ValueError("lithiations: the state 'full' is needed, and no state holds more lithium")
        if both := self.lithiations.keys() & self.voltages.keys():
            raise ValueError(f"voltages: {', '.join(sorted(both))} is the name of a lithiation")
        for published in self.published_voltages:
            if not self.lithiations["full"] >= published.lithium_from >= published.lithium_to:
                raise ValueError("published_voltages: lithium_from is at most full, and lithium_to no more than it")
        return self

    @property
    def fractions(self) -> dict[str, float]:
        """Atomic fractions of the fully lithiated cathode."""
        return atomic_fractions(self.composition("full"))

    def lithium(self, state_or_lithium: str | float) -> float:
        """Return the number of the ion's atoms, such as lithium, in one formula unit.

        Parameters
        ----------
        state_or_lithium
            Name of a state of charge, or the lithium content itself, as a number or its text.

        Raises
        ------
        InputError
            If no state has that name, or the content is not between 0 and that of the state ``full``.
        """
        given, most = plain_text(str(state_or_lithium)), self.lithiations["full"]
        for state, content in self.lithiations.items():
            if state.casefold() == given.casefold():
                return content
        try:
            content = read_number(given) if isinstance(state_or_lithium, str) else float(state_or_lithium)
        except ValueError:
            guess = nearest(given, self.lithiations) or f"; there are {', '.join(self.lithiations)}"
            raise InputError(f"unknown state {given!r} of {self.name}{guess}") from None
        if not 0.0 <= content <= most:
            held = ion_of(self.ion).word
            raise InputError(f"{self.name} holds 0 to {most:g} {held} in a formula unit, not {content:g}")
        return content

    def with_states(self, lithium: Sequence[float]) -> Cathode:
        """Return the cathode with further states of charge, each named by its share of the full content, as ``30%``.

        The new states become part of the cathode's name, as in ``NCM83+30%``, so that results with different states are
        not ranked together. In the name of a state a decimal point is written ``_``, because the names of quantities
        contain the name of the state.

        Parameters
        ----------
        lithium
            Lithium atoms per formula unit of each new state. A content that a state already has adds nothing.

        Raises
        ------
        InputError
            If a content is not between 0 and that of the state ``full``.
        """
        states = dict(self.lithiations)
        for content in map(self.lithium, lithium):
            if all(abs(content - known) > AMOUNT_TOLERANCE for known in states.values()):
                states[f"{100 * content / self.lithiations['full']:g}%".replace(".", "_")] = content
        name = "+".join([self.name, *list(states)[len(self.lithiations) :]])
        return self.model_copy(update={"name": name, "lithiations": states})

    def with_voltages(self, voltages: Sequence[float]) -> Cathode:
        """Return the cathode with contacts opened to lithium at other voltages than by default.

        Each is a state of charge named by its voltage, as ``4_1V``, and becomes part of the cathode's name, as for
        :meth:`with_states`.

        Parameters
        ----------
        voltages
            V against Li/Li+; none leaves the cathode as it is.

        Raises
        ------
        InputError
            If one is not a positive number.
        """
        if not voltages:
            return self
        for voltage in voltages:
            if not 0.0 < voltage < math.inf:
                raise InputError(f"a voltage against Li/Li+ is a positive number, not {voltage:g}")
        named = {f"{voltage:g}V".replace(".", "_"): voltage for voltage in voltages}
        return self.model_copy(update={"name": "+".join([self.name, *named]), "voltages": named})

    def composition(self, state_or_lithium: str | float) -> dict[str, float]:
        """Return the amount of each element at a state of charge; see :meth:`lithium`."""
        content = self.lithium(state_or_lithium)
        return ({self.ion: content} if content >= AMOUNT_TOLERANCE else {}) | self.host

    def formula(self, state_or_lithium: str | float) -> str:
        """Return the formula at a state of charge, for example ``Li0.5Ni0.83Co0.12Mn0.05O2``; see :meth:`lithium`."""
        amounts = self.composition(state_or_lithium)
        return "".join(element + format_amount(amount) for element, amount in amounts.items())
