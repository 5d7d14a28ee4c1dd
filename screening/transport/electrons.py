"""Whether a compound keeps electrons out, told from the shells of its ions (``data/transport/electrons.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import product
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from screening.chemistry.compositions import AMOUNT_TOLERANCE
from screening.chemistry.conduction import conducts_electrons
from screening.chemistry.notation import composition_of_one
from screening.files.content import DATA
from screening.transport.measured import GAP, measured_values

_PACKAGED = DATA / "transport" / "electrons.yaml"
_BALANCED = 1e-6  # charge per atom that counts as none
_BALANCED_MEASURED = 0.015  # the same where amounts are no whole numbers: such formulas are measured to a per cent
_BINDING_WELL = frozenset({"S", "Se"})  # soft anions that make insulators with cations of no low-lying bands

ElectronClass = Literal["conducting", "likely", "insulating"]
ELECTRON_CLASSES: tuple[ElectronClass, ...] = get_args(ElectronClass)  # from the worst up


class _Rules(BaseModel):
    """The rules of the file, which explains them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    closed: dict[str, tuple[float, ...]]
    localised: dict[str, tuple[float, ...]]
    crystal_field: dict[str, tuple[float, ...]]
    open: dict[str, tuple[float, ...]]
    hard: frozenset[str]
    narrow: dict[str, tuple[float, ...]]
    chains: dict[str, tuple[float, ...]]


class Electrons(BaseModel):
    """Whether a material keeps electrons out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ElectronClass = Field(
        description="insulating: closed shells; likely: an insulator of another kind, or a gap that may be small; "
        "conducting: a metal, a compound of mixed valence, or one whose charges do not balance"
    )
    low_gap_ev: float | None = Field(None, description="lowest measured band gap, eV; null where none is known")
    high_gap_ev: float | None = Field(None, description="highest measured band gap, eV")
    sources: list[str] = Field(default_factory=list, description="where the gaps are published")


@cache
def _rules() -> _Rules:
    import yaml

    return _Rules.model_validate(yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))


def electron_class(composition: Mapping[str, float]) -> ElectronClass:
    """Return whether a compound keeps electrons out, by the shells of its ions.

    * ``insulating``: charges balance with every element in one state of a closed shell, and the anions are hard (O, F,
      N, ...) or the cations have no low-lying bands.
    * ``likely``: closed shells with soft anions and cations of low-lying bands (ZrS2, Bi2S3), shells closed by the
      ligands (LiCoO2), one open d shell with hard anions (NiO), or anions that bind to each other (Li2O2).
    * ``conducting``: all else, mixed valence among it, and what
      :func:`screening.chemistry.conduction.conducts_electrons` names.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.

    Examples
    --------
    >>> electron_class({"Li": 1, "Nb": 1, "O": 3}), electron_class({"Ni": 3, "S": 2})
    ('insulating', 'conducting')
    """
    amounts = {symbol: amount for symbol, amount in composition.items() if amount > 0.0}
    rules = _rules()
    if len(amounts) == 1:
        return "conducting" if conducts_electrons(amounts) else "likely"
    closed = {symbol: rules.closed.get(symbol, ()) + rules.localised.get(symbol, ()) for symbol in amounts}
    found = [_closed_kind(amounts, states) for states in _balanced(amounts, closed)]
    if found:
        return "insulating" if "insulating" in found else "likely"
    if conducts_electrons(amounts):
        return "conducting"
    more = {symbol: states + rules.crystal_field.get(symbol, ()) for symbol, states in closed.items()}
    if any(True for _ in _balanced(amounts, more)):
        return "likely"
    opened = {symbol: states + rules.open.get(symbol, ()) for symbol, states in more.items()}
    if any(_anions(states) <= rules.hard for states in _balanced(amounts, opened)):
        return "likely"
    chained = {symbol: states + rules.chains.get(symbol, ()) for symbol, states in closed.items()}
    return "likely" if any(True for _ in _balanced(amounts, chained)) else "conducting"


def _closed_kind(amounts: Mapping[str, float], states: Mapping[str, float]) -> ElectronClass:
    rules = _rules()
    anions = _anions(states)
    if not anions:
        return "likely"
    if anions <= rules.hard:
        return "insulating"
    soft = anions - rules.hard
    narrow = any(state in rules.narrow.get(symbol, ()) for symbol, state in states.items())
    return "insulating" if soft <= _BINDING_WELL and not narrow else "likely"


def _anions(states: Mapping[str, float]) -> frozenset[str]:
    return frozenset(symbol for symbol, state in states.items() if state < 0)


def _balanced(amounts: Mapping[str, float], allowed: Mapping[str, tuple[float, ...]]) -> Iterator[dict[str, float]]:
    """Yield each choice of one state for every element in which the charges balance and anions are present."""
    whole = all(abs(amount - round(amount)) < AMOUNT_TOLERANCE for amount in amounts.values())
    most = (_BALANCED if whole else _BALANCED_MEASURED) * sum(amounts.values())
    for chosen in product(*(allowed[symbol] for symbol in amounts)):
        charge = sum(amount * state for amount, state in zip(amounts.values(), chosen, strict=True))
        if abs(charge) <= most and min(chosen) < 0 < max(chosen):
            yield dict(zip(amounts, chosen, strict=True))


@lru_cache(maxsize=65536)
def material_electrons(material: str) -> Electrons | None:
    """Return whether a material keeps electrons out, and the band gaps measured of it.

    Parameters
    ----------
    material
        A formula or a glass.

    Returns
    -------
    Electrons or None
        None for what is no one composition.
    """
    composition = composition_of_one(material)
    if composition is None:
        return None
    gaps = [value for value in measured_values(material) if value.quantity == GAP and value.doubt is None]
    return Electrons(
        kind=electron_class(composition),
        low_gap_ev=min((gap.value for gap in gaps), default=None),
        high_gap_ev=max((gap.value for gap in gaps), default=None),
        sources=list(dict.fromkeys(gap.source for gap in gaps)),
    )
