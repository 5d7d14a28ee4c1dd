"""How many coatings make a job of a wanted length."""

from __future__ import annotations

import pytest

from screening.common.errors import InputError
from workflows.queue.job_length import _measured, batch_for
from workflows.queue.site import Site
from workflows.settings import ScreeningSettings

pytestmark = pytest.mark.usefixtures("own_folder")


def site(minutes):
    database = "mongodb://db.example.org/coatings"
    return Site.make(scheduler="slurm", database=database, work_folder="/scratch/me", wall_time_minutes=minutes)


def test_a_job_takes_about_the_wanted_time():
    one, ten = (batch_for(ScreeningSettings(), minutes, site(60)) for minutes in (1, 10))
    assert one == int(60 / _measured()["seconds_per_coating"])
    assert ten == pytest.approx(10 * one, rel=0.01)


def test_further_states_of_charge_take_their_time():
    two, three = (batch_for(ScreeningSettings(lithiation=states), 1, site(60)) for states in ((), (0.3,)))
    assert three == pytest.approx(two * 2 / 3, rel=0.01)


def test_samples_do_not_make_a_job_larger():
    assert batch_for(ScreeningSettings(uncertainty=True, samples=50), 1, site(60)) <= batch_for(
        ScreeningSettings(), 1, site(60)
    )


def test_a_job_holds_one_coating_at_least():
    assert batch_for(ScreeningSettings(), 1e-6, site(60)) == 1


def test_a_job_taken_last_must_end_within_the_wall_time():
    assert batch_for(ScreeningSettings(), 15, site(60))
    with pytest.raises(InputError, match=r"--job-length 15\.5: a queue job of 60 minutes may take its last job 15 min"):
        batch_for(ScreeningSettings(), 15.5, site(60))
