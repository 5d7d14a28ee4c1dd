"""Electrochemical window: the voltages at which a material neither takes up nor gives up lithium.

From the composition, one line goes towards lithium and one away from it. Along each, the slope of the hull is the
potential of lithium in one reaction after another. The window lies between the first reaction of each line, and the
products beyond a limit are the phases at the end of that reaction
(Zhu, He and Mo, ACS Appl. Mater. Interfaces 7, 23685 (2015); Richards et al., Chem. Mater. 28, 266 (2016)).
Sodium, potassium or magnesium may take the place of lithium, and other elements may be exchanged with a reservoir, such
as oxygen with a gas.

The limits depend on the composition alone: they are those of the hull there. The energy of the material itself does
not enter, so a metastable phase has the window of the mixture of phases that it would decompose into. How far above the
hull the material lies is reported beside the limits.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import Field

from screening.chemistry.ions import LITHIUM, ion_of
from screening.common.errors import InputError
from screening.common.provenance import Result
from screening.equilibrium.interface_documents import OpenEnsemble
from screening.equilibrium.ion_path import IonPath, ion_paths
from screening.equilibrium.reactant import Reactant, clean, reaction_text
from screening.hull.reservoir import Reservoir
from screening.materials.names import MaterialLike, material_text
from screening.phases.phase_set import PhaseSet

_NOTHING = 1e-6  # lithium atoms in a formula unit: a tenth that is exact must not be more than a tenth by rounding
MUCH = 0.1  # of the lithium of a formula unit: a reaction that exchanges less may rest on one odd phase
SAME_VOLTAGE = 1e-6  # V


class WindowDocument(Result):
    """Limits of stability against taking up and giving up the working ion, in V against its metal: Li/Li+ for lithium.

    For a metastable material they are the limits of the mixture of phases it would decompose into.
    """

    formula: str = Field(description="the formula asked for")
    ion: str = Field(default=LITHIUM, description="element of the working ion")
    ensemble: Literal["closed"] | OpenEnsemble = Field(
        default="closed", description="the reservoirs of other elements, such as oxygen; 'closed' without"
    )
    energy: str = Field(
        description="'phase': that of a phase of the set; 'hull': counted from the hull, since the set holds no phase "
        "of this composition or an energy above the hull was given; 'components': those of a composite"
    )
    reduction_limit_v: float | None = Field(
        description="below this voltage it takes up the ion; 0: never. Where other elements are open, that at which "
        "these react with the ion by themselves takes the place of 0"
    )
    oxidation_limit_v: float | None = Field(
        description="above this voltage it gives up the ion; null: it has none to give"
    )
    oxidation_limited: bool = Field(description="false where the material holds none of the ion to give up")
    reduction_products: dict[str, float] = Field(
        description="just below the reduction limit: fraction in each of the atoms that stay; empty if never reduced"
    )
    oxidation_products: dict[str, float] = Field(
        description="just above the oxidation limit: fraction in each of the atoms that stay; empty if never oxidised"
    )
    reduction_reaction: str | None = Field(description="the first reduction as a balanced equation")
    oxidation_reaction: str | None = Field(description="the first oxidation as a balanced equation")
    reduction_exchange: float | None = Field(
        default=None, description="ions that the first reduction takes up, per ion of the formula; null without"
    )
    oxidation_exchange: float | None = Field(
        default=None, description="ions that the first oxidation gives up, per ion of the formula; null without"
    )
    next_reduction_limit_v: float | None = Field(
        default=None,
        description="highest voltage below which more than a tenth of its ions have been taken up in all: the limit "
        "itself if the first reduction does so; null where it holds none or that never happens",
    )
    next_oxidation_limit_v: float | None = Field(
        default=None,
        description="lowest voltage above which more than a tenth of its ions have been given up in all; as above",
    )
    one_potential_only: bool = Field(
        default=False,
        description="whether both limits coincide: it is a mixture of phases that exchange the ion at this voltage",
    )
    distance_to_hull_ev_per_atom: float | None = Field(
        description="energy above the hull inside the window, eV/atom; null where no phase is known and none was "
        "given, and for a composite"
    )


class _Limit(NamedTuple):
    voltage: float
    products: dict[str, float]
    reaction: str | None
    exchange: float | None
    next_voltage: float | None


def electrochemical_window(
    phases: PhaseSet, formula: MaterialLike, ion: str = LITHIUM, reservoir: Reservoir | None = None
) -> WindowDocument:
    """Compute the electrochemical window of a composition.

    Parameters
    ----------
    phases
        The energies; the metal of the ion must be among them.
    formula
        Any composition of the elements but the ion alone, as :func:`~screening.materials.names.material_text` reads it.
    ion
        Element of the working ion.
    reservoir
        Other elements that are exchanged with a reservoir; none by default.

    Raises
    ------
    InputError
        If the formula is the ion's element, cannot be read, holds an element without energies, or nothing of it stays.
    """
    reactant, working = Reactant(phases, material_text(phases, formula)), ion_of(ion)
    if set(reactant.composition) == {ion}:
        raise InputError(f"{working.word} has no electrochemical window: nothing is left of it when {ion} is exchanged")
    richer, poorer = ion_paths(phases, reactant, working, reservoir)
    reduction = _first_reaction(richer)
    oxidation = None if poorer is None else _first_reaction(poorer)
    return WindowDocument(
        energies=phases.provenance,
        formula=reactant.name,
        ion=ion,
        ensemble="closed" if reservoir is None else OpenEnsemble(open=reservoir.mu_relative_ev),
        energy=reactant.energy_from,
        reduction_limit_v=reduction.voltage,
        oxidation_limit_v=None if oxidation is None else oxidation.voltage,
        oxidation_limited=oxidation is not None,
        reduction_products=reduction.products,
        oxidation_products={} if oxidation is None else oxidation.products,
        reduction_reaction=reduction.reaction,
        oxidation_reaction=None if oxidation is None else oxidation.reaction,
        reduction_exchange=reduction.exchange,
        oxidation_exchange=None if oxidation is None else oxidation.exchange,
        next_reduction_limit_v=reduction.next_voltage,
        next_oxidation_limit_v=None if oxidation is None else oxidation.next_voltage,
        one_potential_only=oxidation is not None and abs(oxidation.voltage - reduction.voltage) < SAME_VOLTAGE,
        distance_to_hull_ev_per_atom=reactant.own_energy_above_hull,
    )


def _first_reaction(path: IonPath) -> _Limit:
    """Return the first reaction that exchanges the ion, and where reactions have exchanged much of it."""
    if not path.ends:
        return _Limit(path.lowest_v, {}, None, None, None)  # stable against the metal
    own = path.reactant.composition.get(path.ion.element, 0.0)
    after = path.state(path.ends[0])
    taken = [path.ions(end) - own for end in path.ends]
    held = {element: amount - path.reactant.amount((element,)) for element, amount in after.open_atoms.items()}
    much = (v for v, amount in zip(path.voltages, taken, strict=True) if own and abs(amount) > MUCH * own + _NOTHING)
    return _Limit(
        path.voltages[0],
        after.products,
        reaction_text(
            [(1.0, path.reactant.formula)], after.products, path.closed, {path.ion.element: taken[0], **held}
        ),
        clean(abs(taken[0]) / own) if own else None,
        next(much, None),
    )
