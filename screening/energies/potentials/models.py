"""The models that energies are packaged of: what each is called, learned from, and computes."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from screening.common.errors import InputError, nearest
from screening.common.provenance import EnergyScale

_SOURCE = "Materials Project structures, CC-BY 4.0"
_LEARNED = "trained on Materials Project PBE and PBE+U"


class ModelProvenance(BaseModel):
    """Which weights computed an energy."""

    model: str = Field(description="name of the weights")
    package: str = Field(description="package and version that ran them")
    torch: str = Field(description="version of torch")
    weights_sha256: str = Field(description="SHA-256 of the weights file")


@dataclass(frozen=True)
class Model:
    """A set of weights of a potential, and the scale its energies are packaged on.

    Parameters
    ----------
    name
        By which it is chosen; its table is named by it.
    label
        As results name it.
    package
        The Python package that holds and runs it.
    weights
        What that package calls the weights.
    weights_file
        Where their file lies in that package, a pattern.
    source
        What ``--energies`` calls its packaged table.
    relaxed_by
        The model that relaxes structures whose energies it computes: itself, or one that takes a tenth of the time.
    mp2020
        Whether it learned bare PBE and PBE+U energies, to which MP2020 corrections are added structure by structure,
        and elements are taken from DFT.
    scale
        The scale of its packaged energies.
    """

    name: str
    label: str
    package: str
    weights: str
    weights_file: str
    source: str
    relaxed_by: str
    mp2020: bool
    scale: EnergyScale


MODELS = {
    model.name: model
    for model in (
        Model(
            name="chgnet-0.3.0",
            label="CHGNet 0.3.0",
            package="chgnet",
            weights="0.3.0",
            weights_file="pretrained/0.3.0/*.pth.tar",
            source="reference",
            relaxed_by="chgnet-0.3.0",
            mp2020=False,
            scale=EnergyScale(
                name="CHGNet 0.3.0 single points",
                version="1",
                functional=f"CHGNet 0.3.0 ({_LEARNED})",
                correction="MP2020 (learned with the training data; none added)",
                source=_SOURCE,
            ),
        ),
        Model(
            name="chgnet-r2scan",
            label="CHGNet r2scan",
            package="chgnet",
            weights="r2scan",
            weights_file="pretrained/r2scan/*.pth.tar",
            source="reference:r2scan",
            relaxed_by="chgnet-r2scan",
            mp2020=False,
            scale=EnergyScale(
                name="CHGNet r2SCAN single points",
                version="1",
                functional=f"CHGNet r2SCAN ({_LEARNED}, then on r2SCAN)",
                correction="none",
                source=_SOURCE,
            ),
        ),
        Model(
            name="sevennet-l3i5",
            label="SevenNet-l3i5",
            package="sevenn",
            weights="7net-l3i5",
            weights_file="pretrained_potentials/SevenNet_l3i5/*.pth",
            source="reference:sevennet",
            relaxed_by="chgnet-0.3.0",
            mp2020=True,
            scale=EnergyScale(
                name="SevenNet-l3i5 single points",
                version="1",
                functional=f"SevenNet-l3i5 ({_LEARNED})",
                correction="MP2020 (added structure by structure; elements from DFT where pymatgen packages them)",
                source=f"{_SOURCE}; elements: Materials Project entries packaged with pymatgen",
            ),
        ),
    )
}
SOURCES = {model.source: model.name for model in MODELS.values()}  # packaged tables, by what --energies calls them


def model_named(name: str) -> Model:
    """Return a model.

    Raises
    ------
    InputError
        If there is none of this name; the message names the nearest.
    """
    if name not in MODELS:
        raise InputError(f"unknown model {name!r}{nearest(name, MODELS)}; there are {', '.join(MODELS)}")
    return MODELS[name]


def relaxing_model(name: str) -> Model:
    """Return the model that relaxes structures for the energies of a model.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    return MODELS[model_named(name).relaxed_by]
