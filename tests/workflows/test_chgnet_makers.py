"""The makers of CHGNet's jobs, and what they rest on in atomate2."""

from __future__ import annotations

import pytest
from fixtures_structures import rock_salt

pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
pytest.importorskip("atomate2", reason="needs the extra 'mlip'")

CHANGED = "atomate2 has changed: see the makers in workflows/jobs/energies.py"


@pytest.mark.parametrize("name", ["ChgnetRelaxMaker", "ChgnetStaticMaker"])
def test_the_calculator_is_ours(name):
    from workflows.chgnet_calculator import OnePassCalculator
    from workflows.jobs import energies

    assert isinstance(getattr(energies, name)().calculator, OnePassCalculator), CHANGED


def test_relaxed_outside_a_job_is_as_in_one():
    import torch

    from workflows.jobs.energies import QUIET, ChgnetRelaxMaker

    maker, structure = ChgnetRelaxMaker(steps=3, **QUIET), rock_salt()
    assert callable(getattr(maker, "run_ase", None)), CHANGED
    dtype = torch.get_default_dtype()
    result, document = maker.relaxed(structure), maker.make.original(maker, structure)
    assert torch.get_default_dtype() == dtype
    assert result.final_mol_or_struct == document.structure
    assert (result.converged, len(result.trajectory)) == (document.is_force_converged, document.output.n_steps), CHANGED
