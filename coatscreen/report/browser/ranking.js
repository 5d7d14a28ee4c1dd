// One ranking: which of its coatings are shown, in which order, as a table, a map of contacts and windows.

const PAGE = 100; // coatings shown at a time
const MARKS = { yes: "passed", NO: "failed", "?": "unknown" };

function newView(ranking) {
  return { ranking, sort: "rank", turned: false, text: "", tier: "", quantity: "", least: "", most: "", first: 0, coating: null, contact: null, compared: [] };
}

// The numbers of the rows that pass the filters, in the order asked for.
function shownRows(view) {
  const { data, n_coatings: count } = view.ranking;
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const limited = view.quantity && (view.least !== "" || view.most !== "");
  const rows = [];
  for (let row = 0; row < count; row++) {
    const name = `${data.coating[row]} ${data.formula[row]}`.toLowerCase();
    if (!words.every((word) => name.includes(word))) continue;
    if (view.tier && data.tier[row] > Number(view.tier)) continue;
    if (limited) {
      const value = data[view.quantity][row];
      if (value === null || (view.least !== "" && value < Number(view.least)) || (view.most !== "" && value > Number(view.most))) continue;
    }
    rows.push(row);
  }
  const values = data[view.sort];
  const direction = (higherIsBetter(view) ? -1 : 1) * (view.turned ? -1 : 1);
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return rows.sort((a, b) => {
    const missing = (values[a] === null) - (values[b] === null);
    return missing || (values[a] === null ? 0 : direction * compare(values[a], values[b])) || a - b;
  });
}

function higherIsBetter(view) {
  const column = view.ranking.columns.find((one) => one.name === view.sort);
  return column ? column.better === "higher" : view.sort.startsWith("mutual_") || view.sort.startsWith("probability");
}

function sortHead(view, name, label, about, redraw) {
  const sorted = view.sort === name;
  const rising = higherIsBetter(view) === view.turned;
  const onclick = () => {
    Object.assign(view, { turned: sorted && !view.turned, sort: name, first: 0 });
    redraw();
  };
  const arrow = sorted ? (rising ? " ▲" : " ▼") : "";
  const head = { scope: "col", "aria-sort": sorted ? (rising ? "ascending" : "descending") : null, title: about };
  return element("th", head, element("button", { class: "plain", "data-key": `sort ${name}`, onclick }, label + arrow));
}

// A value with its interval below, where there is one.
function valueCell(data, name, row, digits, attributes = {}) {
  const low = data[`${name} 5 %`]?.[row] ?? null;
  const noLimit = name === "oxidation_limit_v" && data[name][row] === null && data.contains_li[row] === false;
  const spread = low === null ? null : element("span", { class: "spread" }, `${numberText(low, digits)} to ${numberText(data[`${name} 95 %`][row], digits)}`);
  return element("td", { class: "number", ...attributes }, noLimit ? "none" : numberText(data[name][row], digits), spread);
}

function nameCell(view, row, redraw) {
  const name = view.ranking.data.coating[row];
  const onclick = () => {
    Object.assign(view, { coating: row, contact: null });
    redraw(true);
  };
  return element("td", { class: "name" }, element("button", { class: "plain", "data-coating": name, onclick }, name));
}

function rankingTable(view, rows, redraw) {
  const { data, columns, criteria, sampled } = view.ranking;
  const sorted = (name, label, about) => sortHead(view, name, label, about, redraw);
  const heads = [
    element("th", { scope: "col", class: "screen", title: "set two coatings side by side" }, "+"),
    sorted("rank", "rank", "by tier, then by the worst contact"),
    sorted("coating", "coating", "name"),
    sorted("tier", "tier", "1 all criteria passed, 2 some unknown, 3 one failed, 4 more failed"),
    element("th", { scope: "col" }, "not passed"),
    ...(sampled ? [sorted("probability passes all", "passes (%)", "in how many of the samples all criteria are passed"),
      element("th", { scope: "col", title: "two coatings share a letter where the energies cannot decide their order" }, "undecided")] : []),
    element("th", { scope: "col" }, "worst contact"),
    ...columns.map((column) => sorted(column.name, column.label, column.about)),
  ];
  const lines = rows.map((row) => {
    const failed = criteria.map((one) => [one.name, data[`passes ${one.name}`][row]]).filter(([, mark]) => mark === "NO" || mark === "?");
    const unknown = failed.length === criteria.length && failed.every(([, mark]) => mark === "?");
    const reasons = unknown ? ["all unknown"] : failed.flatMap(([name, mark], k) => [k ? ", " : "", element("span", { class: mark === "NO" ? "no" : null }, `${name} ${MARKS[mark]}`)]);
    const why = data.why_missing[row];
    const compared = view.compared.includes(row);
    const onclick = () => {
      view.compared = compared ? view.compared.filter((one) => one !== row) : [...view.compared, row].slice(-2);
      redraw();
    };
    const share = sampled ? data["probability passes all"][row] : null;
    return element("tr", { class: row === view.coating ? "chosen" : null },
      element("td", { class: "screen" }, element("button", { "aria-pressed": String(compared), "aria-label": `compare ${data.coating[row]}`, "data-key": `compare ${row}`, onclick }, compared ? "−" : "+")),
      element("td", { class: "number" }, numberText(data.rank[row], 0)),
      nameCell(view, row, redraw),
      element("td", { class: "number" }, String(data.tier[row])),
      element("td", {}, ...reasons, why ? element("span", { class: "spread", title: why }, firstReason(why)) : null),
      ...(sampled ? [element("td", { class: "number" }, numberText(share === null ? null : 100 * share, 0)), element("td", {}, data.undecided[row] ?? "")] : []),
      element("td", {}, data.worst_contact[row] ?? "–"),
      ...columns.map((column) => valueCell(data, column.name, row, column.digits)));
  });
  return tableOf(heads, lines, { id: "ranking" });
}

