"""What products of a reaction are called when a coating is asked to form none of them."""

from __future__ import annotations

from screening.chemistry.classes import CHEMISTRY_CLASSES, chemistry_class
from screening.chemistry.compositions import same_composition
from screening.chemistry.conduction import conducts_electrons
from screening.chemistry.formulas import parse_formula
from screening.common.errors import InputError, nearest
from screening.heat.oxygen.product_classes import class_names, product_class, sorted_elements

CONDUCTING = "conducting"  # what conducts electrons


class Unwanted:
    """Products that a coating is asked not to form.

    Parameters
    ----------
    names
        Each a chemistry class, a class of products, ``conducting``, or a formula.

    Raises
    ------
    InputError
        If one is none of these.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        known = sorted({CONDUCTING, *CHEMISTRY_CLASSES, *class_names()})
        self._conducting = CONDUCTING in names
        self._chemistry = set(CHEMISTRY_CLASSES).intersection(names)
        self._classes = set(class_names()).intersection(names)
        self._compositions: list[dict[str, float]] = []
        for name in names:
            if name in known:
                continue
            try:
                self._compositions.append(parse_formula(name))
            except InputError:
                raise InputError(
                    f"{name!r} is no class of products and no formula{nearest(name, known)}; there are "
                    + ", ".join(known)
                ) from None

    def includes(self, formula: str) -> bool:
        """Return whether a product is one of them."""
        composition = parse_formula(formula)
        return (
            (self._conducting and conducts_electrons(composition))
            or (bool(self._chemistry) and chemistry_class(composition) in self._chemistry)
            or (bool(self._classes) and not self._classes.isdisjoint(_classes(composition)))
            or any(same_composition(composition, unwanted) for unwanted in self._compositions)
        )


def _classes(composition: dict[str, float]) -> set[str]:
    """Return the classes of a product with regard to each of its elements that products are classified by."""
    return {product_class(composition, centre).name for centre in sorted_elements(composition)}
