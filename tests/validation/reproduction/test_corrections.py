"""The packaged comparison of correction schemes."""

import pytest

from screening.validation.reproduction.corrections import SchemeEffect, schemes
from screening.validation.reproduction.papers import PublishedReaction, packaged_papers


def test_the_effect_is_the_newer_scheme_minus_the_older():
    assert SchemeEffect(older_mev=-400.0, newer_mev=-330.0).effect_mev == 70.0


def test_every_effect_belongs_to_a_published_reaction():
    reactions = {
        entry.id for paper in packaged_papers() for entry in paper.quantities if isinstance(entry, PublishedReaction)
    }
    assert schemes().quantities.keys() <= reactions
    assert schemes().quantities


@pytest.mark.parametrize("name", sorted(schemes().quantities))
def test_reactions_release_energy_with_both_schemes(name):
    effect = schemes().quantities[name]
    assert effect.older_mev <= 0.0
    assert effect.newer_mev <= 0.0
    assert abs(effect.effect_mev) < 200.0  # schemes differ by tens of meV/atom, up to 150
