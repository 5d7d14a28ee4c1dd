// The page: reads the energies, and answers what stands in its fields. The address's fragment holds the question.

const FIRST = { a: "LiNbO3", b: "Li6PS5Cl", open: false, voltage: 3.9 };

async function unpacked(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The question in the address: a, b, and v where lithium is exchanged at a voltage. Without one, the first question.
function questionOf(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const voltage = given.get("v");
  return {
    a: given.get("a") ?? FIRST.a,
    b: given.get("b") ?? FIRST.b,
    open: voltage !== null,
    voltage: voltage === null ? FIRST.voltage : voltage.trim() === "" ? NaN : Number(voltage),
  };
}

function fragmentOf({ a, b, open, voltage }) {
  return `#${new URLSearchParams({ a, b, ...(open ? { v: String(voltage) } : {}) })}`;
}

// A material with what it does alone and with lithium, whatever it meets.
function materialOf(phases, notation, text) {
  const reactant = reactantOf(phases, notation.read(text));
  try {
    return { reactant, window: windowOf(phases, reactant), steps: staircaseOf(phases, reactant, 0, HIGHEST_V) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { reactant, window: null, steps: [], fault: error.message };
  }
}

// What is said of a question: the panels of its answer. The last materials are kept, for the slider.
function answered({ phases, notation, kept }, { a, b, open, voltage }) {
  if (open && !(voltage >= 0 && voltage <= 10)) throw new InputError("a voltage against Li/Li+ is a number from 0 to 10 V");
  const [first, second] = [a, b].map((text) => {
    const one = kept.get(text) ?? materialOf(phases, notation, text);
    kept.delete(text);
    kept.set(text, one);
    if (kept.size > 8) kept.delete(kept.keys().next().value);
    return one;
  });
  const found = interfaceOf(phases, first.reactant, second.reactant, open ? voltage : null);
  const materials = first.reactant.name === second.reactant.name ? [first] : [first, second];
  return [interfacePanel(first.reactant, second.reactant, found), windowsPanel(materials, open ? voltage : null), staircasePanel(materials)];
}

// The voltages of the states of charge of a cathode that one of the fields names.
function statesOf(notation, { a, b }) {
  const named = [a, b].flatMap((text) => notation.materials.get(text.split(":")[0].trim().toLowerCase()) ?? []);
  const cathodes = named.filter((one, k) => one.kind === "cathode" && named.findIndex((other) => other.names[0] === one.names[0]) === k);
  return cathodes.flatMap((one) => Object.entries(one.voltages_v).map(([state, voltage]) => [`${one.names[0]} ${state}`, voltage]));
}

function showApp(calculation) {
  const { notation } = calculation;
  const question = questionOf(location.hash);
  const field = (name, label) => {
    const input = element("input", { type: "text", name, list: "names", autocomplete: "off", autocapitalize: "off", spellcheck: "false", oninput: () => asked({ [name]: input.value }) });
    return [element("label", {}, label, input), input];
  };
  const [labelA, fieldA] = field("a", "A: formula or name");
  const [labelB, fieldB] = field("b", "B: formula or name");
  const open = element("input", { type: "checkbox", name: "open", onchange: () => asked({ open: open.checked }) });
  const slider = element("input", { type: "range", name: "slider", min: 0, max: HIGHEST_V, step: 0.01, "aria-label": "voltage, V", oninput: () => asked({ voltage: Number(slider.value), open: true }) });
  const volts = element("input", { type: "number", name: "voltage", min: 0, max: 10, step: 0.01, "aria-label": "voltage, V", oninput: () => asked({ voltage: volts.value === "" ? NaN : Number(volts.value), open: true }) });
  const states = element("span", { class: "states" });
  const message = element("p", { id: "message", role: "alert" });
  const answer = element("div", { id: "answer", "aria-live": "polite" });
  const names = [...new Set([...notation.materials.values()].flat().flatMap((one) => (one.kind === "cathode" ? Object.keys(one.lithiations).map((state) => `${one.names[0]}:${state}`) : one.names[0])))];

  // Fields show the question, but what is being typed is left alone.
  const fill = () => {
    const put = (input, value) => {
      if (input !== document.activeElement && input.value !== String(value)) input.value = value;
    };
    put(fieldA, question.a);
    put(fieldB, question.b);
    open.checked = question.open;
    if (Number.isFinite(question.voltage)) {
      put(slider, question.voltage);
      put(volts, question.voltage);
    }
    states.replaceChildren(...statesOf(notation, question).map(([label, voltage]) => element("button", { type: "button", onclick: () => asked({ voltage: Number(voltage.toFixed(2)), open: true }) }, `${label} ${numberText(voltage, 2)} V`)));
  };
  const show = () => {
    fill();
    try {
      const panels = answered(calculation, question);
      message.textContent = "";
      answer.replaceChildren(...panels);
      answer.hidden = false;
    } catch (error) {
      if (!(error instanceof InputError || error instanceof CalculationError)) throw error;
      message.textContent = error.message;
      answer.hidden = true; // of another question than the fields show
    }
  };
  const asked = (changed) => {
    Object.assign(question, changed);
    history.replaceState(null, "", fragmentOf(question));
    show();
  };
  window.addEventListener("hashchange", () => {
    Object.assign(question, questionOf(location.hash));
    document.activeElement?.blur?.();
    show();
  });
  document.getElementById("app").replaceChildren(
    element("div", { id: "asked" }, labelA, labelB, element("button", { type: "button", id: "swap", onclick: () => asked({ a: question.b, b: question.a }) }, "swap")),
    element("datalist", { id: "names" }, ...names.map((value) => element("option", { value }))),
    element("div", { id: "held" }, element("label", {}, open, " open to lithium at "), slider, element("label", {}, volts, " V against Li/Li⁺"), states,
      element("button", { type: "button", id: "share", onclick: (event) => copyText(location.href, event.target) }, "copy the link")),
    element("p", { class: "note" }, "Also: a cathode at a state of charge (NCM83:half), a glass (1.5Li2S-0.5P2S5-LiI), a material above the hull (LiNbO3@30meV)."),
    message, answer);
  show();
}

async function start() {
  try {
    const data = JSON.parse(new TextDecoder().decode(await unpacked("data")));
    const phases = new Phases(data.layout, await unpacked("table"), data.elements);
    window.calculation = { phases, notation: new Notation(data.names, data.elements, phases), kept: new Map() };
    showApp(window.calculation);
  } catch (error) {
    console.error(error);
    document.getElementById("app").replaceChildren(element("p", {}, `This browser cannot compute here (${error}). From a terminal: coatscreen interface LiNbO3 Li6PS5Cl.`));
  }
}

start();
