"""The page of a report in a real browser: what is clicked shows the numbers that the database holds."""

from __future__ import annotations

import csv
import io
import json

import pytest
from chromium import PROGRAM, Chromium
from fixtures_ranking import record
from fixtures_report import HOSTILE, header, lines_of, report_of, reported
from fixtures_samples import modelled_file
from fixtures_screening import SMALL

from coatscreen.__main__ import execute
from coatscreen.report.page import page
from coatscreen.report.report import ranking_report
from screening import CoatingDatabase, open_energies
from screening.equilibrium.interface import Interface
from screening.hull.reservoir import Reservoir
from screening.text.visible_text import visible

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")
MUTUAL = "mutual_electrolyte_mev_per_atom"


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return modelled_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def store(tmp_path_factory, energies):
    folder = str(tmp_path_factory.mktemp("store"))
    request = [f"--{name}={','.join(values)}" for name, values in SMALL.items()]
    sampled = ["--uncertainty", "--samples", "20", "--energies", energies]
    assert execute(["run", *request, *sampled, "--store", folder]) == 0
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory, store, energies):
    file = tmp_path_factory.mktemp("report") / "report.html"
    assert execute(["report", "--store", store, "--energies", energies, "--output", str(file)]) == 0
    return file


@pytest.fixture(scope="module")
def coatings(store):
    """The coatings as the database holds them, by name."""
    with CoatingDatabase.open(store) as database:
        return {coating.coating: coating for coating in database.ranking()[0].ranking}


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
    assert browser.requests == [made.resolve().as_uri()]


def names(browser):
    return browser.value("[...document.querySelectorAll('#ranking tbody td.name')].map((cell) => cell.textContent)")


def table(browser, name):
    """The cells of a table as text."""
    rows = f"[...document.querySelectorAll('#{name} tbody tr')]"
    return browser.value(f"{rows}.map((row) => [...row.cells].map((cell) => cell.textContent))")


def choose(browser, name, value):
    """Choose of a list."""
    browser.value(
        f"(() => {{ const choice = document.querySelector('select[name={name}]'); choice.value = '{value}'; "
        "choice.dispatchEvent(new Event('change')); })()"
    )


