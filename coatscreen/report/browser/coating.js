// One coating: its criteria, its reactions and the profile of each contact; and two coatings side by side.

function criteriaTable(ranking, row) {
  const lines = ranking.criteria.map((one) => {
    const mark = ranking.data[`passes ${one.name}`][row];
    const share = ranking.data[`probability passes ${one.name}`]?.[row] ?? null;
    const limit = one.at_most === null ? `≥ ${one.at_least}` : `≤ ${one.at_most}`;
    const value = ranking.data[one.quantity]?.[row] ?? null;
    const unlimited = one.quantity === "oxidation_limit_v" && value === null && ranking.data.contains_li[row] === false;
    return element("tr", {}, element("td", {}, one.name), element("td", { class: mark === "NO" ? "no" : null }, MARKS[mark] ?? "–"),
      element("td", { class: "number" }, unlimited ? "none" : numberText(value, 2)), element("td", { class: "number" }, limit),
      element("td", {}, one.quantity), ...(ranking.sampled ? [element("td", { class: "number" }, numberText(share === null ? null : 100 * share, 0))] : []));
  });
  const heads = ["criterion", "", "value", "threshold", "quantity", ...(ranking.sampled ? ["passed in % of samples"] : [])];
  return tableOf(heads.map((head) => element("th", { scope: "col" }, head)), lines, { id: "criteria" });
}

function reactionsOf(details) {
  const lines = [["decomposes", details.decomposition], ["first reduction", details.reduction], ["first oxidation", details.oxidation]];
  return element("div", {}, ...lines.filter(([, text]) => text).map(([label, text]) => element("p", {}, `${label}: `, withSubscripts(text), " ", copyButton(text))));
}

function copyButton(text) {
  return element("button", { class: "screen", "data-copy": text, onclick: (event) => copyText(text, event.target) }, "copy");
}

function chosenContact(view, contacts) {
  const atFace = contacts.filter((one) => one.name === view.contact || one.face === view.contact);
  const among = atFace.length ? atFace : contacts;
  const energy = (one) => (one.minimum === null ? Infinity : one.minimum.mutual_mev);
  return among.reduce((worst, one) => (energy(one) < energy(worst) ? one : worst), among[0]);
}

// The profile of a contact with a table of its kinks: fractions, energies, and the reaction to copy.
function contactProfile(contact) {
  const about = element("p", {}, `A is ${contact.a}, B is ${contact.b}; ${contact.held ?? "closed"}.`);
  if (contact.minimum === null) return element("div", {}, element("p", {}, contact.why_missing ?? "not computed"));
  const points = contact.kinks ?? [contact.minimum];
  const lines = points.map((point) => element("tr", {},
    element("td", { class: "number" }, numberText(point.x, 3)), element("td", { class: "number" }, numberText(point.x_molar, 3)),
    element("td", { class: "number" }, numberText(point.mutual_mev, 1)), element("td", { class: "number" }, numberText(point.total_mev, 1)),
    ...(point.lithium_taken === null ? [] : [element("td", { class: "number" }, numberText(point.lithium_taken, 3))]),
    element("td", { class: "reaction" }, withSubscripts(point.reaction), " ", copyButton(point.reaction))));
  const open = contact.minimum.lithium_taken !== null;
  const heads = ["x", "x, molar", "mutual", "total", ...(open ? ["Li taken up"] : []), "reaction"];
  const atoms = open ? "atoms other than Li" : "atoms";
  const note = (point) => `${numberText(point.mutual_mev, 1)} ${contact.unit}: ${Object.entries(point.products).map(([phase, part]) => `${numberText(100 * part, 0)} % ${phase}`).join(", ")}`;
  const onPoint = (k) => lines.forEach((line, place) => line.classList.toggle("pointed", place === k));
  const series = ["mutual", "total"].map((kind) => ({ label: kind === "mutual" ? "mutual: what the two do to each other" : "total: with what each does alone",
    points: points.map((point) => ({ x: point.x, y: point[`${kind}_mev`], note: note(point) })) }));
  return element("div", { id: "profile" }, about,
    contact.why_missing || contact.kinks === null ? element("p", { class: "note" }, contact.why_missing ?? "Only the minimum of this profile is in the database: coatscreen interface shows all of it.") : null,
    element("p", { class: "note" }, `Each dot is a kink, where the products change. Energies in ${contact.unit}; x: fraction of the ${atoms} from A; molar: of the formula units.`),
    element("div", { class: "beside profile" },
      element("div", { class: "wide" }, drawLines(series, `x, fraction of the ${atoms} from A`, `reaction energy (${contact.unit})`, onPoint)),
      tableOf(heads.map((head) => element("th", { scope: "col" }, head)), lines, { id: "kinks" })));
}

