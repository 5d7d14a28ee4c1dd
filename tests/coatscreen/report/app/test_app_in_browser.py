"""The page for any interface in a real browser: typed, slid, shared, and asked for what it cannot answer."""

from __future__ import annotations

import json

import pytest
from chromium import PROGRAM, Chromium
from fixtures_report import HOSTILE
from fixtures_screening import energies_file, synthetic

from coatscreen.__main__ import execute
from screening import PhaseSet
from screening.equilibrium.interface import Interface
from screening.equilibrium.window import electrochemical_window
from screening.hull.reservoir import Reservoir
from screening.text.visible_text import visible

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    file = folder / "app.html"
    assert execute(["report", "--app", str(file), "--energies", energies_file(folder)]) == 0
    return file


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Chromium(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture
def opened(browser, made):
    """The browser with the page; it may ask for nothing but the page, and complain of nothing."""
    browser.open(made)
    yield browser
    assert browser.errors == []
    assert {address.partition("#")[0] for address in browser.requests} == {made.resolve().as_uri()}


def type_into(browser, name, text):
    browser.value(f"document.querySelector('input[name={name}]').select()")
    browser.write(f"input[name={name}]", text)


def lowest(browser, which="mutual"):
    cells = f"document.querySelector('#minima tr#{which}').cells"
    energy, x = browser.value(f"[{cells}[1].textContent, {cells}[2].textContent]")
    return float(energy.replace("\N{MINUS SIGN}", "-")), float(x)


def message(browser):
    return browser.value("document.getElementById('message').textContent")


def expected(a, b, voltage=None):
    profile = Interface(synthetic(), a, b, None if voltage is None else Reservoir.lithium_voltage(voltage)).profile()
    return [
        (pytest.approx(1000 * values.min(), abs=0.051), pytest.approx(profile.x[place], abs=0.00051))
        for values, place in ((profile.mutual, profile.lowest_mutual), (profile.total, profile.lowest_total))
    ]


def test_what_is_typed_is_answered(opened):
    for a, b in [("LiNbO3", "Li6PS5Cl"), ("LiCoO2:half", "Li3PO4"), ("HfO2", "Li6PS5Cl")]:
        type_into(opened, "a", a)
        type_into(opened, "b", b)
        formula = "Li0.5CoO2" if ":" in a else a
        assert [lowest(opened), lowest(opened, "total")] == expected(formula, b)
        kinks = opened.value("document.querySelectorAll('#kinks tbody tr').length")
        assert kinks == len(Interface(synthetic(), formula, b).profile().x)
        assert opened.value("document.querySelectorAll('#interface circle.kink').length") == 2 * kinks
    limits = opened.value("[...document.querySelectorAll('#limits tbody tr')].map((row) => row.cells[2].textContent)")
    window = electrochemical_window(synthetic(), "Li6PS5Cl")
    assert limits[-2:] == [f"{window.reduction_limit_v:.3f}", f"{window.oxidation_limit_v:.3f}"]


def test_the_slider_opens_to_lithium(opened):
    type_into(opened, "a", "LiNbO3")
    opened.value("document.querySelector('input[name=slider]').focus()")
    for _ in range(3):
        opened.press("ArrowRight", 39)
    assert opened.value("document.querySelector('input[name=open]').checked")
    assert opened.value("document.querySelector('input[name=voltage]').value") == "3.93"
    assert [lowest(opened), lowest(opened, "total")] == expected("LiNbO3", "Li6PS5Cl", 3.93)
    assert "3.93 V" in opened.value("document.querySelector('#interface h2').textContent")
    opened.click("input[name=open]")
    assert [lowest(opened), lowest(opened, "total")] == expected("LiNbO3", "Li6PS5Cl")


def test_the_potential_of_a_state_is_offered(opened):
    type_into(opened, "a", "LiCoO2:half")
    labels = opened.value("[...document.querySelectorAll('.states button')].map((one) => one.textContent)")
    assert "LiCoO2 charged 4.30 V" in labels
    opened.click(f".states button:nth-child({labels.index('LiCoO2 charged 4.30 V') + 1})")
    assert [lowest(opened), lowest(opened, "total")] == expected("Li0.5CoO2", "Li6PS5Cl", 4.3)


def test_the_address_holds_the_question(opened, made):
    type_into(opened, "a", "Li3PO4")
    type_into(opened, "voltage", "4.1")
    link = opened.value("location.href")
    shown = lowest(opened)
    assert link.endswith("#a=Li3PO4&b=Li6PS5Cl&v=4.1")
    opened.open(made)
    assert lowest(opened) != shown
    opened.command("Page.navigate", url=link)
    opened.wait("document.querySelector('#interface h2')?.textContent.includes('Li3PO4 and Li6PS5Cl')")
    assert lowest(opened) == shown
    assert opened.value("document.querySelector('input[name=a]').value") == "Li3PO4"
    opened.value("location.hash = '#a=HfO2&b=Li3PO4'")
    opened.wait("document.querySelector('#interface h2').textContent === 'HfO2 and Li3PO4, closed'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Xx2O3", "Xx2O3: no element Xx"),
        ("LiNbO33", "no oxidation states balance it"),
        ("", "write a material"),
        ("LiNbO4-", "a material is missing beside '-'"),
        ("Si", "these energies hold no phase of Si"),
        ("LiCoO2:quarter", "unknown state quarter of LiCoO2; there are full, half"),
        ("Li2CO3+LiNbO3", "is several phases, each with interfaces of its own"),
        ("<img src=x onerror=alert(1)>", "unexpected '<' at position 1"),
        ("Li\u202e2O", "unexpected"),
        ("Li33P" * 5000, "no oxidation states balance it"),
    ],
)
def test_a_bad_material_is_one_line(opened, text, told):
    opened.value(
        f"(() => {{ const field = document.querySelector('input[name=a]'); field.value = {json.dumps(text)}; "
        "field.dispatchEvent(new Event('input')); })()"
    )
    said = message(opened)
    assert told in said
    assert len(said) < 200
    assert opened.value("document.getElementById('answer').hidden")
    assert opened.value("document.images.length") == 0
    type_into(opened, "a", "LiNbO3")
    assert message(opened) == ""
    assert lowest(opened) == expected("LiNbO3", "Li6PS5Cl")[0]


