"""The chemistry class of a compound, and the complex anions it can form.

Both are derived from the composition alone, so every phase has them, whether or not its structure is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple, get_args

from screening.chemistry.elements import ELEMENTS, element
from screening.files.content import DATA

TRANSITION_METALS = frozenset((*ELEMENTS[20:30], *ELEMENTS[38:48], *ELEMENTS[71:80]))  # Sc-Zn, Y-Cd, Hf-Hg
LANTHANIDES = frozenset(ELEMENTS[56:71])  # La-Lu
RADIOACTIVE = frozenset(("Tc", "Pm", *ELEMENTS[83:]))  # without a stable isotope; Bi counts as stable (2e19 years)

_PACKAGED = DATA / "chemistry.yaml"

ChemistryClass = Literal[
    "element",
    "intermetallic",
    "hydride",
    "boride",
    "carbide",
    "nitride",
    "pnictide",
    "oxide",
    "transition-metal oxide",
    "polyanionic oxide",
    "sulfide",
    "thiophosphate",
    "selenide or telluride",
    "halide",
    "mixed anion",
]
CHEMISTRY_CLASSES: tuple[ChemistryClass, ...] = get_args(ChemistryClass)

_HALOGENS = frozenset({"F", "Cl", "Br", "I"})
_ANIONS: tuple[tuple[ChemistryClass, frozenset[str]], ...] = (
    ("halide", _HALOGENS),
    ("oxide", frozenset({"O"})),
    ("sulfide", frozenset({"S"})),
    ("selenide or telluride", frozenset({"Se", "Te"})),
    ("nitride", frozenset({"N"})),
)
_WEAK_ANIONS: tuple[tuple[ChemistryClass, frozenset[str]], ...] = (  # considered where no stronger anion is present
    ("pnictide", frozenset({"P", "As", "Sb"})),
    ("carbide", frozenset({"C"})),
    ("hydride", frozenset({"H"})),
    ("boride", frozenset({"B"})),
)
_MIXED: ChemistryClass = "mixed anion"


class Polyanion(NamedTuple):
    """A complex anion, identified by its central atom and its ligand."""

    name: str
    centre: str
    ligand: str
    least_ratio: float  # fewest ligands per central atom


@cache
def _polyanions() -> tuple[Polyanion, ...]:
    import yaml

    return tuple(Polyanion(**row) for row in yaml.safe_load(_PACKAGED.read_text(encoding="utf-8")))


def polyanions(composition: Mapping[str, float]) -> tuple[str, ...]:
    """Return the names of the complex anions that a composition can form, such as ``("phosphate", "borate")``.

    An element counts as a central atom only if enough ligands are left for all of its atoms, after those of the anions
    found before it. A halogen counts only if the compound cannot be charge-balanced with the halogen as a halide:
    boracite, Li4B7O12Cl, contains chloride and no perchlorate.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.
    """
    left = dict(composition)
    found = []
    centres: set[str] = set()
    for anion in _polyanions():
        needed = anion.least_ratio * composition.get(anion.centre, 0.0)
        if not needed > 0.0 or anion.centre in centres or _is_halide(anion.centre, composition):
            continue
        if left.get(anion.ligand, 0.0) >= needed * (1.0 - 1e-6):
            left[anion.ligand] -= needed
            found.append(anion.name)
            centres.add(anion.centre)
    return tuple(found)


def polyanion_centres(composition: Mapping[str, float]) -> frozenset[str]:
    """Return the central elements of the complex anions that a composition can form; see :func:`polyanions`."""
    names = polyanions(composition)
    return frozenset(anion.centre for anion in _polyanions() if anion.name in names)


def _is_halide(symbol: str, composition: Mapping[str, float]) -> bool:
    """Return whether a halogen can be a halide when all elements but oxygen have their highest oxidation states."""
    if symbol not in _HALOGENS:
        return False
    states = {s: -1 if s == symbol else -2 if s == "O" else element(s).highest_state or 0 for s in composition}
    return sum(amount * states[s] for s, amount in composition.items()) >= -1e-6 * sum(composition.values())


def chemistry_class(composition: Mapping[str, float]) -> ChemistryClass:
    """Return the chemistry class of a composition, one of :data:`CHEMISTRY_CLASSES`.

    Errors of computed energies are similar within a class, so they are tabulated and modelled class by class.

    Parameters
    ----------
    composition
        Amount of each element, in any unit.
    """
    present = {symbol for symbol, amount in composition.items() if amount > 0.0}
    if len(present) < 2:
        return "element"
    anions = polyanions(composition)
    if "thiophosphate" in anions and "O" not in present:
        return "thiophosphate"
    central = polyanion_centres(composition)
    ligands = {anion.ligand for anion in _polyanions() if anion.name in anions}
    if ligands:
        strong = [name for name, symbols in _ANIONS if symbols & (present - central)]
        if "O" in ligands:
            return "polyanionic oxide" if set(strong) <= {"oxide", "halide"} else _MIXED
        return strong[0] if len(strong) == 1 else _MIXED
    strong = [name for name, symbols in _ANIONS if symbols & present]
    if len(strong) > 1:
        return _MIXED
    if strong:
        return "transition-metal oxide" if strong == ["oxide"] and present & TRANSITION_METALS else strong[0]
    weak = [name for name, symbols in _WEAK_ANIONS if symbols & present]
    return weak[0] if weak else "intermetallic"
