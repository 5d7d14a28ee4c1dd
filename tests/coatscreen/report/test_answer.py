"""The sentences that a report begins with."""

from __future__ import annotations

from fixtures_ranking import ENERGIES, record
from fixtures_report import header, lines_of

from coatscreen.report.answer import answer
from screening.coatings.samples import Sampling
from screening.uncertainty.uncertainty_documents import ErrorModelProvenance

MODEL = ErrorModelProvenance(name="m", version="1", against="DFT", sha256="0" * 64)
SAMPLED = Sampling(n_samples=50, seed=0, model=MODEL)


def uncertain(line, letters, passing):
    intervals = {"worst_contact_mev_per_closed_atom": {"low": -30.0, "median": -12.0, "high": -1.0}}
    found = {
        "undecided": letters,
        "probability_of_passing_all": passing,
        "decided_at_probability": 0.9,
        "intervals": intervals,
    }
    return {**line, "uncertainty": found}


def test_which_coatings_and_how_they_are_judged():
    lines = lines_of([record("LiNbO3", partner=-200.0), record("Li3PO4", partner=-12.0)])
    said = answer(header(), lines)
    assert said[0] == "Of 2 coatings between NCM83 and Li6PS5Cl, 1 passes all criteria."
    assert said[1] == (
        "The best are Li3PO4 (tier 1, worst contact electrolyte, -12.0 meV/atom); "
        "LiNbO3 (tier 3, worst contact electrolyte, -200.0 meV/atom)."
    )
    assert said[2] == "Without a coating the two react with up to -300.0 meV/atom, closed."
    assert "--uncertainty" in said[3]


def test_the_unit_of_an_open_contact():
    said = answer(header(), lines_of([record("Li3PO4", opened=-80.0)]))
    assert said[1] == "The best is Li3PO4 (tier 1, worst contact cathode half at mu(half), -80.0 meV/non-Li atom)."


def test_an_order_that_the_energies_cannot_decide():
    lines = lines_of([record("A", partner=-12.0), record("B", partner=-13.0), record("C", partner=-14.0)])
    first, second, third = lines
    sampled = [uncertain(first, ["a"], 0.7), uncertain(second, ["a"], 0.6), uncertain(third, [], 0.5)]
    said = answer(header(sampling=SAMPLED), sampled)
    assert "A (tier 1, worst contact electrolyte, -12.0 [-30.0 to -1.0] meV/atom)" in said[1]
    assert said[3] == "A passes all criteria in 70 % of the samples of the energies."
    assert said[4] == (
        "These energies cannot decide whether it is better than B: it is so in fewer than 90 % of the samples."
    )


def test_an_order_that_is_decided():
    lines = lines_of([record("A", partner=-12.0), record("B", partner=-13.0)])
    said = answer(header(sampling=SAMPLED), [uncertain(line, [], 1.0) for line in lines])
    assert said[4] == "It is better than each of the others in at least 90 % of the samples."


def test_coatings_that_could_not_be_screened():
    lost = record("X", interfaces=[], why_missing="no energies of X")
    said = answer(header(), lines_of([record("A"), lost]))
    assert said[-1] == "1 coating could not be screened; the table says why."
    assert answer(header(), lines_of([lost])) == ["None of 1 coating between NCM83 and Li6PS5Cl could be screened."]
    assert answer(header(energies=ENERGIES), []) == ["None of 0 coatings between NCM83 and Li6PS5Cl could be screened."]