@pytest.mark.parametrize(
    "fragment", ["#v=x", "#v=-1", "#v=", "#v=1e9", "#a=%F0%9F&b=%", "#a=Li&b=Li6PS5Cl&v=3", "#a=&b="]
)
def test_a_damaged_link_is_one_line(browser, made, fragment):
    browser.open(made)
    browser.value(f"location.hash = {json.dumps(fragment)}")
    browser.wait("document.getElementById('message').textContent !== ''")
    assert browser.errors == []


def test_lithium_itself_has_no_window(opened):
    type_into(opened, "a", "Li")
    assert message(opened) == ""
    assert lowest(opened) == expected("Li", "Li6PS5Cl")[0]
    assert "lithium has no electrochemical window" in opened.value("document.getElementById('limits').textContent")


def test_with_the_keyboard_alone(opened):
    opened.value("document.querySelector('input[name=a]').focus()")
    names = []
    for _ in range(7):
        names.append(opened.value("document.activeElement.name || document.activeElement.id"))
        opened.press("Tab", 9)
    assert names == ["a", "b", "swap", "open", "slider", "voltage", "share"]
    opened.value("document.querySelector('#swap').focus()")
    opened.press("Enter", 13, "\r")
    assert opened.value("document.querySelector('input[name=a]').value") == "Li6PS5Cl"
    assert opened.value("document.activeElement.id") == "swap"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_as_wide_as_the_window(browser, made, width):
    browser.open(made, width)
    type_into(browser, "voltage", "4.2")
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.errors == []


def test_without_javascript(browser, made):
    browser.open(made, javascript=False)
    root = browser.command("DOM.getDocument", depth=-1)["root"]["nodeId"]
    assert "coatscreen interface LiNbO3 Li6PS5Cl" in browser.command("DOM.getOuterHTML", nodeId=root)["outerHTML"]


def test_energies_with_a_name_that_would_be_code(browser, tmp_path):
    phases = synthetic()
    named = PhaseSet.from_table(phases.scale.model_copy(update={"name": HOSTILE}), phases.table)
    named.to_file(tmp_path / "hostile.json")
    file = tmp_path / "hostile.html"
    assert execute(["report", "--app", str(file), "--energies", str(tmp_path / "hostile.json")]) == 0
    browser.open(file)
    assert visible(HOSTILE) in browser.value("document.querySelector('.made').textContent")
    assert lowest(browser) == expected("LiNbO3", "Li6PS5Cl")[0]
    assert browser.errors == []
    assert browser.value("document.querySelectorAll('script').length") == 3


def test_an_old_browser_says_so(browser, made, tmp_path):
    file = tmp_path / "old.html"
    file.write_text(
        made.read_text()
        .replace("script-src 'sha256-", "script-src 'unsafe-inline' 'ignored-", 1)
        .replace("<script>", "<script>delete window.DecompressionStream;</script><script>", 1)
    )
    browser.open(file)
    assert "This browser cannot compute here" in browser.value("document.getElementById('app').textContent")
