"""The phases that a screening needs: those pymatgen finds near the hull, the most needed first."""

from __future__ import annotations

import json

import pytest
from fixtures_missing import ASK, PAIRS, asked
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from coatscreen.__main__ import execute
from screening.energies.packaged.packaged_table import packaged_energies
from screening.searches.missing.needed import default_within_mev


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("within", [0, 25])
def test_the_phases_near_the_hull_are_those_pymatgen_finds(by_pymatgen, capsys, within):
    out = asked(capsys, "--within-mev", within, cathode="LiCoO2")
    competing = {one["id"] for one in out["missing"] if one["why"] != "material"}
    borderline = {name for name, above in by_pymatgen.items() if abs(above - within / 1000) < 1e-6} if within else set()
    expected = {name for name, above in by_pymatgen.items() if above <= within / 1000 + 1e-8}
    materials = {one["id"] for one in out["missing"] if one["why"] == "material"}
    assert competing - borderline == expected - materials - borderline
    for one in out["missing"]:
        if one["id"] in by_pymatgen:
            assert one["energy_above_hull_ev_per_atom"] == pytest.approx(max(by_pymatgen[one["id"]], 0), abs=1e-6)


def test_the_most_needed_come_first_and_nothing_given_means_all_is_missing(capsys):
    out = asked(capsys)
    reasons = [one["why"] for one in out["missing"]]
    order = ["element", "material", "on the hull", "near the hull"]
    assert reasons == sorted(reasons, key=order.index)
    near = [one["energy_above_hull_ev_per_atom"] for one in out["missing"] if one["why"] == "near the hull"]
    assert near == sorted(near)
    assert max(near) <= default_within_mev() / 1000 == out["within_mev_per_atom"] / 1000
    elements = [one["needed_for"][0] for one in out["missing"] if one["why"] == "element"]
    assert elements == sorted(
        elements, key=lambda el: next(o["formula"] for o in out["missing"] if el in o["needed_for"])
    )
    assert set(elements) == {"Li", "Zr", "O", "Ni", "Co", "Mn", "P", "S"}
    assert (out["given"], out["n_present"], out["n_needed"]) == (None, 0, len(out["missing"]))
    assert out["energies"]["sha256"] == packaged_energies().sha256
    assert len(out["systems"]) == 3
    materials = [one for one in out["missing"] if one["why"] == "material"]
    assert "cell-NCM111-Li0.5" in [one["id"] for one in materials]
    states = [whom for one in materials for whom in one["needed_for"]]
    assert {"NCM111, full", "NCM111, half"} <= set(states)


def test_a_glass_needs_no_energy_and_an_unknown_compound_one_of_its_own(capsys):
    command = [*ASK[:2], "--cathodes", "LiCoO2", "--json"]
    assert execute([*command, "--coatings", "Li22ZrO13", "--electrolytes", "0.75Li2S-0.25P2S5@30meV"]) == 0
    missing = json.loads(capsys.readouterr().out)["missing"]
    (unknown,) = [one for one in missing if one["id"] is None]
    assert (unknown["formula"], unknown["needed_for"], unknown["why"]) == ("Li22ZrO13", ["Li22ZrO13"], "material")
    assert unknown["energy_above_hull_ev_per_atom"] is None
    assert "one of your own" in unknown["hint"]


@pytest.fixture(scope="module")
def by_pymatgen():
    """Energies above the hull in the three systems, by pymatgen, of the lowest phase of each composition."""
    known, found = packaged_energies(), {}
    for system in PAIRS:
        entries = [
            PDEntry(Composition(known.table.composition(int(i))), 0.0, name=known.table.id(int(i)))
            for i in known.table.inside(system)
        ]
        energies = {known.table.id(int(i)): float(known.energies[i]) for i in known.table.inside(system)}
        entries = [PDEntry(e.composition, energies[e.name] * e.composition.num_atoms, name=e.name) for e in entries]
        diagram = PhaseDiagram(entries)
        lowest = {}
        for entry in sorted(entries, key=lambda e: e.energy_per_atom):
            fractions = entry.composition.fractional_composition
            lowest.setdefault(tuple(sorted((el.symbol, round(x, 6)) for el, x in fractions.items())), entry)
        found.update({entry.name: diagram.get_e_above_hull(entry) for entry in lowest.values()})
    return found
