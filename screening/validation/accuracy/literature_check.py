"""Comparison of published windows, reaction energies, energies above hull and formation enthalpies with ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue
from screening.phases.phase_set import PhaseSet
from screening.validation.accuracy.literature import LiteratureFile, LiteratureValue, NotCompared
from screening.validation.accuracy.statistics import Errors, Pair, errors, rank_correlation
from screening.validation.accuracy.systems import System, resolve_system

_EV_PER_KJ_MOL = 1.0 / 96.48533212  # CODATA 2018
_CLOSED, _OPEN = "meV/atom", "meV/atom (non-Li)"
_VOLTS = "V vs Li/Li+"
_ENTHALPY_UNITS = ("kJ/mol f.u.", "kJ/mol")


class Compared(BaseModel):
    """A published value and ours."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what it is; of a window, which limit")
    system: str = Field(description="the material or materials, as published")
    published: float = Field(description="the published value, in the unit")
    ours: float = Field(description="the value of the energies checked, in the unit")
    unit: str = Field(description="unit of both")
    source: str = Field(description="where it is published")
    verified: bool = Field(description="whether it was read in that source, not in a transcription")
    note: str | None = Field(description="what to know of the comparison")

    @property
    def difference(self) -> float:
        """Our value minus the published one."""
        return self.ours - self.published


class SourceErrors(BaseModel):
    """Differences from the values of one quantity in one source, in the unit of the quantity."""

    model_config = ConfigDict(extra="forbid")

    quantity: str = Field(description="what they are of")
    source: str = Field(description="where they are published")
    unit: str = Field(description="unit of the errors")
    errors: Errors = Field(description="errors, ours less published")
    rank_correlation: float | None = Field(description="Spearman's; null for fewer than three values, or all alike")


