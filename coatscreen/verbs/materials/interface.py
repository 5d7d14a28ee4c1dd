"""``coatscreen interface``: the reactions of two materials in contact."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import (
    SWEEP,
    Against,
    AsJson,
    Doubtful,
    DoubtfulPhases,
    Energies,
    OutputFormat,
    Samples,
    SamplingSeed,
    Uncertainty,
    WorkingIon,
    chosen_energies,
)
from coatscreen.uncertainty import sampling_asked, spread, written
from coatscreen.verbs.materials.opened import (
    doubtful_entering,
    interface_answer,
    opened,
    print_doubtful,
    products_of_interface,
)
from coatscreen.verbs.materials.reservoirs import (
    Asked,
    GasPressure,
    GasTemperature,
    IonVoltage,
    Mu,
    Open,
    reservoirs_asked,
)

if TYPE_CHECKING:
    from coatscreen.uncertainty import Sampling
    from screening.equilibrium.interface import Interface
    from screening.equilibrium.interface_documents import Mixed
    from screening.equilibrium.voltage_sweep import VoltageSweepDocument
    from screening.phases.phase_set import PhaseSet
    from screening.transport.interphase import Interphase
    from screening.uncertainty.uncertainty_documents import InterfaceUncertainty

_SWEEP_STEP_V = 0.1
_MOST_VOLTAGES = 1000


def interface(
    a: Annotated[str | None, typer.Argument(help="First material, as for the other verbs.")] = None,
    b: Annotated[str | None, typer.Argument(help="Second material.")] = None,
    opened_elements: Open = None,
    mu: Mu = None,
    voltage: IonVoltage = None,
    temperature: GasTemperature = None,
    pressure: GasPressure = None,
    ion: WorkingIon = "Li",
    pairs: Annotated[
        Path | None,
        typer.Option(help="CSV with columns a, b, perhaps mu or voltage; prints one JSON document a line."),
    ] = None,
    sweep: Annotated[str | None, SWEEP] = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    uncertainty: Uncertainty = False,
    samples: Samples = None,
    seed: SamplingSeed = None,
    against: Against = None,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Reaction energies of two materials in contact, closed or open to a reservoir.

    Example: coatscreen interface LiNbO3 Li6PS5Cl

    Example: coatscreen interface NCM83:half Li6PS5Cl --voltage 3.66

    Example: coatscreen interface LiNbO3 NCM83:half --voltage 4.3 --open O --temperature 700 --pressure 0.2

    Example: coatscreen interface Na3PS4 NaCoO2 --ion Na --voltage 3.0

    Example: coatscreen interface LiNbO3 Li6PS5Cl --uncertainty --samples 500

    Example: coatscreen interface LiNbO3 Li6PS5Cl --sweep 2.5:4.5

    Example: coatscreen interface LiNbO3 1.5Li2S-0.5P2S5-LiI@30meV
    """
    import orjson

    from coatscreen.forms import printed
    from coatscreen.output import print_energies
    from coatscreen.verbs.materials.pairs import answers
    from screening.common.errors import InputError
    from screening.equilibrium.interface import Interface
    from screening.materials.names import resolve_formula
    from screening.transport.interphase import interphase_of

    energies = chosen_energies(energies, doubtful)
    sampling = sampling_asked(uncertainty, samples, seed, against)
    asked = reservoirs_asked(opened_elements, mu, ion, voltage, temperature, pressure)
    if sweep is not None:
        if pairs is not None or voltage is not None:
            raise InputError("--sweep takes two materials, and gives the voltages itself: no --pairs and no --voltage")
        return _sweep(a, b, sweep, asked, energies, sampling, form, as_json)
    if pairs is not None:
        if a is not None:
            raise InputError("give either two materials or --pairs, not both")
        if form is not Format.table:
            raise InputError(f"--pairs prints one JSON document a line: it takes no --format {form}")
        for answer in answers(pairs, energies, asked, sampling):
            print(orjson.dumps(answer).decode(), flush=True)
        return None
    reservoir = asked.complete()
    if a is None or b is None:
        raise InputError("two materials are needed, or --pairs FILE")
    phases, catalogue = opened(energies, a, b, also=reservoir.elements if reservoir else (), sampling=sampling)
    first, second = resolve_formula(a, catalogue, phases), resolve_formula(b, catalogue, phases)

    def compute(every: PhaseSet) -> Interface:
        return Interface(every, first, second, reservoir)

    found = compute(phases)
    doubted = doubtful_entering(energies, phases, found, compute, products_of_interface)
    off = None if sampling is None else sampling.interface(found)
    whole = partial(interface_answer, found, off, doubted)
    if printed(form, as_json, whole, lambda: _kinks(found), phases.provenance):
        return None
    _print_interface(found, off)
    if (layer := interphase_of(found)) is not None:
        _print_interphase(layer)
    print_doubtful(energies, doubted)
    return print_energies(phases.provenance, off)


