"""The energy of a structure of one's own, computed by CHGNet on a real Slurm."""

from __future__ import annotations

import pytest
from cluster.queue_site import QueueSite, outputs
from fixtures_structures import rock_salt, written

from screening.phases.files import read_table

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
pytest.importorskip("chgnet", reason="needs the extra 'mlip'")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


def test_the_table_is_that_of_this_machine(tmp_path, database_uri, slurm, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    site = QueueSite(tmp_path / "queue", database_uri, slurm)
    salt = str(written(tmp_path, "LiF.cif", rock_salt()))
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    site.run("energies", "add", salt, "--table", str(there), "--submit")
    site.run("energies", "add", salt, "--table", str(here))
    site.until_complete()
    (scale, mine), (other_scale, other) = read_table(here), read_table(there)
    assert other_scale == scale
    assert other.formula == mine.formula == ["LiF"]
    assert other.energy_ev_per_atom == pytest.approx(mine.energy_ev_per_atom, abs=1e-6)
    assert set(site.launches().values()) == {1}
    assert len(outputs(site.uri)) == len(site.jobs()) - 1
