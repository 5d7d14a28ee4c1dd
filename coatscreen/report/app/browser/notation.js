// What a user types for a material: a name of the catalogue, a cathode at a state of charge, a formula or a glass, each
// with or without an energy above the hull. screening/chemistry/notation.py explains the notation.

const LARGEST_DENOMINATOR = [1, 1, 1, 3, 12, 30, 99, 300, 999]; // by the number of decimals
const ISOTOPES = { D: "H" }; // energies do not tell them apart
const LEAST_REDUCED = { O: -1 / 2, S: -1 / 4, Se: -1 / 4, N: -1 / 3, F: -1, Cl: -1, Br: -1 / 3, I: -1 / 4 };

function plainText(text) {
  if (/[\u00b2\u00b3\u00b9\u2070-\u207e]/.test(text)) {
    throw new InputError(`${shownText(text)}: a superscript is a charge or an isotope, and no amount`);
  }
  return text.normalize("NFKC").replace(/[\u2010-\u2013\u2212]/g, "-").replace(/[\u2022\u2219\u22c5\u30fb\u2027]/g, "·").replace(/[\u2044\u2215]/g, "/").trim();
}

// A text as it stands in a message: short, and without invisible characters.
function shownText(text) {
  const visible = text.trim().replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return visible.length > 60 ? `${visible.slice(0, 59)}…` : visible;
}

// A whole number, a decimal or a fraction. A decimal that is a common fraction rounded or cut off is that fraction, as
// screening/chemistry/amounts.py explains: 0.333 is a third.
function readAmount(text) {
  if (text.includes("/")) {
    const [above, below] = text.split("/").map(Number);
    return above / below;
  }
  const [whole, decimals = ""] = text.split(".");
  const value = Number(text);
  const digits = Math.min(decimals.length, 12);
  if (!digits || whole.length + digits > 15) return value;
  const largest = LARGEST_DENOMINATOR[Math.min(digits, 8)];
  let near = [Math.round(value), 1];
  for (let below = 2; below <= largest; below++) {
    const above = Math.round(value * below);
    if (Math.abs(above / below - value) < Math.abs(near[0] / near[1] - value)) near = [above, below];
  }
  const scale = 10n ** BigInt(digits);
  const [above, below] = near.map(BigInt);
  if (scale % below === 0n) return value;
  const written = Number(whole + decimals.slice(0, digits));
  const cutOff = Number((above * scale) / below);
  const rounded = Number((2n * above * scale + below) / (2n * below));
  const exact = decimals.length <= 12 && (written === cutOff || written === rounded);
  return exact || Math.abs(near[0] / near[1] - value) * Number(scale) < 1e-3 ? near[0] / near[1] : value;
}

class Notation {
  constructor(names, elements, phases) {
    Object.assign(this, { elements, phases, likeFormulas: names.like_formulas });
    this.materials = new Map(); // by name in lower case: each a list of what the name means
    for (const [kind, entries] of [["cathode", names.cathodes], ["material", names.materials]]) {
      for (const entry of entries) {
        for (const name of entry.names) {
          const key = name.toLowerCase();
          this.materials.set(key, [...(this.materials.get(key) ?? []), { kind, ...entry }]);
        }
      }
    }
  }

  // Read a material: its name, formula, composition, and the energy above the hull that was written, eV/atom, or null.
  read(text) {
    const given = plainText(text);
    if (!given) throw new InputError("write a material: a formula or a name");
    const [base, above, typed] = this.split(given);
    const written = this.lookedUp(base, above !== null);
    const id = typed ?? written.id ?? null;
    if (written.composite) {
      throw new InputError(`${shownText(given)} is several phases, each with interfaces of its own: write ${written.composite.join(" or ")}`);
    }
    const formula = written.formula.includes("-") ? formatFormula(this.composition(written.formula), this.elements) : written.formula;
    const composition = this.formula(formula);
    const aboveHull = above ?? written.aboveHull;
    const lowest = this.phases.lowestOf(composition);
    if (id !== null && (lowest === null || this.phases.ids[lowest] !== id)) {
      throw new InputError(`${shownText(given)}: this page holds the lowest phase of each composition${lowest === null ? "" : `, here ${this.phases.ids[lowest]}`}`);
    }
    if (!written.named && lowest === null) {
      const reason = this.chargeFault(composition);
      if (reason) throw new InputError(reason);
    }
    this.phases.require(Object.keys(composition));
    return { name: given, formula, composition, aboveHull, lowest: aboveHull === null ? lowest : null };
  }

