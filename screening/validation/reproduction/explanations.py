"""The reasons for a difference from a published value, derived from the numbers, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screening.common.ties import first_lowest
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.validation.reproduction.corrections import schemes
from screening.validation.reproduction.papers import PublishedReaction, Quantity
from screening.validation.reproduction.reproduction_documents import OurValue, ReproducedQuantity
from screening.validation.reproduction.study import Study

_ALIKE_MEV = 0.5  # conventions that differ by less give the same printed number


def explain(entry: Quantity, found: ReproducedQuantity, study: Study, same_system: Mapping[str, float]) -> list[str]:
    """Return the reasons for a difference from a published value.

    Parameters
    ----------
    entry
        The published value.
    found
        Our value beside it, still without reasons.
    study
        The energies.
    same_system
        Other published values of the same interface, keyed by their source.

    Returns
    -------
    list of str
        First whether the published value lies within our interval, then the differences between conventions, then the
        values of other sets of energies, then remarks from the literature.
    """
    reasons: list[str] = []
    if found.value is not None:
        reasons += _interval(found, found.value)
        if isinstance(entry, PublishedReaction):
            reasons += _conventions(entry, found)
            reasons += _reactants(study.interface(entry.a, entry.b, entry.mu_li_ev))
            reasons += _corrections(entry)
    reasons += [f"also published for this interface: {value:g} ({source})" for source, value in same_system.items()]
    return [*reasons, *(f"{note.text} ({note.source})" for note in entry.notes)]


def _interval(found: ReproducedQuantity, value: OurValue) -> Iterator[str]:
    digits = 0 if found.unit.startswith("meV") else 2
    if value.interval is None:
        return
    low, high = value.interval.low, value.interval.high
    span = f"{low:.{digits}f} to {high:.{digits}f} {found.unit}"
    if low <= found.published <= high:
        yield f"the published value lies within 5 to 95 % of our samples, {span}"
    else:
        off = low - found.published if found.published < low else found.published - high
        side = "below" if found.published < low else "above"
        yield f"the published value lies {off:.{digits}f} {found.unit} {side} 5 to 95 % of our samples, {span}"


def _conventions(entry: PublishedReaction, found: ReproducedQuantity) -> Iterator[str]:
    value = found.value
    nearest = found.values[first_lowest([abs(other.difference) for other in found.values])]
    if value is not None and abs(value.difference) - abs(nearest.difference) >= _ALIKE_MEV:
        calls = f"the paper defines the {entry.reading}" if entry.reading else "the paper names no convention"
        yield (
            f"{calls}; read as {nearest.convention} the difference would be {nearest.difference:+.0f} instead of "
            f"{value.difference:+.0f} {found.unit}"
        )


def _reactants(interface: Interface) -> Iterator[str]:
    profile = interface.profile()
    for reactant, alone in ((interface.a, profile.self_a), (interface.b, profile.self_b)):
        if reactant.own_energy_above_hull is None:
            yield f"{reactant.formula}: no phase of this composition is known, and the energy of the hull stands for it"
        elif reactant.energy_above_hull > 0.5e-3:
            yield _above_hull(reactant)
        if interface.reservoir is not None and alone < -0.5e-3:
            potential = interface.reservoir.mu_relative_ev["Li"]
            yield (
                f"{reactant.formula} alone reacts by {1000 * alone:.0f} meV/non-Li atom at mu_Li = {potential:g} eV: "
                "that is in the total energy, and not in the mutual one"
            )


def _above_hull(reactant: Reactant) -> str:
    return (
        f"{reactant.formula} lies {1000 * reactant.energy_above_hull:.0f} meV/atom above the hull in these energies: "
        "that separates the total energy (own) from the mutual one"
    )


def _corrections(entry: PublishedReaction) -> Iterator[str]:
    packaged = schemes()
    effect = packaged.quantities.get(entry.id)
    if effect is None:
        return
    moves = "does not move this mutual energy"
    if abs(effect.effect_mev) >= _ALIKE_MEV:
        moves = f"moves this mutual energy by {effect.effect_mev:+.0f} {entry.unit}"
    yield f"corrections: {packaged.newer} in place of {packaged.older} {moves}, in one table of compounds"
