"""Columns of phases are of one length."""

import pytest

from screening.phases.phase import PhaseColumns


@pytest.mark.parametrize("name", PhaseColumns.model_fields)
def test_a_column_that_lacks_a_phase_is_refused(name):
    whole = {
        "id": ["a", "b"],
        "formula": ["Li", "O2"],
        "energy_ev_per_atom": [-1.9, -4.9],
        "space_group": [229, None],
        "volume_a3_per_atom": [20.2, None],
        "origin": [None, None],
    }
    assert PhaseColumns(**whole).formula == ["Li", "O2"]
    with pytest.raises(ValueError, match="the columns differ in length"):
        PhaseColumns(**{**whole, name: whole[name][:1]})
