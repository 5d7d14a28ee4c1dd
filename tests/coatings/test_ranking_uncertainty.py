"""What samples say of coatings and of their order."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations
from math import erf, sqrt

import numpy as np
import pytest
from fixtures_ranking import bare, contact, record
from fixtures_samples import samples_of
from hypothesis import given
from hypothesis import strategies as st

from screening.coatings.ranking import rank_coatings
from screening.coatings.ranking_uncertainty import order_rule, ranks_by_sample, undecided_groups
from screening.criteria.criteria import Criterion, default_criteria
from screening.uncertainty import Interval

THRESHOLD = order_rule().decided_at_probability


def bare_of(full=-300.0, half=-200.0):
    """A bare interface of given closed energies."""
    contacts = [contact("cathode|electrolyte", "full", full), contact("cathode|electrolyte", "half", half)]
    return bare(min(full, half)).model_copy(update={"interfaces": contacts})


def ranked_with(samples, criteria=(), **options):
    """By default without criteria, so that coatings are ordered by their worst contacts alone."""
    records = [record(name, **options) for name in samples]
    return {c.coating: c for c in rank_coatings(records, bare_of(), criteria, samples)}


def of_partner(values):
    """Samples of a coating that reacts with the electrolyte alone."""
    return samples_of(full=[0.0] * len(values), half=[0.0] * len(values), partner=values)


def test_two_coatings_whose_energies_are_normal():
    """P(A better than B) of independent normal scores is Phi(difference / root of the sum of variances)."""
    n = 20_000
    random = np.random.default_rng(7)
    samples = {
        "A": of_partner(random.normal(-60.0, 5.0, n)),
        "B": of_partner(random.normal(-70.0, 12.0, n)),
    }
    ranked = ranked_with(samples)
    expected = 0.5 * (1.0 + erf((10.0 / 13.0) / sqrt(2.0)))
    tolerance = 4.0 * sqrt(expected * (1.0 - expected) / n)
    assert ranked["A"].uncertainty.probability_of_rank["1"] == pytest.approx(expected, abs=tolerance)
    assert ranked["B"].uncertainty.probability_of_rank["2"] == pytest.approx(expected, abs=tolerance)
    assert ranked["A"].uncertainty.undecided == ranked["B"].uncertainty.undecided == ["a"]
    worst = ranked["B"].uncertainty.intervals["worst_mutual_mev_per_atom"]
    assert worst.low == pytest.approx(-70.0 - 1.6449 * 12.0, abs=1.0)
    assert worst.high == pytest.approx(-70.0 + 1.6449 * 12.0, abs=1.0)
    criterion = [Criterion(name="mild", quantity="worst_mutual_mev_per_atom", at_least=-70.0)]
    records = [record(name) for name in samples]
    judged = {c.coating: c for c in rank_coatings(records, bare_of(), criterion, samples)}
    assert judged["B"].uncertainty.probability_of_passing["mild"] == pytest.approx(0.5, abs=4 * 0.5 / sqrt(n))


def test_errors_that_are_shared_leave_the_order_decided():
    """The intervals of the two overlap by far, but in every sample the same one is better."""
    shared = np.linspace(-80.0, -20.0, 101)
    ranked = ranked_with({"a": of_partner(shared), "b": of_partner(shared - 1.0)}, partner=-50.0)
    assert [ranked[name].uncertainty.undecided for name in "ab"] == [[], []]
    assert ranked["a"].uncertainty.probability_of_rank == {"1": 1.0}
    assert ranked["b"].uncertainty.probability_of_rank == {"2": 1.0}


def test_equals_share_a_rank_in_a_sample_as_in_the_ranking():
    samples = {
        "a": of_partner([0.0, 0.0, -1.0, -2.0]),
        "b": of_partner([0.0, -1.0, -1.0, -1.0]),
        "c": of_partner([-1.0, -1.0, -1.0, -3.0]),
    }
    ranked = ranked_with(samples)
    assert ranked["a"].uncertainty.probability_of_rank == {"1": 0.75, "2": 0.25}
    assert ranked["b"].uncertainty.probability_of_rank == {"1": 0.75, "2": 0.25}
    assert ranked["c"].uncertainty.probability_of_rank == {"1": 0.25, "2": 0.25, "3": 0.5}


@given(st.integers(1, 8), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_ranks_of_distinct_scores_are_permutations(n, n_samples, seed):
    scores = np.random.default_rng(seed).permuted(np.arange(n * n_samples).reshape(n, n_samples), axis=0)
    ranks = ranks_by_sample(scores.astype(float))
    assert (np.sort(ranks, axis=0) == np.arange(1, n + 1)[:, None]).all()  # per rank and per coating they sum to one
    for s in range(n_samples):
        assert [1 + (scores[:, s] > score).sum() for score in scores[:, s]] == ranks[:, s].tolist()


@given(st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=1, max_size=9), st.floats(0.51, 1.0))
def test_two_are_in_one_group_if_and_only_if_their_order_is_undecided(scores, decided_at):
    groups = undecided_groups(np.array(scores, dtype=float), decided_at)
    for i, j in combinations(range(len(scores)), 2):
        better = np.mean([x > y for x, y in zip(scores[i], scores[j], strict=True)])
        assert any({i, j} <= set(group) for group in groups) == (better < decided_at)
    assert all(group == sorted(set(group)) and len(group) > 1 for group in groups)
    assert not any(set(one) <= set(other) for one, other in permutations(groups, 2))


def test_a_group_need_not_be_of_neighbours_in_the_ranking():
    """The middle one is decided beside both, and those two are not decided beside each other."""
    standings = np.array([[0.0] * 9 + [-9.0], [-1.0] * 9 + [-8.0], [-2.0] * 8 + [5.0] * 2])
    standings[2, :2] = 0.5
    better = (standings[0] > standings[2]).mean(), (standings[1] > standings[2]).mean()
    assert max(better) < 0.9
    assert undecided_groups(standings, 0.9) == [[0, 2], [1, 2]]


def test_a_criterion_that_samples_cross_leaves_the_order_undecided():
    """The second reacts more in every sample, but the first fails a criterion in some of them."""
    bound = Criterion(name="bound", quantity="mutual_cathode_full_mev_per_atom", at_least=-15.0)
    zero, n = [0.0] * 10, 10
    first = samples_of(full=[-10.0] * 8 + [-20.0] * 2, half=zero, partner=zero)
    second = samples_of(full=[-12.0] * n, half=zero, partner=[-30.0] * n)
    records = [record("a", full=-10.0, half=0.0, partner=0.0), record("b", full=-12.0, half=0.0, partner=-30.0)]
    judged = rank_coatings(records, bare_of(), [bound], {"a": first, "b": second})
    assert [c.coating for c in judged] == ["a", "b"]
    assert judged[0].uncertainty.probability_of_rank == {"1": 0.8, "2": 0.2}
    assert [c.uncertainty.undecided for c in judged] == [["a"], ["a"]]
    free = rank_coatings(records, bare_of(), [], {"a": first, "b": second})
    assert [c.uncertainty.undecided for c in free] == [[], []]


@pytest.mark.parametrize(("better", "decided"), [(9, True), (8, False)])
def test_an_order_is_decided_at_the_share_asked_for(better, decided):
    scores = np.array([[0.0] * better + [-2.0] * (10 - better), [-1.0] * 10])
    assert undecided_groups(scores, 0.9) == ([] if decided else [[0, 1]])


def test_rounding_makes_no_coating_the_better_one():
    scores = np.array([[-1.0, -1.0 + 1e-6, -1.0], [-1.0 - 1e-6, -1.0, -1.0 - 1e-6]])
    assert ranks_by_sample(scores).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert undecided_groups(scores, 0.9) == [[0, 1]]


def test_letters_of_overlapping_groups_and_of_many():
    """Each coating is told from the one after the next; with 30 coatings the letters run out."""
    ladder = np.array([[-10.0 * i + (40.0 if s % 2 == i % 2 else 0.0) for s in range(20)] for i in range(30)])
    ladder += np.array([[0.0 if i % 2 else 1e-3 * s for s in range(20)] for i in range(30)])
    expected = undecided_groups(ladder - 300.0, THRESHOLD)
    assert len(expected) > 26
    records = [record(f"c{i:02}", full=0.0, half=0.0, partner=-300.0 - i) for i in range(30)]
    samples = {f"c{i:02}": of_partner(ladder[i] - 300.0) for i in range(30)}
    ranked = rank_coatings(records, bare_of(), [], samples)
    letters = [set(c.uncertainty.undecided) for c in ranked]
    assert len(set.union(*letters)) == len(expected)
    assert {"a", "z", "aa"} <= set.union(*letters)
    for (i, one), (j, other) in combinations(enumerate(letters), 2):
        assert bool(one & other) == any({i, j} <= set(group) for group in expected)


def test_intervals_and_probabilities_of_one_coating():
    n = 100
    rising = np.arange(n, dtype=float)
    samples = samples_of(
        full=-rising,
        half=[-10.0] * n,
        partner=[-20.0] * n,
        energy_above_hull_mev_per_atom=rising / 10.0,
        reduction_limit_v=[1.0] * n,
        oxidation_limit_v=3.5 + rising / 100.0,
        mutual_bare_full_mev_per_atom=[-300.0] * n,
        mutual_bare_half_mev_per_atom=-250.0 - rising,
        **{"mutual_electrolyte_at_mu(full)_mev_per_closed_atom": -rising},
    )
    (found,) = ranked_with({"a": samples}, default_criteria()).values()
    uncertainty = found.uncertainty
    worst = np.minimum(-rising, -20.0)
    assert uncertainty.intervals["worst_mutual_mev_per_atom"] == Interval.of(worst)
    protected = worst - np.minimum(-300.0, -250.0 - rising)
    assert uncertainty.intervals["gain_over_bare_mev_per_atom"] == Interval.of(protected)
    assert uncertainty.intervals["mutual_electrolyte_at_mu(full)_mev_per_closed_atom"] == Interval.of(-rising)
    assert not any("bare_full" in quantity for quantity in uncertainty.intervals)
    assert uncertainty.probability_of_passing == {
        "stable": 0.51,  # up to 5.0 meV/atom, the threshold included
        "reduction": 1.0,
        "oxidation": 0.5,
        "cathode full": 1.0,
        "cathode half": 1.0,
        "electrolyte": 1.0,
        "protects": 1.0,
    }
    assert uncertainty.probability_of_passing_all == 0.01  # the two are never passed together but once
    assert uncertainty.probability_of_rank == {"1": 1.0}
    assert uncertainty.undecided == []
    assert uncertainty.decided_at_probability == 0.9


def test_a_limit_that_there_is_none_of_and_a_cost_are_the_same_in_every_sample():
    criteria = [
        Criterion(name="oxidation", quantity="oxidation_limit_v", at_least=4.0),
        Criterion(name="cheap", quantity="raw_material_cost_usd_per_kg", at_most=1.0),
        Criterion(name="electrolyte", quantity="mutual_electrolyte_mev_per_atom", at_least=-15.0),
    ]
    samples = {"a": of_partner([-10.0, -20.0, -10.0, -10.0])}
    (found,) = rank_coatings([record("a", window=(1.0, None))], bare_of(), criteria, samples)
    assert found.uncertainty.probability_of_passing == {"oxidation": 1.0, "cheap": 0.0, "electrolyte": 0.75}
    assert found.uncertainty.probability_of_passing_all == 0.0
    assert found.uncertainty.intervals["oxidation_limit_v"] is None
    assert "raw_material_cost_usd_per_kg" not in found.uncertainty.intervals


def test_what_was_not_sampled_is_unknown():
    """A value that is known with the energies as they are says nothing of the samples."""
    samples = {"a": samples_of(full=[-1.0, -2.0], half=[-1.0, -1.0])}
    (found,) = rank_coatings([record("a")], bare_of(), samples=samples)
    uncertainty = found.uncertainty
    assert found.score == -10.0
    assert uncertainty.intervals["worst_mutual_mev_per_atom"] is None
    assert uncertainty.intervals["gain_over_bare_mev_per_atom"] is None
    assert uncertainty.probability_of_passing["electrolyte"] is uncertainty.probability_of_passing["stable"] is None
    assert uncertainty.probability_of_passing["cathode full"] == 1.0
    assert uncertainty.probability_of_passing_all is None
    assert uncertainty.probability_of_rank is uncertainty.undecided is None


def test_no_gain_without_samples_of_the_bare_interface():
    (found,) = ranked_with({"a": of_partner([-1.0, -2.0])}).values()
    assert found.gain_over_bare_mev_per_atom is not None
    assert found.uncertainty.intervals["gain_over_bare_mev_per_atom"] is None


def test_ranks_are_of_coatings_that_were_sampled_alike():
    samples = {"a": of_partner([-10.0, -20.0]), "b": of_partner([-20.0, -10.0])}
    other = samples["b"].model_copy(update={"sampling": samples["b"].sampling.model_copy(update={"seed": 1})})
    records = [record("a"), record("b"), record("lost", full=None)]
    for changed, ranks in ((samples, True), ({**samples, "b": other}, False), ({"a": samples["a"]}, False)):
        ranked = rank_coatings(records, bare_of(), [], changed)
        known = [c.uncertainty is not None and c.uncertainty.probability_of_rank is not None for c in ranked]
        assert known == [ranks, ranks, False]
        assert ranked[0].uncertainty.intervals["worst_mutual_mev_per_atom"].high == pytest.approx(-10.5)


def test_without_samples_there_is_no_uncertainty():
    assert [c.uncertainty for c in rank_coatings([record("a"), record("b")], bare_of())] == [None, None]


def test_the_rank_is_that_of_the_energies_as_they_are():
    """Samples are scattered about them; they do not move what was computed."""
    samples = {"a": of_partner([-50.0] * 20), "b": of_partner([-1.0] * 20)}
    records = [record("a", partner=-11.0), record("b", partner=-12.0)]
    plain = rank_coatings(records, bare_of(), [])
    ranked = rank_coatings(records, bare_of(), [], samples)
    assert [c.model_copy(update={"uncertainty": None, "standings": None}) for c in ranked] == plain
    assert ranked[0].uncertainty.probability_of_rank == {"2": 1.0}
    assert [c.uncertainty.undecided for c in ranked] == [["a"], ["a"]]
    assert all(i.rank <= j.rank for i, j in pairwise(ranked))
