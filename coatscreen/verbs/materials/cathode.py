"""``coatscreen cathode``: states of charge, voltages and potentials of the working ion."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coatscreen.forms import Format
from coatscreen.options import (
    AsJson,
    CathodeName,
    Doubtful,
    DoubtfulPhases,
    Energies,
    Lithiation,
    OutputFormat,
    Voltage,
    WorkingIon,
    chosen_energies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.cathodes.ion_voltages import IonCathodeDocument
    from screening.cathodes.lithium_potentials import CathodeDocument


def cathode(
    name: CathodeName,
    lithiation: Lithiation = None,
    voltage: Voltage = None,
    charged: Annotated[
        str | None,
        typer.Option(
            "--charged",
            help="The phase it becomes when charged, such as FePO4#mp-20361: voltages between the two.",
        ),
    ] = None,
    ion: WorkingIon = "Li",
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.drop,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Print a cathode's composition, states of charge, voltages, and its ion's chemical potential at each state.

    Voltages are topotactic where phases of one host are known, and else potentials of decomposition.

    Example: coatscreen cathode NCM83 --lithiation 0.3 --voltage 4.2,4.3

    Example: coatscreen cathode LiFePO4#mp-19017 --charged FePO4#mp-20361

    Example: coatscreen cathode NaCoO2 --ion Na
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, numbers, print_energies
    from coatscreen.verbs.materials.opened import opened
    from screening.cathodes.hosts.named_phases import split_cathode, with_named_phases
    from screening.cathodes.ion_voltages import ion_states
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.chemistry.ions import LITHIUM, ion_of
    from screening.common.errors import InputError
    from screening.materials.catalogue import Catalogue
    from screening.materials.names import resolve_formula

    word = ion_of(ion).word
    if ion != LITHIUM and voltage is not None:
        raise InputError(f"--voltage is that of contacts open to lithium; {word} is the working ion")
    energies = chosen_energies(energies, doubtful)
    host, polymorph = split_cathode(name, Catalogue.load(), ion)
    host = host.with_states(numbers("--lithiation", lithiation or "")).with_voltages(
        numbers("--voltage", voltage or "")
    )
    others = [] if charged is None else [charged]
    phases, catalogue = opened(energies, *others, also={ion, *host.host})
    host = with_named_phases(
        phases, host, polymorph, None if charged is None else resolve_formula(charged, catalogue, phases)
    )
    if ion == LITHIUM:
        result = lithium_states(phases, host)
        if printed(form, as_json, partial(document, result), lambda: _states(result), phases.provenance):
            return None
        _print_lithium(result)
    else:
        of_ion = ion_states(phases, host)
        if printed(form, as_json, partial(document, of_ion), lambda: _ion_states(of_ion), phases.provenance):
            return None
        _print_ion(of_ion)
    return print_energies(phases.provenance)


def _print_lithium(result: CathodeDocument) -> None:
    from coatscreen.output import number, print_table, say

    rows = []
    for state in result.states:
        held = state.lithium
        rows.append(
            [
                state.state,
                state.formula,
                _known(state.energy_above_hull_ev_per_atom),
                number(held.mu_li_ev, 3),
                number(held.voltage_v, 3),
                held.origin,
                held.definition,
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
    if result.published:
        print_table(
            ["Li from", "to", "published (V)", "here (V)", "difference (V)", "here it is", "source"],
            [
                [
                    f"{one.published.lithium_from:g}",
                    f"{one.published.lithium_to:g}",
                    f"{number(one.published.voltage_v, 3)} {one.published.kind}",
                    number(one.voltage_v, 3),
                    number(one.difference_v, 3),
                    one.kind,
                    one.published.source + ("" if one.published.verified else " (not checked in the source)"),
                ]
                for one in result.published
            ],
        )
    for one in result.published:
        if one.warning is not None:
            say(f"{one.published.lithium_from:g} to {one.published.lithium_to:g} Li: {one.warning}")


def _print_ion(result: IonCathodeDocument) -> None:
    from coatscreen.output import number, print_table

    print_table(
        ["state", "composition", "energy", f"mu_{result.ion} (eV)", "voltage (V)", "definition"],
        [
            [
                state.state,
                state.formula,
                _known(state.energy_above_hull_ev_per_atom),
                number(state.mu_ion_ev, 3),
                number(state.voltage.voltage_v, 3),
                state.voltage.definition,
            ]
            for state in result.states
        ],
        f"{result.cathode}, voltages against {result.couple}",
    )
    print_table(
        [f"{result.ion} from", "to", "average voltage (V)", "definition"],
        [
            [f"{s.ions_from:g}", f"{s.ions_to:g}", number(s.voltage_v, 3), s.definition]
            for s in (*result.voltages, *result.averages)
        ],
    )


def _states(result: CathodeDocument) -> Iterator[dict[str, Any]]:
    for state in result.states:
        row = state.model_dump(mode="json")
        lithium = row.pop("lithium")
        yield {"cathode": result.cathode, **row, **lithium}


def _ion_states(result: IonCathodeDocument) -> Iterator[dict[str, Any]]:
    for state in result.states:
        row = state.model_dump(mode="json")
        voltage = row.pop("voltage")
        yield {"cathode": result.cathode, "ion": result.ion, **row, **voltage}


def _known(above_hull_ev_per_atom: float | None) -> str:
    from coatscreen.output import number

    if above_hull_ev_per_atom is None:
        return "no phase known, hull"
    return f"{number(1000 * above_hull_ev_per_atom, 1)} meV/atom above hull"
