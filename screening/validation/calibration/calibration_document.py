"""The packaged form of an error model: its parameters, their source, and the test of its intervals."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from screening.common.provenance import EnergyProvenance
from screening.energies.measured.anchoring import AnchorRules
from screening.energies.measured.measurements import SOURCE, measured_enthalpies, stated_uncertainty
from screening.files.content import write_whole
from screening.phases.phase_set import PhaseSet
from screening.uncertainty.energy_errors import Against, ErrorModel
from screening.validation.accuracy.formation_tables import FormationTable, read_formation_tables, require_per_atom
from screening.validation.calibration.calibration import Compound, choose_table, compounds_in_common, fit, split
from screening.validation.calibration.coverage import (
    ALL,
    N_SAMPLES,
    REACTIONS,
    Coverage,
    Progress,
    Reliability,
    coverage_of,
    reliability_of,
    try_half,
)

VERSION = "2"  # version of the form of the model
WANTED = (0.85, 0.95)  # range for the fraction of 90 % intervals of reaction energies that hold the other value


class Calibration(BaseModel):
    """The parameters of an error model, their source, and the test on compounds that were not used in the fit.

    The compounds are divided into halves several times. Each half is tested with a model told from the other, and the
    tests of all halves stand together. The packaged parameters are told from all compounds.
    """

    model_config = ConfigDict(extra="forbid")

    model: ErrorModel = Field(description="the parameters, told from all compounds")
    compared_with: str = Field(description="the energies that the errors are counted from: file and column")
    compared_with_sha256: str = Field(description="hash of them")
    energies: EnergyProvenance = Field(description="the energies calibrated")
    seed: int = Field(description="of the first division, its pairs and samples; the others follow")
    n_divisions: int = Field(description="divisions in halves; each half of each was tested")
    n_compounds: int = Field(description="compounds near the hull that both energies know")
    n_pairs: int = Field(description="pairs of compounds reacted in each half")
    n_samples: int = Field(description="samples of the energies in the test")
    factors: list[float] = Field(
        description="what the errors of each half were multiplied by to fit its reactions; of all, by the median"
    )
    date: str = Field(description="day of the calibration, UTC")
    coverage: list[Coverage] = Field(description="how often the intervals hold the other value, by quantity and group")
    reliability: list[Reliability] = Field(description="how often what has a probability comes true")

    @property
    def misses(self) -> list[Coverage]:
        """The groups of all reaction energies whose 90 % intervals hold too few or too many of the other values."""
        return [
            row
            for row in self.coverage
            if row.group == ALL and row.quantity in REACTIONS and not WANTED[0] <= row.inside_90 <= WANTED[1]
        ]

    def to_file(self, path: Path) -> None:
        """Write the calibration as JSON. The file is written completely or not at all."""
        write_whole(path, self.model_dump_json(indent=1) + "\n")


def read_calibration(path: Path) -> Calibration:
    """Read a calibration that :meth:`Calibration.to_file` wrote."""
    return Calibration.model_validate_json(path.read_bytes())


def calibrate(
    name: str,
    phases: PhaseSet,
    against: Path,
    column: str | None = None,
    n_pairs: int = 200,
    n_divisions: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate an error model against DFT, and test it on compounds held back.

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
    n_divisions
        Number of divisions in halves.
    seed
        Seed of the first division, its pairs and samples.
    progress
        Called with the number of halves tested and the number of all.

    Raises
    ------
    InputError
        If the file is invalid, or too few of its compounds are known.
    """
    table = choose_table(read_formation_tables(against), phases, column)
    require_per_atom(table, phases)
    known = compounds_in_common(phases, table)
    sha256 = hashlib.sha256(against.read_bytes()).hexdigest()
    return _calibrated(name, phases, known, "DFT", table.name, sha256, n_pairs, n_divisions, seed, progress)


def calibrate_on_measurement(
    name: str,
    phases: PhaseSet,
    energies: Mapping[str, float] | None = None,
    n_pairs: int = 200,
    n_divisions: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> Calibration:
    """Calibrate an error model against measured formation enthalpies, and test it on compounds held back.

    Parameters
    ----------
    name, phases, n_pairs, n_divisions, seed, progress
        As for :func:`calibrate`.
    energies
        Formation energies by formula, eV/atom, in place of those of the set: of energies that were fitted to
        measurement themselves, what they are of a compound held back.

    Raises
    ------
    InputError
        If too few of the measured compounds are known.
    """
    values = measured_enthalpies()
    table = FormationTable(SOURCE, "measured", "formation enthalpy, 298 K", values)
    most = AnchorRules().excluded_ev_per_atom
    known = [one for one in compounds_in_common(phases, table, energies) if abs(one.error) <= most]
    sha256 = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    found = _calibrated(name, phases, known, "measurement", SOURCE, sha256, n_pairs, n_divisions, seed, progress)
    model = found.model.model_copy(update={"measured_ev_per_atom": round(stated_uncertainty(), 4)})
    return found.model_copy(update={"model": model})


def _calibrated(
    name: str,
    phases: PhaseSet,
    known: Sequence[Compound],
    against: Against,
    compared_with: str,
    compared_with_sha256: str,
    n_pairs: int,
    n_divisions: int,
    seed: int,
    progress: Progress | None,
) -> Calibration:
    found = []
    for number in range(n_divisions):
        halves = split(known, seed + number)
        for told, held in (halves, halves[::-1]):
            model = fit(name, VERSION, phases, told, against)
            found.append(try_half(model, known, told, held, n_pairs, seed + number))
            if progress:
                progress(len(found), 2 * n_divisions)
    factors = [round(one.factor, 3) for one in found]
    return Calibration(
        model=fit(name, VERSION, phases, known, against).scaled(float(np.median(factors))),
        compared_with=compared_with,
        compared_with_sha256=compared_with_sha256,
        energies=phases.provenance,
        seed=seed,
        n_divisions=n_divisions,
        n_compounds=sum(compound.is_near_hull for compound in known),
        n_pairs=n_pairs,
        n_samples=N_SAMPLES,
        factors=factors,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        coverage=coverage_of(found),
        reliability=reliability_of(found),
    )
