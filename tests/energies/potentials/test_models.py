"""The models: each is found by its name, and says what it is."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from screening.energies.packaged.packaged_table import PACKAGED, document_path, packaged_info
from screening.energies.potentials.models import MODELS, SOURCES, chgnet_model, model_named


def test_an_unknown_one_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown model 'sevennet-l3i6' \(did you mean sevennet-l3i5\?\)"):
        model_named("sevennet-l3i6")


def test_only_chgnet_relaxes():
    assert chgnet_model("chgnet-r2scan").weights == "r2scan"
    with pytest.raises(InputError, match=r"relaxes no structures here; chgnet-0.3.0 and chgnet-r2scan do"):
        chgnet_model("sevennet-l3i5")


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
