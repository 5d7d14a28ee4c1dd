"""The job that makes a phase of a finished calculation by VASP; the calculations themselves are atomate2's jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobflow import job
from monty.json import jsanitize
from pymatgen.core import Structure

from screening.common.errors import CalculationError
from screening.energies.user.user_phase import OwnPhase
from screening.energies.user.user_phase import own_vasp_phase as make_own_vasp_phase


@job(output_schema=OwnPhase)
def own_vasp_phase(
    name: str,
    given: Structure,
    document: Mapping[str, Any],
    relaxation_states: Sequence[str],
    ionic_steps: Sequence[Sequence[Any]],
) -> OwnPhase:
    """Make a phase of a finished single point, and refuse what did not converge."""
    plain = jsanitize({"document": document, "states": list(relaxation_states)}, strict=True, enum_values=True)
    for number, state in enumerate(plain["states"], start=1):
        if state != "successful":
            raise CalculationError(f"relaxation {number} did not finish or converge (state {state})")
    return make_own_vasp_phase(name, given, plain["document"], sum(map(len, ionic_steps)))
