"""Products as claims name them: by formula, or by the class in lower case."""

import pytest

from screening.common.errors import InputError
from screening.validation.reproduction.answer import is_named


@pytest.mark.parametrize(
    ("product", "named", "expected"),
    [
        ("Li3PO4", "Li3PO4", True),
        ("Li3PO4", "Li6P2O8", True),  # any multiple of the formula
        ("Li3PO4", "LiPO3", False),
        ("Li3PO4", "phosphate", True),
        ("Li3PO4", "sulfate", False),
        ("LiPO3", "phosphate", True),
        ("NiSO4", "sulfate", True),
        ("LiS4", "polysulfide", True),
        ("Li2S", "sulfide", True),
        ("LiCl", "phosphate", False),  # it holds no element that classes are told by
    ],
)
def test_a_product_is_named_by_formula_or_class(product, named, expected):
    assert is_named(product, named) is expected


def test_a_name_that_is_neither_is_refused():
    with pytest.raises(InputError, match="no element Phosphat"):
        is_named("Li3PO4", "Phosphat")
