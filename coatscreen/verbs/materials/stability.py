"""``coatscreen stability``: energy above hull, decomposition and polymorphs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from coatscreen.forms import Format
from coatscreen.options import (
    Against,
    AsJson,
    Doubtful,
    DoubtfulPhases,
    Energies,
    Material,
    OutputFormat,
    Samples,
    SamplingSeed,
    Uncertainty,
    WorkingIon,
    chosen_energies,
)
from coatscreen.uncertainty import sampling_asked, spread
from coatscreen.verbs.materials.opened import doubtful_entering, opened, print_doubtful
from coatscreen.verbs.materials.reservoirs import (
    GasPressure,
    GasTemperature,
    IonVoltage,
    Mu,
    Open,
    reservoirs_asked,
)

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from screening.energies.ground_states import OtherGroundState
    from screening.equilibrium.stability import KnownPhase, StabilityDocument
    from screening.hull.reservoir import Reservoir
    from screening.phases.phase_set import PhaseSet


def stability(
    formula: Material,
    opened_elements: Open = None,
    mu: Mu = None,
    voltage: IonVoltage = None,
    temperature: GasTemperature = None,
    pressure: GasPressure = None,
    ion: WorkingIon = "Li",
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    against: Against = None,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Energy above hull, decomposition and known polymorphs of a material.

    Example: coatscreen stability Li6PS5Cl --uncertainty

    Example: coatscreen stability LiFePO4#mp-19017

    Example: coatscreen stability LiCoO2 --voltage 4.3 --open O --temperature 500 --pressure 0.2
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies
    from coatscreen.verbs.materials.composites import print_composite_stability
    from screening.equilibrium.composite import CompositeStability, material_stability
    from screening.materials.names import resolve_material

    energies = chosen_energies(energies, doubtful)
    sampling = sampling_asked(uncertainty, samples, seed, against)
    reservoir = reservoirs_asked(opened_elements, mu, ion, voltage, temperature, pressure).complete()
    if reservoir is not None:
        return _open(formula, reservoir, energies, sampling, form, as_json)
    phases, catalogue = opened(energies, formula, sampling=sampling)

    def compute(every: PhaseSet) -> StabilityDocument | CompositeStability:
        return material_stability(every, resolve_material(formula, catalogue, every))

    result = compute(phases)
    doubted = doubtful_entering(energies, phases, result, compute, lambda found: found.decomposition)
    off = None if sampling is None else sampling.stability(phases, result.formula)
    others = _other_ground_states(phases, result)

    def whole() -> dict[str, Any]:
        elsewhere = [other.model_dump(mode="json") for other in others]
        return {**document(result, uncertainty=off, doubtful=doubted), "other_ground_states": elsewhere}

    if printed(form, as_json, whole, lambda: [_row(result)], phases.provenance):
        return None
    if isinstance(result, CompositeStability):
        print_composite_stability(result, spread(off, "energy_above_hull", 1000, 1))
    elif result.phase is None:
        why = "no phase of this composition is known"
        if result.energy_above_hull_ev_per_atom is not None:
            why = f"taken {number(1000 * result.energy_above_hull_ev_per_atom, 1)} meV/atom above the hull"
        print(
            f"{result.formula}: {why}; formation energy {number(result.formation_energy_ev_per_atom, 4)} eV/atom"
            f"{spread(off, 'formation_energy', 1, 3)}{_per_formula_unit(result)}"
        )
    else:
        above = result.energy_above_hull_ev_per_atom or 0.0
        print(
            f"{result.formula} ({_named(result.phase)}): "
            f"{number(1000 * above, 1)} meV/atom above the hull"
            f"{spread(off, 'energy_above_hull', 1000, 1)}, "
            f"formation energy {number(result.formation_energy_ev_per_atom, 4)} eV/atom"
            f"{spread(off, 'formation_energy', 1, 3)}{_per_formula_unit(result)}"
        )
    if off is not None and off.probability_stable is not None:
        _print_share(off.stable_within_ev_per_atom, off.probability_stable)
    if result.energy_to_other_phases_ev_per_atom is not None and result.energy_to_other_phases_ev_per_atom < 0:
        print(f"stable, {number(-1000 * result.energy_to_other_phases_ev_per_atom, 1)} meV/atom below all other phases")
    else:
        print(f"decomposition: {result.reaction}")
    for other in others:
        print(
            f"doubtful ground state: in {other.energies} {other.source_id}, space group {other.space_group}, is lower "
            f"by {number(1000 * other.below_there_ev_per_atom, 1)} meV/atom; ask for it as {_bare(result.formula)}"
            f"#{other.source_id}"
        )
    for polymorph in result.polymorphs:
        if result.phase is not None and polymorph.source_id == result.phase.source_id:
            continue
        print(f"polymorph {_named(polymorph)}: +{number(1000 * polymorph.above_lowest_ev_per_atom, 1)} meV/atom")
    print_doubtful(energies, doubted)
    return print_energies(phases.provenance, off)


def _row(result: StabilityDocument) -> dict[str, Any]:
    from screening.chemistry.notation import composition_of
    from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV

    per_unit = result.formation_energy_ev_per_atom * sum(composition_of(result.formula).values())
    return {
        "formula": result.formula,
        "source_id": None if result.phase is None else result.phase.source_id,
        "space_group": None if result.phase is None else result.phase.space_group,
        "energy_above_hull_ev_per_atom": result.energy_above_hull_ev_per_atom,
        "formation_energy_ev_per_atom": result.formation_energy_ev_per_atom,
        "formation_energy_ev_per_formula_unit": per_unit,
        "formation_energy_kj_per_mol": per_unit * KJ_PER_MOL_PER_EV,
        "reaction": result.reaction,
    }


def _per_formula_unit(result: StabilityDocument) -> str:
    from coatscreen.output import number

    row = _row(result)
    energy, molar = row["formation_energy_ev_per_formula_unit"], row["formation_energy_kj_per_mol"]
    return f", {number(energy, 3)} eV or {number(molar, 0)} kJ/mol per formula unit"


def _open(
    formula: str, reservoir: Reservoir, energies: str, sampling: Sampling | None, form: Format, as_json: bool
) -> None:
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies
    from screening.equilibrium.open_stability import OpenStabilityDocument, open_stability
    from screening.materials.names import resolve_formula

    phases, catalogue = opened(energies, formula, also=reservoir.elements, sampling=sampling)

    def compute(every: PhaseSet) -> OpenStabilityDocument:
        return open_stability(every, resolve_formula(formula, catalogue, every), reservoir)

    result = compute(phases)
    doubted = doubtful_entering(energies, phases, result, compute, lambda found: found.products)
    off = None if sampling is None else sampling.open_stability(phases, result.formula, reservoir)
    row = result.model_dump(mode="json", exclude={"energies", "software"})
    whole = partial(document, result, uncertainty=off, doubtful=doubted)
    if printed(form, as_json, whole, lambda: [row], phases.provenance):
        return None
    held = ", ".join(f"{element} at {mu:.4g} eV" for element, mu in reservoir.mu_relative_ev.items())
    distance = number(1000 * result.distance_to_hull_ev_per_closed_atom, 1)
    interval = spread(off, "distance_to_hull", 1000, 1)
    print(f"{result.formula}, open to {held}: {distance}{interval} meV per atom that is not open above the hull")
    if off is not None:
        _print_share(off.stable_within_ev_per_closed_atom, off.probability_stable)
    print(f"becomes: {result.reaction}" if float(distance) else "stable there")
    print_doubtful(energies, doubted)
    return print_energies(phases.provenance, off)


def _named(phase: KnownPhase) -> str:
    return phase.source_id if phase.space_group is None else f"{phase.source_id}, space group {phase.space_group}"


def _print_share(within_ev: float, share: float) -> None:
    from coatscreen.output import number

    print(f"within {number(1000 * within_ev, 0)} meV/atom of the hull in {number(100 * share, 0)} % of the samples")


def _bare(formula: str) -> str:
    return formula.partition("#")[0]


def _other_ground_states(phases: PhaseSet, result: StabilityDocument) -> list[OtherGroundState]:
    """Return what other packaged energies have lowest, where the lowest phase here stands for the material."""
    from screening.chemistry.formulas import parse_formula
    from screening.energies.ground_states import other_ground_states

    if result.phase is None or result.phase.source_id != result.polymorphs[0].source_id:
        return []
    return other_ground_states(phases, parse_formula(_bare(result.formula)))
