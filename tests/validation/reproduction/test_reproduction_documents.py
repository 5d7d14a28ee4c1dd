"""What a document of a reproduction says in words."""

import pytest

from screening.validation.reproduction.reproduction_documents import CheckedClaim, OurValue, ReproducedQuantity


@pytest.mark.parametrize(("holds", "verdict"), [(True, "holds"), (False, "contradicted"), (None, "not known")])
def test_the_verdict_in_words(holds, verdict):
    assert CheckedClaim.model_construct(holds=holds).verdict == verdict


def test_our_value_is_that_of_the_convention_compared():
    values = [
        OurValue.model_construct(convention="mutual", ours=-105.0),
        OurValue.model_construct(convention="total, own", ours=-143.0),
    ]
    quantity = ReproducedQuantity.model_construct(compared="total, own", values=values)
    assert quantity.value is values[1]
    assert ReproducedQuantity.model_construct(compared=None, values=[]).value is None
