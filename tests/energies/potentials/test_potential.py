"""Which weights are installed, and what is said where they are not."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path

import pytest

from screening.common.errors import InputError
from screening.energies.potentials.models import MODELS
from screening.energies.potentials.potential import load_potential, model_provenance


@pytest.mark.parametrize("model", MODELS)
def test_weights_are_known_by_their_hash(model):
    package = pytest.importorskip(MODELS[model].package, reason="needs the extra coatscreen[mlip]")
    (weights,) = Path(str(package.__file__)).parent.glob(MODELS[model].weights_file)
    provenance = model_provenance(model)
    assert provenance.weights_sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert provenance.package.startswith(f"{MODELS[model].package} ")


@pytest.mark.parametrize("model", MODELS)
def test_a_package_that_is_not_there_is_named(monkeypatch, model):
    monkeypatch.setitem(sys.modules, MODELS[model].package, None)
    with pytest.raises(InputError, match=rf"{MODELS[model].package} is not installed: .*coatscreen\[mlip\]"):
        model_provenance(model)


def test_weights_that_are_not_there_are_named(monkeypatch, tmp_path):
    (tmp_path / "sevenn.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "sevenn", None)  # so that the package of this test is gone after it
    del sys.modules["sevenn"]
    importlib.invalidate_caches()
    with pytest.raises(InputError, match="the installed sevenn has no single weights file for SevenNet-l3i5"):
        model_provenance("sevennet-l3i5")


def test_an_unknown_model_is_not_loaded():
    with pytest.raises(InputError, match="unknown model 'mace'"):
        load_potential("mace")
