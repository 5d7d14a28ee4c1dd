"""Our value of a published quantity in each convention: one function for each kind of quantity.

A reaction energy has three conventions. The mutual energy is counted from the products of each reactant alone, so it
does not depend on the reactants' own energies. The total energy is counted from the reactants: with the energies of
their own phases ("own"), or with the energy of the hull ("hull"), which in a closed system equals the mutual energy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from screening.cathodes.voltage_curve import VoltageCurve
from screening.common.errors import CoatscreenError, InputError
from screening.equilibrium.reactant import clean
from screening.equilibrium.window import electrochemical_window
from screening.uncertainty.intervals import Interval
from screening.validation.reproduction.explanations import explain
from screening.validation.reproduction.papers import (
    PublishedReaction,
    PublishedVacancy,
    PublishedVoltage,
    PublishedWindow,
    Quantity,
)
from screening.validation.reproduction.reproduction_documents import OurValue, ReproducedQuantity
from screening.validation.reproduction.study import Study


def our_values(entry: Quantity, study: Study) -> dict[str, float]:
    """Compute a quantity in each convention, in its unit; :func:`compared` returns the one to compare.

    Raises
    ------
    CoatscreenError
        If it cannot be computed; the message gives the reason.
    """
    match entry:
        case PublishedReaction():
            return _reaction(entry, study)
        case PublishedWindow():
            return _window(entry, study)
        case PublishedVoltage():
            return _voltage(entry, study)
        case PublishedVacancy():
            return _vacancy(entry, study)
        case _:
            assert_never(entry)


def compared(entry: Quantity, values: Sequence[str]) -> str:
    """Return the convention in which the published number is compared.

    It is the one that the paper defines. A reaction energy without a definition is compared as mutual energy.
    """
    if isinstance(entry, PublishedReaction):
        return entry.reading or "mutual"
    return values[0]


def reproduce_quantity(
    entry: Quantity,
    study: Study,
    samples: Sequence[Study] = (),
    same_system: Mapping[str, float] = MappingProxyType({}),
) -> ReproducedQuantity:
    """Compute our value of a published quantity, and put the two side by side.

    Parameters
    ----------
    entry
        The published value.
    study
        The energies.
    samples
        The same energies with errors drawn; without samples there are no intervals.
    same_system
        Other published values of the same interface, keyed by their source, for the explanation.
    """
    values: list[OurValue] = []
    why_missing = None
    try:
        ours = our_values(entry, study)
    except CoatscreenError as error:
        why_missing = str(error)
    else:
        drawn = [our_values(entry, sample) for sample in samples] if not isinstance(entry, PublishedVacancy) else []
        values = [
            OurValue(
                convention=convention,
                ours=clean(value),
                interval=Interval.of(sample[convention] for sample in drawn) if drawn else None,
                difference=clean(value - entry.published),
            )
            for convention, value in ours.items()
        ]
    found = ReproducedQuantity(
        id=entry.id,
        quantity=entry.quantity,
        system=_system(entry),
        ensemble=_ensemble(entry),
        unit=entry.unit,
        published=entry.published,
        where=entry.where,
        source=entry.source,
        verified=entry.verified,
        compared=compared(entry, [value.convention for value in values]) if values else None,
        values=values,
        why_missing=why_missing,
        explanation=[],
    )
    return found.model_copy(update={"explanation": explain(entry, found, study, same_system)})


def _reaction(entry: PublishedReaction, study: Study) -> dict[str, float]:
    own = study.interface(entry.a, entry.b, entry.mu_li_ev).profile()
    hull = study.interface_of_hull(entry.a, entry.b, entry.mu_li_ev).profile()
    return {
        "mutual": 1000.0 * float(own.mutual.min()),
        "total, hull": 1000.0 * float(hull.total.min()),
        "total, own": 1000.0 * float(own.total.min()),
    }


def _window(entry: PublishedWindow, study: Study) -> dict[str, float]:
    window = electrochemical_window(study.phases, study.formula(entry.material))
    limit = window.reduction_limit_v if entry.limit == "reduction" else window.oxidation_limit_v
    if limit is None:
        raise InputError(f"{entry.material} holds no lithium to give up")
    return {"limit": limit}


def _voltage(entry: PublishedVoltage, study: Study) -> dict[str, float]:
    cathode = study.catalogue.cathode(entry.cathode)
    full, here = cathode.lithium("full"), cathode.lithium(entry.state)
    return {
        f"average from {full:g} to {here:g} Li": VoltageCurve(study.phases, cathode).average(full, here).voltage_v,
        f"around {here:g} Li": -study.lithium_ev(entry.cathode, entry.state),
    }


def _vacancy(entry: PublishedVacancy, study: Study) -> dict[str, float]:
    found = study.vacancies(entry.cathode)
    values = {"lowest site": found.energy_ev(entry.lithium_vacancies)}
    bare = found.energies_without_correction_ev[entry.lithium_vacancies]
    return values if bare is None else {**values, "lowest site, oxides not corrected": bare}


def _system(entry: Quantity) -> str:
    match entry:
        case PublishedReaction():
            return f"{entry.a} | {entry.b}"
        case PublishedWindow():
            return entry.material
        case PublishedVoltage():
            return f"{entry.cathode}:{entry.state}"
        case PublishedVacancy():
            return f"{entry.cathode} with {entry.lithium_vacancies} Li vacancies"
        case _:
            assert_never(entry)


def _ensemble(entry: Quantity) -> str | None:
    if not isinstance(entry, PublishedReaction):
        return None
    return "closed" if entry.mu_li_ev is None else f"open to Li at {entry.mu_li_ev:g} eV"
