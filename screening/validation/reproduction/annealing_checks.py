"""Checks of claims on annealing a coating or its precursor, in equilibrium, without rates."""

from __future__ import annotations

from pydantic import JsonValue

from screening.heat.annealing.anneal import Annealing
from screening.heat.annealing.annealing_documents import Transformation
from screening.heat.annealing.atmosphere import Atmosphere
from screening.heat.annealing.conditions import annealing_data
from screening.thermochemistry.element_gibbs import KELVIN_AT_0_C
from screening.validation.reproduction.answer import Answer, is_named
from screening.validation.reproduction.claims import Anneals, SurvivesAnnealing
from screening.validation.reproduction.study import Study

_SIGNS = {"gain": 1.0, "loss": -1.0}


def anneals(claim: Anneals, study: Study) -> Answer:
    """Check the products of a material at some temperatures, and whether its solids gain or lose mass."""
    annealing = Annealing(study.phases, claim.material, Atmosphere(claim.oxygen_bar), catalogue=study.catalogue)
    found = {celsius: annealing.alone(celsius + KELVIN_AT_0_C) for celsius in claim.temperatures_c}
    numbers: dict[str, JsonValue] = {
        "oxygen_bar": claim.oxygen_bar,
        "reaction_by_temperature_c": {f"{celsius:g}": one.reaction for celsius, one in found.items()},
        "mass_change_percent_by_temperature_c": {
            f"{celsius:g}": one.mass_change_percent for celsius, one in found.items()
        },
        "present": list(claim.present),
        "absent": list(claim.absent),
    }
    return Answer(all(_fits(claim, one) for one in found.values()), numbers)


def _fits(claim: Anneals, found: Transformation) -> bool:
    products = [product.name.removesuffix("(g)") for product in found.products]
    made = {named for named in (*claim.present, *claim.absent) if any(is_named(product, named) for product in products)}
    if claim.mass is not None and found.mass_change_percent * _SIGNS[claim.mass] <= 0.0:
        return False
    return made == set(claim.present)


def survives_annealing(claim: SurvivesAnnealing, study: Study) -> Answer:
    """Check that a coating by itself does not react at its published annealing conditions."""
    condition = claim.condition
    atmosphere = Atmosphere(condition.oxygen_bar, condition.gas_bar)
    annealing = Annealing(study.phases, claim.material, atmosphere, catalogue=study.catalogue)
    found = annealing.alone(condition.temperature_c + KELVIN_AT_0_C)
    within = annealing_data()
    return Answer(
        None if found.verdict == "undecided" else found.verdict == "stable",
        {
            "temperature_c": condition.temperature_c,
            "oxygen_bar": condition.oxygen_bar,
            "reaction_ev_per_closed_atom": found.reaction_ev_per_closed_atom,
            "reaction": found.reaction,
            "start_from": found.start_from,
            "stable_within_ev_per_closed_atom": within.stable_within_ev_per_closed_atom.value,
            "undecided_within_ev_per_closed_atom": within.undecided_within_ev_per_closed_atom.value,
        },
        "the reaction lies within the error of free energies" if found.verdict == "undecided" else None,
    )
