"""Making the anchored energies again."""

from __future__ import annotations

import pytest

from screening.energies.measured.anchored_table import BASE, PACKAGED, anchored_info, read_anchored
from screening.validation.anchoring import build_anchored


@pytest.mark.slow
def test_the_packaged_files_are_what_the_command_writes(tmp_path):
    """To the last digits of sums, which another processor may round otherwise."""
    info, packaged = build_anchored(tmp_path, BASE), anchored_info()
    assert abs(read_anchored(tmp_path).energies - read_anchored(PACKAGED).energies).max() < 2.5e-4
    assert info.distrusted_mev_per_atom.keys() == packaged.distrusted_mev_per_atom.keys()
    for name, found in info.held_out.items():
        assert found.model_dump() == pytest.approx(packaged.held_out[name].model_dump(), abs=0.11)
    assert info.reactions.model_dump() == pytest.approx(packaged.reactions.model_dump(), abs=0.11)
