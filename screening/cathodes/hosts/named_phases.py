"""The phases between which a user wants a cathode's voltages counted."""

from __future__ import annotations

from screening.cathodes.hosts.host_families import families_of
from screening.chemistry.compositions import same_composition
from screening.chemistry.ions import ion_of
from screening.chemistry.notation import composition_of, split_polymorph
from screening.common.errors import InputError, shown
from screening.equilibrium.reactant import Reactant
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.ion_series import ion_series
from screening.phases.phase_set import PhaseSet


def with_named_phases(phases: PhaseSet, cathode: Cathode, polymorph: str | None, charged: str | None) -> Cathode:
    """Return a cathode whose voltages are counted between the phases that a user names.

    Parameters
    ----------
    phases
        The energies.
    cathode
        The cathode.
    polymorph
        Id of its phase at the state ``full``. None: where a charged phase is named, the phase of its family there, or
        the lowest in energy.
    charged
        The phase that it becomes when it is charged, as a formula, with or without an id: ``FePO4#mp-20361``. None: all
        that are known to differ from the other one by the ion alone.

    Raises
    ------
    InputError
        If a phase is not known, the charged one is not the cathode with less of its ion, or no phases are known that
        differ from the one named by the ion alone.
    """
    if polymorph is None and charged is None:
        return cathode
    formula = cathode.formula("full")
    named = None if polymorph is None else _id(phases, f"{formula}#{polymorph}")
    if charged is None:
        asked = cathode.model_copy(update={"name": f"{cathode.name}#{named}", "phases": (named,)})
        if not families_of(asked):
            raise InputError(
                f"{asked.name}: no phases are known that differ from {named} by {ion_of(cathode.ion).word} alone; name "
                "the charged one (--charged)"
            )
        return asked
    other = _id(phases, charged)
    _require_less(cathode, charged)
    if named is None:
        named = _partner(phases, cathode, other) or _id(phases, formula)
    return cathode.model_copy(update={"phases": (named, other)})


def split_cathode(text: str, catalogue: Catalogue, ion: str) -> tuple[Cathode, str | None]:
    """Split ``LiFePO4#mp-19017`` into the cathode and the id of its phase (None if none is written).

    Raises
    ------
    InputError
        As :meth:`Catalogue.cathode`.
    """
    base, polymorph = split_polymorph(text)
    return catalogue.cathode(base, ion), polymorph


def _id(phases: PhaseSet, material: str) -> str:
    """Return the id of a phase: the one written, or the lowest in energy."""
    position = Reactant(phases, material).position
    if position is None:
        raise InputError(f"{shown(material)}: no phase of this composition is known")
    return phases.table.id(position)


def _require_less(cathode: Cathode, charged: str) -> None:
    """Check that a material is a cathode with less of its ion."""
    amounts = composition_of(charged)
    held = amounts.pop(cathode.ion, 0.0)
    word = ion_of(cathode.ion).word
    if not amounts or not same_composition(amounts, cathode.host):
        raise InputError(f"{shown(charged)} is not {cathode.name} with less {word}: write one of the same host")
    if held / sum(amounts.values()) >= cathode.lithium("full") / sum(cathode.host.values()) - 1e-9:
        raise InputError(f"{shown(charged)} holds no less {word} than {cathode.name}")


def _partner(phases: PhaseSet, cathode: Cathode, charged: str) -> str | None:
    """Return the phase at the state ``full`` in the family of another phase; None if none is known."""
    full = cathode.lithium("full") / sum(cathode.host.values())
    for family in families_of(cathode.model_copy(update={"phases": (charged,)})):
        series = ion_series(phases, phases.table.positions_of(family), cathode.host, cathode.ion)
        for position, content in zip(series.positions, series.contents, strict=True):
            if abs(content - full) < 1e-6:
                return phases.table.id(position)
    return None
