"""The makers of CHGNet's jobs, and what they rest on in atomate2."""

from __future__ import annotations

import pytest
from fixtures_structures import rock_salt

pytest.importorskip("chgnet", reason="needs the extra 'mlip'")
pytest.importorskip("atomate2", reason="needs the extra 'mlip'")

CHANGED = "atomate2 has changed: see the makers in workflows/jobs/energies.py"


def test_the_calculator_is_ours():
    from workflows.chgnet_calculator import OnePassCalculator
    from workflows.jobs.energies import ChgnetRelaxMaker

    assert isinstance(ChgnetRelaxMaker().calculator, OnePassCalculator), CHANGED


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


def test_orderings_that_chgnet_relaxed_have_the_energies_of_the_model():
    pytest.importorskip("sevenn", reason="needs the extra 'mlip'")
    from screening.energies.packaged.scale_energies import scale_energies
    from screening.files.plain_data import structure_of
    from workflows.jobs.energies import QUIET, relaxing_weights
    from workflows.jobs.orderings import OrderingRelaxMaker

    found = {
        model: OrderingRelaxMaker(**relaxing_weights(model), **QUIET).relax(rock_salt(), 0, ["Li", "F"])
        for model in ("chgnet-0.3.0", "sevennet-l3i5")
    }
    for model, relaxed in found.items():
        (energy,) = scale_energies([structure_of(relaxed.structure)], model)
        assert relaxed.energy_ev_per_atom == pytest.approx(energy, abs=1e-4)
    one, other = found.values()
    assert one.volume_a3_per_atom == pytest.approx(other.volume_a3_per_atom, rel=1e-9)  # CHGNet relaxed both
    assert abs(one.energy_ev_per_atom - other.energy_ev_per_atom) > 0.01


def test_a_phase_says_which_weights_relaxed_it_and_which_its_energy_is_from():
    pytest.importorskip("sevenn", reason="needs the extra 'mlip'")
    from workflows.jobs.energies import weights_of

    assert weights_of("chgnet-0.3.0")["energy_model"] is None
    own = weights_of("sevennet-l3i5")
    assert (own["model"].model, own["energy_model"].model) == ("CHGNet 0.3.0", "SevenNet-l3i5")
