// What the page shows of an interface and of each material: numbers, drawings and tables.

const HIGHEST_V = 5; // what batteries are charged to at most

function headsOf(...texts) {
  return texts.map((text) => element("th", { scope: "col" }, text));
}

function numberCell(value, digits) {
  return element("td", { class: "number" }, numberText(value, digits));
}

function reactionCell(text) {
  return element("td", { class: "reaction" }, withSubscripts(text), " ", copyTextButton(text));
}

function copyTextButton(text) {
  return element("button", { class: "screen", type: "button", onclick: (event) => copyText(text, event.target) }, "copy");
}

function energyOrigin(one) {
  if (one.given !== null) return `${one.name}: taken ${numberText(1000 * one.given, 1)} meV/atom above the hull.`;
  if (!one.own.length) return `${one.name}: no phase of this composition is known; the hull's energy is used.`;
  const above = one.aboveHull > 0 ? `${numberText(1000 * one.aboveHull, 1)} meV/atom above the hull` : "on the hull";
  return `${one.name}: ${one.sourceId}, ${above}.`;
}

function decompositionOf(one) {
  if (!(one.aboveHull > 0) && one.own.length) return null;
  const text = reactionText([[1, one.formula, one.composition]], one.decomposition, Object.keys(one.composition), 0);
  return element("p", {}, "It decomposes: ", withSubscripts(text));
}

// The profile of two materials with its minima, and every kink as a line of a table.
function interfacePanel(a, b, found) {
  const open = found.voltage !== null;
  const unit = open ? "meV/non-Li atom" : "meV/atom";
  const atoms = open ? "atoms other than Li" : "atoms";
  const [mutual, total] = [found.kinks[found.lowestMutual], found.kinks[found.lowestTotal]];
  const minimum = (label, point, value, about) => {
    const alone = point.x === 0 || point.x === 1;
    return element("tr", { id: label }, element("th", { scope: "row" }, label), numberCell(1000 * value, 1), numberCell(point.x, 3), numberCell(point.xMolar, 3),
      reactionCell(point.reaction), element("td", {}, alone && value < 0 ? "a pure material, which reacts alone" : about));
  };
  const alone = (label, one, value, x) => element("tr", { id: label }, element("th", { scope: "row" }, `self, ${one.name}`), numberCell(1000 * value, 1), numberCell(x, 0), numberCell(x, 0),
    reactionCell(found.kinks[x === 1 ? found.kinks.length - 1 : 0].reaction), element("td", {}, "what it does alone"));
  const lines = found.kinks.map((kink) => element("tr", {}, numberCell(kink.x, 4), numberCell(kink.xMolar, 4), numberCell(1000 * kink.mutual, 1), numberCell(1000 * kink.total, 1),
    ...(open ? [numberCell(kink.taken, 3)] : []), reactionCell(kink.reaction),
    element("td", {}, kink.products.map((one) => `${numberText(100 * one.share, 0)} % ${one.formula}`).join(", "))));
  const note = (energy) => (kink) => `${numberText(1000 * kink[energy], 1)} ${unit}: ${kink.reaction}`;
  const series = [["mutual", "mutual: what the two do to each other"], ["total", "total: with what each does alone"]].map(([energy, label]) => ({
    label, points: found.kinks.map((kink) => ({ x: kink.x, y: 1000 * kink[energy], note: note(energy)(kink) })) }));
  const onPoint = (k) => lines.forEach((line, place) => line.classList.toggle("pointed", place === k));
  const reacts = mutual.mutual < 0 ? `react with up to ${numberText(1000 * mutual.mutual, 1)} ${unit}` : "do not react with each other";
  return element("section", { id: "interface" },
    element("h2", {}, `${a.name} and ${b.name}, ${open ? `open to lithium at ${numberText(found.voltage, 2)} V` : "closed"}`),
    element("p", { class: "answer" }, `The two ${reacts}.`),
    ...[a, b].flatMap((one) => [element("p", { class: "note" }, energyOrigin(one)), decompositionOf(one)]),
    tableOf(headsOf("", `lowest (${unit})`, "x", "x, molar", "reaction", ""), [
      minimum("mutual", mutual, mutual.mutual, ""), minimum("total", total, total.total, ""),
      alone("self_a", a, found.selfA, 1), alone("self_b", b, found.selfB, 0)], { id: "minima" }),
    element("p", { class: "note" }, `x: fraction of the ${atoms} from ${a.name}; molar: of the formula units. Each dot is a kink, where the products change. total = mutual + x self(${a.name}) + (1 − x) self(${b.name}).`),
    element("div", { class: "wide" }, drawLines(series, `x, fraction of the ${atoms} from ${a.name}`, `reaction energy (${unit})`, onPoint)),
    element("h3", {}, "Every kink"),
    tableOf(headsOf("x", "x, molar", `mutual (${unit})`, `total (${unit})`, ...(open ? ["Li taken up"] : []), "reaction", `products, % of the ${atoms}`), lines, { id: "kinks" }));
}

