"""The answer to a question: which coatings are left, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.atlas.atlas_documents import AtlasHeader
from screening.atlas.columns import AtlasFile, products_of
from screening.atlas.product_kinds import Unwanted
from screening.atlas.questions import (
    AtlasAnswer,
    AtlasCoating,
    AtlasQuestion,
    WorstContact,
    asked_neighbours,
    asked_potentials,
    require_elements,
)
from screening.chemistry.economics import EconomicsDocument, material_economics
from screening.chemistry.formulas import parse_formula
from screening.chemistry.notation import read_material
from screening.common.errors import InputError, nearest
from screening.common.ties import ranks
from screening.criteria.contact_names import contact_quantity, is_contact
from screening.criteria.criteria import Criterion, default_criteria, with_thresholds
from screening.criteria.quantities import (
    COST,
    GAIN,
    OXIDATION,
    REDUCTION,
    STABILITY,
    WORST,
    WORST_CONTACT,
    Quantity,
    quantity,
)
from screening.materials.cathode import cycling_voltages
from screening.transport.film import Film
from screening.transport.material_transport import TransportDocument, material_transport

Floats = NDArray[np.float64]

_SHOWN = (WORST_CONTACT, WORST, GAIN, STABILITY, REDUCTION, OXIDATION, COST)


def answer(atlas: AtlasFile, question: AtlasQuestion) -> AtlasAnswer:
    """Answer a question.

    Raises
    ------
    InputError
        If it names what the atlas does not have, or no quantity; or if the file is damaged.
    """
    header = atlas.header
    require_elements(question)
    unwanted = Unwanted(question.without_products)
    criteria = _criteria(question)
    neighbours, potentials = asked_neighbours(header, question), asked_potentials(header, question)
    met = _meet(atlas, neighbours, potentials)
    ranked_by = quantity(question.sort)
    judged = [ranked_by, *(quantity(criterion.quantity) for criterion in criteria)]
    for one in judged:
        if is_contact(one.name) and one.name not in met.faces:
            raise InputError(
                f"{one.name} is none of the contacts asked for{nearest(one.name, met.faces)}; there are "
                + ", ".join(met.faces)
            )
    coatings = {number: _Coating(header, met, number) for number in _chosen(header, question).tolist()}
    found = []
    for number, coating in coatings.items():
        values = {criterion.quantity: quantity(criterion.quantity).compare(coating) for criterion in criteria}
        if all(criterion.judge(values) for criterion in criteria):
            found.append(number)
    if question.without_products:
        found = _without(atlas, found, met, unwanted)
    order, places = _in_order(ranked_by, [(number, coatings[number]) for number in found])
    shown = list(zip(order, places, strict=True))[: question.top or None]
    names = dict.fromkeys([*_SHOWN, *met.faces, *(one.name for one in judged)])
    worst = _worst_contacts(atlas, met, [number for number, _ in shown])
    columns = header.coatings
    return AtlasAnswer(
        energies=header.energies,
        software=header.software,
        question=question,
        neighbours=[header.neighbours[number].label for number in neighbours],
        potentials=["closed" if not k else f"{header.voltages_v[k - 1]:g} V" for k in potentials],
        bare_worst_mutual_mev_per_atom=met.bare,
        criteria=list(criteria),
        n_coatings=len(columns.coating),
        n_found=len(found),
        ranking=[
            AtlasCoating(
                rank=place,
                coating=columns.coating[number],
                source_id=columns.source_id[number],
                chemistry_class=columns.chemistry_class[number],
                quantities={name: _rounded(quantity(name).value(coatings[number])) for name in names},
                worst_contact=worst[number],
            )
            for number, place in shown
        ],
    )


def elements_of(coating: str) -> frozenset[str]:
    """Return the elements of a coating, in the notation of :mod:`screening.chemistry.notation`."""
    return frozenset(parse_formula(read_material(coating).formula))


def potential_name(voltage_v: float) -> str:
    """Return what a potential is called in the names of contacts: as a state of charge, or by its voltage."""
    named = {voltage: state for state, voltage in cycling_voltages().items()}
    return named.get(voltage_v, f"{voltage_v:g}V".replace(".", "_"))


class _Met(NamedTuple):
    """The mutual energies of all coatings with the neighbours asked for, meV per closed atom."""

    neighbours: Sequence[int]
    potentials: Sequence[int]
    energies: Floats  # (neighbours, coatings, potentials), NaN where one could not be computed
    worst: Sequence[float]  # lowest for each coating, NaN where one could not be computed
    worst_closed: Sequence[float] | None  # the same of the closed contacts; None where none is asked for
    faces: Mapping[str, Sequence[float]]  # quantity of a face -> the same of its contacts
    bare: float | None  # lowest closed energy of the cathodes with the electrolytes


def _meet(atlas: AtlasFile, neighbours: Sequence[int], potentials: Sequence[int]) -> _Met:
    header = atlas.header
    energies = np.stack(
        [
            1000.0 * atlas.numbers(number, "mutual_ev_per_closed_atom")[:, potentials].astype(float)
            for number in neighbours
        ]
    ).round(3)
    faces: dict[str, list[Floats]] = {}
    for number, of_neighbour in zip(neighbours, energies, strict=True):
        state = header.neighbours[number].state
        face = "electrolyte" if state is None else f"cathode {state}"
        for k, held in enumerate(potentials):
            at = "" if held == 0 else f" at mu({potential_name(header.voltages_v[held - 1])})"
            faces.setdefault(contact_quantity(face + at), []).append(of_neighbour[:, k])
    asked = {(header.neighbours[n].name, header.neighbours[n].state) for n in neighbours}
    bare = [
        one.mutual_mev_per_closed_atom
        for one in header.bare
        if one.voltage_v is None and (one.cathode, one.state) in asked and (one.electrolyte, None) in asked
    ]
    known = [energy for energy in bare if energy is not None]
    closed = energies[:, :, potentials.index(0)].min(axis=0).tolist() if 0 in potentials else None
    return _Met(
        neighbours=neighbours,
        potentials=potentials,
        energies=energies,
        worst=energies.min(axis=(0, 2)).tolist(),
        worst_closed=closed,
        faces={name: np.min(parts, axis=0).tolist() for name, parts in faces.items()},
        bare=min(known) if known and len(known) == len(bare) else None,
    )


def _chosen(header: AtlasHeader, question: AtlasQuestion) -> NDArray[np.intp]:
    """Return the coatings of the elements and classes asked for."""
    columns = header.coatings
    left = np.arange(len(columns.coating))
    if question.classes:
        left = left[np.isin(np.array(columns.chemistry_class), question.classes)]
    if question.elements or question.exclude:
        wanted, exclude = set(question.elements), set(question.exclude)
        held = (elements_of(columns.coating[number]) for number in left.tolist())
        left = left[np.array([wanted <= elements and not elements & exclude for elements in held], dtype=bool)]
    return left


def _criteria(question: AtlasQuestion) -> list[Criterion]:
    changed = with_thresholds(default_criteria(), question.thresholds)
    named = question.thresholds
    return [one for one in changed if question.passing or one.name in named or one.quantity in named]


def _without(atlas: AtlasFile, coatings: Sequence[int], met: _Met, unwanted: Unwanted) -> list[int]:
    """Return those of some coatings that form no unwanted product at any of the contacts asked for."""
    left = np.array(coatings, dtype=np.intp)
    n_held = 1 + len(atlas.header.voltages_v)
    known: dict[str, bool] = {}
    for number in met.neighbours:
        if not len(left):
            break
        products = products_of(atlas.table(number, ["products.list.element"]))
        ends, names = products.ends, products.names
        rows = (left[:, None] * n_held + np.array(met.potentials)).ravel()
        of_row = np.repeat(np.arange(len(left)), len(met.potentials))
        lengths = ends[rows + 1] - ends[rows]
        before = np.cumsum(lengths) - lengths
        there = products.numbers[np.repeat(ends[rows] - before, lengths) + np.arange(int(lengths.sum()))]
        bad = np.zeros(len(names), dtype=bool)
        for product in np.unique(there).tolist():
            name = names[product]
            if name not in known:
                known[name] = unwanted.includes(name)
            bad[product] = known[name]
        forms = np.zeros(len(left), dtype=bool)
        forms[np.repeat(of_row, lengths)[bad[there]]] = True
        left = left[~forms]
    return [int(number) for number in left]


def _in_order(ranked_by: Quantity, coatings: Sequence[tuple[int, _Coating]]) -> tuple[list[int], list[int]]:
    """Return coatings best first, by a quantity and then by the worst contact and the name, with their ranks."""

    def badness(one: Quantity, coating: _Coating) -> float:
        value = one.compare(coating)
        return np.finfo(float).max if value is None else -one.sign * value

    if not coatings:
        return [], []
    place, worst = (
        ranks([badness(by, coating) for _, coating in coatings]).tolist() for by in (ranked_by, quantity(WORST_CONTACT))
    )
    keys = [(*both, one.formula) for *both, (_, one) in zip(place, worst, coatings, strict=True)]
    order = sorted(range(len(coatings)), key=keys.__getitem__)
    return [coatings[k][0] for k in order], [place[k] for k in order]


def _worst_contacts(atlas: AtlasFile, met: _Met, coatings: Sequence[int]) -> dict[int, WorstContact | None]:
    """Return the contact of each of some coatings that reacts most, of equal ones the first."""
    energies = met.energies[:, coatings]
    found: dict[int, WorstContact | None] = dict.fromkeys(coatings)
    of_neighbour: dict[int, list[tuple[int, int]]] = {}
    for k, coating in enumerate(coatings):
        if not np.isnan(energies[:, k]).any():
            where, held = divmod(int(energies[:, k].argmin()), len(met.potentials))
            of_neighbour.setdefault(where, []).append((coating, held))
    n_held = 1 + len(atlas.header.voltages_v)
    for place, contacts in of_neighbour.items():
        number = met.neighbours[place]
        table = atlas.table(number, ["x_closed_coating", "products.list.element", "product_shares.list.element"])
        neighbour = atlas.header.neighbours[number]
        for coating, held in contacts:
            potential = met.potentials[held]
            [line] = table.slice(coating * n_held + potential, 1).to_pylist()
            found[coating] = WorstContact(
                neighbour=neighbour.name,
                state=neighbour.state,
                voltage_v=None if potential == 0 else atlas.header.voltages_v[potential - 1],
                mutual_mev_per_closed_atom=float(met.energies[place, coating, held]),
                x_closed_coating=round(line["x_closed_coating"], 5),
                products=shares_of(line),
            )
    return found


def shares_of(line: Mapping[str, Any]) -> dict[str, float]:
    """Return the products of a row and their shares, the largest first."""
    pairs = zip(line["products"], line["product_shares"], strict=True)
    rounded = [(str(name), round(float(share), 5)) for name, share in pairs]
    return dict(sorted(rounded, key=lambda item: (-item[1], item[0])))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


@dataclass(frozen=True)
class _Stability:
    energy_above_hull_ev_per_atom: float | None


@dataclass(frozen=True)
class _Window:
    reduction_limit_v: float | None
    oxidation_limit_v: float | None

    @property
    def oxidation_limited(self) -> bool:
        return self.oxidation_limit_v is not None


class _Coating:
    """A coating of an atlas as the registry of quantities reads it.

    See :class:`screening.criteria.quantities.Coating`.
    """

    __slots__ = ("_header", "_met", "_number", "formula")

    def __init__(self, header: AtlasHeader, met: _Met, number: int) -> None:
        self._header, self._met, self._number = header, met, number
        self.formula = header.coatings.coating[number]

    @property
    def stability(self) -> _Stability:
        """Phase stability."""
        above = self._header.coatings.energy_above_hull_mev_per_atom[self._number]
        return _Stability(None if above is None else above / 1000.0)

    @property
    def window(self) -> _Window | None:
        """Electrochemical window; None where it could not be computed."""
        columns = self._header.coatings
        low = columns.reduction_limit_v[self._number]
        return None if low is None else _Window(low, columns.oxidation_limit_v[self._number])

    @property
    def economics(self) -> EconomicsDocument:
        """What its elements cost."""
        return material_economics(read_material(self.formula).formula)

    @property
    def transport(self) -> TransportDocument:
        """What passes a film of it, of the usual thickness."""
        return material_transport(read_material(self.formula).formula, Film())

    @property
    def worst_mutual(self) -> float | None:
        """Lowest closed mutual energy, meV/atom."""
        closed = self._met.worst_closed
        return None if closed is None else _known(closed[self._number])

    @property
    def worst_contact_energy(self) -> float | None:
        """Lowest mutual energy, meV per closed atom."""
        return _known(self._met.worst[self._number])

    @property
    def bare_worst_mutual(self) -> float | None:
        """The same of the cathodes with the electrolytes, closed, meV/atom."""
        return self._met.bare

    def mutual(self, name: str) -> float | None:
        """Return the lowest mutual energy of a face, meV per closed atom."""
        return _known(self._met.faces[name][self._number]) if name in self._met.faces else None


def _known(energy: float) -> float | None:
    return None if energy != energy else energy
