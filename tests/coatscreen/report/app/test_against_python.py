"""The numbers of the page for any interface are those of the Python core: it is run in a headless Chromium."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from chromium import PROGRAM, Chromium

from coatscreen.__main__ import execute
from screening.common.errors import InputError
from screening.equilibrium.interface import Interface
from screening.equilibrium.staircase import lithium_staircase
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.materials.catalogue import Catalogue
from screening.materials.names import resolve_formula

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")
TOLERANCE_EV = 1e-6  # of an energy or a voltage: the page holds energies to 1e-6 eV/atom
LINES = """(questions) => questions.map(([a, b, voltage]) => {
  try {
    const [first, second] = [a, b].map((text) => reactantOf(calculation.phases, calculation.notation.read(text)));
    return interfaceOf(calculation.phases, first, second, voltage);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { fault: error.message };
  }
})"""
ALONE = """(texts) => texts.map((text) => {
  const reactant = reactantOf(calculation.phases, calculation.notation.read(text));
  return { window: windowOf(calculation.phases, reactant), steps: staircaseOf(calculation.phases, reactant) };
})"""
READ = """(texts) => texts.map((text) => {
  try {
    return calculation.notation.read(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { fault: error.message };
  }
})"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of the packaged energies in a browser: a function that calls a function there."""
    file = tmp_path_factory.mktemp("app") / "app.html"
    assert execute(["report", "--app", str(file)]) == 0
    browser = Chromium(tmp_path_factory.mktemp("browser"))
    browser.open(file)

    def ask(function, values):
        return [
            one
            for k in range(0, len(values), 50)
            for one in browser.value(f"({function})({json.dumps(values[k : k + 50])})")
        ]

    yield ask
    assert browser.errors == []
    browser.close()


def questions(phases, n):
    """Contacts of random compounds with lithium, and of names with all states, closed and at random voltages."""
    choose = random.Random(2016)
    catalogue = Catalogue.load()
    names = [one.name for one in (*catalogue.coatings, *catalogue.electrolytes) if not one.mole_fractions]
    names += [
        f"{one.name}:{state}" for one in catalogue.cathodes for state in (*one.lithiations, "0.3") if one.ion == "Li"
    ]
    names = [
        name for name in names if ":0.3" not in name or catalogue.cathode(name.split(":")[0]).lithiations["full"] > 0.3
    ]
    places = [
        i
        for i in phases.table.inside([e for e in phases.elements if e not in ("Ac", "Pu")])
        if len(phases.table.composition(i)) > 1
    ]
    compounds = [phases.formula(int(i)) for i in choose.sample(places, n)]
    found = []
    for compound in compounds:
        pair = [compound if choose.random() < 0.7 else choose.choice(names), choose.choice(names)]
        choose.shuffle(pair)
        found.append([*pair, choose.choice([None, round(5 * choose.random(), 3)])])
    return found


def compare(phases, asked, found):
    """Compare the page's answers with those of the Python core; return how many reactions have another text."""
    differing = 0
    for (a, b, voltage), shown in zip(asked, found, strict=True):
        held = None if voltage is None else Reservoir.lithium_voltage(voltage)
        try:
            interface = Interface(phases, *(resolve_formula(one, Catalogue.load(), phases) for one in (a, b)), held)
        except InputError:
            assert "fault" in shown, (a, b, voltage)
            continue
        assert "fault" not in shown, (a, b, shown)
        profile = interface.profile()
        x = [kink["x"] for kink in shown["kinks"]]
        for name, ours in (("mutual", profile.mutual), ("total", profile.total)):
            theirs = [kink[name] for kink in shown["kinks"]]
            assert np.interp(profile.x, x, theirs) == pytest.approx(ours, abs=TOLERANCE_EV), (a, b, voltage)
            assert np.interp(x, profile.x, ours) == pytest.approx(theirs, abs=TOLERANCE_EV), (a, b, voltage)
        assert (shown["selfA"], shown["selfB"]) == pytest.approx((profile.self_a, profile.self_b), abs=TOLERANCE_EV)
        lowest = interface.document().kinks[profile.lowest_mutual]
        kink = shown["kinks"][shown["lowestMutual"]]
        if abs(kink["x"] - profile.x[profile.lowest_mutual]) < 1e-6:
            assert (kink["xAtomic"], kink["xMolar"]) == pytest.approx((lowest.x_atomic_a, lowest.x_molar_a), abs=1e-6)
        differing += kink["reaction"] != lowest.reaction
    return differing


def test_interfaces(page, reference):
    asked = questions(reference, 60)
    assert compare(reference, asked, page(LINES, asked)) <= 1


@pytest.mark.slow
def test_two_thousand_interfaces(page, reference):
    asked = questions(reference, 2000)
    differing = compare(reference, asked, page(LINES, asked))
    print(f"{differing} of {len(asked)} reactions are written otherwise")
    assert differing <= 20  # of several mixtures of one energy another may be found


def alone(phases, texts, found):
    for text, shown in zip(texts, found, strict=True):
        formula = resolve_formula(text, Catalogue.load(), phases)
        window = electrochemical_window(phases, formula)
        assert shown["window"]["reduction"]["voltage"] == pytest.approx(window.reduction_limit_v, abs=TOLERANCE_EV), (
            text
        )
        for side in ("reduction", "oxidation"):
            there = shown["window"][side]
            limit = getattr(window, f"{side}_limit_v")
            assert (there is None) == (limit is None), text
            if there is None:
                continue
            assert there["voltage"] == pytest.approx(limit, abs=TOLERANCE_EV), text
            assert there["reaction"] == getattr(window, f"{side}_reaction"), text
            for ours, theirs in (("exchange", "{}_exchange"), ("next", "next_{}_limit_v")):
                expected = getattr(window, theirs.format(side))
                assert there[ours] == (None if expected is None else pytest.approx(expected, abs=1e-5)), text
        steps = lithium_staircase(phases, formula).steps
        assert [one["voltage"] for one in shown["steps"]] == pytest.approx(
            [one.voltage_v for one in steps], abs=1e-5
        ), text
        assert [one["below"] for one in shown["steps"]] == pytest.approx([one.ions_below for one in steps], abs=1e-5), (
            text
        )
        assert [one["above"] for one in shown["steps"]] == pytest.approx([one.ions_above for one in steps], abs=1e-5), (
            text
        )
        assert [one["reaction"] for one in shown["steps"]] == [one.reaction for one in steps], text


MATERIALS = [
    "LiNbO3",
    "Li6PS5Cl",
    "NCM83:half",
    "HfO2",
    "Li4Ti5O12",
    "1.5Li2S-0.5P2S5-LiI",
    "LiNbO3@30meV",
    "LiF",
    "Li2O2",
]


def test_windows_and_staircases(page, reference):
    alone(reference, MATERIALS, page(ALONE, MATERIALS))


@pytest.mark.slow
def test_windows_and_staircases_of_the_catalogue(page, reference):
    catalogue = Catalogue.load()
    texts = [one.name for one in (*catalogue.coatings, *catalogue.electrolytes) if not one.mole_fractions]
    alone(reference, texts, page(ALONE, texts))


TYPED = [
    *(
        "LiNbO3",
        " LiNbO3 ",
        "linbo3",
        "LNO",
        "Li1.3Al0.3Ti1.7(PO4)3",
        "Li0.333CoO2",
        "Li0.3330CoO2",
        "Li1/3CoO2",
        "Li0.33CoO2",
    ),
    *(
        "Li6 P1 S5 Cl1",
        "0.5Li2MnO3·0.5LiNiO2",
        "MgCl2·6H2O",
        "Li₃PO₄",
        "Li3PO4 ",
        "D2O",
        "[Li2O]2",
        "{LiF}",
        "Li0.6667CoO2",
    ),
    *(
        "NCM83",
        "NCM83:half",
        "ncm83:HALF",
        "NCM83:0.3",
        "NCM83:9",
        "NCM83:x",
        "NCM99:half",
        "LiCoO2:half",
        "LiFePO4:empty",
    ),
    *(
        "1.5Li2S-0.5P2S5-LiI",
        "0.75Li2S-0.25P2S5",
        "0.75Li2S-0.5P2S5",
        "Li-P-S",
        "Li2S-Li2S",
        "Li2S-",
        "75Li2S-25P2S5@30meV",
    ),
    *(
        "LiNbO3@30meV",
        "LiNbO3@30 meV/atom",
        "LiNbO3@",
        "LiNbO3@-3meV",
        "LiNbO3@30",
        "LiPON",
        "LATP",
        "LLZO",
        "argyrodite",
    ),
    *(
        "LiFSI",
        "LiPSCl",
        "Li+",
        "PO4^3-",
        "Li2+O",
        "LiNbO33",
        "Xx2O3",
        "Li(",
        "Li)",
        "(Li]",
        "()",
        "Li0O",
        "Li-1O",
        "",
        "  ",
        "Li3P04",
        "lino3",
    ),
    *(
        "Li2CO3+LiNbO3",
        "0.5Li2CO3+0.5LiNbO3",
        "LiNbO3#mp-3731",
        "LiNbO3#mp-1",
        "#mp-1",
        "Li²O",
        "PuO2",
        "LiFe\u200bPO4",
        "Li;O",
        "H",
        "O2",
    ),
    *(
        "NiO0.5H2O",
        "Li3PO4.Li2S",
        "0.3Li2O·0.3P2O5",
        "Li1e5O",
        "Li" + "9" * 400 + "O",
        "💡",
        "<img src=x>",
        "Li2S 0.5",
        "Cl0.25O",
    ),
]


def test_what_is_typed(page, reference):
    """The page reads what the program reads, as the same composition, and refuses what it refuses."""
    catalogue = Catalogue.load()
    texts = TYPED + [name for one in catalogue.entries for name in one.names]
    refused = []
    for text, shown in zip(texts, page(READ, texts), strict=True):
        try:
            formula = resolve_formula(text, catalogue, reference)
            expected = Interface(reference, formula, "LiF").a
        except InputError:
            expected = None
        assert ("fault" in shown) == (expected is None), (text, shown, expected)
        if expected is None:
            refused.append(shown["fault"])
        else:
            assert shown["composition"] == pytest.approx(expected.composition, rel=1e-12), text
            assert shown["aboveHull"] == pytest.approx(expected.given_above_hull), text
    assert all(fault and "\n" not in fault and len(fault) < 300 for fault in refused)
