"""Questions to an atlas: between which neighbours, at which potentials, which coatings, and what comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.atlas.atlas_documents import AtlasHeader, AtlasNeighbour
from screening.chemistry.classes import CHEMISTRY_CLASSES, ChemistryClass
from screening.chemistry.elements import ELEMENTS
from screening.common.errors import InputError, nearest
from screening.common.provenance import Result
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import WORST_CONTACT
from screening.files.validation import explained
from screening.text.tabular import Tabular


class AtlasQuestion(BaseModel):
    """Which coatings of an atlas are asked for, and between what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cathodes: tuple[str, ...] = Field((), description="names, patterns such as NCM*, or chemistry classes")
    electrolytes: tuple[str, ...] = Field((), description="the same; with neither, those of a screening by default")
    states: tuple[str, ...] = Field((), description="states of charge of the cathodes; none: all")
    voltages_v: tuple[float, ...] | None = Field(
        None, description="potentials of open contacts, V; null: all there are"
    )
    closed: bool = Field(True, description="whether closed contacts count")
    elements: tuple[str, ...] = Field((), description="elements that a coating must hold")
    exclude: tuple[str, ...] = Field((), description="elements that it must not hold")
    classes: tuple[ChemistryClass, ...] = Field((), description="chemistry classes of coatings; none: all")
    without_products: tuple[str, ...] = Field(
        (), description="no contact may form these: classes of products, 'conducting', or formulas"
    )
    passing: bool = Field(False, description="whether all packaged criteria must be passed")
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="by criterion or quantity: another threshold, which must be passed"
    )
    sort: str = Field(WORST_CONTACT, description="quantity by which coatings are ranked")
    top: int = Field(0, ge=0, description="at most so many coatings; 0: all")


def asked(**fields: Any) -> AtlasQuestion:
    """Return a question.

    Raises
    ------
    InputError
        If a field is wrong; the message names it.
    """
    try:
        return AtlasQuestion.model_validate(fields)
    except ValidationError as error:
        raise InputError(f"the question to the atlas: {explained(error, AtlasQuestion.model_fields)}") from None


class WorstContact(BaseModel):
    """The contact of a coating that reacts most."""

    model_config = ConfigDict(extra="forbid")

    neighbour: str = Field(description="name of the cathode or electrolyte")
    state: str | None = Field(description="state of charge of the cathode")
    voltage_v: float | None = Field(description="potential at which it is open to lithium, V; null: closed")
    mutual_mev_per_closed_atom: float = Field(description="lowest mutual energy; in a closed contact all atoms count")
    x_closed_coating: float = Field(description="share of the closed atoms from the coating, at that energy")
    products: dict[str, float] = Field(description="share of the closed atoms in each product; none: nothing reacts")


class AtlasCoating(BaseModel):
    """A coating of an answer."""

    model_config = ConfigDict(extra="forbid")

    rank: int = Field(description="place; equal ones share it")
    coating: str = Field(description="the material")
    source_id: str | None = Field(description="its phase, as the source calls it")
    chemistry_class: ChemistryClass = Field(description="what kind of compound it is")
    quantities: dict[str, float | None] = Field(description="by name, with units; an oxidation limit of null: none")
    worst_contact: WorstContact | None = Field(description="null where a contact could not be computed")


