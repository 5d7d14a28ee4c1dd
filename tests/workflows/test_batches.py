"""Dividing materials among jobs: what a job store holds is taken as it is."""

from __future__ import annotations

import pytest
from jobflow import Flow, JobStore, job
from maggma.stores import MemoryStore

from workflows.batches import SCOPE, Batches, batch_jobs
from workflows.identity import by_content
from workflows.local import run_local


@job(data="lengths")
def measured(unit, words):
    if "unlucky" in words:
        raise RuntimeError("out of luck")
    return {"unit": unit, "lengths": {word: len(word) for word in words}}


@pytest.fixture
def store():
    opened = JobStore(MemoryStore(), additional_stores={"data": MemoryStore(key="blob_uuid")})
    opened.connect()
    return opened


def in_letters(words):
    return measured("letters", words)


def divided(words, size, store=None, make=in_letters, **options):
    """Divide words among jobs; return the jobs' batches."""
    return [job.metadata["materials"] for job in Batches(size, store).divide(make, words, "words", **options)]


def computed(store, *batches):
    """Compute some batches of words into a store, each planned without looking for others; return their jobs' ids."""
    made = [Batches(len(words)).divide(in_letters, words, "words")[0] for words in batches]
    run_local(Flow(made), store)
    return [one.uuid for one in made]


def test_materials_are_divided_in_their_order_each_once():
    assert divided(["a", "b", "a", "c", "b", "d", "e"], 2) == [["a", "b"], ["c", "d"], ["e"]]
    assert divided([], 2) == []


def test_where_each_is_more_work_a_batch_is_smaller():
    assert divided(["a", "b", "c", "d"], 4, smaller=2) == [["a", "b"], ["c", "d"]]
    assert divided(["a", "b"], 4, smaller=100) == [["a"], ["b"]]


def test_jobs_are_numbered_and_say_what_they_compute_of_what():
    batches = Batches(2)
    jobs = batches.divide(in_letters, ["a", "b", "c"], "words")
    assert [one.name for one in jobs] == ["measured: words 1/2", "measured: words 2/2"]
    assert [one.uuid for one in jobs] == [by_content(in_letters(words)).uuid for words in (["a", "b"], ["c"])]
    assert batches.made == jobs
    assert len({one.metadata["scope"] for one in jobs}) == 1
    other = batches.divide(lambda words: measured("bytes", words), ["a", "b"], "words")
    assert other[0].metadata["scope"] != jobs[0].metadata["scope"]
    assert [(one.job, one.materials) for one in batch_jobs(jobs)] == [
        (jobs[0].uuid, ["a", "b"]),
        (jobs[1].uuid, ["c"]),
    ]


def test_a_known_batch_is_taken_as_it_was(store):
    (known,) = computed(store, ["a", "b", "c"])
    batches = Batches(2, store)
    jobs = batches.divide(in_letters, ["new", "c", "b", "a"], "words")
    assert [one.metadata["materials"] for one in jobs] == [["new"], ["a", "b", "c"]]
    assert jobs[1].uuid == known
    outcome = run_local(Flow(batches.made), store)
    assert (outcome.already_done, outcome.done) == (["measured: words 2/2"], ["measured: words 1/2"])


@pytest.mark.parametrize("words", ["efabcdg", "abcdefg", "gfedcba"])
def test_the_same_again_is_the_same_jobs_in_the_same_order(store, words):
    """What refers to all of them is then the same work too."""
    computed(store, ["c", "d"], ["a", "b"])
    first = Batches(2, store)
    jobs = first.divide(in_letters, list(words), "words")
    run_local(Flow(first.made), store)
    again = Batches(2, store).divide(in_letters, list(words), "words")
    assert [(one.uuid, one.name) for one in again] == [(one.uuid, one.name) for one in jobs]


def test_a_batch_that_holds_what_is_wanted_in_part(store):
    computed(store, ["a", "b", "c"])
    assert divided(["b", "d", "e"], 2, store) == [["a", "b", "c"], ["d", "e"]]


def test_the_batch_with_the_largest_share_is_taken_and_none_for_nothing(store):
    computed(store, ["a", "b"], ["b", "c", "d"], ["e"])
    assert divided(["b", "c", "d"], 9, store) == [["b", "c", "d"]]
    assert divided(["a", "b", "c", "d"], 9, store) == [["a", "b"], ["b", "c", "d"]]
    computed(store, ["a", "b", "c", "d", "f"])
    assert divided(["a", "b", "c", "d"], 9, store) == [["a", "b", "c", "d", "f"]]


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_shares_the_same_is_taken_in_whatever_order_they_were_computed(store, order):
    computed(store, *[["b", "c"], ["a", "b"]][::order])
    assert divided(["b"], 9, store) == [["a", "b"]]


def test_what_is_computed_otherwise_is_not_taken(store):
    computed(store, ["a", "b"])
    assert divided(["b"], 9, store, make=lambda words: measured("bytes", words)) == [["b"]]
    assert divided(["b"], 9) == [["b"]]


def test_unfinished_batches_are_not_taken(store):
    batches = Batches(9, store)
    batches.divide(in_letters, ["a", "unlucky"], "words")
    assert divided(["a"], 9, store) == [["a"]]
    assert run_local(Flow(batches.made), store).failed
    assert divided(["a"], 9, store) == [["a"]]


def test_a_batch_whose_large_part_is_missing_is_not_finished(store):
    (uuid,) = computed(store, ["a", "b"])
    large = store.additional_stores["data"]
    assert large.count({"job_uuid": uuid}) == 1
    large.remove_docs({"job_uuid": uuid})
    assert store.count({"uuid": uuid}) == store.count({SCOPE: {"$exists": True}}) == 1
    assert divided(["b"], 9, store) == [["b"]]


def test_what_belongs_together_stays_so_and_can_be_taken(store):
    """Work that refers to it has the same id with whatever else is known, and in batches of whatever size."""
    computed(store, ["a", "b", "c"])
    for size, there in ((1, None), (9, store)):
        batches = Batches(size, there)
        one = batches.together(in_letters, ["b", "d"], "pair")
        assert (one.name, one.metadata["materials"]) == ("measured: pair", ["b", "d"])
        assert one.uuid == by_content(in_letters(["b", "d"])).uuid
    run_local(Flow(batches.made), store)
    assert divided(["d"], 9, store) == [["b", "d"]]


def test_the_same_work_asked_for_twice_is_one_job():
    batches = Batches(2)
    jobs = [batches.divide(in_letters, ["a", "b", "c"], about) for about in ("words", "more words")]
    assert jobs[0] == jobs[1] == batches.made
    assert batches.together(in_letters, ["a", "b"], "pair") is jobs[0][0]
    assert batches.add(in_letters(["c"]), "one") is jobs[0][1]
    assert [one.name for one in Flow(batches.made).jobs] == ["measured: words 1/2", "measured: words 2/2"]
