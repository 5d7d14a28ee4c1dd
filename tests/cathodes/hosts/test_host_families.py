"""Families of phases that differ by the working ion alone."""

from __future__ import annotations

import json

import pytest
from fixtures_screening import ELEMENTS, SCALE, phase

from screening.cathodes.hosts.host_families import TABLE, families_of, host_formula, topotactic_series
from screening.chemistry.formulas import parse_formula
from screening.energies.source import open_energies
from screening.materials.catalogue import Catalogue
from screening.materials.cathode import Cathode
from screening.phases.phase import Phase
from screening.phases.phase_set import PhaseSet


def lco(*phases: Phase) -> PhaseSet:
    """Phases named by their ids, and the elements."""
    return PhaseSet(SCALE, [*(phase(element) for element in ELEMENTS), *phases])


def cathode(*ids: str) -> Cathode:
    return Cathode(name="x", host={"Co": 1, "O": 2}, lithiations={"full": 1.0, "half": 0.5}, phases=ids)


@pytest.mark.parametrize(
    ("amounts", "formula"),
    [
        ({"Fe": 1, "P": 1, "O": 4}, "FePO4"),
        ({"Fe": 4, "P": 4, "O": 16}, "FePO4"),
        ({"Ni": 0.5, "Mn": 1.5, "O": 4}, "Mn3NiO8"),
        ({"Ni": 1 / 3, "Mn": 1 / 3, "Co": 1 / 3, "O": 2}, "MnCoNiO6"),
    ],
)
def test_a_host_has_one_formula_however_it_is_written(amounts, formula):
    assert host_formula(amounts) == host_formula(parse_formula(formula))


def test_the_table_has_a_source_and_families_of_two_or_more_phases():
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    assert "Materials Project" in table["source"]
    assert list(table["families"]) == ["Li", "Na", "K", "Mg"]
    for hosts in table["families"].values():
        assert all(len(ids) > 1 for families in hosts.values() for ids in families)
        assert all(host_formula(parse_formula(host)) == host for host in hosts)
        together = [name for families in hosts.values() for ids in families for name in ids]
        assert len(together) == len(set(together))


def test_every_family_holds_two_contents_of_one_host():
    """Of the phases that the packaged energies hold, the compositions say so by themselves."""
    table = open_energies("reference:r2scan").table
    hosts = json.loads(TABLE.read_text(encoding="utf-8"))["families"]["Li"]
    several = 0
    for host, families in list(hosts.items())[::7]:
        for ids in families:
            contents = set()
            for position in table.positions_of(ids):
                amounts = table.composition(position)
                lithium = amounts.pop("Li", 0.0)
                assert host_formula(amounts) == host
                contents.add(round(lithium / sum(amounts.values()), 6))
            several += len(contents) > 1
    assert several > 20


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("LiFePO4", {"mp-19017", "mp-20361"}),  # olivine and heterosite, both Pnma
        ("LiCoPO4", {"mp-18915", "mp-504098"}),
        ("LiMn2O4", {"mp-22584", "mp-25275"}),  # spinel and lambda-MnO2, both Fd-3m
        ("LiNi0.5Mn1.5O4", {"mp-771112", "mp-775810"}),  # both P4332
    ],
)
def test_known_pairs_are_families(name, ids):
    entry = Catalogue.load().cathode(name)
    anyone = entry.model_copy(update={"phases": (sorted(ids)[0],)})
    (family,) = families_of(anyone)
    assert ids <= set(family)
    assert set(entry.phases) <= ids


def test_phases_named_are_taken_as_they_are():
    phases = lco(phase("LiCoO2", -1.7, "a"), phase("CoO2", -0.9, "b"), phase("LiCoO2", -1.8, "c"))
    series = topotactic_series(phases, cathode("a", "b"))
    assert [phases.table.id(position) for position in series.positions] == ["b", "a"]
    assert series.contents == pytest.approx((0.0, 1 / 3))
    assert series.energies == pytest.approx((-0.9, -1.7 * 4 / 3))


def test_of_several_hosts_the_one_lowest_at_full_is_taken(monkeypatch):
    families = {"Li": {"CoO2": [["a", "b"], ["c", "d"], ["e"]]}}
    monkeypatch.setattr("screening.cathodes.hosts.host_families._families", lambda: families)
    phases = lco(
        phase("LiCoO2", -1.7, "a"),
        phase("CoO2", -0.5, "b"),
        phase("LiCoO2", -1.6, "c"),
        phase("CoO2", -0.9, "d"),
        phase("LiCoO2", -1.9, "e"),  # lowest of all, and no charged one is known of it
    )
    series = topotactic_series(phases, cathode())
    assert {phases.table.id(position) for position in series.positions} == {"a", "b"}
    series = topotactic_series(phases, cathode("d"))
    assert {phases.table.id(position) for position in series.positions} == {"c", "d"}


def test_a_family_without_a_phase_at_full_or_with_that_alone_is_none(monkeypatch):
    families = {"Li": {"CoO2": [["a", "b"]]}}
    monkeypatch.setattr("screening.cathodes.hosts.host_families._families", lambda: families)
    assert topotactic_series(lco(phase("LiCoO2", -1.7, "a")), cathode()) is None
    assert topotactic_series(lco(phase("CoO2", -0.7, "b")), cathode()) is None
    assert topotactic_series(lco(phase("CoO2", -0.7, "z")), cathode()) is None
