"""A request for an atlas, checked: which coatings, which neighbours, which potentials."""

from __future__ import annotations

import math
from collections.abc import Sequence

from screening.atlas.atlas_documents import AtlasNeighbour, AtlasPlan
from screening.chemistry.classes import chemistry_class
from screening.chemistry.compositions import composition_key
from screening.chemistry.conduction import conducts_electrons
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.energies.source import REFERENCE, energy_source
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.reactant import Reactant
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import cycling_voltages
from screening.phases.phase_set import PhaseSet
from screening.searches.candidates.candidate_documents import Selection
from screening.searches.candidates.selection import energies_above_hull_mev, select_compounds


def default_voltages() -> tuple[float, ...]:
    """Return the potentials of an atlas: the ends of the packaged range of cycling and its middle, V against Li/Li+."""
    low, high = min(cycling_voltages().values()), max(cycling_voltages().values())
    return (low, round(0.5 * (low + high), 6), high)


def plan_atlas(
    energies: str = REFERENCE,
    selection: Selection | None = None,
    cathodes: Sequence[str] = (),
    electrolytes: Sequence[str] = (),
    voltages_v: Sequence[float] | None = None,
    catalogue: Sequence[str] = (),
) -> AtlasPlan:
    """Choose the coatings and neighbours of an atlas.

    Coatings are the compounds on the hull that do not conduct electrons (:mod:`screening.chemistry.conduction`), and
    the coatings of the catalogue that are one material, wherever they lie.

    Parameters
    ----------
    energies
        As for :func:`screening.energies.source.open_energies`; energies that are fetched need the elements of the
        selection.
    selection
        Which compounds; by default all without radioactive elements.
    cathodes, electrolytes
        Names or formulas; by default all of the catalogue that have energies.
    voltages_v
        Potentials at which contacts are open to lithium; see :func:`default_voltages`.
    catalogue
        YAML files of the user's own materials.

    Raises
    ------
    InputError
        If a name is unknown, a neighbour that was named has no energies, a voltage is not positive or given twice, or
        no coating or neighbour is left.
    """
    chosen = Selection(any=True, transition_metals=True) if selection is None else selection
    voltages = default_voltages() if voltages_v is None else tuple(voltages_v)
    for voltage in voltages:
        if not 0.0 < voltage < math.inf:
            raise InputError(f"a voltage against Li/Li+ is a positive number, not {voltage:g}")
        if voltages.count(voltage) > 1:
            raise InputError(f"the voltage {voltage:g} V is given twice")
    known = Catalogue.load(*catalogue)
    wanted = _neighbours(known, cathodes, electrolytes)
    systems = [{"Li", *parse_formula(_formula(one)), *(chosen.elements or ())} for one in wanted]
    source = energy_source(energies, systems if chosen.elements else [])
    phases = source.open()
    left_out: dict[str, str] = {}
    neighbours = []
    for one in wanted:
        try:
            Reactant(phases, one.reactant)
        except InputError as error:
            if cathodes if one.role == "cathode" else electrolytes:
                raise InputError(f"{one.name}: {error}") from None
            left_out[one.label] = str(error)
        else:
            neighbours.append(one)
    if not neighbours:
        raise InputError("no cathode and no electrolyte is left: " + next(iter(left_out.values())))
    phases.require(["Li"] if voltages else [])
    coatings = _coatings(phases, known, chosen)
    if not coatings:
        raise InputError(f"no compound of the energies {phases.scale.name!r} is left as a coating")
    return AtlasPlan(
        energies=source,
        neighbours=tuple(neighbours),
        voltages_v=voltages,
        coatings=tuple(coatings),
        left_out=left_out,
    )


def _neighbours(known: Catalogue, cathodes: Sequence[str], electrolytes: Sequence[str]) -> list[AtlasNeighbour]:
    hosts = [known.cathode(name) for name in cathodes] or known.cathodes
    conductors = [known.electrolyte(name) for name in electrolytes] or known.electrolytes
    found = [
        AtlasNeighbour(
            name=host.name,
            aliases=host.aliases,
            role="cathode",
            state=state,
            reactant=host.formula(state),
            chemistry_class=chemistry_class(host.composition(state)),
            default=host.default,
        )
        for host in {host.name: host for host in hosts}.values()
        for state in host.lithiations
    ]
    found += [
        AtlasNeighbour(
            name=conductor.name,
            aliases=conductor.aliases,
            role="electrolyte",
            state=None,
            reactant=conductor.reactant,
            chemistry_class=chemistry_class(parse_formula(conductor.formula)),
            default=conductor.default,
        )
        for conductor in {conductor.name: conductor for conductor in conductors}.values()
    ]
    return found


def _formula(neighbour: AtlasNeighbour) -> str:
    from screening.chemistry.notation import read_material

    return read_material(neighbour.reactant).formula


def _coatings(phases: PhaseSet, known: Catalogue, selection: Selection) -> list[str]:
    """Return the coatings, those of one chemical system side by side."""
    if selection.elements is None and isinstance(phases, FetchedPhaseSet):
        raise InputError(
            f"the energies {phases.scale.name!r} are fetched by chemical system: name the elements of the coatings"
        )
    *_, (_, left) = select_compounds(phases, selection)
    left = [i for i in left if not conducts_electrons(phases.table.composition(i))]
    above = energies_above_hull_mev(phases, left)
    found = {
        phases.formula(i): phases.table.composition(i) for i, energy in zip(left, above, strict=True) if not energy
    }
    there = {composition_key(composition) for composition in found.values()}
    allowed = set(phases.elements if selection.elements is None else selection.elements) - set(selection.exclude)
    for entry in known.coatings:
        composition = parse_formula(entry.formula)
        one_material = not entry.mole_fractions and set(composition) <= allowed
        if one_material and not (entry.fractions and composition_key(composition) in there):
            found[entry.reactant] = composition
    return sorted(found, key=lambda name: (sorted(found[name]), name))
