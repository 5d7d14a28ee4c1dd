"""The models: each is found by its name, and says what it is."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, document_path, packaged_info
from screening.energies.potentials.models import MODELS, SOURCES, model_named, relaxing_model


def test_an_unknown_one_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown model 'sevennet-l3i6' \(did you mean sevennet-l3i5\?\)"):
        model_named("sevennet-l3i6")


def test_chgnet_relaxes_for_all():
    assert relaxing_model("chgnet-r2scan").weights == "r2scan"
    assert relaxing_model("sevennet-l3i5").name == "chgnet-0.3.0"
    assert {relaxing_model(model).package for model in MODELS} == {"chgnet"}
    with pytest.raises(InputError, match="unknown model"):
        relaxing_model("sevennet")


@pytest.mark.parametrize("model", [model for model in MODELS if document_path(PACKAGED, model).is_file()])
def test_a_packaged_table_is_on_the_scale_of_its_model(model):
    info = packaged_info(model=model)
    assert info.scale == MODELS[model].scale
    assert info.model.model == MODELS[model].label
    assert SOURCES[MODELS[model].source] == model


def test_no_two_scales_can_be_joined():
    scales = [model.scale for model in MODELS.values()]
    for one in scales:
        assert [one.disagreement(other) is None for other in scales].count(True) == 1