  split(text) {
    const [head, id] = text.includes("#") ? [text.slice(0, text.indexOf("#")).trim(), text.slice(text.indexOf("#") + 1).trim()] : [text, null];
    const [base, ...energy] = head.split("@").map((part) => part.trim());
    if (!energy.length) return [base, null, id];
    const found = /^([+-]?(?:\d+\.?\d*|\.\d+))\s*meV(?:\/atom)?$/i.exec(energy.join("@"));
    if (!found) throw new InputError(`${shownText(text)}: behind @ stands an energy above the hull, such as 30meV, not ${shownText(energy.join("@"))}`);
    if (Number(found[1]) < 0) throw new InputError(`${shownText(text)}: no material lies below the hull; give an energy of 0 or more behind @`);
    return [base, Number(found[1]) / 1000, id];
  }

  // The formula of a name or of a text that is one, and the energy above the hull that its entry gives.
  lookedUp(base, hasEnergy) {
    const [name, state] = base.includes(":") ? [base.slice(0, base.indexOf(":")).trim(), base.slice(base.indexOf(":") + 1).trim()] : [base, null];
    const meant = (this.materials.get(name.toLowerCase()) ?? []).filter((one) => one.kind === "cathode" || state === null);
    const found = meant.map((one) => (one.kind === "cathode" ? this.atState(one, state ?? "full") : this.reactant(one, hasEnergy)));
    const distinct = found.filter((one, k) => k === 0 || one.composite || !sameComposition(this.composition(one.formula), this.composition(found[0].formula)));
    if (distinct.length > 1) throw new InputError(`${shownText(base)} means several materials: write the formula`);
    if (found.length) return { ...found[0], named: true };
    if (state !== null) throw new InputError(`unknown cathode ${shownText(name)}${this.nearest(name)}`);
    if (base.includes("+")) {
      if (/[\w)\]}]\s*\d*\+$/.test(base)) throw new InputError(`${shownText(base)}: an ion has no energy of its own here; write a neutral compound that holds it`);
      return { composite: base.split("+").map((part) => part.trim().replace(/^(\d+\.?\d*|\.\d+)\s*\*?\s*(?=\D)/, "")).filter(Boolean) };
    }
    try {
      this.composition(base);
    } catch (error) {
      throw new InputError(error.message + this.nearest(base));
    }
    return { formula: base, aboveHull: base.includes("-") ? 0 : null, named: false };
  }

  reactant(entry, hasEnergy) {
    const [base, above, id] = this.split(hasEnergy ? entry.written : entry.reactant);
    return entry.composite ? { composite: entry.composite } : { formula: base, id, aboveHull: above ?? (base.includes("-") ? 0 : null) };
  }

  atState(cathode, state) {
    const own = Object.entries(cathode.lithiations).find(([name]) => name.toLowerCase() === state.toLowerCase());
    const content = own ? own[1] : /^(\d+\.?\d*|\.\d+|\d+\/\d+)$/.test(state) ? readAmount(state) : NaN;
    const most = cathode.lithiations.full;
    if (Number.isNaN(content)) throw new InputError(`unknown state ${shownText(state)} of ${cathode.names[0]}; there are ${Object.keys(cathode.lithiations).join(", ")}`);
    if (!(content >= 0 && content <= most)) throw new InputError(`${cathode.names[0]} holds 0 to ${most} ${cathode.ion} in a formula unit, not ${content}`);
    const ion = content >= AMOUNT_TOLERANCE ? [[cathode.ion, content]] : [];
    return { formula: [...ion, ...Object.entries(cathode.host)].map(([symbol, amount]) => symbol + formatAmount(amount)).join(""), aboveHull: null };
  }

  // The amount of each element in a formula, or in all the moles of a glass such as 1.5Li2S-0.5P2S5-LiI.
  composition(text) {
    if (!text.includes("-")) return this.formula(text);
    const total = {};
    const seen = new Set();
    const moles = [];
    for (const term of text.split("-")) {
      const found = /^(\d+\.?\d*|\.\d+)?\s*\*?\s*(.+)$/.exec(term.trim());
      if (!found) throw new InputError(`${shownText(text)}: a material is missing beside '-'`);
      if (seen.has(found[2])) throw new InputError(`${shownText(text)}: ${shownText(found[2])} occurs twice`);
      seen.add(found[2]);
      moles.push(found[1] === undefined ? 1 : Number(found[1]));
      if (!(moles.at(-1) > 0)) throw new InputError(`${shownText(text)}: the amount of ${shownText(found[2])} must be positive`);
      for (const [symbol, amount] of Object.entries(this.formula(found[2]))) total[symbol] = (total[symbol] ?? 0) + moles.at(-1) * amount;
    }
    if (moles.every((one) => one === 1) && [...seen].every((part) => part in this.elements)) {
      throw new InputError(`${shownText(text)} is a chemical system, not one material: write a formula of these elements`);
    }
    if (moles.every((one) => one < 1) && Math.abs(sum(moles) - 1) > 1e-3 + 1e-9) {
      throw new InputError(`${shownText(text)}: the fractions sum to ${Number(sum(moles).toPrecision(4))}, not to 1; for moles in another ratio write at least one as 1 or more`);
    }
    return total;
  }

  // The amount of each element in a formula; formulas joined by a dot, each with an amount in front, are added.
  formula(text) {
    if (Object.hasOwn(this.likeFormulas, text)) throw new InputError(`${text} is a name, not a formula: ${this.likeFormulas[text]}`);
    if (/[\w)\]}]\s*\^?\s*(\d*[+-]+|[+-]\d+)$/.test(text)) throw new InputError(`${shownText(text)}: an ion has no energy of its own here; write a neutral compound that holds it`);
    const spaced = /^[A-Z][a-z]?(\d+\.?\d*)?( +[A-Z][a-z]?(\d+\.?\d*)?)+$/.test(text) && /\d/.test(text);
    const plain = spaced ? text.replace(/ /g, "") : text;
    if (/\d\.\d+H2O$/.test(plain)) throw new InputError(`${shownText(text)}: the point may be a dot or a decimal point; write · between formulas`);
    const dotted = plain.split(/\s*[·*]\s*/);
    const parts = dotted.length > 1 ? dotted : plain.split(/\.(?=[A-Z([{])/);
    const total = {};
    const factors = [];
    for (const part of parts) {
      const found = parts.length > 1 ? /^(\d+\/\d+|\d+\.?\d*|\.\d+)?\s*(.+)$/.exec(part) : [part, undefined, part];
      if (!found) throw new InputError(`${shownText(text)}: a formula is missing beside the dot`);
      factors.push(found[1] === undefined ? 1 : readAmount(found[1]));
      for (const [symbol, amount] of Object.entries(this.unit(found[2], text))) total[symbol] = (total[symbol] ?? 0) + factors.at(-1) * amount;
    }
    if (factors.every((one) => one < 1) && Math.abs(sum(factors) - 1) > 1e-3) throw new InputError(`${shownText(text)}: the fractions sum to ${Number(sum(factors).toPrecision(4))}, not to 1`);
    for (const [symbol, amount] of Object.entries(total)) {
      if (!(amount > 0 && amount < Infinity)) throw new InputError(`${shownText(text)}: the amount of ${symbol} is not a positive finite number`);
    }
    return total;
  }

  unit(formula, whole) {
    const closing = { "(": ")", "[": "]", "{": "}" };
    let group = {};
    const outer = [];
    const amountOf = (what, digits) => {
      const amount = digits ? (digits.length > 330 ? 0 : readAmount(digits)) : 1;
      if (!(amount > 0 && amount < Infinity)) throw new InputError(`${shownText(whole)}: the amount of ${what} is not a positive finite number`);
      return amount;
    };
    for (const found of formula.matchAll(/([A-Z][a-z]*)((?:\d+\/\d+|\d+\.?\d*|\.\d+)?)|([(\[{])|([)\]}])((?:\d+\/\d+|\d+\.?\d*|\.\d+)?)|(.)/gsu)) {
      const [, symbol, amount, opening, closed, factor, junk] = found;
      if (symbol) {
        const name = ISOTOPES[symbol] ?? symbol;
        if (!Object.hasOwn(this.elements, name)) throw new InputError(`${shownText(whole)}: no element ${shownText(symbol)}`);
        group[name] = (group[name] ?? 0) + amountOf(symbol, amount);
      } else if (opening) {
        outer.push([opening, group]);
        group = {};
      } else if (closed) {
        if (!outer.length || closing[outer.at(-1)[0]] !== closed) throw new InputError(`${shownText(whole)}: '${closed}' closes no bracket`);
        if (!Object.keys(group).length) throw new InputError(`${shownText(whole)}: empty brackets`);
        const times = amountOf("the bracket", factor);
        const inner = group;
        [, group] = outer.pop();
        for (const [name, number] of Object.entries(inner)) group[name] = (group[name] ?? 0) + number * times;
      } else {
        throw new InputError(`${shownText(whole)}: unexpected '${shownText(junk) || junk}' at position ${whole.indexOf(formula) + found.index + 1}`);
      }
    }
    if (outer.length) throw new InputError(`${shownText(whole)}: '${outer.at(-1)[0]}' is never closed`);
    if (!Object.keys(group).length) throw new InputError("empty formula");
    return group;
  }

  // Why no oxidation states can make a composition neutral; null if they can. See screening/chemistry/charges.py.
  chargeFault(amounts) {
    const symbols = Object.keys(amounts);
    const nonmetals = symbols.filter((symbol) => this.elements[symbol].kind === "nonmetal");
    if (nonmetals.length === 0 || nonmetals.length === symbols.length) return null;
    let [least, most] = [0, 0];
    for (const symbol of symbols) {
      const own = this.elements[symbol];
      if (own.lowest === null || own.highest === null) return null;
      let [low, high] = [own.lowest, own.highest];
      if (own.kind !== "s-block" && own.kind !== "nonmetal") low = Math.min(0, low);
      else if (own.kind === "nonmetal") {
        const oxidisers = nonmetals.filter((other) => this.elements[other].electronegativity > own.electronegativity);
        if (symbol in LEAST_REDUCED && sum(oxidisers.map((other) => amounts[other])) < amounts[symbol]) high = LEAST_REDUCED[symbol];
      }
      least += amounts[symbol] * low;
      most += amounts[symbol] * high;
    }
    if (least <= AMOUNT_TOLERANCE && most >= -AMOUNT_TOLERANCE) return null;
    const units = Object.values(amounts).every(isWhole) ? commonFactor(Object.values(amounts)) : 1;
    const charge = (value) => Number((value / units).toFixed(2));
    return `${formatFormula(amounts, this.elements)}: no oxidation states balance it (charge between ${charge(least)} and ${charge(most)})`;
  }

  // The name of the catalogue that is most like a text, as a question; nothing if none is.
  nearest(text) {
    const wanted = text.toLowerCase();
    let best = ["", 3];
    for (const [name, [entry]] of this.materials) {
      const far = editDistance(wanted, name);
      if (far < Math.min(best[1], wanted.length / 2)) best = [entry.names.find((one) => one.toLowerCase() === name), far];
    }
    return best[0] ? ` (did you mean ${best[0]}?)` : "";
  }
}

function editDistance(one, other) {
  if (Math.abs(one.length - other.length) > 2) return 9;
  let row = Array.from({ length: other.length + 1 }, (_, k) => k);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let k = 1; k <= other.length; k++) next.push(Math.min(next[k - 1] + 1, row[k] + 1, row[k - 1] + (one[i - 1] === other[k - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1);
}
