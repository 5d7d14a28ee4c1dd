"""What the log of a queue job says last."""

from __future__ import annotations

import pytest

from workflows.queue.site.queue_log import last_line, word_of_slurm

LOG = """INFO Task started
slurmstepd-n1: error: StepId=7.batch exceeded memory limit (3000 > 1500), being killed
slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***

"""


def test_the_last_line_and_the_last_word_of_slurm(tmp_path):
    (tmp_path / "worker.script").write_text("exit 3\n")
    (tmp_path / "launcher_1").mkdir()
    assert (last_line(tmp_path), word_of_slurm(tmp_path)) == (None, None)
    (tmp_path / "coatscreen-7.out").write_text("")
    assert (last_line(tmp_path), word_of_slurm(tmp_path)) == ("", None)
    (tmp_path / "coatscreen-7.out").write_text(LOG)
    assert last_line(tmp_path).startswith("slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED")
    assert word_of_slurm(tmp_path) == "StepId=7.batch exceeded memory limit (3000 > 1500), being killed"


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_not_seen_here(tmp_path, folder):
    (tmp_path / "file").touch()
    assert (last_line(tmp_path / folder), word_of_slurm(tmp_path / folder)) == (None, None)


def test_no_password_is_in_it(tmp_path):
    (tmp_path / "coatscreen-7.out").write_text("cannot reach mongodb://me:swordfish@n1/c\n")
    assert last_line(tmp_path) == "cannot reach mongodb://***@n1/c"
