"""Checks of the papers' claims in a set of energies: one function for each kind of claim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import assert_never

import numpy as np
from pydantic import JsonValue

from screening.common.errors import CoatscreenError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import clean, named_products
from screening.equilibrium.window import electrochemical_window
from screening.heat.oxygen.oxygen_contacts import contact_products
from screening.heat.oxygen.release import oxygen_onset
from screening.validation.reproduction.annealing_checks import anneals, survives_annealing
from screening.validation.reproduction.answer import Answer, is_named
from screening.validation.reproduction.claims import (
    Anneals,
    Claim,
    CoatingStabilises,
    ElectrochemicalDominates,
    OxygenOnset,
    Products,
    ReactionWithin,
    ShareOfProducts,
    SurvivesAnnealing,
    VacancyFalls,
    WindowCovers,
)
from screening.validation.reproduction.reproduction_documents import CheckedClaim
from screening.validation.reproduction.study import Study


def check_claim(claim: Claim, study: Study, samples: Sequence[Study] = ()) -> CheckedClaim:
    """Check a claim in a set of energies, and in samples of them.

    Parameters
    ----------
    claim
        The claim, with its thresholds.
    study
        The energies.
    samples
        The same energies with errors drawn; without samples no fraction is given.

    Returns
    -------
    CheckedClaim
        The verdict and its numbers. If the claim cannot be computed it is neither held nor contradicted, and the reason
        is given.
    """
    numbers: dict[str, JsonValue] = {}
    holds = fraction = why = None
    try:
        holds, numbers, why = answer(claim, study)
    except CoatscreenError as error:
        why = str(error)
    else:
        if samples and claim.of_energies:
            fraction = sum(answer(claim, sample).holds is True for sample in samples) / len(samples)
    return CheckedClaim(
        id=claim.id,
        claim=claim.claim,
        where=claim.where,
        check=claim.check,
        holds=holds,
        why_missing=why,
        fraction_of_samples=fraction,
        numbers=numbers,
        threshold_source=claim.threshold_source,
    )


def answer(claim: Claim, study: Study) -> Answer:
    """Return whether a claim holds, with the numbers that decide it.

    Raises
    ------
    CoatscreenError
        If it cannot be computed; the message says why.
    """
    match claim:
        case ElectrochemicalDominates():
            return electrochemical_dominates(claim, study)
        case CoatingStabilises():
            return coating_stabilises(claim, study)
        case ReactionWithin():
            return reaction_within(claim, study)
        case Products():
            return products(claim, study)
        case WindowCovers():
            return window_covers(claim, study)
        case OxygenOnset():
            return onset_within(claim, study)
        case ShareOfProducts():
            return share_of_products(claim, study)
        case Anneals():
            return anneals(claim, study)
        case SurvivesAnnealing():
            return survives_annealing(claim, study)
        case VacancyFalls():
            return vacancy_falls(claim, study)
        case _:
            assert_never(claim)


def electrochemical_dominates(claim: ElectrochemicalDominates, study: Study) -> Answer:
    """Check that the mutual energy open to lithium is lower than the closed one, in either unit.

    An energy per non-lithium atom is larger in magnitude than the same energy per atom, because of the unit alone. So
    the open energy is also taken per atom of the reactants, with its minimum over the mixing fraction found again.
    """
    closed = study.mutual_mev(claim.a, claim.b)
    interface = study.interface(claim.a, claim.b, claim.mu_li_ev)
    opened = 1000.0 * float(interface.profile().mutual.min())
    per_atom = 1000.0 * mutual_per_reactant_atom(interface)
    return Answer(
        opened < closed and per_atom < closed,
        {
            "closed_mutual_mev_per_atom": clean(closed),
            "open_mutual_mev_per_closed_atom": clean(opened),
            "open_mutual_mev_per_atom_of_reactants": clean(per_atom),
            "mu_li_ev": claim.mu_li_ev,
        },
    )


def mutual_per_reactant_atom(interface: Interface) -> float:
    """Return the lowest mutual energy per atom of the reactants, open elements included, eV.

    Between two kinks it is a ratio of two linear functions of the fraction, so its minimum is at a kink.
    """
    profile, closed = interface.profile(), interface.system.closed
    atoms_a, atoms_b = (
        sum(reactant.composition.values()) / reactant.amount(closed) for reactant in (interface.a, interface.b)
    )
    return float(np.min(profile.mutual / (profile.x * atoms_a + (1.0 - profile.x) * atoms_b)))


def coating_stabilises(claim: CoatingStabilises, study: Study) -> Answer:
    """Check that the bare interface reacts by more than a limit, and no contact of the coating does."""
    limit = claim.stable_down_to_mev_per_atom
    bare = study.mutual_mev(*claim.bare)
    coated = {f"{a} | {b}": study.mutual_mev(a, b) for a, b in claim.coated}
    return Answer(
        bare < limit and all(energy >= limit for energy in coated.values()),
        {
            "bare_mutual_mev_per_atom": {" | ".join(claim.bare): clean(bare)},
            "coated_mutual_mev_per_atom": {pair: clean(energy) for pair, energy in coated.items()},
            "stable_down_to_mev_per_atom": limit,
        },
    )


def reaction_within(claim: ReactionWithin, study: Study) -> Answer:
    """Check that a mutual energy lies between two thresholds."""
    mutual = study.mutual_mev(claim.a, claim.b)
    least, most = claim.least_mev_per_atom, claim.most_mev_per_atom
    return Answer(
        (least is None or mutual >= least) and mutual <= most,
        {"mutual_mev_per_atom": clean(mutual), "least_mev_per_atom": least, "most_mev_per_atom": most},
    )


def products(claim: Products, study: Study) -> Answer:
    """Check which products form, in the mixture of lowest mutual energy or in any mixture."""
    interface = study.interface(claim.a, claim.b, claim.mu_li_ev)
    profile = interface.profile()
    lowest = profile.lowest_mutual
    kinks = [lowest] if claim.at == "lowest energy" else range(len(profile.x))
    formed_at = {k: named_products(study.phases, profile.line.mixture(k)) for k in kinks}
    formed: dict[str, JsonValue] = {
        named: [
            clean(profile.x[k]) for k, found in formed_at.items() if any(is_named(product, named) for product in found)
        ]
        for named in (*claim.present, *claim.absent)
    }
    return Answer(
        all(formed[named] for named in claim.present) and not any(formed[named] for named in claim.absent),
        {
            "present": list(claim.present),
            "absent": list(claim.absent),
            "asked_at": claim.at,
            "forms_at_x": formed,
            "reaction_of_lowest_energy": interface.reaction().mutual.reaction,
        },
    )


def window_covers(claim: WindowCovers, study: Study) -> Answer:
    """Check that a window covers the range from one voltage to another."""
    window = electrochemical_window(study.phases, study.formula(claim.material))
    low, high = window.reduction_limit_v, window.oxidation_limit_v
    return Answer(
        (low is None or low <= claim.from_v) and (high is None or high >= claim.to_v),
        {"reduction_limit_v": low, "oxidation_limit_v": high, "from_v": claim.from_v, "to_v": claim.to_v},
    )


def onset_within(claim: OxygenOnset, study: Study) -> Answer:
    """Check that the state of charge from which a cathode holds O2 in equilibrium lies in a range."""
    onset = oxygen_onset(study.phases, study.catalogue.cathode(claim.cathode))
    low, high = claim.from_state_of_charge, claim.to_state_of_charge
    return Answer(
        onset is not None and low <= onset <= high,
        {"onset_state_of_charge": onset, "from_state_of_charge": low, "to_state_of_charge": high},
    )


def share_of_products(claim: ShareOfProducts, study: Study) -> Answer:
    """Check how a coating changes the share of the electrolyte's products that belong to one kind."""
    name, _, state = claim.cathode.partition(":")
    voltage = -study.lithium_ev(name, state or "full") if claim.open_to_lithium else None
    found = contact_products(
        study.phases,
        study.formula(claim.cathode),
        study.formula(claim.electrolyte),
        study.formula(claim.coating),
        voltage,
    )
    alone, bare, coated = (found.share(claim.element, claim.kind, column) for column in ("alone", "bare", "coated"))
    most, least = claim.coated_over_bare_at_most, claim.coated_over_alone_at_least
    return Answer(
        (most is None or (bare > 0.0 and coated <= most * bare))
        and (least is None or (alone > 0.0 and coated >= least * alone)),
        {
            "element": claim.element,
            "kind": claim.kind,
            "voltage_v": voltage,
            "share_alone": clean(alone),
            "share_bare": clean(bare),
            "share_coated": clean(coated),
            "coated_over_bare_at_most": most,
            "coated_over_alone_at_least": least,
        },
    )


def vacancy_falls(claim: VacancyFalls, study: Study) -> Answer:
    """Check that removing lithium lowers the formation energy of an oxygen vacancy, at each step or overall."""
    found = sorted(study.vacancies(claim.cathode).energies_ev.items())
    energies = [energy for _, energy in found]
    compared = list(pairwise(energies)) if claim.at == "each step" else [(energies[0], energies[-1])]
    return Answer(
        len(energies) > 1 and all(after < before for before, after in compared),
        {"lithium_vacancies": [n for n, _ in found], "formation_energy_ev": [clean(energy) for energy in energies]},
    )