class LiteratureErrors(BaseModel):
    """The values of a file that were compared, and those that could not be."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="file of the published values")
    by_source: list[SourceErrors] = Field(description="errors by quantity and source")
    compared: list[Compared] = Field(description="every value compared")
    not_compared: list[NotCompared] = Field(description="every value not compared, and why")


class _Unfit(Exception):
    """A value that cannot be compared; the message says why."""


def literature_errors(phases: PhaseSet, catalogue: Catalogue, literature: LiteratureFile) -> LiteratureErrors:
    """Compare published values with those that follow from a set of energies.

    Parameters
    ----------
    phases
        The energies.
    catalogue
        The catalogue that holds the names of materials.
    literature
        The published values. Windows, closed and open reaction energies, energies above hull and formation enthalpies
        are compared; every other value is listed with the reason why it is not.
    """
    compared: list[Compared] = []
    left_out = list(literature.malformed)
    for value in literature.values:
        try:
            compared += _compare(value, phases, catalogue)
        except (_Unfit, InputError) as error:
            left_out.append(NotCompared(quantity=value.quantity, system=value.system, why_missing=str(error)))
    return LiteratureErrors(
        file=literature.name, by_source=_by_source(compared), compared=compared, not_compared=left_out
    )


def _by_source(compared: Iterable[Compared]) -> list[SourceErrors]:
    groups: dict[tuple[str, str, str], list[Pair]] = {}
    for value in compared:
        key = (value.quantity, value.source, value.unit)
        groups.setdefault(key, []).append(Pair(value.system, value.ours, value.published))
    return [
        SourceErrors(
            quantity=quantity, source=source, unit=unit, errors=found, rank_correlation=rank_correlation(pairs)
        )
        for (quantity, source, unit), pairs in groups.items()
        if (found := errors(pairs)) is not None
    ]


def _compare(value: LiteratureValue, phases: PhaseSet, catalogue: Catalogue) -> list[Compared]:
    """Compute our value for a published one; a window gives two, one for each limit.

    Raises
    ------
    _Unfit, InputError
        If the value cannot be compared.
    """
    kinds: Sequence[tuple[str, Callable[[PhaseSet, LiteratureValue, System], list[Compared]]]] = (
        ("formation enthalpy", _enthalpy),
        ("electrochemical window", _window),
        ("energy above hull", _above_hull),
        ("reaction energy", _reaction),
        ("self decomposition", _self_decomposition),
    )
    for name, compute in kinds:
        if name in value.quantity.casefold():
            return compute(phases, value, resolve_system(value.system, catalogue, phases))
    raise _Unfit("it does not follow from the energies of phases, or no rule to compute it is known")


def _enthalpy(phases: PhaseSet, value: LiteratureValue, system: System) -> list[Compared]:
    _require_unit(value, _ENTHALPY_UNITS)
    formula = _single(system)
    if system.remarks[0] == "g":
        raise _Unfit("of a gas; these energies are of crystals")
    if system.remarks[0]:
        raise _Unfit(f"of a named polymorph ({system.remarks[0]}), which is not told apart here")
    composition = parse_formula(formula)
    if len(composition) < 2:
        raise _Unfit("of an element, whose formation energy is zero by definition")
    if "P" in composition and "white P" in value.definition:
        raise _Unfit("counted from white phosphorus; these energies are counted from its lowest phase")
    published = 1000.0 * _number(value) * _EV_PER_KJ_MOL / sum(composition.values())
    reactant = _known(phases, formula)
    note = "0 K energy beside a 298 K enthalpy"
    return [_compared(value, published, 1000.0 * reactant.formation_energy, "formation enthalpy", _CLOSED, note)]


def _window(phases: PhaseSet, value: LiteratureValue, system: System) -> list[Compared]:
    _require_unit(value, (_VOLTS,))
    ends = value.value
    if not (isinstance(ends, list) and len(ends) == 2):
        raise _Unfit("not a pair of voltages")
    window = electrochemical_window(phases, _single(system))
    note = "no phase known, the window of the hull" if window.energy == "hull" else None
    pairs = [
        ("reduction limit", ends[0], window.reduction_limit_v),
        ("oxidation limit", ends[1], window.oxidation_limit_v),
    ]
    found = [
        _compared(value, float(published), ours, name, _VOLTS, note)
        for name, published, ours in pairs
        if ours is not None and isinstance(published, int | float) and not isinstance(published, bool)
    ]
    if not found:
        raise _Unfit("neither limit is a number")
    return found


def _above_hull(phases: PhaseSet, value: LiteratureValue, system: System) -> list[Compared]:
    _require_unit(value, (_CLOSED,))
    reactant = _known(phases, _single(system))
    position = _polymorph(phases, reactant, system.remarks[0])
    above = float(phases.formation_energies[position]) - reactant.mixture.energy
    return [_compared(value, _number(value), 1000.0 * max(above, 0.0), "energy above hull", _CLOSED, None)]


def _reaction(phases: PhaseSet, value: LiteratureValue, system: System) -> list[Compared]:
    if len(system.formulas) != 2:
        raise _Unfit("not two materials with | between them")
    if any(system.remarks):
        raise _Unfit(f"the remark {next(filter(None, system.remarks))!r} is not understood")
    _require_unit(value, (_CLOSED,) if system.mu_li_ev is None else (_OPEN,))
    reservoir = None if system.mu_li_ev is None else Reservoir({"Li": system.mu_li_ev})
    profile = Interface(phases, *system.formulas, reservoir).profile()
    minima = {"total": 1000.0 * float(profile.total.min()), "mutual": 1000.0 * float(profile.mutual.min())}
    asked, other = ("total", "mutual") if "(total)" in value.quantity else ("mutual", "total")
    name = f"{'closed' if reservoir is None else 'open'} reaction energy, {asked}"
    note = f"{other}: {minima[other]:.0f}" if abs(minima[other] - minima[asked]) >= 0.5 else None
    return [_compared(value, _number(value), minima[asked], name, value.unit, note)]


def _self_decomposition(phases: PhaseSet, value: LiteratureValue, system: System) -> list[Compared]:
    formula = _single(system)
    if system.mu_li_ev is None:
        raise _Unfit("the potential of lithium is not given (as in 'at mu_Li = -5.0 eV')")
    _require_unit(value, (_OPEN,))
    ours = Interface(phases, formula, formula, Reservoir({"Li": system.mu_li_ev})).profile().self_a
    return [_compared(value, _number(value), 1000.0 * ours, "open decomposition energy", _OPEN, None)]


def _polymorph(phases: PhaseSet, reactant: Reactant, remark: str) -> int:
    """Find the phase that a remark names, by id or space group; without a remark the lowest-energy phase."""
    from pymatgen.symmetry.groups import sg_symbol_from_int_number

    known = phases.polymorphs(reactant.composition)
    if not remark:
        return known[0]
    for position in known:
        number = phases.table.space_group(position)
        symbol = "" if number is None else sg_symbol_from_int_number(number).replace("_", "")
        if remark in (phases.table.id(position), symbol):
            return position
    raise _Unfit(f"these energies hold no {reactant.formula} {remark}")


def _known(phases: PhaseSet, formula: str) -> Reactant:
    reactant = Reactant(phases, formula)
    if reactant.position is None:
        phases.require(reactant.composition)
        raise _Unfit("no phase of this composition is known")
    return reactant


def _single(system: System) -> str:
    if len(system.formulas) != 1:
        raise _Unfit("not one material")
    return system.formulas[0]


def _number(value: LiteratureValue) -> float:
    if isinstance(value.value, bool) or not isinstance(value.value, int | float):
        raise _Unfit("its value is not one number")
    return float(value.value)


def _require_unit(value: LiteratureValue, units: tuple[str, ...]) -> None:
    if value.unit not in units:
        raise _Unfit(f"its unit {value.unit!r} is not {' or '.join(map(repr, units))}")


def _compared(
    value: LiteratureValue, published: float, ours: float, quantity: str, unit: str, note: str | None
) -> Compared:
    return Compared(
        quantity=quantity,
        system=value.system,
        published=published,
        ours=ours,
        unit=unit,
        source=value.short_source,
        verified=value.verified,
        note=note,
    )
