"""Numbers of many at once, with either core, against those of one interface, reactant and window at a time."""

import numpy as np
import pytest
from random_phases import build, random_composition, random_phases, written

from screening.common.errors import CoatscreenError, InputError
from screening.energies.sources.fetched import FetchedPhaseSet
from screening.equilibrium import survey as surveys
from screening.equilibrium.interface import Interface
from screening.equilibrium.reactant import Reactant
from screening.equilibrium.survey import Pair, Survey
from screening.equilibrium.window import electrochemical_window
from screening.hull.compiled.core import core
from screening.hull.reservoir import Reservoir
from screening.phases.phase_set import PhaseSet

pytestmark = pytest.mark.usefixtures("either_core")


@pytest.fixture(params=["numpy", "compiled"])
def either_core(request, monkeypatch):
    if request.param == "compiled" and core() is None:
        pytest.skip("the compiled core is not built, or not wanted")
    monkeypatch.setenv("COATSCREEN_CORE", request.param)


def samples_of(phases, n_samples, seed=0):
    """The set with other energies of its compounds, the same for phases of one composition."""
    rng = np.random.default_rng(seed)
    names = [phases.formula(i) for i in range(len(phases))]
    drawn = []
    for _ in range(n_samples):
        shift = {name: rng.normal(0.0, 0.05) if name not in phases.elements else 0.0 for name in names}
        drawn.append(phases.shifted(np.array([shift[name] for name in names])))
    return drawn


def materials_of(phases, n_materials, seed):
    """Known phases, mixtures of nothing known, and energies that are given."""
    rng = np.random.default_rng(seed)
    found = [written(random_composition(rng, phases.elements)) for _ in range(n_materials)]
    found += [phases.formula(int(i)) for i in rng.integers(len(phases), size=n_materials)]
    return [*found, found[0] + "@25meV", found[-1] + "@5meV"]


def check_contacts(samples, pairs):
    """Compare with one interface at a time; return how many could be computed."""
    found, computed = Survey(samples).contacts(pairs), 0
    for k, pair in enumerate(pairs):
        for s, sample in enumerate(samples):
            held = pair.reservoirs[s if len(pair.reservoirs) > 1 else 0] if pair.reservoirs else None
            profile, why = None, None
            try:
                profile = Interface(sample, pair.a, pair.b, held).profile()
            except CoatscreenError as error:
                why = str(error)
            assert found.why_missing[k].get(s) == why
            if profile is None:
                assert np.isnan([found.mutual[k, s], found.total[k, s], found.self_a[k, s], found.x_total[k, s]]).all()
                continue
            expected = {
                "mutual": profile.mutual.min(),
                "total": profile.total.min(),
                "x_mutual": profile.x[profile.lowest_mutual],
                "x_total": profile.x[profile.lowest_total],
                "self_a": profile.self_a,
                "self_b": profile.self_b,
            }
            assert {name: getattr(found, name)[k, s] for name in expected} == pytest.approx(expected, abs=2e-9)
            computed += 1
    return computed


@pytest.mark.parametrize("n_samples", [None, 3])
@pytest.mark.parametrize("n_elements", [3, 6, 8])
def test_contacts(n_elements, n_samples):
    phases = random_phases(n_elements, n_elements)
    samples = [phases] if n_samples is None else samples_of(phases, n_samples)
    materials = materials_of(phases, 4, n_elements)
    held = [
        (),
        (Reservoir({"Li": -1.3}),),
        tuple(Reservoir({"Li": -1.0 - 0.2 * s}) for s in range(len(samples))),
        (Reservoir({"Li": -1.7, "O": -1.9}),),
        (Reservoir({"Li": -0.1, "O": -0.1}),),  # the two react with each other
    ]
    pairs = [Pair(a, b, r) for a, b in zip(materials, materials[::-1], strict=True) for r in held]
    pairs += [Pair("LiXx", "LiO2"), Pair("LiZr", "LiO2"), Pair("Li", "LiO2", held[1]), Pair("LiO2", "LiO2")]
    assert check_contacts(samples, pairs) > len(pairs) * len(samples) / 2