// The windows of both materials, and the reactions that end them.
function windowsPanel(materials, voltage) {
  const rows = materials.map(({ reactant, window, fault }) => (window === null
    ? { name: reactant.name, low: null, high: null, text: fault }
    : { name: reactant.name, low: window.reduction.voltage, high: window.oxidation?.voltage ?? null,
      text: `${numberText(window.reduction.voltage, 2)} to ${window.oxidation === null ? "no limit" : numberText(window.oxidation.voltage, 2)} V` }));
  const limit = (name, which, one) => element("tr", {}, element("td", {}, name), element("td", {}, which), numberCell(one.voltage, 3), numberCell(one.next, 3),
    one.reaction === null ? element("td", {}, "none") : reactionCell(one.reaction));
  const lines = materials.flatMap(({ reactant, window, fault }) => (window === null
    ? [element("tr", {}, element("td", {}, reactant.name), element("td", { colspan: 4 }, fault))]
    : [limit(reactant.name, "reduction", window.reduction),
      window.oxidation === null ? element("tr", {}, element("td", {}, reactant.name), element("td", {}, "oxidation"), element("td", { colspan: 3 }, "it holds no lithium to give up")) : limit(reactant.name, "oxidation", window.oxidation)]));
  return element("section", { id: "windows" }, element("h2", {}, "Windows"),
    element("p", { class: "note" }, "Between its limits a material neither takes up nor gives up lithium. They are those of the hull at its composition; its own energy does not enter. Next: where more than a tenth of its lithium has been exchanged."),
    element("div", { class: "wide" }, drawWindows(rows, {}, voltage === null ? [] : [{ volt: voltage, label: `${numberText(voltage, 2)} V` }])),
    tableOf(headsOf("material", "limit", "V", "next (V)", "first reaction"), lines, { id: "limits" }));
}

// The lithium that each material holds at each voltage.
function staircasePanel(materials) {
  const shown = materials.filter(({ window }) => window !== null);
  const lines = shown.flatMap(({ reactant, steps }) => steps.map((step) => element("tr", {}, element("td", {}, reactant.name), numberCell(step.voltage, 3), numberCell(step.below, 3), numberCell(step.above, 3), reactionCell(step.reaction))));
  return element("section", { id: "staircase" }, element("h2", {}, "Lithium at each voltage"),
    element("div", { class: "wide" }, drawStaircase(shown)),
    element("p", { class: "note" }, `Reactions between 0 and ${HIGHEST_V} V, in the direction of charging; lithium in the amount of one formula unit.`),
    tableOf(headsOf("material", "V", "Li below", "Li above", "reaction"), lines, { id: "steps" }));
}

function drawStaircase(materials) {
  const [width, height, left, right, top, bottom] = [620, 280, 70, 14, 14 + 18 * materials.length, 46];
  const lines = materials.map(({ reactant, steps }) => {
    const own = reactant.composition.Li ?? 0;
    const points = [[0, steps.length ? steps[0].below : own]];
    for (const step of steps) points.push([step.voltage, step.below], [step.voltage, step.above]);
    return { name: reactant.name, points: [...points, [HIGHEST_V, points.at(-1)[1]]] };
  });
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, held]) => held))) * 1.05;
  const x = (volt) => left + (volt / HIGHEST_V) * (width - left - right);
  const y = (held) => height - bottom - (held / most) * (height - top - bottom);
  const drawn = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "lithium held against voltage" });
  for (const held of ticks(0, most, 5)) {
    drawn.append(shape("line", { x1: left, x2: width - right, y1: y(held), y2: y(held), stroke: "#e3e5e8" }), shape("text", { x: left - 6, y: y(held) + 4, "text-anchor": "end" }, numberText(held, held % 1 ? 1 : 0)));
  }
  for (let volt = 0; volt <= HIGHEST_V; volt++) drawn.append(shape("text", { x: x(volt), y: height - bottom + 17, "text-anchor": "middle" }, String(volt)));
  drawn.append(
    shape("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, fill: "none", stroke: "#8a9099" }),
    shape("text", { x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle" }, "voltage against Li/Li⁺ (V)"),
    shape("text", { transform: `translate(14 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, "Li per formula unit"));
  lines.forEach(({ name, points }, place) => {
    const style = { stroke: COLOURS[place % COLOURS.length], "stroke-width": 2, "stroke-dasharray": ["none", "7 4"][place % 2], fill: "none" };
    drawn.append(
      shape("line", { ...style, x1: left, x2: left + 30, y1: 12 + 18 * place, y2: 12 + 18 * place }),
      shape("text", { x: left + 38, y: 16 + 18 * place }, name),
      shape("path", { ...style, d: points.map(([volt, held], k) => `${k ? "L" : "M"}${x(volt)} ${y(held)}`).join("") }));
  });
  return drawn;
}
