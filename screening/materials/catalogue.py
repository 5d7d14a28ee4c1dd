"""The coatings, cathodes, electrolytes and anodes that have names, with their values from the literature.

The entries live in YAML files: four come with the package, and a user can add others of the same form. A name that is
in none of them is read in the notation of :mod:`screening.chemistry.notation`: a formula, a glass, or a composite.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.amounts import format_amount
from screening.chemistry.charges import check_charge_balance
from screening.chemistry.compositions import SAME_FRACTION, same_composition
from screening.chemistry.elements import element
from screening.chemistry.formulas import parse_formula, plain_text, require_formula
from screening.chemistry.ions import LITHIUM, ion_elements, ion_of
from screening.chemistry.notation import (
    composition_of,
    mole_fractions,
    read_composite,
    read_glass,
    split_energy,
    split_polymorph,
    with_energy,
    with_polymorph,
)
from screening.common.errors import InputError, shown
from screening.materials.catalogue_files import Role, read_entries
from screening.materials.cathode import Cathode
from screening.materials.material import EnergyAboveHull, Material
from screening.materials.suggestions import nearest_material

_E = TypeVar("_E", Material, Cathode)


class Catalogue(BaseModel):
    """All coatings, electrolytes, cathodes and anodes with a name.

    Examples
    --------
    >>> catalogue = Catalogue.load()
    >>> catalogue.coating("linbo3").formula
    'LiNbO3'
    >>> catalogue.cathode("NCM83").formula("half")
    'Li0.5Ni0.83Co0.12Mn0.05O2'
    """

    model_config = ConfigDict(frozen=True)

    coatings: tuple[Material, ...] = Field(default=(), description="the coatings, in the order of the files")
    electrolytes: tuple[Material, ...] = Field(default=(), description="the electrolytes")
    cathodes: tuple[Cathode, ...] = Field(default=(), description="the cathodes")
    anodes: tuple[Material, ...] = Field(default=(), description="the anodes")

    @property
    def materials(self) -> tuple[Material, ...]:
        """All entries that are one composition: coatings, electrolytes and anodes."""
        return (*self.coatings, *self.electrolytes, *self.anodes)

    @property
    def entries(self) -> tuple[Material | Cathode, ...]:
        """All entries, in the order of the files."""
        return (*self.coatings, *self.electrolytes, *self.cathodes, *self.anodes)

    def named(self, name: str) -> tuple[Material | Cathode, ...]:
        """Return the entries with a name or alias: several if it means a coating and a cathode, say.

        Raises
        ------
        InputError
            If there is none; the message suggests the nearest name.
        """
        text = plain_text(name).casefold()
        if found := tuple(e for e in self.entries if text in (known.casefold() for known in e.names)):
            return found
        known = [one for entry in self.entries for one in entry.names]
        raise InputError(f"the catalogue has no {plain_text(name)!r}{nearest_material(plain_text(name), known)}")

    @classmethod
    def load(cls, *extra: str | Path) -> Catalogue:
        """Read the packaged entries, followed by those of the user's own YAML files in the same form.

        Raises
        ------
        InputError
            If a file cannot be read, an entry is invalid, or its name is taken; the message names the file and the
            entry.
        """
        return cls.model_validate(read_entries(*map(Path, extra)))

    def coating(self, name: str) -> Material:
        """Find a coating by name, alias or formula; any other formula becomes a coating of that composition.

        The name of an electrolyte or anode is found, too.

        A glass, a material with an energy above the hull, and a composite of names and formulas also become coatings;
        see :mod:`screening.chemistry.notation`.

        Raises
        ------
        InputError
            If the text is none of these, or no oxidation states balance a formula.
        """
        return (
            _known(self.coatings, name)
            or _named_elsewhere("coating", self.materials, name)
            or _composite(self.coatings, name)
            or _material("coating", self.coatings, name)
        )

    def electrolyte(self, name: str) -> Material:
        """Find an electrolyte as :meth:`coating` finds a coating, except that it cannot be a composite.

        Raises
        ------
        InputError
            As :meth:`coating`, and if the text is a composite.
        """
        known = _known(self.electrolytes, name) or _named_elsewhere("electrolyte", self.materials, name)
        if known is None and "+" in name:
            raise InputError(
                f"{shown(plain_text(name))}: an electrolyte is one material; only a coating may be several"
            )
        return known or _material("electrolyte", self.electrolytes, name)

    def cathode(self, name: str, ion: str = LITHIUM) -> Cathode:
        """Find a cathode by name, alias or formula with all of its working ion.

        Any other formula with the ion becomes a cathode: its state ``full`` has the content written, its state ``half``
        has half of it.

        Parameters
        ----------
        name
            What the user wrote.
        ion
            Element of the working ion.

        Raises
        ------
        InputError
            If the text is neither a name nor a formula of the ion and a host, no oxidation states balance it, or the
            cathode of that name has another ion.
        """
        word = ion_of(ion).word
        known = _known(self.cathodes, name)
        if known is not None and known.ion != ion:
            raise InputError(f"{known.name} is a cathode of {ion_of(known.ion).word}, not of {word}")
        if known is not None:
            return known
        host = _formula("cathode", self.cathodes, name)
        held = host.pop(ion, 0.0)
        if not held or not host:
            hint = _hint(self.cathodes, host, ion) if not held else ""
            missing = "host" if held else word
            raise InputError(f"a cathode is {word} and a host: {plain_text(name)} has no {missing}{hint}")
        return Cathode(name=plain_text(name), ion=ion, host=host, lithiations={"full": held, "half": held / 2})

    def defaults(self, role: Role) -> tuple[str, ...]:
        """Return the names of the materials that are used if the user names none."""
        return tuple(entry.name for entry in self.entries if entry.default and entry.role == role)


def _known(listed: tuple[_E, ...], name: str) -> _E | None:
    """Return the entry with that name, alias or composition; None if there is none."""
    text = plain_text(name)
    for entry in listed:
        if text.casefold() in (known.casefold() for known in entry.names):
            return entry
    try:
        composition = parse_formula(text)
    except InputError:
        return None
    return next((entry for entry in listed if entry.fractions and same_composition(entry.fractions, composition)), None)


def _hint(cathodes: tuple[Cathode, ...], host: dict[str, float], ion: str) -> str:
    """Say what to write in place of a formula without the working ion."""
    others = [element for element in ion_elements() if element in host and element != ion]
    if others:
        return f"; {ion_of(others[0]).word} is the working ion with --ion {others[0]}"
    return f": write the lithiated one, such as {_lithiated(cathodes, host)}" if ion == LITHIUM else ""


def _lithiated(cathodes: tuple[Cathode, ...], host: dict[str, float]) -> str:
    """Return a formula with lithium of a host that has none: the catalogue's, or with the charge of a lone anion."""
    for cathode in cathodes:
        if cathode.host == host:
            return cathode.formula("full")
    lowest = element(next(iter(host))).lowest_state if len(host) == 1 else -1
    lithium = max(1, -(lowest or -1)) * (next(iter(host.values())) if len(host) == 1 else 1.0)
    return "".join(symbol + format_amount(amount) for symbol, amount in {"Li": lithium, **host}.items())