class AtlasAnswer(Tabular, Result):
    """The coatings of an atlas that answer a question, best first."""

    question: AtlasQuestion = Field(description="what was asked")
    neighbours: list[str] = Field(description="what was met: cathodes with their states, electrolytes")
    potentials: list[str] = Field(description="closed, or voltages against Li/Li+")
    bare_worst_mutual_mev_per_atom: float | None = Field(
        description="of the cathodes with the electrolytes, closed; null where only one side was asked for"
    )
    criteria: list[Criterion] = Field(description="what had to be passed")
    n_coatings: int = Field(description="coatings in the atlas")
    n_found: int = Field(description="coatings that answer the question")
    ranking: list[AtlasCoating] = Field(description="these, best first; no more than were asked for")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a flat row for each coating."""
        for one in self.ranking:
            worst = one.worst_contact.model_dump(mode="json") if one.worst_contact else {}
            products = worst.pop("products", None)
            yield {
                **one.model_dump(mode="json", exclude={"quantities", "worst_contact"}),
                **one.quantities,
                **{f"worst_{name.removeprefix('mutual_')}": value for name, value in worst.items()},
                "worst_products": None if products is None else " ".join(products),
            }


def asked_neighbours(header: AtlasHeader, question: AtlasQuestion) -> list[int]:
    """Return the numbers of the neighbours that a question is about.

    Where it names neither cathodes nor electrolytes, those that a screening takes by default, or all if the atlas has
    none of them.

    Raises
    ------
    InputError
        If a name fits none, or no state is left.
    """
    if question.cathodes or question.electrolytes:
        hosts = _fitting(header, "cathode", question.cathodes)
        conductors = _fitting(header, "electrolyte", question.electrolytes)
    else:
        chosen = [n for n, one in enumerate(header.neighbours) if one.default] or list(range(len(header.neighbours)))
        hosts = [n for n in chosen if header.neighbours[n].role == "cathode"]
        conductors = [n for n in chosen if n not in hosts]
    states = {header.neighbours[number].state for number in hosts}
    for state in question.states:
        if state not in states:
            there = sorted(name for name in states if name)
            raise InputError(f"no cathode asked for has the state {state!r}{nearest(state, there)}")
    hosts = [n for n in hosts if not question.states or header.neighbours[n].state in question.states]
    return sorted(hosts + conductors)


def _fitting(header: AtlasHeader, role: str, names: Sequence[str]) -> list[int]:
    there = {number: one for number, one in enumerate(header.neighbours) if one.role == role}
    found: dict[int, None] = {}
    for name in names:
        fit = [number for number, one in there.items() if _fits(one, name)]
        if not fit:
            known = [word for one in there.values() for word in (one.name, *one.aliases)]
            why = header.left_out.get(name)
            hint = f": {why}" if why else nearest(name, [*known, *CHEMISTRY_CLASSES])
            raise InputError(f"the atlas has no {role} {name!r}{hint}")
        found.update(dict.fromkeys(fit))
    return list(found)


def _fits(neighbour: AtlasNeighbour, wanted: str) -> bool:
    asked = wanted.casefold()
    names = [name.casefold() for name in (neighbour.name, *neighbour.aliases)]
    return asked == neighbour.chemistry_class or any(asked == name or fnmatchcase(name, asked) for name in names)


def asked_potentials(header: AtlasHeader, question: AtlasQuestion) -> list[int]:
    """Return the numbers of the reservoirs that a question is about: 0 for closed contacts, then the voltages.

    Raises
    ------
    InputError
        If the atlas has no such voltage, or nothing is left.
    """
    wanted = header.voltages_v if question.voltages_v is None else question.voltages_v
    found = [0] if question.closed else []
    for voltage in wanted:
        place = next((k for k, known in enumerate(header.voltages_v) if abs(known - voltage) < 1e-9), None)
        if place is None:
            there = ", ".join(f"{known:g}" for known in header.voltages_v) or "none"
            raise InputError(f"the atlas has no contacts at {voltage:g} V; its voltages are {there}")
        found.append(place + 1)
    if not found:
        raise InputError("neither closed contacts nor a voltage is asked for")
    return sorted(set(found))


def require_elements(question: AtlasQuestion) -> None:
    """Check the elements that a question names.

    Raises
    ------
    InputError
        If one is no element.
    """
    for symbol in (*question.elements, *question.exclude):
        if symbol not in ELEMENTS:
            raise InputError(f"no element {symbol!r}{nearest(symbol, ELEMENTS)}")
