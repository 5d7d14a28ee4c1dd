"""Reasons for a difference, told from the numbers."""

import pytest
from fixtures_reproduction import LOUD, THIO, study, thio

from screening.validation.reproduction.papers import Note
from screening.validation.reproduction.quantities import reproduce_quantity


def reasons(entry, formation=THIO, samples=(), **options):
    return reproduce_quantity(entry, study(formation), [study(sample) for sample in samples], **options).explanation


def one(found, words):
    [sentence] = [sentence for sentence in found if words in sentence]
    return sentence


def test_a_reactant_above_the_hull_separates_total_from_mutual():
    assert "Li7PS6 lies 71 meV/atom above the hull" in one(reasons(thio()), "above the hull")
    stable = {**THIO, "Li7PS6": -1.3}
    assert not [sentence for sentence in reasons(thio(), stable) if "above the hull" in sentence]


def test_a_reactant_of_no_phase_has_the_energy_of_the_hull():
    unknown = {formula: energy for formula, energy in THIO.items() if formula != "Li7PS6"}
    assert "Li7PS6: no phase of this composition is known" in one(reasons(thio(), unknown), "no phase")


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (-71, "within 5 to 95 % of our samples"),
        (-200, "meV/atom below 5 to 95 %"),
        (-1, "meV/atom above 5 to 95 %"),
    ],
)
def test_the_published_value_against_our_interval(published, words):
    samples = [{**THIO, "Li3PS4": -1.1 + shift} for shift in (-0.05, 0.0, 0.05)]
    assert one(reasons(thio(published_mev_per_atom=published), samples=samples), "% of our samples").count(words) == 1


def test_how_far_outside_the_interval():
    # without a spread the interval is the value, -71.43
    found = one(reasons(thio(published_mev_per_atom=-100), samples=[THIO] * 3), "% of our samples")
    assert found == "the published value lies 29 meV/atom below 5 to 95 % of our samples, -71 to -71 meV/atom"


def test_a_convention_that_is_nearer_is_named():
    found = one(reasons(thio(published_mev_per_atom=-120)), "read as")
    assert found.startswith(
        "the paper defines the mutual; read as total, own the difference would be -5 instead of +49"
    )
    assert "names no convention" in one(reasons(thio(published_mev_per_atom=-120, reading=None)), "read as")
    assert not [sentence for sentence in reasons(thio(published_mev_per_atom=-71)) if "read as" in sentence]


def test_what_a_reactant_does_alone_in_an_open_system():
    entry = thio(published_mev_per_atom=None, mu_li_ev=-1.0, published_mev_per_closed_atom=-300)
    assert "Li7PS6 alone reacts by" in one(reasons(entry), "Li7PS6 alone")
    quiet = thio(a="LiNbO3", b="Li3PO4", published_mev_per_atom=None, mu_li_ev=-2.5, published_mev_per_closed_atom=0)
    assert not [sentence for sentence in reasons(quiet, {**LOUD, "Li2O": -2.05}) if "LiNbO3 alone" in sentence]


@pytest.mark.parametrize(
    ("quantity", "words"),
    [("ncm83-full-li6ps5cl", "moves this mutual energy by +77 meV/atom"), ("linbo3-ncm83", "does not move")],
)
def test_what_the_corrections_move_where_it_is_known(quantity, words):
    assert words in one(reasons(thio(id=quantity)), "corrections:")
    assert not [sentence for sentence in reasons(thio()) if "corrections:" in sentence]


def test_what_others_published_and_what_the_literature_says_come_last():
    entry = thio(notes=(Note(text="it was wet", source="the same authors, erratum"),))
    assert reasons(entry, same_system={"Xiao 2019": -123.0})[-2:] == [
        "also published for this interface: -123 (Xiao 2019)",
        "it was wet (the same authors, erratum)",
    ]


def test_what_is_not_computed_has_no_reason_for_a_difference():
    assert reasons(thio(b="NaCl")) == []
