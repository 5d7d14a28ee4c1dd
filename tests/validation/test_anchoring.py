"""Making the anchored energies again."""

from __future__ import annotations

import numpy as np
import pytest

from screening.energies.measured.anchored_table import BASE, PACKAGED, anchored_info, read_anchored
from screening.energies.measured.measurements import measured_enthalpies
from screening.validation.anchoring import build_anchored, held_out_energies


@pytest.mark.slow
def test_the_packaged_files_are_what_the_command_writes(tmp_path):
    """To the last digits of sums, which another processor may round otherwise."""
    info, packaged = build_anchored(tmp_path, BASE), anchored_info()
    assert abs(read_anchored(tmp_path).energies - read_anchored(PACKAGED).energies).max() < 2.5e-4
    assert info.distrusted_mev_per_atom.keys() == packaged.distrusted_mev_per_atom.keys()
    for name, found in info.held_out.items():
        assert found.model_dump() == pytest.approx(packaged.held_out[name].model_dump(), abs=0.11)
    assert info.reactions.model_dump() == pytest.approx(packaged.reactions.model_dump(), abs=0.11)


def test_held_out_energies_are_as_far_off_as_the_document_says():
    computed, measured = held_out_energies(), measured_enthalpies()
    errors = [1000.0 * abs(energy - measured[formula]) for formula, energy in computed.items()]
    said = anchored_info().held_out["all"]
    assert len(errors) == said.n
    assert np.mean(errors) == pytest.approx(said.by_system_mean_mev_per_atom, abs=0.5)
    assert np.median(errors) == pytest.approx(said.by_system_median_mev_per_atom, abs=0.5)
