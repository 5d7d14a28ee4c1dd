"""A request for stacks, checked before any work is done."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import composition_key
from screening.common.errors import InputError
from screening.criteria.criteria import Criterion, default_criteria, with_thresholds
from screening.criteria.quantities import STABILITY
from screening.energies.source import REFERENCE, EnergySource, energy_source
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium.reactant import Reactant
from screening.materials.cathode import Cathode
from screening.materials.material import Material
from screening.searches.screening_request import CATALOGUE, plan_screening


class StackPlan(BaseModel):
    """Between what, and of what, stacks are to be found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    energies: EnergySource = Field(description="where the energies come from")
    cathode: Cathode = Field(description="with its states of charge")
    electrolyte: Material = Field(description="the electrolyte")
    coatings: tuple[Material, ...] = Field(description="what may be a layer, one of each composition")
    failed: dict[str, str] = Field(description="coatings that are no layer, and why")
    criterion: Criterion = Field(description="how far above the hull a layer may be")


def plan_stacks(
    coatings: Sequence[str],
    cathode: str,
    electrolyte: str,
    energies: str = REFERENCE,
    catalogue: Sequence[str] = (),
    candidates: str | Path | None = None,
    max_above_hull_mev_per_atom: float | None = None,
) -> StackPlan:
    """Resolve and check a request.

    Parameters
    ----------
    coatings, cathode, electrolyte, energies, catalogue, candidates
        As for :func:`screening.searches.screening_request.plan_screening`, with one cathode and one electrolyte.
        Composites are left out, since a layer is one material, and so is what has the composition of an earlier
        coating.
    max_above_hull_mev_per_atom
        In place of the packaged criterion's threshold on phase stability.

    Raises
    ------
    InputError
        As :func:`screening.searches.screening_request.plan_screening`; if nothing is left; if the threshold is
        negative.
    """
    criterion = next(criterion for criterion in default_criteria() if criterion.quantity == STABILITY)
    if max_above_hull_mev_per_atom is not None:
        (criterion,) = with_thresholds([criterion], {criterion.name: max_above_hull_mev_per_atom})
    if CATALOGUE in (cathode, electrolyte):
        raise InputError("stacks are found between one cathode and one electrolyte: name them")
    plan = plan_screening(coatings, [cathode], [electrolyte], energies, catalogue, candidates)
    phases = plan.energies.open()
    failed = dict(plan.failed)
    layers: dict[tuple[tuple[str, Fraction], ...], Material] = {}
    for coating in plan.coatings:
        if coating.mole_fractions:
            failed[coating.name] = f"a composite of {' and '.join(coating.mole_fractions)}, a layer is one material"
            continue
        key = composition_key(Reactant(phases, coating.reactant).composition)
        if key in layers:
            failed[coating.name] = f"the composition of {layers[key].name}"
        else:
            layers[key] = coating
    if not layers:
        name, why = next(iter(failed.items()))
        raise InputError(f"no coating is left as a layer: {name}: {why}")
    source = plan.energies
    if isinstance(phases, FetchedPhaseSet):
        elements = {frozenset(element for element, _ in key) | {"Li"} for key in layers}
        source = energy_source(energies, [*phases.systems, *(a | b for a, b in combinations(elements, 2))])
    return StackPlan(
        energies=source,
        cathode=plan.cathodes[0],
        electrolyte=plan.electrolytes[0],
        coatings=tuple(layers.values()),
        failed=failed,
        criterion=criterion,
    )
