"""The synthetic phases on a scale that has an error model, and requests for samples of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fixtures_error_model import APART
from fixtures_screening import FORMATION, SMALL, phase_set

from screening.coatings.samples import CoatingSamples, Sampling
from screening.energies.packaged.packaged_table import packaged_energies
from screening.phases.phase_set import EnergyScale, PhaseSet
from screening.uncertainty.energy_errors import ErrorModel, OwnError, PairError
from screening.uncertainty.uncertainty_documents import ErrorModelProvenance

SAMPLING = Sampling(
    n_samples=20, seed=0, model=ErrorModelProvenance(name="by hand", version="1", against="DFT", sha256="0" * 64)
)


@cache
def modelled() -> PhaseSet:
    """The whole synthetic set, said to be of the packaged functional and corrections."""
    packaged = packaged_energies().scale
    scale = EnergyScale(
        name="synthetic", version="1", functional=packaged.functional, correction=packaged.correction, source=""
    )
    return phase_set(FORMATION, scale)


def modelled_file(folder: Path) -> str:
    """Write that set and return the path."""
    path = folder / "modelled.json"
    modelled().to_file(path)
    return str(path)


def uncertain_settings(folder: Path, **changed: Any) -> Any:
    """Return the settings of a small screening with samples into a database of its own."""
    from workflows.settings import load_settings

    options = {"energies": modelled_file(folder), "store": str(folder / "db"), "uncertainty": True, "samples": 20}
    return load_settings(**{**SMALL, **options, **changed})


def error_model_of(pair_sd: float, own_scale: float) -> ErrorModel:
    """Return a model of the packaged functional with one size of pair errors and one of own errors."""
    scale = packaged_energies().scale
    return ErrorModel(
        name="test",
        version="1",
        functional=scale.functional,
        correction=scale.correction,
        against="DFT",
        elements=("Li", "O"),
        near_hull_ev_per_atom=0.1,
        pair_errors={"other": PairError(sd_ev_per_atom=pair_sd, n_pairs=1)},
        own_errors={"other": OwnError(scale_ev_per_atom=own_scale, n_compounds=1)},
        freedom_below=3.0,
        freedom_above=3.0,
        **APART,
    )


def samples_of(n_samples: int | None = None, **values: list[float]) -> CoatingSamples:
    """Return samples by quantity; the names are completed to those of closed contacts, and open ones do not react."""
    named = {
        {"full": "mutual_cathode_full_mev_per_atom", "half": "mutual_cathode_half_mev_per_atom"}.get(
            name, {"partner": "mutual_electrolyte_mev_per_atom"}.get(name, name)
        ): list(map(float, found))
        for name, found in values.items()
    }
    n = n_samples or len(next(iter(named.values())))
    opened = ("mutual_cathode_half_at_mu(half)", "mutual_electrolyte_at_mu(half)")
    named = {**{f"{name}_mev_per_closed_atom": [0.0] * n for name in opened}, **named}
    return CoatingSamples(sampling=SAMPLING.model_copy(update={"n_samples": n}), uncalibrated_elements=[], values=named)
