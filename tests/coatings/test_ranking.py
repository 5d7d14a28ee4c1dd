"""Ranking: by tier, then by the worst mutual energy of any contact, with everything else beside it."""

from __future__ import annotations

import pytest
from fixtures_ranking import ENERGIES, bare, record
from hypothesis import given
from hypothesis import strategies as st

from screening.coatings.ranking import rank_coatings
from screening.common.errors import InputError

OTHER_ENERGIES = ENERGIES.model_copy(update={"sha256": "b" * 64})


def names(ranked):
    return [coating.coating for coating in ranked]


def test_ranked_by_the_worst_contact():
    ranked = rank_coatings(
        [record("bad", partner=-90.0), record("worst", full=-120.0, half=0.0), record("good", -20.0, -30.0, -5.0)],
        bare(),
    )
    assert names(ranked) == ["good", "bad", "worst"]
    assert [c.rank for c in ranked] == [1, 2, 3]
    assert [c.score for c in ranked] == [-30.0, -90.0, -120.0]
    assert [c.gain_over_bare_mev_per_atom for c in ranked] == [270.0, 210.0, 180.0]


def test_never_ranked_by_the_total_energy():
    """A coating or electrolyte that decomposes alone has a large total energy and need not react."""
    gentle, harsh = record("gentle", -5.0, -5.0, -5.0, total=-400.0), record("harsh", total=-10.0)
    by_total = sorted((gentle, harsh), key=lambda r: -min(c.reaction.total.energy_ev for c in r.interfaces[:2]))
    assert names(by_total) == ["harsh", "gentle"]
    assert names(rank_coatings([harsh, gentle], bare())) == ["gentle", "harsh"]


def test_an_open_contact_may_be_the_worst():
    ranked = rank_coatings([record("a", opened=-1.0), record("b", -5.0, -5.0, -5.0, opened=-90.0)], bare())
    assert names(ranked) == ["a", "b"]
    assert [c.score for c in ranked] == [-10.0, -90.0]
    assert [c.worst_contact for c in ranked] == ["cathode full", "cathode half at mu(half)"]
    assert [c.worst_mutual_mev_per_atom for c in ranked] == [-10.0, -5.0]
    assert [c.gain_over_bare_mev_per_atom for c in ranked] == [290.0, 295.0]  # closed beside closed
    assert ranked[1].score_parts == {
        "cathode full": -5.0,
        "cathode half": -5.0,
        "cathode half at mu(half)": -90.0,
        "electrolyte": -5.0,
        "electrolyte at mu(half)": -90.0,
    }


def test_none_that_fails_stands_above_one_that_passes_all():
    """However little it reacts; what is unknown stands between the two."""
    records = [
        record("fails two", 0.0, 0.0, 0.0, window=(3.0, 3.5)),
        record("fails one", -1.0, window=(1.0, 3.5)),
        record("unknown", -2.0, window=None),
        record("passes", -99.0, -99.0, -99.0),
    ]
    ranked = rank_coatings(records, bare())
    assert names(ranked) == ["passes", "unknown", "fails one", "fails two"]
    assert [(c.rank, c.tier) for c in ranked] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_equals_share_a_rank_and_the_next_counts_them_all():
    ranked = rank_coatings(
        [
            record("low voltage", window=(1.0, 4.2)),
            record("best", -1.0, -1.0, -1.0),
            record("high voltage", window=(1.0, 4.4)),
            record("never oxidised", window=(1.0, None)),
            record("fails one", window=(3.0, None)),
            record("last", -20.0),
        ],
        bare(),
    )
    assert names(ranked) == ["best", "never oxidised", "high voltage", "low voltage", "last", "fails one"]
    assert [c.rank for c in ranked] == [1, 2, 2, 2, 5, 6]


def test_the_order_of_the_records_does_not_matter():
    records = [record("b"), record("a"), record("c", -3.0, -3.0, -3.0)]
    assert rank_coatings(records, bare()) == rank_coatings(records[::-1], bare())


def test_what_could_not_be_screened_stays_last_and_says_why():
    lost = record("lost", full=None, why_missing="cathode full: no such energy")
    ranked = rank_coatings([lost, record("worst", -900.0)], bare())
    assert names(ranked) == ["worst", "lost"]
    last = ranked[-1]
    assert (last.rank, last.score, last.pareto_rank, last.gain_over_bare_mev_per_atom) == (None, None, None, None)
    assert last.why_missing == "cathode full: no such energy"
    assert last.score_parts["cathode half"] == -10.0  # what is known stays
    assert last.score_parts["cathode full"] is None
    assert last.passes["cathode full"] is None


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"cathode": "NCM622"}, "cathode"),
        ({"electrolyte": "Li3PS4"}, "electrolyte"),
        ({"energies": OTHER_ENERGIES}, "energies"),
    ],
)
def test_what_cannot_be_compared_is_not_ranked_together(changed, what):
    with pytest.raises(InputError, match=what):
        rank_coatings([record("a"), record("b", **changed)], bare())


