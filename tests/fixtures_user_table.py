"""Phases of a table of a user."""

from __future__ import annotations

from screening.energies.packaged.packaged_table import packaged_energies
from screening.energies.potentials.models import ModelProvenance
from screening.energies.user.user_phase import Relaxation, relaxed_phase

RELAXATION = Relaxation(
    model=ModelProvenance(model="CHGNet 0.3.0", package="chgnet 0.4.2", torch="2.13", weights_sha256="d14ab7c0f093ab"),
    optimizer="FIRE",
    force_tolerance_ev_per_angstrom=0.05,
    most_steps=500,
)


SCALE = packaged_energies().scale.model_copy(update={"name": "own"})


def made(name, structure, energy=-5.0, relaxed=None, **changes):
    settings = {"state": "successful", "steps": 7, "relaxation": RELAXATION, **changes}
    return relaxed_phase(name, structure, relaxed or structure, energy + 0.01, energy, **settings)
