"""The search for the best paths, on numbers."""

from __future__ import annotations

import math
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from screening.searches.stacks.search import best_pairs, best_single


@st.composite
def problems(draw):
    """Costs with many equal ones, some pairs without a way."""
    n, k = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    cost = st.one_of(st.just(0.0), st.integers(0, 3).map(lambda x: x / 7), st.floats(0.0, 1e3))
    rows = st.lists(st.lists(cost, min_size=n, max_size=n), min_size=k, max_size=k)
    between = {}
    for kind in range(k):
        for i in range(n):
            for j in range(i):
                between[kind, i, j] = between[kind, j, i] = draw(st.one_of(cost, st.just(math.inf)))
    orders = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return draw(rows), draw(rows), orders, between, draw(st.integers(1, 50))


def compared(steps, orders):
    """What a path is compared by, of its steps by kind and the orders of its places."""
    by_kind = [[round(cost, 6) for cost in kind] for kind in steps]
    highest_and_sum = [(max(kind), round(sum(kind), 6)) for kind in by_kind]
    return highest_and_sum, sorted(orders, reverse=True)


def in_order(paths, top):
    """Sort (what is compared, places), and rank equal ones as the first of them."""
    listed = sorted(paths)[:top]
    return [(1 + [other for other, _ in listed].index(key), places) for key, places in listed]


@settings(max_examples=60)
@given(problems())
def test_the_best_pairs_are_those_of_all_pairs(problem):
    left, right, orders, between, top = problem
    asked = []

    def inner(kind, i, j):
        asked.append((kind, i, j))
        return between[kind, i, j]

    found = best_pairs(left, right, orders, inner, top)
    everything = []
    for i, j in permutations(range(len(orders)), 2):
        steps = [
            (before[i], between[kind, i, j], after[j])
            for kind, (before, after) in enumerate(zip(left, right, strict=True))
        ]
        if all(math.isfinite(cost) for kind in steps for cost in kind):
            everything.append((compared(steps, [orders[i], orders[j]]), (i, j)))
    assert [(path.rank, path.places) for path in found.best] == in_order(everything, top)
    assert len(asked) == len(set(asked))
    assert found.n_computed == len({(i, j) for _, i, j in asked})


@settings(max_examples=20)
@given(problems())
def test_the_best_single_places(problem):
    left, right, orders, _, top = problem
    found = best_single(left, right, orders, top)
    everything = [
        (compared([(before[i], after[i]) for before, after in zip(left, right, strict=True)], [order]), (i,))
        for i, order in enumerate(orders)
    ]
    assert [(path.rank, path.places) for path in found] == in_order(everything, top)


def test_by_hand():
    left, right = [[1.0, 0.0, 5.0]], [[9.0, 4.0, 2.0]]
    between = {(0, 1): 0.0, (0, 2): 3.0, (1, 2): 7.0}
    found = best_pairs(left, right, [0, 0, 0], lambda _, i, j: between[i, j], 3)
    # 0|2 has 1, 3, 2; 0|1 has 1, 0, 4; 2|1 has 5, 7, 4 and 1|2 has 0, 7, 2
    assert [path.places for path in found.best] == [(0, 2), (0, 1), (1, 2)]
    assert [path.costs for path in found.best] == [((3.0, 6.0),), ((4.0, 5.0),), ((7.0, 9.0),)]
    (single,) = best_single(left, right, [0, 0, 0], 1)
    assert (single.places, single.costs) == ((1,), ((4.0, 4.0),))


def test_equal_ones_share_a_rank_and_stand_in_the_order_of_their_places():
    zero = [[0.0] * 4]
    found = best_pairs(zero, zero, [0, 0, 1, 1], lambda *_: 0.0, 12)
    assert [path.rank for path in found.best] == [1, 1] + [3] * 8 + [11, 11]
    assert [path.places for path in found.best[:4]] == [(0, 1), (1, 0), (0, 2), (0, 3)]


def test_of_a_million_pairs_few_are_asked_for():
    n = 1000
    ramp = [[float(i) for i in range(n)]]
    found = best_pairs(ramp, ramp, [0] * n, lambda _, i, j: 0.0, 10)
    assert [path.costs[0] for path in found.best] == [(1, 1)] * 2 + [(2, 2)] * 2 + [(2, 3)] * 2 + [(3, 3)] * 2 + [
        (3, 4)
    ] * 2
    assert found.n_computed <= 10
    zeros = [[0.0] * n]  # a million equal pairs
    assert best_pairs(zeros, zeros, [0] * n, lambda *_: 0.0, 10).n_computed == 10


def test_no_pair_where_there_is_one_place_or_no_way():
    assert best_pairs([[0.0]], [[0.0]], [0], lambda *_: 0.0, 5).best == []
    assert best_pairs([[0.0] * 3], [[0.0] * 3], [0] * 3, lambda *_: math.inf, 5).best == []
