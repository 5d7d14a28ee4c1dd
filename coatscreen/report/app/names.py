"""The names of the catalogue for a page: what each means, and the voltages of a cathode's states of charge."""

from __future__ import annotations

import math

from coatscreen.report.app.app_documents import ElementData, NamedCathode, NamedMaterial, Names
from screening.cathodes.lithium_potentials import lithium_states
from screening.chemistry.elements import ELEMENTS, element
from screening.chemistry.formulas import names_like_formulas
from screening.chemistry.ions import LITHIUM
from screening.common.errors import InputError
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.phase_set import PhaseSet


def page_names(catalogue: Catalogue, phases: PhaseSet) -> Names:
    """Return the names of a catalogue, with the voltages that some energies give to the states of its cathodes.

    Parameters
    ----------
    catalogue
        The catalogue.
    phases
        The energies. A cathode with an element that they do not hold has no voltages but those it is given.
    """
    return Names(
        materials=[
            NamedMaterial(
                names=list(one.names),
                reactant=one.reactant,
                written=one.written,
                composite=list(one.mole_fractions) or None,
            )
            for one in catalogue.materials
        ],
        cathodes=[
            NamedCathode(
                names=list(one.names),
                host=one.host,
                ion=one.ion,
                lithiations=one.lithiations,
                voltages_v=_voltages(one, phases),
            )
            for one in catalogue.cathodes
        ],
        like_formulas=names_like_formulas(),
    )


def _voltages(cathode: Cathode, phases: PhaseSet) -> dict[str, float]:
    if cathode.ion != LITHIUM:
        return {}
    try:
        states = lithium_states(phases, cathode).states
    except InputError:  # an element without energies
        return dict(cathode.voltages)
    return {state.state: round(state.lithium.voltage_v, 4) for state in states}


def page_elements() -> dict[str, ElementData]:
    """Return what is needed of each element to write formulas and to balance charges."""
    found = {}
    for symbol in ELEMENTS:
        own = element(symbol)
        found[symbol] = ElementData(
            electronegativity=own.electronegativity if math.isfinite(own.electronegativity) else None,
            lowest=own.lowest_state,
            highest=own.highest_state,
            kind=own.kind,
        )
    return found
