// The page: reads the data, and draws what a reader asks for.

async function readData() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(unpacked).text();
}

function labelled(text, control) {
  return element("label", {}, text, control);
}

function choiceOf(name, options, chosen, onchange) {
  const made = element("select", { name, onchange: (event) => onchange(event.target.value) });
  made.append(...options.map(([value, text]) => element("option", { value, selected: String(value) === String(chosen) }, text)));
  return made;
}

// The controls of a ranking; they stay while what is below them is drawn again.
function controls(view, text, redraw) {
  const input = (name, type, about) => labelled(about, element("input", { type, step: "any", name, value: view[name], oninput: (event) => {
    view[name] = event.target.value;
    view.first = 0;
    redraw();
  } }));
  const change = (name) => (value) => {
    view[name] = value;
    view.first = 0;
    redraw();
  };
  const { columns, faces, cathode, electrolyte } = view.ranking;
  const quantities = [["", "any"], ...columns.map((one) => [one.name, one.label]), ...faces.map((one) => [one.quantity, one.label])];
  const file = `${cathode}-${electrolyte}`.replace(/[^A-Za-z0-9.-]+/g, "_");
  return element("div", { class: "controls" },
    input("text", "search", "name or formula holds"),
    labelled("tier", choiceOf("tier", [["", "any"], ["1", "1: all passed"], ["2", "2 or better"], ["3", "3 or better"]], view.tier, change("tier"))),
    labelled("quantity", choiceOf("quantity", quantities, view.quantity, change("quantity"))),
    input("least", "number", "at least"),
    input("most", "number", "at most"),
    element("button", { id: "csv", onclick: () => saveFile(`${file}.csv`, "text/csv", asCsv(view.ranking)) }, "CSV"),
    element("button", { id: "json", onclick: () => saveFile("report.json", "application/json", text) }, "JSON"));
}

function pager(view, count, redraw) {
  const turn = (by) => () => {
    view.first += by;
    redraw();
  };
  const last = Math.min(view.first + PAGE, count);
  return element("p", { class: "note", id: "count", role: "status" },
    view.first > 0 ? element("button", { onclick: turn(-PAGE) }, "previous") : null,
    ` ${count ? view.first + 1 : 0} to ${last} of ${count} `,
    last < count ? element("button", { onclick: turn(PAGE) }, "next") : null);
}

function showRanking(report, place, text) {
  const view = newView(report.rankings[place]);
  for (const section of document.querySelectorAll(".of-ranking")) section.hidden = Number(section.dataset.ranking) !== place;
  const parts = Object.fromEntries(["table", "map", "opened", "windows", "compared"].map((name) => [name, element("div")]));
  const redraw = (opened = false) => {
    const key = document.activeElement?.dataset.key; // what is drawn again keeps the focus
    const rows = shownRows(view);
    const page = rows.slice(view.first, view.first + PAGE);
    parts.table.replaceChildren(pager(view, rows.length, redraw), rankingTable(view, page, redraw));
    parts.map.replaceChildren(contactMap(view, page, redraw));
    parts.windows.replaceChildren(windowBars(view, page));
    parts.opened.replaceChildren(...(view.coating === null ? [] : [coatingPanel(view, redraw)]));
    parts.compared.replaceChildren(...(view.compared.length === 2 ? [comparison(view)] : []));
    if (opened) {
      parts.opened.scrollIntoView({ block: "nearest" });
      document.getElementById("coating").focus();
    } else if (key) {
      document.getElementById("app").querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    }
  };
  document.getElementById("app").replaceChildren(
    element("section", {}, element("h2", {}, "Ranking"),
      element("p", { class: "note" }, "Ranked by tier, then by the worst contact. A head sorts; a name opens a coating; + sets two side by side."),
      controls(view, text, redraw), parts.table),
    element("section", {}, element("h2", {}, "Contacts"), parts.map),
    parts.opened,
    parts.compared,
    element("section", {}, element("h2", {}, "Windows"), parts.windows));
  redraw();
}

async function start() {
  try {
    const text = await readData();
    const report = JSON.parse(text);
    if (report.rankings.length > 1) {
      const names = report.rankings.map((one, place) => [place, `${one.cathode} against ${one.electrolyte}, ${one.energies.name}`]);
      document.getElementById("choice").append(labelled("ranking", choiceOf("ranking", names, 0, (place) => showRanking(report, Number(place), text))));
    }
    showRanking(report, 0, text);
  } catch (error) {
    console.error(error);
    const said = element("p", {}, `This browser cannot draw the page (${error}): these are the tables.`);
    const tables = element("div");
    tables.innerHTML = document.querySelector("noscript").textContent; // the page's own HTML, without script
    document.getElementById("app").replaceChildren(said, tables);
  }
}

start();
