"""``coatscreen stability``, ``window``, ``interface`` and ``cathode``: one question at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coatscreen.uncertainty import Samples, Sampling, SamplingSeed, Uncertainty, sampling_asked, spread

if TYPE_CHECKING:
    from screening.equilibrium.interface import Interface
    from screening.hull.reservoir import Reservoir
    from screening.materials.catalogue import Catalogue
    from screening.phases.phase_set import PhaseSet
    from screening.uncertainty.uncertainty_documents import InterfaceUncertainty

ENERGIES_HELP = (
    "'reference', 'reference:r2scan', 'mp' (the Materials Project), a file (a set of phases, pymatgen entries or a CSV "
    "of formation energies), or several of one scale joined by '+'."
)
Energies = Annotated[str, typer.Option(help=ENERGIES_HELP, envvar="COATSCREEN_ENERGIES")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Formula = Annotated[
    str,
    typer.Argument(
        help="Formula, name, cathode at a state of charge such as NCM83:half, glass such as 1.5Li2S-0.5P2S5-LiI, any "
        "of them 30 meV/atom above the hull as NAME@30meV, or composite such as 0.5Li2CO3+0.5LiNbO3."
    ),
]


def _open(
    energies: str, *materials: str, also: Iterable[str] = (), sampling: Sampling | None = None
) -> tuple[PhaseSet, Catalogue]:
    """Open the energies of the chemical system of some materials, with some elements more; to be sampled, if asked."""
    from screening.energies.source import open_energies
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import elements_named

    catalogue = Catalogue.load()
    system = {*also, *(element for name in materials for element in elements_named(name, catalogue))}
    phases = open_energies(energies, systems=[system])
    if sampling is not None:
        sampling.require_model(phases)
    return phases, catalogue


def stability(
    formula: Formula,
    energies: Energies = "reference",
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    as_json: AsJson = False,
) -> None:
    """Energy above hull, decomposition and known polymorphs of a material.

    Example: coatscreen stability Li6PS5Cl --uncertainty
    """
    from coatscreen.composites import print_composite_stability
    from coatscreen.output import document, number, print_energies, print_json
    from screening.equilibrium.composite import CompositeStability, material_stability
    from screening.materials.names import resolve_material

    sampling = sampling_asked(uncertainty, samples, seed)
    phases, catalogue = _open(energies, formula, sampling=sampling)
    result = material_stability(phases, resolve_material(formula, catalogue, phases))
    off = None if sampling is None else sampling.stability(phases, result.formula)
    if as_json:
        return print_json(document(result, uncertainty=off))
    if isinstance(result, CompositeStability):
        print_composite_stability(result, spread(off, "energy_above_hull", 1000, 1))
    elif result.phase is None:
        why = "no phase of this composition is known"
        if result.energy_above_hull_ev_per_atom is not None:
            why = f"taken {number(1000 * result.energy_above_hull_ev_per_atom, 1)} meV/atom above the hull"
        print(
            f"{result.formula}: {why}; formation energy {number(result.formation_energy_ev_per_atom, 4)} eV/atom"
            f"{spread(off, 'formation_energy', 1, 3)}"
        )
    else:
        above = result.energy_above_hull_ev_per_atom or 0.0
        print(
            f"{result.formula} ({result.phase.source_id}, space group {result.phase.space_group}): "
            f"{number(1000 * above, 1)} meV/atom above the hull"
            f"{spread(off, 'energy_above_hull', 1000, 1)}, "
            f"formation energy {number(result.formation_energy_ev_per_atom, 4)} eV/atom"
            f"{spread(off, 'formation_energy', 1, 3)}"
        )
    if off is not None and off.probability_stable is not None:
        print(
            f"within {number(1000 * off.stable_within_ev_per_atom, 0)} meV/atom of the hull in "
            f"{number(100 * off.probability_stable, 0)} % of the samples"
        )
    if result.energy_to_other_phases_ev_per_atom is not None and result.energy_to_other_phases_ev_per_atom < 0:
        print(f"stable, {number(-1000 * result.energy_to_other_phases_ev_per_atom, 1)} meV/atom below all other phases")
    else:
        print(f"decomposition: {result.reaction}")
    for polymorph in result.polymorphs[0 if result.phase is None else 1 :]:
        print(
            f"polymorph {polymorph.source_id}, space group {polymorph.space_group}: "
            f"+{number(1000 * polymorph.above_lowest_ev_per_atom, 1)} meV/atom"
        )
    return print_energies(phases.provenance, off)


def window(
    formula: Formula,
    energies: Energies = "reference",
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    as_json: AsJson = False,
) -> None:
    """Electrochemical window of a material against Li/Li+, with the products beyond each limit.

    Example: coatscreen window Li3PS4 --uncertainty
    """
    from coatscreen.composites import print_limits
    from coatscreen.output import document, number, print_energies, print_json
    from screening.equilibrium.composite import CompositeWindow, material_window
    from screening.materials.names import resolve_material

    sampling = sampling_asked(uncertainty, samples, seed)
    phases, catalogue = _open(energies, formula, also=("Li",), sampling=sampling)
    result = material_window(phases, resolve_material(formula, catalogue, phases))
    off = None if sampling is None else sampling.window(phases, result.formula)
    if as_json:
        return print_json(document(result, uncertainty=off))
    low = f"{number(result.reduction_limit_v, 3)} V{spread(off, 'reduction_limit', 1, 2)}"
    high = "no limit: no lithium to give up"
    if result.oxidation_limited:
        high = f"{number(result.oxidation_limit_v, 3)} V{spread(off, 'oxidation_limit', 1, 2)}"
    print(f"{result.formula}: {low} to {high}")
    print(f"reduction: {result.reduction_reaction or 'none, stable against lithium metal'}")
    if result.oxidation_reaction:
        print(f"oxidation: {result.oxidation_reaction}")
    if isinstance(result, CompositeWindow):
        print_limits(result)
    elif result.distance_to_hull_ev_per_atom is None:
        print("no phase of this composition is known: the window is that of the mixture on the hull")
    elif result.distance_to_hull_ev_per_atom > 0:
        print(
            f"metastable: {number(1000 * result.distance_to_hull_ev_per_atom, 1)} meV/atom above the hull in its window"
            f"{spread(off, 'distance_to_hull', 1000, 1)}"
        )
    return print_energies(phases.provenance, off)


def interface(
    a: Annotated[str | None, typer.Argument(help="First material, as for the other verbs.")] = None,
    b: Annotated[str | None, typer.Argument(help="Second material.")] = None,
    open_element: Annotated[str | None, typer.Option("--open", help="Element exchanged with a reservoir.")] = None,
    mu: Annotated[float | None, typer.Option(help="Its chemical potential against its reference phase, eV.")] = None,
    voltage: Annotated[float | None, typer.Option(help="The same for Li, V against Li/Li+.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Of O2 gas with --open O, K.")] = None,
    pressure: Annotated[float | None, typer.Option(help="Of O2 gas with --open O, bar.")] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV with columns a, b and optionally mu; prints one JSON document a line.")
    ] = None,
    energies: Energies = "reference",
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    as_json: AsJson = False,
) -> None:
    """Reaction energies of two materials in contact, closed or open to a reservoir.

    Example: coatscreen interface LiNbO3 Li6PS5Cl

    Example: coatscreen interface NCM83:half Li6PS5Cl --open Li --mu -3.66

    Example: coatscreen interface LiNbO3 Li6PS5Cl --uncertainty --samples 500

    Example: coatscreen interface LiNbO3 1.5Li2S-0.5P2S5-LiI@30meV
    """
    import orjson

    from coatscreen.output import document, print_energies, print_json
    from coatscreen.pairs import answers
    from screening.common.errors import InputError
    from screening.equilibrium.interface import Interface
    from screening.materials.names import resolve_formula

    reservoir = _reservoir(open_element, mu, voltage, temperature, pressure)
    sampling = sampling_asked(uncertainty, samples, seed)
    if pairs is not None:
        if a is not None:
            raise InputError("give either two materials or --pairs, not both")
        for answer in answers(pairs, energies, open_element, reservoir, sampling):
            print(orjson.dumps(answer).decode(), flush=True)
        return
    if a is None or b is None:
        raise InputError("two materials are needed, or --pairs FILE")
    phases, catalogue = _open(energies, a, b, also=reservoir.elements if reservoir else (), sampling=sampling)
    found = Interface(phases, resolve_formula(a, catalogue, phases), resolve_formula(b, catalogue, phases), reservoir)
    off = None if sampling is None else sampling.interface(found)
    if as_json:
        print_json(document(found.document(), uncertainty=off))
    else:
        _print_interface(found, off)
        print_energies(phases.provenance, off)


def cathode(
    name: Annotated[str, typer.Argument(help="Name of the catalogue, or a lithium-containing formula.")],
    lithiation: Annotated[
        str, typer.Option(help="Comma list of further states of charge: lithium atoms in a formula unit, such as 0.3.")
    ] = "",
    energies: Energies = "reference",
    as_json: AsJson = False,
) -> None:
    """Print a cathode's composition, states of charge, voltages, and lithium's chemical potential at each state.

    Example: coatscreen cathode NCM83 --lithiation 0.3
    """
    from coatscreen.output import document, number, numbers, print_energies, print_json, print_table
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.energies.source import open_energies
    from screening.materials.catalogue import Catalogue

    host = Catalogue.load().cathode(name).with_states(numbers("--lithiation", lithiation))
    phases = open_energies(energies, systems=[{"Li", *host.composition("full")}])
    result = lithium_states(phases, host)
    if as_json:
        return print_json(document(result))
    rows = []
    for state in result.states:
        above = state.energy_above_hull_ev_per_atom
        known = "no phase known, hull" if above is None else f"{number(1000 * above, 1)} meV/atom above hull"
        for place, value in enumerate((state.lithium, *state.alternatives)):
            first = place == 0
            rows.append(
                [
                    state.state if first else "",
                    state.formula if first else "",
                    known if first else "",
                    number(value.mu_li_ev, 3),
                    number(value.voltage_v, 3),
                    ("used, " if first else "") + value.origin,
                    value.definition,
                ]
            )
    print_table(
        ["state", "composition", "energy", "mu_Li (eV)", "voltage (V)", "origin", "definition"], rows, result.cathode
    )
    print_table(
        ["Li from", "to", "average voltage (V)", "definition"],
        [
            [f"{s.lithium_from:g}", f"{s.lithium_to:g}", number(s.voltage_v, 3), s.definition]
            for s in (*result.voltages, *result.averages)
        ],
    )
    return print_energies(phases.provenance)


def _reservoir(
    element: str | None, mu: float | None, voltage: float | None, temperature: float | None, pressure: float | None
) -> Reservoir | None:
    from screening.common.errors import InputError
    from screening.hull.reservoir import Reservoir

    given = [
        option
        for option, value in (
            ("--mu", mu),
            ("--voltage", voltage),
            ("--temperature", temperature),
            ("--pressure", pressure),
        )
        if value is not None
    ]
    if element is None:
        if given:
            raise InputError(f"{given[0]} needs --open ELEMENT")
        return None
    if given == ["--mu"]:
        return Reservoir({element: float(mu or 0.0)})
    if given == ["--voltage"] and element == "Li":
        return Reservoir.lithium_voltage(float(voltage or 0.0))
    if given == ["--temperature", "--pressure"] and element == "O":
        return Reservoir.oxygen_gas(float(temperature or 0.0), float(pressure or 0.0))
    if not given:
        raise InputError(f"--open {element} needs its chemical potential: --mu")
    others = {"Li": " or --voltage", "O": " or --temperature with --pressure"}.get(element, "")
    raise InputError(f"--open {element} takes --mu{others}, not {' with '.join(given)}")


def _print_interface(found: Interface, off: InterfaceUncertainty | None) -> None:
    from coatscreen.output import number, print_table

    result = found.reaction()
    unit = "meV/atom" if found.reservoir is None else "meV per non-open atom"
    how = "closed"
    if found.reservoir is not None:
        how = "open to " + ", ".join(f"{e} at {mu:g} eV" for e, mu in found.reservoir.mu_relative_ev.items())
    print(f"{result.a} | {result.b}, {how}")
    for name, extremum in (("mutual", result.mutual), ("total", result.total)):
        end = " (a pure reactant, reacting alone)" if extremum.at_endpoint else ""
        low_high = spread(off, f"{name}_min", 1000, 1)
        print(
            f"{name}: {number(1000 * extremum.energy_ev, 1)} {unit}{low_high} "
            f"at x = {number(extremum.x_atomic_a, 3)} of the atoms "
            f"({number(extremum.x_molar_a, 3)} molar) from {result.a}{end}"
        )
        print(f"  {extremum.reaction}")
    profile = found.profile()
    alone_a = f"{number(1000 * profile.self_a, 1)}{spread(off, 'self_a', 1000, 1)}"
    alone_b = f"{number(1000 * profile.self_b, 1)}{spread(off, 'self_b', 1000, 1)}"
    print(f"self: {result.a} {alone_a}, {result.b} {alone_b} {unit}")
    if off is not None:
        print(
            f"they react, by more than {number(-1000 * off.reacts_below_ev, 0)} {unit}, in "
            f"{number(100 * off.probability_reaction, 0)} % of the samples"
        )
    for name, reactant in (("a", result.reactants.a), ("b", result.reactants.b)):
        formula = getattr(result, name)
        given = getattr(found, name).given_above_hull
        if given is not None:
            print(f"{formula}: taken {number(1000 * given, 1)} meV/atom above the hull")
        elif reactant.energy == "hull":
            print(f"{formula}: no phase of this composition is known; the hull's energy is used")
        elif reactant.above_hull_ev_per_atom > 0:
            print(
                f"{formula}: {reactant.source_id}, "
                f"{number(1000 * reactant.above_hull_ev_per_atom, 1)} meV/atom above hull"
            )
    kinks = found.document().kinks
    print_table(
        ["x (atomic)", f"total ({unit})", f"mutual ({unit})", "reaction"],
        [
            [number(k.x_atomic_a, 4), number(1000 * t, 1), number(1000 * m, 1), k.reaction]
            for k, t, m in zip(kinks, profile.total, profile.mutual, strict=True)
        ],
    )