def _sweep(
    a: str | None,
    b: str | None,
    voltages: str,
    asked: Asked,
    energies: str,
    sampling: Sampling | None,
    form: Format,
    as_json: bool,
) -> None:
    from coatscreen.forms import printed
    from coatscreen.output import document, number, print_energies, print_table
    from screening.common.errors import InputError
    from screening.equilibrium.voltage_sweep import voltage_sweep
    from screening.materials.names import resolve_formula

    if a is None or b is None:
        raise InputError("--sweep needs two materials")
    if asked.ion in asked.without:  # the sweep gives it
        asked = asked._replace(without=tuple(element for element in asked.without if element != asked.ion))
    held, at = asked.complete(), swept_voltages(voltages)
    also = {asked.ion, *(held.elements if held else ())}
    phases, catalogue = opened(energies, a, b, also=also, sampling=sampling)
    first, second = resolve_formula(a, catalogue, phases), resolve_formula(b, catalogue, phases)
    found = voltage_sweep(phases, first, second, at, asked.ion, held)
    off = None if sampling is None else sampling.sweep(phases, found)
    if printed(form, as_json, partial(document, found, uncertainty=off), lambda: _points(found), phases.provenance):
        return None
    rows = []
    for place, point in enumerate(found.points):
        interval = None if off is None else off.points[place]
        rows.append(
            [
                f"{point.voltage_v:g}",
                number(1000 * point.mutual.energy_ev, 1)
                + written(None if interval is None else interval.mutual_min_ev_per_closed_atom, 1000, 1),
                number(point.mutual.x, 3),
                number(1000 * point.total.energy_ev, 1)
                + written(None if interval is None else interval.total_min_ev_per_closed_atom, 1000, 1),
                number(point.capacity_mah_per_g, 1),
                point.mutual.reaction,
            ]
        )
    columns = ["V", "mutual (meV)", "x (closed)", "total (meV)", "mAh/g", "reaction of the lowest mutual energy"]
    opened_to = ", ".join(
        [asked.ion, *(f"{e} at {mu:g} eV" for e, mu in (held.mu_relative_ev if held else {}).items())]
    )
    print_table(
        columns,
        rows,
        f"{found.a} | {found.b}, open to {opened_to}, V against {found.couple}, meV per atom that is not open; x: "
        f"fraction from {found.a}; mAh/g: taken up at the lowest mutual energy",
        numeric=("V", "mAh/g"),
    )
    return print_energies(phases.provenance, off)


def _points(found: VoltageSweepDocument) -> Iterator[dict[str, Any]]:
    """Yield the minima at each voltage, one row each."""
    for point in found.points:
        both = {"mutual": point.mutual, "total": point.total}
        yield {
            "a": point.a,
            "b": point.b,
            "ion": found.ion,
            "voltage_v": point.voltage_v,
            **{f"{name}_min_ev_per_closed_atom": one.energy_ev for name, one in both.items()},
            **{f"{name}_x_closed_a": one.x for name, one in both.items()},
            "capacity_mah_per_g": point.capacity_mah_per_g,
            "reaction": point.mutual.reaction,
        }