function coatingPanel(view, redraw) {
  const { ranking, coating: row } = view;
  const bare = row === "bare";
  const name = bare ? `${ranking.cathode} and ${ranking.electrolyte} without a coating` : ranking.data.coating[row];
  const details = bare ? { contacts: ranking.bare } : ranking.details[name];
  const panel = element("section", { id: "coating", tabindex: -1 }, element("h2", {}, name));
  if (!bare) {
    const reasons = (ranking.data.why_missing[row] ?? "").split("; ").filter(Boolean);
    panel.append(element("ul", {}, ...reasons.map((reason) => element("li", {}, reason))));
    panel.append(criteriaTable(ranking, row));
  }
  if (!details) {
    panel.append(element("p", {}, `Contacts and reactions are in this page for the best ${Object.keys(ranking.details).length} coatings; coatscreen report --details takes more, and coatscreen interface shows any.`));
    return panel;
  }
  if (!bare) panel.append(reactionsOf(details));
  if (!details.contacts.length) return panel;
  const contact = chosenContact(view, details.contacts);
  const choose = (one) => element("button", { "aria-pressed": String(one === contact), "data-contact": one.name, onclick: () => {
    view.contact = one.name;
    redraw(true);
  } }, `${one.name} ${one.minimum === null ? "?" : numberText(one.minimum.mutual_mev, 1)}`);
  panel.append(element("h3", {}, `Contact: ${contact.name}`), element("div", { class: "controls" }, ...details.contacts.map(choose)), contactProfile(contact));
  return panel;
}

// Two coatings in the same terms, with the bare interface beside their contacts.
function comparison(view) {
  const { ranking, compared } = view;
  const { data } = ranking;
  const names = compared.map((row) => data.coating[row]);
  const line = (label, cells) => element("tr", {}, element("th", { scope: "row" }, label), ...cells);
  const bareCell = (value) => element("td", { class: "number" }, value === null ? "" : numberText(value, 1));
  const lines = [
    line("rank", [...compared.map((row) => element("td", { class: "number" }, numberText(data.rank[row], 0))), bareCell(null)]),
    line("tier", [...compared.map((row) => element("td", { class: "number" }, String(data.tier[row]))), bareCell(null)]),
    ...ranking.columns.map((one) => line(one.label, [...compared.map((row) => valueCell(data, one.name, row, one.digits)), bareCell(null)])),
    ...ranking.faces.map((face) => line(`${face.label} (${face.open ? "meV/non-Li atom" : "meV/atom"})`,
      [...compared.map((row) => valueCell(data, face.quantity, row, 1)), bareCell(face.bare_mev)])),
    ...ranking.criteria.map((one) => line(one.name, [...compared.map((row) => {
      const mark = data[`passes ${one.name}`][row];
      return element("td", { class: mark === "NO" ? "no" : null }, MARKS[mark] ?? "–");
    }), bareCell(null)])),
  ];
  const heads = ["", ...names, "no coating"].map((head) => element("th", { scope: "col" }, head));
  const drawings = ranking.faces.map((face) => [face, names.map((name) => ranking.details[name]?.contacts.find((one) => one.face === face.quantity && one.kinks))])
    .filter(([, contacts]) => contacts.every(Boolean) && contacts.some((one) => one.minimum.mutual_mev < -1))
    .map(([face, contacts]) => element("div", { class: "wide" }, element("h3", {}, face.label), drawLines(
      contacts.map((one, k) => ({ label: names[k], points: one.kinks.map((point) => ({ x: point.x, y: point.mutual_mev, note: point.reaction })) })),
      "x, fraction of the atoms from A", `mutual energy (${face.open ? "meV/non-Li atom" : "meV/atom"})`)));
  return element("section", { id: "comparison" }, element("h2", {}, names.join(" beside ")),
    tableOf(heads, lines), element("div", { class: "beside" }, ...drawings));
}
