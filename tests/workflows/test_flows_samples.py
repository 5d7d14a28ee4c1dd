"""A screening with samples of the energies, from request to database."""

from __future__ import annotations

import shutil
import warnings

import pytest
from fixtures_samples import error_model_of, modelled_file, uncertain_settings
from fixtures_screening import SMALL, contents, energies_file, job_times, settings_for, without

from screening import CoatingDatabase
from screening.coatings import tasks
from screening.common.errors import InputError
from screening.criteria.criteria import Criterion
from screening.criteria.quantities import quantity
from screening.database import StoreLocation
from workflows import CoatingScreeningMaker, run_screening
from workflows.run import unfinished_request
from workflows.settings import load_settings


def documents(store):
    with CoatingDatabase.open(store) as database:
        return {doc["coating"]: doc for doc in database.search()}


def names_of(flow):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return {job.name: job.uuid for job, _ in flow.iterflow()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A database into which all was screened at once."""
    settings = uncertain_settings(tmp_path_factory.mktemp("whole"))
    assert run_screening(settings).outcome.failed == {}
    return settings.store


def test_what_the_documents_hold(whole):
    docs = documents(whole)
    assert docs.keys() == set(SMALL["coatings"])
    ranks = dict.fromkeys("123", 0.0)
    for doc in docs.values():
        assert doc["why_missing"] is None
        found = doc["uncertainty"]
        assert (found["n_samples"], found["seed"], found["model"]["name"]) == (20, 0, "chgnet-0.3.0")
        for name in ("worst_mutual_mev_per_atom", "gain_over_bare_mev_per_atom"):
            interval = found["intervals"][name]
            assert interval["low"] <= interval["median"] <= interval["high"]
        assert found["probability_of_passing"].keys() == doc["passes"].keys()
        assert sum(found["probability_of_rank"].values()) == pytest.approx(1.0)
        for rank, probability in found["probability_of_rank"].items():
            ranks[rank] += probability
        assert len(str(found)) < 4000  # what follows from the samples, not the samples
    assert ranks["1"] >= 1.0 - 1e-9
    assert sum(ranks.values()) == pytest.approx(3.0)


def test_without_errors_the_intervals_are_the_nominal_values(tmp_path, monkeypatch):
    zero = error_model_of(0.0, 0.0)
    monkeypatch.setattr("screening.uncertainty.energy_errors._packaged", lambda: (zero,))
    settings = uncertain_settings(tmp_path)
    run_screening(settings)
    for doc in documents(settings.store).values():
        found = doc["uncertainty"]
        for name, value in doc["quantities"].items():
            if not quantity(name).from_energies:
                assert name not in found["intervals"]
                continue
            interval = found["intervals"][name]
            if value is None:
                assert interval is None
            else:
                assert interval["low"] == interval["median"] == interval["high"] == pytest.approx(value, abs=2e-6)
        gain = found["intervals"]["gain_over_bare_mev_per_atom"]
        assert gain["low"] == gain["high"] == pytest.approx(doc["gain_over_bare_mev_per_atom"], abs=2e-6)
        assert found["probability_of_rank"] == {str(doc["rank"]): 1.0}
        assert found["undecided"] == []
        assert found["probability_of_passing"] == {name: float(ok) for name, ok in doc["passes"].items()}


def test_another_seed_gives_other_samples(tmp_path, whole):
    """The same seed gives the same documents: see the runs that are compared with all at once."""
    settings = uncertain_settings(tmp_path, seed=1, coatings=["LiNbO3"])
    run_screening(settings)
    other, first = documents(settings.store)["LiNbO3"], documents(whole)["LiNbO3"]
    assert other["interfaces"] == first["interfaces"]
    for name in ("worst_mutual_mev_per_atom", "reduction_limit_v", "mutual_electrolyte_mev_per_atom"):
        assert other["uncertainty"]["intervals"][name] != first["uncertainty"]["intervals"][name]


@pytest.mark.parametrize("where", ["disk", "mongodb"])
def test_a_coating_added_later_gives_what_all_at_once_gives(tmp_path, request, whole, where):
    """Also in other batches: those that were there are ranked again with the samples they had."""
    store = str(tmp_path / "db")
    if where == "mongodb":
        store = request.getfixturevalue("database_uri")
    run_screening(uncertain_settings(tmp_path, coatings=["LiNbO3"], store=store))
    alone = documents(store)["LiNbO3"]["uncertainty"]
    assert alone["probability_of_rank"] == {"1": 1.0}
    run_screening(uncertain_settings(tmp_path, coatings=["Li3PO4", "HfO2"], batch_size=60, store=store))
    together = documents(store)["LiNbO3"]["uncertainty"]
    assert together["probability_of_rank"] != alone["probability_of_rank"]
    assert together["intervals"] == alone["intervals"]
    assert contents(store) == contents(whole)


@pytest.mark.slow
def test_on_two_processes(tmp_path, whole):
    settings = uncertain_settings(tmp_path, batch_size=20, workers=2)
    assert run_screening(settings).outcome.failed == {}
    assert contents(settings.store) == contents(whole)


@pytest.mark.parametrize("sampled_first", [True, False])
def test_a_run_with_samples_and_one_without_leave_each_other_s_ranking_alone(tmp_path, sampled_first):
    sampled = uncertain_settings(tmp_path)
    plain = uncertain_settings(tmp_path, uncertainty=False, samples=None)
    first, then = (sampled, plain) if sampled_first else (plain, sampled)
    one = run_screening(first)
    before, times = contents(first.store), job_times(first.store)
    other = run_screening(then)
    again = {name.partition(":")[0] for name in other.outcome.done}
    expected = {"sampled_cathode", "sampled_properties", "sampled_bare_interface", "sampled_contacts"}
    assert again == {"ranking_request", *(() if sampled_first else expected)}
    assert times.items() < job_times(first.store).items()
    assert one.run.rankings != other.run.rankings
    after = contents(first.store)
    for collection in ("coatings", "rankings"):
        kept = [doc for doc in after[collection] if doc["ranking_id"] in one.run.rankings]
        assert kept == before[collection]
        # what was not computed in samples is the same in both
        mine = [doc for doc in after[collection] if doc["ranking_id"] in other.run.rankings]
        ids = ("key", "ranking_id", "uncertainty", "sampling")
        assert sorted(without(mine, *ids), key=str) == sorted(without(kept, *ids), key=str)
    run_screening(first)
    assert contents(first.store) == after
    with CoatingDatabase.open(first.store) as database:
        for finished, settings in ((one, first), (other, then)):
            (ranking,) = database.ranking(run=finished.run.run_id)
            assert {coating.uncertainty is not None for coating in ranking.ranking} == {settings.uncertainty}


def test_coatings_with_and_without_samples_are_not_ranked_together(tmp_path):
    run_screening(uncertain_settings(tmp_path, coatings=["LiNbO3", "HfO2"]))
    plain = uncertain_settings(tmp_path, coatings=["Li3PO4"], uncertainty=False, samples=None)
    run = run_screening(plain).run
    with CoatingDatabase.open(plain.store) as database:
        (ranking,) = database.ranking(run=run.run_id)
    assert [(coating.coating, coating.uncertainty) for coating in ranking.ranking] == [("Li3PO4", None)]


def test_other_criteria_are_judged_in_the_samples_there_are(tmp_path, whole):
    criteria = [{"name": "c", "quantity": "mutual_electrolyte_mev_per_atom", "at_least": -60.0}]
    shutil.copytree(whole, tmp_path / "db")
    settings = uncertain_settings(tmp_path, criteria=criteria)
    assert run_screening(settings).outcome.done == ["ranking_request: LiCoO2|Li6PS5Cl"]
    docs = documents(settings.store)
    for name, before in documents(whole).items():
        found = docs[name]["uncertainty"]
        assert found["probability_of_passing"].keys() == {"c"}
        assert found["probability_of_passing_all"] == found["probability_of_passing"]["c"]
        assert found["intervals"] == before["uncertainty"]["intervals"]
        assert found["probability_of_rank"] is not None
    assert len({doc["uncertainty"]["probability_of_passing"]["c"] for doc in docs.values()}) > 1


def test_interrupted_in_the_middle_of_the_samples(tmp_path, monkeypatch, whole):
    settings = uncertain_settings(tmp_path, batch_size=20)
    real, calls = tasks.sample_contacts, []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(tasks, "sample_contacts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_screening(settings)
    monkeypatch.setattr(tasks, "sample_contacts", real)
    done = job_times(settings.store)
    request = unfinished_request(StoreLocation(settings.store))
    assert (request["uncertainty"], request["samples"], request["seed"]) == (True, 20, 0)
    outcome = run_screening(load_settings(**request, store=settings.store)).outcome
    assert len(outcome.already_done) == len(done) > 3
    assert contents(settings.store) == contents(whole)


def test_a_lost_job_is_named_and_mended_by_the_next_run(tmp_path, monkeypatch, whole):
    settings = uncertain_settings(tmp_path, batch_size=20)
    real = tasks.sample_material

    def fails_for_hafnia(phases, sampling, material):
        if material == "HfO2":
            raise RuntimeError("out of luck")
        return real(phases, sampling, material)

    monkeypatch.setattr(tasks, "sample_material", fails_for_hafnia)
    assert list(run_screening(settings).outcome.failed.values()) == ["RuntimeError: out of luck"]
    docs = documents(settings.store)
    lost = docs["HfO2"]
    assert lost["why_missing"] == "samples: the job computing stability and window failed"
    assert lost["uncertainty"]["probability_of_passing"]["stable"] is None
    assert lost["uncertainty"]["probability_of_passing_all"] is None
    assert lost["uncertainty"]["probability_of_rank"] is None  # its tier in the samples is not known
    assert docs["LiNbO3"]["why_missing"] is None
    monkeypatch.setattr(tasks, "sample_material", real)
    assert len(run_screening(settings).outcome.done) == 1
    assert contents(settings.store) == contents(whole)


def test_jobs_that_take_samples_are_divided(tmp_path):
    """A coating in n samples counts as n coatings, so that several processes have something to do."""
    energies = modelled_file(tmp_path)
    plain = names_of(CoatingScreeningMaker().make(**SMALL, energies=energies))
    whole = names_of(CoatingScreeningMaker(samples=20).make(**SMALL, energies=energies))
    parts = names_of(CoatingScreeningMaker(samples=200).make(**SMALL, energies=energies))
    assert {name for name in plain if plain[name] != whole[name]} == {"ranking_request: LiCoO2|Li6PS5Cl"}
    assert {name for name in whole.keys() - plain.keys() if name.endswith("1/1")} == {
        "sampled_properties: coatings 1/1",
        "sampled_contacts: LiCoO2 1/1",
        "sampled_contacts: Li6PS5Cl 1/1",
        "sampled_contacts: Li6PS5Cl at LiCoO2 1/1",
    }
    assert {f"sampled_contacts: LiCoO2 {n}/3" for n in (1, 2, 3)} <= parts.keys()


def test_no_job_depends_on_which_other_coatings_there_are(tmp_path):
    energies = modelled_file(tmp_path)

    def of_hafnia(coatings):
        flow = CoatingScreeningMaker(samples=200).make(**{**SMALL, "coatings": coatings}, energies=energies)
        return {job.uuid for job in flow.jobs if job.metadata.get("materials") == ["HfO2"]}

    three = of_hafnia(SMALL["coatings"])
    assert len(three) == 4  # properties, the cathode, the electrolyte closed and open; each in samples
    assert of_hafnia(["LiTaO3", "HfO2"]) == three


def test_energies_without_an_error_model_are_refused_before_any_work(tmp_path):
    settings = settings_for(tmp_path, uncertainty=True, energies=energies_file(tmp_path))
    with pytest.raises(InputError, match="no error model for the energies 'synthetic'"):
        run_screening(settings)
    assert not (tmp_path / "db").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 50}, "samples needs uncertainty"),
        ({"seed": 0}, "seed needs uncertainty"),
        ({"uncertainty": True, "samples": 0}, "samples: .*greater than or equal to 20"),
        ({"uncertainty": True, "samples": -5}, "samples: .*greater than or equal to 20"),
        ({"uncertainty": True, "seed": -1}, "seed: .*greater than or equal to 0"),
        ({"uncertainty": "perhaps"}, "uncertainty: "),
    ],
)
def test_settings_that_are_wrong(options, message):
    with pytest.raises(InputError, match=message):
        load_settings(**options)


def test_settings_of_samples():
    assert (load_settings().uncertainty, load_settings().samples) == (False, None)
    settings = load_settings(uncertainty=True)
    assert (settings.samples, settings.seed) == (200, 0)
    assert load_settings(**settings.model_dump(exclude={"criteria", "candidates"})).samples == 200


def test_a_criterion_on_the_worst_contact(tmp_path):
    worst = Criterion(name="worst", quantity="worst_mutual_mev_per_atom", at_least=-1000.0)
    settings = uncertain_settings(tmp_path, coatings=["LiNbO3"], criteria=[worst.model_dump()])
    run_screening(settings)
    (doc,) = documents(settings.store).values()
    assert doc["uncertainty"]["probability_of_passing"] == {"worst": 1.0}