def test_nothing_to_rank():
    assert rank_coatings([], bare()) == []


def test_numbers_that_differ_by_rounding_alone_share_a_rank():
    ranked = rank_coatings([record("b", -10.0 - 1e-9), record("a", -10.0 + 1e-9), record("c", -10.1)], bare())
    assert [(c.coating, c.rank) for c in ranked] == [("a", 1), ("b", 1), ("c", 3)]


energies = st.one_of(st.none(), st.integers(-300, 0).map(float))
limits = st.one_of(st.none(), st.just((1.0, None)), st.integers(20, 50).map(lambda v: (1.0, v / 10)))
requests = st.lists(
    st.tuples(energies, energies, energies, limits, st.one_of(st.none(), st.integers(1, 9).map(float))), max_size=12
)


def ranked_of(values):
    return rank_coatings(
        [record(f"c{i}", full, half, on, window=w, cost=cost) for i, (full, half, on, w, cost) in enumerate(values)],
        bare(),
    )


@given(requests)
def test_score_is_the_lowest_of_its_parts_and_ranks_follow_it(values):
    ranked = ranked_of(values)
    assert len(ranked) == len(values)
    for coating in ranked:
        parts = coating.score_parts.values()
        assert coating.score == (None if None in parts else min(parts))
        assert coating.worst_mutual_mev_per_atom == coating.score  # no contact that is open reacts here
        assert (coating.rank is None) == (coating.score is None)
    known = [c for c in ranked if c.score is not None]
    assert known == ranked[: len(known)]
    for coating in known:
        better = [o for o in known if (o.tier, -o.score) < (coating.tier, -coating.score)]
        assert coating.rank == 1 + len(better)


@given(requests)
def test_pareto_rank_is_the_longest_chain_of_better_ones(values):
    ranked = ranked_of(values)

    def objectives(c):
        if c.score is None or c.window is None or c.economics.raw_material_cost_usd_per_kg is None:
            return None
        high = c.window.oxidation_limit_v if c.window.oxidation_limited else float("inf")
        return c.score, high, -c.economics.raw_material_cost_usd_per_kg

    points = {c.coating: objectives(c) for c in ranked}

    def better(p, q):
        return p is not None and p != q and all(a >= b for a, b in zip(p, q, strict=True))

    def chain(q):
        return 1 + max((chain(p) for p in points.values() if better(p, q)), default=0)

    for coating in ranked:
        point = points[coating.coating]
        assert coating.pareto_rank == (None if point is None else chain(point))


STEP = 1e-6  # meV/atom: of two equal energies one may be rounded up and one down


def test_coatings_equal_but_for_rounding_share_a_rank():
    """They are listed by oxidation limit, then by name, as exactly equal ones are."""
    records = [
        record("narrow", -20.0 + STEP),
        record("wide b", -20.0, window=(1.0, 4.6)),
        record("wide a", -20.0 + STEP, window=(1.0, 4.6 - 1e-9)),
        record("worse", -20.0 - 3 * STEP),
    ]
    ranked = rank_coatings(records, bare())
    assert [(coating.rank, coating.coating) for coating in ranked] == [
        (1, "wide a"),
        (1, "wide b"),
        (1, "narrow"),
        (4, "worse"),
    ]


def test_of_equal_coatings_the_cheaper_one_dominates():
    ranked = rank_coatings([record("dear", cost=11.0), record("cheap", cost=9.0), record("middle", cost=10.0)], bare())
    assert {coating.coating: coating.pareto_rank for coating in ranked} == {"cheap": 1, "middle": 2, "dear": 3}


def test_rounding_dominates_nothing():
    """The one is better by a rounding in energy, the other by one in the window, and both cost the same."""
    records = [record("a", -10.0 + STEP, window=(1.0, 4.5)), record("b", -10.0, window=(1.0, 4.5 + 1e-9))]
    assert {coating.pareto_rank for coating in rank_coatings(records[:1] + records, bare())} == {1}
    cheaper = rank_coatings([records[0], record("b", -10.0, cost=9.0)], bare())
    assert {coating.coating: coating.pareto_rank for coating in cheaper} == {"a": 2, "b": 1}
