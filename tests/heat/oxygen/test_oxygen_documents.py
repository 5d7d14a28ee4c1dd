"""Shares of products are added up by element and kind."""

import pytest

from screening.heat.oxygen.oxygen_documents import ContactProducts, ProductShare


def row(element, name, kind, alone, bare, coated):
    return ProductShare.model_construct(
        element=element, product_class=name, kind=kind, alone=alone, bare=bare, coated=coated
    )


CONTACT = ContactProducts.model_construct(
    shares=[
        row("S", "sulfate", "oxygenated", 0.0, 0.4, 0.1),
        row("S", "thiosulfate", "oxygenated", 0.0, 0.2, None),
        row("S", "polysulfide", "oxidised", 0.7, 0.3, 0.6),
        row("P", "phosphate", "oxygenated", 0.0, 1.0, 0.0),
    ]
)


@pytest.mark.parametrize(
    ("element", "kind", "column", "expected"),
    [
        ("S", "oxygenated", "bare", 0.6),
        ("S", "oxygenated", "coated", 0.1),  # a class without a coated share adds nothing
        ("S", "oxidised", "alone", 0.7),
        ("P", "oxygenated", "bare", 1.0),
        ("P", "oxidised", "bare", 0.0),
    ],
)
def test_shares_of_one_kind_are_summed(element, kind, column, expected):
    assert CONTACT.share(element, kind, column) == pytest.approx(expected)
