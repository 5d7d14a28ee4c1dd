"""The packaged form of an error model: its parameters, their source, and the test of its intervals."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyProvenance
from screening.common.sampling_defaults import N_SAMPLES
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.energy_errors import ErrorModel
from screening.validation.accuracy.formation_tables import read_formation_tables, require_per_atom
from screening.validation.calibration.calibration import choose_table, compounds_in_common, fit, split
from screening.validation.calibration.coverage import (
    ALL,
    REACTIONS,
    Coverage,
    Progress,
    fitting_factor,
    measure_coverage,
)

VERSION = "1"  # version of the form of the model
WANTED = (0.85, 0.95)  # range for the fraction of 90 % intervals of reaction energies that hold the DFT value


class Calibration(BaseModel):
    """The parameters of an error model, their source, and the test on compounds that were not used in the fit."""

    model_config = ConfigDict(extra="forbid")

    model: ErrorModel = Field(description="the parameters")
    against: str = Field(description="the DFT energies: file and column")
    against_sha256: str = Field(description="hash of the file")
    energies: EnergyProvenance = Field(description="the energies calibrated")
    seed: int = Field(description="of the split in halves, the pairs and the samples")
    n_calibration: int = Field(description="compounds calibrated on")
    n_test: int = Field(description="compounds tested on, of other chemical systems")
    factor: float = Field(description="what all errors were multiplied by to fit reactions of the calibration half")
    n_pairs: int = Field(description="pairs of compounds reacted in each half")
    n_samples: int = Field(description="samples of the energies in the test")
    date: str = Field(description="day of the calibration, UTC")
    coverage: list[Coverage] = Field(description="how often the intervals hold the DFT value, by quantity and group")

    @property
    def misses(self) -> list[Coverage]:
        """The groups of all reaction energies whose 90 % intervals hold too few or too many of the DFT values."""
        return [
            row
            for row in self.coverage
            if row.group == ALL and row.quantity in REACTIONS and not WANTED[0] <= row.inside_90 <= WANTED[1]
        ]

    def to_file(self, path: Path) -> None:
        """Write the calibration as JSON. The file is written completely or not at all."""
        half = path.with_name(path.name + ".part")
        half.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        half.replace(path)


def calibrate(
    name: str,
    phases: PhaseSet,
    against: Path,
    column: str | None = None,
    n_pairs: int = 400,
    seed: int = 0,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate an error model on one half of the compounds known to DFT, and test it on the other half.

    Parameters
    ----------
    name
        Name of the model.
    phases
        The energies.
    against
        CSV of DFT formation energies, on the scale that our energies aim at.
    column
        Its column of energies; by default the one that names the corrections of our energies.
    n_pairs
        Number of pairs of compounds that react, in each half.
    seed
        Seed of the split in halves, the pairs and the samples.
    progress
        Called with the number of pairs done and the number of all pairs.

    Raises
    ------
    InputError
        If the file is invalid, or too few of its compounds are known.
    """
    table = choose_table(read_formation_tables(against), phases, column)
    require_per_atom(table, phases)
    known = compounds_in_common(phases, table)
    told, tested = split(known, seed)

    def half_done(half: int) -> Progress | None:
        return None if progress is None else lambda done, _: progress(half * n_pairs + done, 2 * n_pairs)

    model = fit(name, VERSION, phases, told)
    factor = fitting_factor(model, known, told, n_pairs, seed, half_done(0))
    model = model.scaled(factor)
    return Calibration(
        model=model,
        against=table.name,
        against_sha256=hashlib.sha256(against.read_bytes()).hexdigest(),
        energies=phases.provenance,
        seed=seed,
        n_calibration=sum(compound.is_near_hull for compound in told),
        n_test=sum(compound.is_near_hull for compound in tested),
        factor=round(factor, 3),
        n_pairs=n_pairs,
        n_samples=N_SAMPLES,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        coverage=measure_coverage(model, known, tested, n_pairs, seed, half_done(1)),
    )
