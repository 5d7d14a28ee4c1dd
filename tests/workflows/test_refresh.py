"""Rankings made when they are asked for: of a run that goes on, and by other criteria."""

from __future__ import annotations

import pytest
from fixtures_samples import uncertain_settings
from fixtures_screening import SMALL, contents, settings_for

from screening import CoatingDatabase
from screening.coatings import tasks
from screening.common.errors import StoreError
from screening.criteria.criteria import Criterion
from screening.database import StoreLocation
from workflows.outputs import job_store
from workflows.refresh import judge_again, refreshed
from workflows.run import run_screening

ACIDS = Criterion(name="acids", quantity="mutual_electrolyte_mev_per_atom", at_least=-60.0)


def ranked_by(settings, criteria=None):
    """Screen by some criteria into a database of its own; return the ranking."""
    changed = {} if criteria is None else {"criteria": [criterion.model_dump() for criterion in criteria]}
    finished = run_screening(settings.model_copy(update=changed))
    with CoatingDatabase.open(settings.store) as database:
        (ranking,) = database.ranking(run=finished.run.run_id)
    return ranking


@pytest.mark.parametrize("uncertain", [False, True])
def test_judged_again_is_what_a_screening_by_these_criteria_gives(tmp_path, uncertain):
    settings_in = uncertain_settings if uncertain else settings_for
    here = settings_in(tmp_path, store=str(tmp_path / "here"))
    ranking = ranked_by(here)
    before = contents(here.store)
    found = judge_again(StoreLocation(here.store), ranking.ranking_id, [ACIDS], "rank", 0)
    assert contents(here.store) == before
    there = settings_in(tmp_path, store=str(tmp_path / "there"), criteria=[ACIDS.model_dump()])
    expected = ranked_by(there)
    assert expected.ranking_id != ranking.ranking_id
    assert {**found.model_dump(), "ranking_id": expected.ranking_id} == expected.model_dump()
    assert {one.uncertainty is not None for one in found.ranking} == {uncertain}
    assert [one.passes for one in found.ranking] != [one.passes for one in ranking.ranking]


def test_judged_again_in_another_order_and_the_first_of_it(tmp_path):
    settings = settings_for(tmp_path)
    ranking = ranked_by(settings)
    where = (StoreLocation(settings.store), ranking.ranking_id, [ACIDS])
    cost = {one.coating: one.quantities["raw_material_cost_usd_per_kg"] for one in ranking.ranking}
    assert [one.coating for one in judge_again(*where, "cost", 2).ranking] == sorted(cost, key=cost.__getitem__)[:2]
    worst = {one.coating: one.score for one in ranking.ranking}
    best_first = sorted(worst, key=worst.__getitem__, reverse=True)
    assert [one.coating for one in judge_again(*where, "worst", 0).ranking] == best_first


def test_a_ranking_whose_jobs_are_gone(tmp_path):
    settings = settings_for(tmp_path)
    ranking = ranked_by(settings)
    location = StoreLocation(settings.store)
    jobs = job_store(location)
    jobs.remove_docs({"metadata.ranking": ranking.ranking_id})
    jobs.close()
    with pytest.raises(StoreError, match="does not hold the jobs of this ranking"):
        judge_again(location, ranking.ranking_id, [ACIDS], "rank", 0)


def test_what_is_finished_of_a_run_that_goes_on_is_ranked(tmp_path, monkeypatch):
    settings = settings_for(tmp_path, batch_size=1)
    location = StoreLocation(settings.store)
    real = tasks.coating_meetings

    def interrupted(coating, cathode, electrolyte):
        if coating == "HfO2" and cathode is not None and electrolyte is not None:  # the last job
            raise KeyboardInterrupt
        return real(coating, cathode, electrolyte)

    monkeypatch.setattr(tasks, "coating_meetings", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_screening(settings)
    with CoatingDatabase.open(location) as database:
        assert database.search() == []
    ((run, n_finished),) = refreshed(location)
    with CoatingDatabase.open(location) as database:
        ranks = {doc["coating"]: doc["rank"] for doc in database.search()}
    assert ranks.keys() == set(SMALL["coatings"])
    assert (ranks["HfO2"], {ranks["LiNbO3"], ranks["Li3PO4"]}) == (None, {1, 2})
    jobs = job_store(location, read_only=True)
    assert (run.state, n_finished) == ("running", jobs.count())
    assert n_finished < len(run.jobs)
    jobs.close()
    monkeypatch.setattr(tasks, "coating_meetings", real)
    run_screening(settings)
    assert refreshed(location) == []
    with CoatingDatabase.open(location) as database:
        assert {doc["coating"] for doc in database.search()} == set(SMALL["coatings"])
