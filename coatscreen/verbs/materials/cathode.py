"""``coatscreen cathode``: states of charge, voltages and lithium potentials."""

from __future__ import annotations

from typing import Annotated

import typer

from coatscreen.options import AsJson, Energies, Lithiation


def cathode(
    name: Annotated[str, typer.Argument(help="Name of the catalogue, or a lithium-containing formula.")],
    lithiation: Lithiation = None,
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

    host = Catalogue.load().cathode(name).with_states(numbers("--lithiation", lithiation or ""))
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
