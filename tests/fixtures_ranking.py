"""Made-up contacts, records and bare interfaces, to be ranked."""

from __future__ import annotations

from functools import cache

from fixtures_screening import SCALE, synthetic

from screening.cathodes.lithium_potentials import LithiumPotential
from screening.chemistry.economics import EconomicsDocument
from screening.coatings.coating_documents import BareInterface, CoatingDocument
from screening.coatings.contacts import Contact
from screening.equilibrium.interface_documents import (
    ClosedExtremum,
    ClosedReaction,
    OpenEnsemble,
    OpenExtremum,
    OpenReaction,
    ReactantDocument,
    Reactants,
)
from screening.equilibrium.stability import StabilityDocument, phase_stability
from screening.equilibrium.window import WindowDocument, electrochemical_window
from screening.phases.phase_set import EnergyProvenance

ENERGIES = EnergyProvenance(**SCALE.model_dump(), n_phases=1, sha256="a" * 64)


REACTANT = ReactantDocument(energy="hull", source_id=None, above_hull_ev_per_atom=0.0)


def contact(pair, state, mutual_mev, total_mev=None, held=None):
    """A contact of the given energies; None for one that could not be computed."""
    lithium = LithiumPotential(mu_li_ev=-3.7, voltage_v=3.7, origin="computed", definition="") if held else None
    reaction = None
    if mutual_mev is not None:
        mixed = {"x_atomic_a": 0.5, "x_molar_a": 0.5, "products": {}, "reaction": "", "at_endpoint": False}
        total = mutual_mev if total_mev is None else total_mev
        common = {"a": "A", "b": "B", "reactants": Reactants(a=REACTANT, b=REACTANT)}
        if held:
            reaction = OpenReaction(
                **common,
                ensemble=OpenEnsemble(open={"Li": -3.7}),
                total=OpenExtremum(**mixed, exchanged={}, min_ev_per_closed_atom=total / 1000),
                mutual=OpenExtremum(**mixed, exchanged={}, min_ev_per_closed_atom=mutual_mev / 1000),
                self_a_ev_per_closed_atom=0.0,
                self_b_ev_per_closed_atom=0.0,
            )
        else:
            reaction = ClosedReaction(
                **common,
                total=ClosedExtremum(**mixed, min_ev_per_atom=total / 1000),
                mutual=ClosedExtremum(**mixed, min_ev_per_atom=mutual_mev / 1000),
                self_a_ev_per_atom=0.0,
                self_b_ev_per_atom=0.0,
            )
    return Contact(
        contact=pair,
        cathode_state=state,
        reservoir_state=held,
        lithium=lithium,
        reaction=reaction,
        why_missing=None if reaction else "no such energy",
    )


@cache
def a_window() -> WindowDocument:
    return electrochemical_window(synthetic(), "LiNbO3")


@cache
def a_stability() -> StabilityDocument:
    return phase_stability(synthetic(), "LiNbO3")


def record(
    name,
    full=-10.0,
    half=-10.0,
    partner=-10.0,
    *,
    opened=0.0,
    total=None,
    window=(1.0, 4.5),
    cost=10.0,
    above_hull=0.0,
    **changed,
):
    """A record of given closed mutual energies, meV/atom; `window` with None for a coating that is never oxidised."""
    contacts = [
        contact("coating|cathode", "full", full, total),
        contact("coating|cathode", "half", half, total),
        contact("coating|cathode", "half", opened, held="half"),
        contact("coating|electrolyte", None, partner, total),
        contact("coating|electrolyte", None, opened, -1000.0, held="half"),
    ]
    low, high = window or (None, None)
    stability = a_stability().model_copy(
        update={"energy_above_hull_ev_per_atom": None if above_hull is None else above_hull / 1000}
    )
    found = a_window().model_copy(
        update={"reduction_limit_v": low, "oxidation_limit_v": high, "oxidation_limited": high is not None}
    )
    fields = {
        "energies": ENERGIES,
        "coating": name,
        "formula": "LiNbO3",
        "contains_li": True,
        "cathode": "NCM83",
        "electrolyte": "Li6PS5Cl",
        "stability": stability,
        "window": None if window is None else found,
        "interfaces": contacts,
        "economics": EconomicsDocument(raw_material_cost_usd_per_kg=cost, hhi_production=None, hhi_reserve=None),
        "why_missing": None,
    }
    return CoatingDocument(**{**fields, **changed})


def bare(worst=-300.0):
    return BareInterface(
        energies=ENERGIES,
        cathode="NCM83",
        electrolyte="Li6PS5Cl",
        interfaces=[],
        worst_mutual_mev_per_atom=worst,
        stability={},
        windows={},
    )
