"""Electrochemical window: the voltages at which a material neither takes up nor gives up lithium.

From the composition, one line goes towards lithium and one away from it. Along each, the slope of the hull is the
lithium potential of one reaction after another. The window lies between the first reaction of each line, and the
products beyond a limit are the phases at the end of that reaction
(Zhu, He and Mo, ACS Appl. Mater. Interfaces 7, 23685 (2015); Richards et al., Chem. Mater. 28, 266 (2016)).

The limits depend on the composition alone: they are those of the hull there. The energy of the material itself does
not enter, so a metastable phase has the window of the mixture of phases that it would decompose into. How far above the
hull the material lies is reported beside the limits.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field

from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.equilibrium.reactant import Reactant, clean, named_products, reaction_text
from screening.hull.phase_system import Floats, PhaseSystem
from screening.phases.phase_set import PhaseSet


class WindowDocument(Result):
    """Limits of stability against taking up and giving up lithium, in V against Li/Li+.

    For a metastable material they are the limits of the mixture of phases it would decompose into.
    """

    formula: str = Field(description="the formula asked for")
    energy: str = Field(
        description="'phase': that of a phase of the set; 'hull': counted from the hull, since the set holds no phase "
        "of this composition or an energy above the hull was given; 'components': those of a composite"
    )
    reduction_limit_v: float | None = Field(description="below this voltage it takes up lithium; 0: never")
    oxidation_limit_v: float | None = Field(
        description="above this voltage it gives up lithium; null: it has none to give"
    )
    oxidation_limited: bool = Field(description="false where the material holds no lithium to give up")
    reduction_products: dict[str, float] = Field(
        description="just below the reduction limit: fraction of the non-Li atoms in each; empty if never reduced"
    )
    oxidation_products: dict[str, float] = Field(
        description="just above the oxidation limit: fraction of the non-Li atoms in each; empty if never oxidised"
    )
    reduction_reaction: str | None = Field(description="the first reduction as a balanced equation")
    oxidation_reaction: str | None = Field(description="the first oxidation as a balanced equation")
    distance_to_hull_ev_per_atom: float | None = Field(
        description="energy above the hull inside the window, eV/atom; null where no phase is known and none was "
        "given, and for a composite"
    )


class _Limit(NamedTuple):
    voltage: float
    products: dict[str, float]
    reaction: str | None


def electrochemical_window(phases: PhaseSet, formula: str) -> WindowDocument:
    """Compute the electrochemical window of a composition.

    Parameters
    ----------
    phases
        The energies; lithium metal must be among them.
    formula
        Any composition of the elements but lithium alone, as :class:`~screening.equilibrium.reactant.Reactant` reads
        it.

    Raises
    ------
    InputError
        If the formula is lithium, cannot be read, or holds an element without energies.
    """
    reactant = Reactant(phases, formula)
    if set(reactant.composition) == {"Li"}:
        raise InputError("lithium has no electrochemical window: nothing is left of it when Li is exchanged")
    system = phases.system({*reactant.composition, "Li"})
    here = system.vector(reactant.composition)
    lithium = system.vector({"Li": 1.0})
    reduction = _first_reaction(phases, system, reactant, here, lithium)
    oxidation = None
    if reactant.composition.get("Li", 0.0) > 0:
        rest = {element: amount for element, amount in reactant.composition.items() if element != "Li"}
        oxidation = _first_reaction(phases, system, reactant, here, system.vector(rest))
    return WindowDocument(
        energies=phases.provenance,
        formula=reactant.name,
        energy=reactant.energy_from,
        reduction_limit_v=reduction.voltage,
        oxidation_limit_v=None if oxidation is None else oxidation.voltage,
        oxidation_limited=oxidation is not None,
        reduction_products=reduction.products,
        oxidation_products={} if oxidation is None else oxidation.products,
        reduction_reaction=reduction.reaction,
        oxidation_reaction=None if oxidation is None else oxidation.reaction,
        distance_to_hull_ev_per_atom=reactant.own_energy_above_hull,
    )


def _first_reaction(phases: PhaseSet, system: PhaseSystem, reactant: Reactant, start: Floats, stop: Floats) -> _Limit:
    """Follow the line to the end of the first reaction that exchanges lithium."""
    line = system.line(start, stop)
    lithium = system.closed.index("Li")
    potential = float(line.duals[0, lithium])
    last = 1  # if the hull is degenerate, several changes of phases have the same lithium potential
    while last < len(line.duals) and abs(line.duals[last, lithium] - potential) < 1e-9:
        last += 1
    if stop[lithium] == 1.0 and last == len(line.duals):
        return _Limit(clean(-potential), {}, None)  # stable against lithium metal: no reaction
    atoms = {i: a * (1.0 - system.matrix[lithium, _column(system, i)]) for i, a in line.mixture(last).amounts.items()}
    held = sum(atoms.values())
    mixture = line.mixture(last)._replace(amounts={i: a / held for i, a in atoms.items() if a > 0})
    products = named_products(phases, mixture)
    others = tuple(element for element in reactant.composition if element != "Li")
    composition = start + line.t[last] * (stop - start)
    units = reactant.amount(others)
    taken = composition[lithium] / (1.0 - composition[lithium]) * units - reactant.composition.get("Li", 0.0)
    return _Limit(
        clean(-potential), products, reaction_text([(1.0, reactant.formula)], products, others, {"Li": float(taken)})
    )


def _column(system: PhaseSystem, position: int) -> int:
    return int((system.positions == position).nonzero()[0][0])