def _kinks(found: Interface) -> Iterator[dict[str, Any]]:
    """Yield the kinks of a profile, with the mutual energy also per formula unit of the mixture."""
    from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV

    unit = "ev_per_atom" if found.reservoir is None else "ev_per_closed_atom"
    for kink in found.document().kinks:
        fields = kink.model_dump()
        per_unit = found.per_formula_unit(fields[f"mutual_{unit}"], kink.x_molar_a)
        yield {
            "a": found.a.name,
            "b": found.b.name,
            "x_atomic_a": kink.x_atomic_a,
            **({"x_closed_a": kink.x} if found.reservoir is not None else {}),
            "x_molar_a": kink.x_molar_a,
            f"mutual_{unit}": fields[f"mutual_{unit}"],
            "mutual_ev_per_formula_unit": per_unit,
            "mutual_kj_per_mol": per_unit * KJ_PER_MOL_PER_EV,
            f"total_{unit}": fields[f"total_{unit}"],
            "reaction": kink.reaction,
            "products": kink.products,
        }


def swept_voltages(text: str) -> list[float]:
    """Read LOW:HIGH or LOW:HIGH:STEP."""
    from screening.common.errors import InputError

    try:
        low, high, step = ([*map(float, text.split(":")), _SWEEP_STEP_V])[:3]
        count = int((high - low) / step + 1e-9) + 1 if step > 0 else 0
    except (ValueError, OverflowError):
        raise InputError(f"--sweep takes LOW:HIGH or LOW:HIGH:STEP in V, not {text!r}") from None
    if not (0 <= low <= high and 0 < count <= _MOST_VOLTAGES):
        raise InputError(f"--sweep {text}: rising voltages from 0 or more, at most {_MOST_VOLTAGES} of them")
    return [round(low + k * step, 9) for k in range(count)]


def _print_interphase(layer: Interphase) -> None:
    from coatscreen.output import number

    said = []
    for name, passage in (("electrons", layer.electrons), ("lithium", layer.lithium)):
        by = f" by {', '.join(passage.products)}" if passage.products else ""
        unsure = f", {number(100 * passage.unknown_volume_share, 0)} % unknown" if passage.unknown else ""
        said.append(f"{name} pass {number(100 * passage.volume_share, 0)} % of the volume{by}{unsure}")
    stops = {True: "stop the reaction", False: "let it go on", None: "it is not known whether they stop it"}
    kind = f" ({layer.kind})" if layer.kind else ""
    least = f"{100 * layer.percolates_from:g} %"
    print(f"products as a layer: {stops[layer.passivating]}{kind}; {'; '.join(said)}; each connects from {least} on")


def _closed(extremum: Mixed) -> str:
    from coatscreen.output import number
    from screening.equilibrium.interface_documents import OpenMixed

    return f"{number(extremum.x, 3)} of those not open, " if isinstance(extremum, OpenMixed) else ""


def _print_interface(found: Interface, off: InterfaceUncertainty | None) -> None:
    from coatscreen.output import number, print_table
    from screening.thermochemistry.gas import KJ_PER_MOL_PER_EV

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
            f"({_closed(extremum)}{number(extremum.x_molar_a, 3)} molar) from {result.a}{end}"
        )
        per_unit = found.per_formula_unit(extremum.energy_ev, extremum.x_molar_a)
        print(f"  {extremum.reaction}")
        molar = number(per_unit * KJ_PER_MOL_PER_EV, 1)
        print(f"  {number(per_unit, 3)} eV or {molar} kJ/mol per formula unit of the mixture")
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
        ["x (atomic)" if found.reservoir is None else "x (closed)", f"total ({unit})", f"mutual ({unit})", "reaction"],
        [
            [number(k.x, 4), number(1000 * t, 1), number(1000 * m, 1), k.reaction]
            for k, t, m in zip(kinks, profile.total, profile.mutual, strict=True)
        ],
    )