def number(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_the_ranking(opened, coatings):
    assert names(opened) == list(coatings)
    heads = opened.value("[...document.querySelectorAll('#ranking thead th')].map((head) => head.textContent)")
    place = heads.index("worst")
    for row, coating in zip(table(opened, "ranking"), coatings.values(), strict=True):
        name = "worst_contact_mev_per_closed_atom"
        interval = coating.uncertainty.intervals[name]
        value, *spread = (number(part) for part in _value_and_interval(opened, coating.coating, place))
        assert value == pytest.approx(coating.quantities[name], abs=0.051)
        assert spread == pytest.approx([interval.low, interval.high], abs=0.051)
        assert coating.worst_contact in row


def _value_and_interval(browser, coating, place):
    cell = (
        f"[...document.querySelectorAll('#ranking tbody tr')]"
        f".find((row) => row.querySelector('.name').textContent === '{coating}').cells[{place}]"
    )
    value = browser.value(f"{cell}.firstChild.textContent")
    return value, *browser.value(f"{cell}.querySelector('.spread').textContent").split(" to ")


@pytest.mark.parametrize("name", [MUTUAL, "worst_mutual_mev_per_atom", "raw_material_cost_usd_per_kg"])
def test_sorting(opened, coatings, name):
    lower_first = name.startswith("raw")
    values = {coating: found.quantities[name] for coating, found in coatings.items()}
    best_first = sorted(values, key=lambda coating: values[coating] * (1 if lower_first else -1))
    opened.click(f'[data-key="sort {name}"]')
    assert names(opened) == best_first
    opened.click(f'[data-key="sort {name}"]')
    assert [values[coating] for coating in names(opened)] == sorted(values.values(), reverse=lower_first)


def test_filters(opened, coatings):
    opened.write('input[name="text"]', "nb")
    assert names(opened) == ["LiNbO3"]
    opened.write('input[name="text"]', "x")
    assert names(opened) == []
    assert "0 to 0 of 0" in opened.value("document.getElementById('count').textContent")
    opened.value(
        "(() => { const field = document.querySelector('input[name=text]'); field.value = ''; "
        "field.dispatchEvent(new Event('input')); })()"
    )
    values = sorted(found.quantities[MUTUAL] for found in coatings.values())
    choose(opened, "quantity", MUTUAL)
    opened.write('input[name="most"]', str(values[0] + 0.01))
    assert names(opened) == [name for name, found in coatings.items() if found.quantities[MUTUAL] == values[0]]


def test_a_click_into_the_map_draws_the_profile(opened, coatings, energies):
    phases = open_energies(energies)
    for face in (MUTUAL, "mutual_electrolyte_at_mu(full)_mev_per_closed_atom"):
        opened.click(f'#contacts tbody tr:last-child button[data-face="{face}"]')
        name = list(coatings)[-1]
        assert opened.value("document.querySelector('#coating h2').textContent") == name
        [contact] = [one for one in coatings[name].interfaces if one.face_quantity == face]
        held = None if contact.lithium is None else Reservoir({"Li": contact.lithium.mu_li_ev})
        profile = Interface(phases, contact.reaction.a, contact.reaction.b, held).profile()
        drawn = table(opened, "kinks")
        assert [number(row[0]) for row in drawn] == pytest.approx(list(profile.x), abs=0.00051)
        assert [number(row[2]) for row in drawn] == pytest.approx(list(1000 * profile.mutual), abs=0.051)
        assert [number(row[3]) for row in drawn] == pytest.approx(list(1000 * profile.total), abs=0.051)
        circles = opened.value(
            "[...document.querySelectorAll('#profile circle')]"
            ".map((one) => [+one.getAttribute('cx'), +one.getAttribute('cy')])"
        )
        mutual = circles[: len(profile.x)]
        across = [x - mutual[0][0] for x, _ in mutual]
        assert [x / across[-1] for x in across] == pytest.approx(list(profile.x), abs=1e-6)
        down = [y - mutual[0][1] for _, y in mutual]  # the profile begins at zero; a lower energy is further down
        assert [y / max(down) for y in down] == pytest.approx(list(profile.mutual / profile.mutual.min()), abs=1e-5)
        assert len(circles) == 2 * len(profile.x)
        copied = opened.value("[...document.querySelectorAll('#kinks [data-copy]')].map((one) => one.dataset.copy)")
        assert contact.reaction.mutual.reaction in copied


def test_the_bare_interface_opens_too(opened, store):
    with CoatingDatabase.open(store) as database:
        bare = database.headers()[0].bare_interface
    half = next(contact for contact in bare.interfaces if contact.name == "bare half")
    opened.click('#contacts tbody tr:first-child button[data-face="mutual_cathode_half_mev_per_atom"]')
    assert opened.value("document.querySelector('#coating h3').textContent") == "Contact: bare half"
    assert min(number(row[2]) for row in table(opened, "kinks")) == pytest.approx(half.mutual_mev, abs=0.051)


def test_what_is_pointed_at_is_marked(opened):
    opened.click('#contacts tbody tr:last-child button[data-face="mutual_electrolyte_mev_per_atom"]')
    opened.value("document.querySelectorAll('#profile circle')[1].focus()")
    marked = "[...document.querySelectorAll('#kinks tbody tr')].map((row) => row.classList.contains('pointed'))"
    assert [place for place, is_marked in enumerate(opened.value(marked)) if is_marked] == [1]


def test_a_reaction_is_copied_to_be_pasted(opened, coatings):
    name = list(coatings)[-1]
    [contact] = [one for one in coatings[name].interfaces if one.face_quantity == MUTUAL]
    reaction = contact.reaction.mutual.reaction
    opened.click(f'#contacts tbody tr:last-child button[data-face="{MUTUAL}"]')
    button = f'#kinks [data-copy="{reaction}"]'
    opened.click(button)
    opened.wait(f"document.querySelector('{button}').textContent === 'copied'")
    opened.value("document.querySelector('input[name=text]').focus()")
    opened.paste()
    opened.wait("document.querySelector('input[name=text]').value !== ''")
    assert opened.value("document.querySelector('input[name=text]').value") == reaction


def test_two_side_by_side(opened, coatings):
    opened.click('[data-key="compare 0"]')
    opened.click('[data-key="compare 2"]')
    first, _, last = coatings
    assert opened.value("document.querySelector('#comparison h2').textContent") == f"{first} beside {last}"
    line = (
        "[...document.querySelectorAll('#comparison tr')]"
        ".find((row) => row.cells[0].textContent.startsWith('electrolyte (meV/atom)'))"
    )
    cells = opened.value(f"[...{line}.cells].slice(1, 3).map((cell) => cell.firstChild.textContent)")
    expected = [coatings[name].quantities[MUTUAL] for name in (first, last)]
    assert [number(cell) for cell in cells] == pytest.approx(expected, abs=0.051)


def test_windows(opened, coatings):
    shown = opened.value("[...document.querySelectorAll('rect.window title')].map((title) => title.textContent)")
    for text, (name, found) in zip(shown, coatings.items(), strict=True):
        low, high = found.quantities["reduction_limit_v"], found.quantities["oxidation_limit_v"]
        assert text == f"{name}: {low:.2f} to {'none' if high is None else f'{high:.2f}'}"


def test_with_the_keyboard_alone(opened, coatings):
    """A head is reached and pressed, the order turns, and the focus stays."""
    opened.value("document.querySelector('[data-key=\"sort coating\"]').focus()")
    opened.press("Enter", 13, "\r")
    opened.press("Enter", 13, "\r")
    assert names(opened) == sorted(coatings, reverse=True)
    assert opened.value("document.activeElement.dataset.key") == "sort coating"
    opened.press("Tab", 9)
    assert opened.value("document.activeElement.dataset.key") == "sort tier"


def test_downloads(opened, coatings):
    """What would be saved, caught on its way: the numbers of the database, and the data of the page."""
    opened.value("window.saved = {}; saveFile = (name, type, text) => { window.saved[type] = text; }")
    opened.click("#csv")
    opened.click("#json")
    saved = opened.value("window.saved")
    rows = list(csv.DictReader(io.StringIO(saved["text/csv"])))
    assert [row["coating"] for row in rows] == list(coatings)
    for row, coating in zip(rows, coatings.values(), strict=True):
        assert float(row[MUTUAL]) == pytest.approx(coating.quantities[MUTUAL], rel=1e-5)
    data = json.loads(saved["application/json"])["rankings"][0]["data"]
    assert data["coating"] == list(coatings)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_as_wide_as_the_window(browser, made, width):
    browser.open(made, width)
    browser.click('#contacts tbody tr:last-child button[data-face="mutual_electrolyte_mev_per_atom"]')
    browser.click('[data-key="compare 0"]')
    browser.click('[data-key="compare 1"]')
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.errors == []


def test_without_javascript(browser, made, coatings):
    browser.open(made, javascript=False)
    text = browser.command("DOM.getOuterHTML", nodeId=browser.command("DOM.getDocument", depth=-1)["root"]["nodeId"])
    shown = text["outerHTML"].split("<noscript>")[1].split("</noscript>")[0]
    assert all(f"<td>{name}</td>" in shown for name in coatings)


def test_names_that_would_be_code(browser, tmp_path):
    """Nothing of a name runs, in the page nor in a spreadsheet that opens its CSV."""
    file = tmp_path / "hostile.html"
    names_given = [HOSTILE, "=cmd|' /C calc'!A0", "</script><img src=x onerror=alert(1)>"]
    file.write_text(page(report_of(reported(names_given, cathode=HOSTILE), reported(["B"]), title=HOSTILE)))
    browser.open(file)
    assert sorted(names(browser)) == sorted(map(visible, names_given))
    browser.click("#ranking tbody tr:first-child td.name button")
    browser.value("window.saved = {}; saveFile = (name, type, text) => { window.saved[type] = text; }")
    browser.click("#csv")
    rows = list(csv.DictReader(io.StringIO(browser.value("window.saved['text/csv']"))))
    assert "'=cmd|' /C calc'!A0" in {row["coating"] for row in rows}
    assert browser.value("document.querySelectorAll('img').length") == 0
    assert browser.errors == []
    assert browser.requests == [file.resolve().as_uri()]


def test_many_reasons_are_one_in_the_table_and_all_in_the_panel(browser, tmp_path):
    reasons = "stability: no energies of Xe; window: no energies of Xe; " + "very long " * 30
    lost = record("LiXe", interfaces=[], stability=None, window=None, why_missing=reasons)
    file = tmp_path / "lost.html"
    file.write_text(page(report_of(ranking_report(header(), lines_of([lost, record("A")]), [], None))))
    browser.open(file)
    last = "document.querySelector('#ranking tbody tr:last-child')"
    assert browser.value(f"{last}.cells[4].textContent") == "all unknownstability: no energies of Xe"
    browser.click('[data-coating="LiXe"]')
    told = browser.value("[...document.querySelectorAll('#coating li')].map((one) => one.textContent)")
    assert told == reasons.split("; ")
    assert browser.errors == []


def test_of_two_rankings_one_is_shown(browser, tmp_path):
    file = tmp_path / "two.html"
    file.write_text(page(report_of(reported(["A"]), reported(["B"], cathode="LiCoO2"))))
    browser.open(file)
    assert names(browser) == ["A"]
    hidden = "[...document.querySelectorAll('.of-ranking')].map((one) => one.hidden)"
    assert browser.value(hidden) == [False, True, False, True]
    choose(browser, "ranking", "1")
    assert names(browser) == ["B"]
    assert browser.value(hidden) == [True, False, True, False]


def test_an_old_browser_shows_the_tables(browser, tmp_path):
    file = tmp_path / "old.html"
    html = page(report_of(reported(["A", "B"])))
    file.write_text(
        html.replace("script-src 'sha256-", "script-src 'unsafe-inline' 'ignored-", 1).replace(
            "<script>", "<script>delete window.DecompressionStream;</script><script>", 1
        )
    )
    browser.open(file)
    assert "cannot draw the page" in browser.value("document.getElementById('app').textContent")
    cells = "[...document.querySelectorAll('#app td')].map((cell) => cell.textContent)"
    assert {"A", "B"} <= set(browser.value(cells))