// Coatings against contacts: the darker the more they react. Each cell opens its profile.
function contactMap(view, rows, redraw) {
  const { data, faces, bare, darkest_mev: lowest } = view.ranking;
  const cell = (value, face, row, name) => {
    if (value === null) return element("td", { class: "number" }, "–");
    const onclick = () => {
      Object.assign(view, { coating: row, contact: row === "bare" ? face.label.replace("cathode", "bare") : face.quantity });
      redraw(true);
    };
    const about = `${name}, ${face.label}: ${numberText(value, 1)} ${face.open ? "meV/non-Li atom" : "meV/atom"}`;
    return element("td", { class: "heat" }, element("button", { class: "cell", style: heatColours(value, lowest), title: about, onclick, "data-face": face.quantity }, numberText(value, 1)));
  };
  const heads = [sortHead(view, "coating", "coating", "name", redraw), ...faces.map((face) =>
    sortHead(view, face.quantity, face.label, face.open ? "open to lithium, meV per atom that is not lithium" : "closed, meV/atom", redraw))];
  const nothing = bare === null ? [] : [element("tr", {}, element("td", { class: "name" }, "(no coating)"),
    ...faces.map((face) => face.bare_mev === null ? element("td") : cell(face.bare_mev, face, "bare", "no coating")))];
  const lines = rows.map((row) => element("tr", { class: row === view.coating ? "chosen" : null }, nameCell(view, row, redraw),
    ...faces.map((face) => cell(data[face.quantity][row], face, row, data.coating[row]))));
  const legend = element("span", { class: "legend" });
  legend.style.background = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((part) => heatColours(part * lowest, lowest).backgroundColor).join(",")})`;
  return element("div", {},
    element("p", { class: "note" }, "Mutual reaction energy: closed contacts, meV/atom; open to lithium at the potential of a state, at mu(…), meV per atom that is not lithium. ",
      "0 ", legend, ` ${numberText(lowest, 0)} and below${bare === null ? "" : ", what the bare interface does, closed"}. A cell opens the profile of its reaction.`),
    tableOf(heads, [...nothing, ...lines], { id: "contacts" }));
}

function windowBars(view, rows) {
  const { data, state_voltages_v: states, criteria } = view.ranking;
  const bars = rows.map((row) => {
    const [low, high] = [data.reduction_limit_v[row], data.oxidation_limit_v[row]];
    const unlimited = high === null && data.contains_li[row] === false;
    return { name: data.coating[row], low: high === null && !unlimited ? null : low, high,
      text: unlimited ? `${numberText(low, 2)} to none` : `${numberText(low, 2)} to ${numberText(high, 2)}` };
  });
  const limits = criteria.filter((one) => ["reduction_limit_v", "oxidation_limit_v"].includes(one.quantity))
    .map((one) => ({ volt: one.at_most ?? one.at_least, label: one.name }));
  const at = Object.entries(states).sort(([, a], [, b]) => a - b).map(([state, volt]) => `${state} ${numberText(volt, 2)} V`).join(", ");
  return element("div", {},
    element("p", { class: "note" }, `Bars: where a coating neither takes up nor gives up lithium. Yellow: the cathode's states (${at}). Dashed: the criteria.`),
    element("div", { class: "wide" }, drawWindows(bars, states, limits)));
}

// All columns as CSV; a text that a spreadsheet would compute gets an apostrophe before it.
function asCsv(ranking) {
  const cell = (value) => {
    if (value === null) return "";
    const guarded = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  };
  const names = Object.keys(ranking.data);
  const lines = [names.map(cell).join(",")];
  for (let row = 0; row < ranking.n_coatings; row++) lines.push(names.map((name) => cell(ranking.data[name][row])).join(","));
  return lines.join("\n") + "\n";
}