def test_contacts_of_the_packaged_energies(monkeypatch, tmp_path):
    """The cathode between its cells, a glass, and energies above the hull; with all phases, and those on the hull."""
    monkeypatch.setenv("COATSCREEN_CACHE", str(tmp_path))
    phases = PhaseSet.reference().within({"Li", "O", "S", "P", "Cl", "Ni", "Co", "Mn", "Nb"})
    coatings = ["LiNbO3", "Li3PO4", "Li2O@40meV", "LiCl", "1.5Li2S-0.5P2S5", "NbO2"]
    partners = ["LiNi0.83Co0.12Mn0.05O2", "Li0.7Ni0.83Co0.12Mn0.05O2", "Li6PS5Cl"]
    pairs = [Pair(a, b, r) for a in coatings for b in partners for r in ((), (Reservoir({"Li": -3.66}),))]
    assert check_contacts([phases], pairs) == len(pairs)
    assert not phases.shelved.knows_hull
    monkeypatch.setattr(surveys, "_WORTH_FINDING", 1)
    assert check_contacts([phases], pairs) == len(pairs)
    assert phases.shelved.knows_hull == (core() is not None)


def test_energies_and_windows():
    phases = random_phases(11, 5)
    samples = samples_of(phases, 3)
    materials = [m for m in materials_of(phases, 6, 1) if set(Reactant(phases, m).composition) != {"Li"}]
    survey = Survey(samples)
    own, hull, windows = (
        survey.formation_energies(materials),
        survey.hull_energies(materials),
        survey.windows(materials),
    )
    for k, material in enumerate(materials):
        for s, sample in enumerate(samples):
            reactant = Reactant(sample, material)
            assert own[k, s] == pytest.approx(reactant.formation_energy, abs=1e-9)
            assert hull[k, s] == pytest.approx(reactant.mixture.energy, abs=1e-9)
            limits = electrochemical_window(sample, material)
            assert windows.reduction[k, s] == pytest.approx(limits.reduction_limit_v, abs=2e-9)
            if limits.oxidation_limit_v is None:
                assert np.isnan(windows.oxidation[k, s])
            else:
                assert windows.oxidation[k, s] == pytest.approx(limits.oxidation_limit_v, abs=2e-9)


def test_what_has_no_window_or_no_energies():
    survey = Survey([random_phases(11, 5)])
    with pytest.raises(InputError, match="lithium has no electrochemical window"):
        survey.windows(["LiO2", "Li"])
    with pytest.raises(InputError, match="hold no phase of Zr"):
        survey.formation_energies(["ZrO2"])
    assert Survey([random_phases(11, 5)]).contacts([]).mutual.shape == (0, 1)


def test_systems_that_were_not_fetched():
    """Between two fetched systems phases are missing: the one contact is computed, the other says why not."""
    whole = random_phases(11, 5)
    fetched = FetchedPhaseSet.complete_in(whole.scale, whole.table, [{"Li", "O", "S"}, {"P", "O", "S"}])
    pairs = [Pair("LiO2", "Li2S"), Pair("LiO2", "P2S5"), Pair("P2O5", "SO2", (Reservoir({"Li": -1.0}),))]
    found = Survey([fetched]).contacts(pairs)
    assert np.isnan(found.mutual[:, 0]).tolist() == [False, True, True]
    assert "were not fetched for Li-O-P-S" in found.why_missing[1][0]
    assert check_contacts([fetched], pairs) == 1


def test_reservoirs_that_react_in_the_energies_that_a_sample_was_drawn_from():
    """2 mu(Li) + mu(O) = -5.9 eV: above Li2O at -6 eV, below it at -5.7."""
    phases = build([({"Li": 2, "O": 1}, -2.0), ({"Li": 1, "S": 1}, -1.0)], elements=["Li", "O", "S"])
    sample = phases.shifted(np.array([0.0, 0.0, 0.0, 0.1, 0.0]))
    held = (Reservoir({"Li": -1.0, "O": -3.9}),)
    [why] = Survey([phases]).contacts([Pair("LiS", "S", held)]).why_missing
    assert "react with each other" in why[0]
    assert check_contacts([phases, sample], [Pair("LiS", "S", held)]) == 1
