"""``coatscreen cathode``: states of charge, voltages and lithium potentials."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

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
    chosen_energies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.cathodes.lithium_potentials import CathodeDocument


def cathode(
    name: CathodeName,
    lithiation: Lithiation = None,
    voltage: Voltage = None,
    energies: Energies = "reference",
    doubtful: Doubtful = DoubtfulPhases.keep,
    form: OutputFormat = Format.table,
    as_json: AsJson = False,
) -> None:
    """Print a cathode's composition, states of charge, voltages, and lithium's chemical potential at each state.

    Example: coatscreen cathode NCM83 --lithiation 0.3 --voltage 4.2,4.3
    """
    from coatscreen.forms import printed
    from coatscreen.output import document, number, numbers, print_energies, print_table, say
    from screening.cathodes.lithium_potentials import lithium_states
    from screening.energies.source import open_energies
    from screening.materials.catalogue import Catalogue

    energies = chosen_energies(energies, doubtful)
    host = Catalogue.load().cathode(name).with_states(numbers("--lithiation", lithiation or ""))
    host = host.with_voltages(numbers("--voltage", voltage or ""))
    phases = open_energies(energies, systems=[{"Li", *host.composition("full")}])
    result = lithium_states(phases, host)
    if printed(form, as_json, partial(document, result), lambda: _states(result), phases.provenance):
        return None
    rows = []
    for state in result.states:
        above = state.energy_above_hull_ev_per_atom
        known = "no phase known, hull" if above is None else f"{number(1000 * above, 1)} meV/atom above hull"
        held = state.lithium
        rows.append(
            [
                state.state,
                state.formula,
                known,
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
            ["Li from", "to", "published (V)", "here (V)", "difference (V)", "source"],
            [
                [
                    f"{one.published.lithium_from:g}",
                    f"{one.published.lithium_to:g}",
                    f"{number(one.published.voltage_v, 3)} {one.published.kind}",
                    number(one.voltage_v, 3),
                    number(one.difference_v, 3),
                    one.published.source + ("" if one.published.verified else " (not checked in the source)"),
                ]
                for one in result.published
            ],
        )
    for one in result.published:
        if one.warning is not None:
            say(f"{one.published.lithium_from:g} to {one.published.lithium_to:g} Li: {one.warning}")
    return print_energies(phases.provenance)


def _states(result: CathodeDocument) -> Iterator[dict[str, Any]]:
    for state in result.states:
        row = state.model_dump(mode="json")
        lithium = row.pop("lithium")
        yield {"cathode": result.cathode, **row, **lithium}