def _named_elsewhere(
    role: Literal["coating", "electrolyte"], materials: tuple[Material, ...], name: str
) -> Material | None:
    """Return a material of another role that has this name, in this role; an electrolyte can be a coating."""
    text = plain_text(name).casefold()
    for entry in materials:
        if not entry.mole_fractions and text in (known.casefold() for known in entry.names):
            return entry.model_copy(update={"role": role, "default": False})
    return None


def _formula(role: Role, listed: tuple[_E, ...], name: str) -> dict[str, float]:
    """Read a formula that belongs to no entry."""
    text = plain_text(name)
    try:
        require_formula(text)
        amounts = parse_formula(text)
        fault = check_charge_balance(amounts)
    except InputError as error:
        fault = f"unknown {role} {text!r}: {str(error).removeprefix(f'{shown(text)}: ')}"
    if fault:
        raise InputError(fault + _nearest(text, listed))
    return amounts


def _material(role: Literal["coating", "electrolyte"], listed: tuple[Material, ...], name: str) -> Material:
    """Make one material from a formula or a glass, with or without an energy above the hull."""
    text = plain_text(name)
    base, polymorph = split_polymorph(text)
    if polymorph is not None:
        found = _known(listed, base) or _material(role, listed, base)
        with_polymorph(found.reactant, polymorph)
        return found.model_copy(
            update={"name": f"{found.name}#{polymorph}", "aliases": (), "default": False, "polymorph": polymorph}
        )
    base, above = split_energy(text)
    if above is not None:
        found = _known(listed, base) or _material(role, listed, base)
        if found.mole_fractions:
            raise InputError(
                f"{shown(text)}: {found.name} is several phases; write the energy behind the one that has it"
            )
        given = EnergyAboveHull(mev_per_atom=above, source="as asked for", verified=False)
        changed = {"name": with_energy(found.name, above), "aliases": (), "default": False, "energy_above_hull": given}
        return found.model_copy(update=changed)
    try:
        parts = read_glass(text)
    except InputError as error:
        raise InputError(f"{error}{_nearest(text, listed)}") from None
    if parts is None:
        _formula(role, listed, text)
        return Material(name=text, role=role, formula=text)
    if fault := check_charge_balance(composition_of(text)):
        raise InputError(f"{shown(text)}: {fault}")
    return Material(name=text, role=role, kind="glass", components=parts)


def _composite(listed: tuple[Material, ...], name: str) -> Material | None:
    """Make a coating of several phases; return None if the text is not a composite."""
    text = plain_text(name)
    parts = read_composite(text)
    if parts is None:
        return None
    components: dict[str, float] = {}
    names = []
    for part, fraction in mole_fractions(parts).items():
        if "-" in split_polymorph(part)[0] and _known(listed, part) is None:
            raise InputError(
                f"{shown(text)}: write a glass in a composite as its formula and energy, such as Li4PS4I@0meV"
            )
        phase = _known(listed, part) or _material("coating", listed, part)
        if phase.mole_fractions:
            raise InputError(f"{shown(text)}: {phase.name} is itself several phases; write these")
        if phase.reactant in components:
            raise InputError(f"{shown(text)}: {phase.name} occurs twice")
        components[phase.reactant] = fraction
        names.append(f"{fraction:.4g}{phase.name}")
    for entry in listed:
        same = entry.mole_fractions
        if same.keys() == components.keys() and all(abs(same[p] - components[p]) <= SAME_FRACTION for p in same):
            return entry
    return Material(name="+".join(names), role="coating", components=components)


def _nearest(text: str, listed: tuple[_E, ...]) -> str:
    return nearest_material(text, [known for entry in listed for known in entry.names])
