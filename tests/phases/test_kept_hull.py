"""Which phases lie on the hull is found once, kept on disk, and believed only where it is what was written."""

import numpy as np
import pytest
from random_phases import SCALE, random_phases

from screening.equilibrium.survey import Survey
from screening.hull.compiled.core import core
from screening.phases import element_rows, kept_hull
from screening.phases.phase_set import PhaseSet

pytestmark = pytest.mark.skipif(core() is None, reason="the compiled core is not built, or not wanted")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, in which small sets are kept too."""
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path))
    monkeypatch.setattr(kept_hull, "_WORTH_KEEPING", 1)
    return tmp_path / "hulls"


@pytest.fixture
def searches(monkeypatch):
    """Count how often the hull is found anew."""
    counted = []
    find = element_rows.near_hull
    monkeypatch.setattr(element_rows, "near_hull", lambda *given: counted.append(1) or find(*given))
    return counted


def ids_on_hull(phases):
    """Return the ids of the phases that may be on the hull, of a set that has been asked nothing yet."""
    return {phases.table.id(i) for i in phases.shelved.on_hull[0]}


def again(phases, order=None):
    """Make the same set anew, its phases perhaps in another order."""
    return PhaseSet(SCALE, [phases.phases[i] for i in (range(len(phases)) if order is None else order)])


def test_it_is_found_once_and_read_in_any_order(cache, searches):
    phases = random_phases(3, 6)
    assert not phases.shelved.keeps_hull
    found = ids_on_hull(phases)
    assert phases.shelved.keeps_hull
    assert 6 < len(found) < len(phases)
    assert [file.name for file in cache.iterdir()] == [phases.sha256]
    assert ids_on_hull(again(phases)) == found
    assert ids_on_hull(again(phases, np.random.default_rng(1).permutation(len(phases)))) == found
    assert len(searches) == 1


@pytest.mark.parametrize("damage", ["a bit", "cut", "longer", "empty", "of other energies"])
def test_what_is_damaged_or_foreign_is_found_again(damage, cache, searches):
    phases, other = random_phases(3, 6), random_phases(4, 6)
    found = ids_on_hull(phases)
    file = cache / phases.sha256
    written = file.read_bytes()
    if damage == "of other energies":
        other = PhaseSet(
            SCALE, [p.model_copy(update={"energy_ev_per_atom": -p.energy_ev_per_atom}) for p in again(phases).phases]
        )
        ids_on_hull(other)
        file.write_bytes((cache / other.sha256).read_bytes())
    else:
        last = bytes([written[-1] ^ 0x80])
        changed = {"a bit": written[:-1] + last, "cut": written[:-1], "longer": written + b"\0", "empty": b""}
        file.write_bytes(changed[damage])
    searches.clear()
    assert ids_on_hull(again(phases)) == found
    assert len(searches) == 1
    assert file.read_bytes() == written


def test_where_nothing_can_be_kept_it_is_found(tmp_path, monkeypatch, searches):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path / "file"))
    phases = random_phases(3, 6)
    assert ids_on_hull(phases) == ids_on_hull(again(phases))
    assert len(searches) == 2
    assert not phases.shelved.keeps_hull


def test_drawn_energies_neither_read_nor_write_it(cache):
    phases = random_phases(3, 6)
    ids_on_hull(phases)
    sample = phases.shifted(np.zeros(len(phases)))
    assert not sample.shelved.keeps_hull
    with pytest.raises(ValueError, match="energies as they are"):
        _ = sample.shelved.on_hull
    assert len(list(cache.iterdir())) == 1


def test_energies_of_mixtures_are_those_among_all_phases():
    phases = random_phases(5, 7)
    compositions = [phases.table.composition(i) for i in range(len(phases))]
    among_all = Survey([phases]).mixture_energies(compositions)
    ids_on_hull(again(phases))
    fresh = again(phases)
    np.testing.assert_allclose(Survey([fresh]).mixture_energies(compositions), among_all, rtol=0, atol=1e-9)
    assert fresh.shelved.knows_hull
