// The phases: their compositions and energies as typed arrays, and the phases of one chemical system.

const SAME_FRACTION = 1e-6; // two compositions are the same if none of their atomic fractions differ by more than this
const AMOUNT_TOLERANCE = 1e-8;
const POLYANION_GAP = 1.65;

class InputError extends Error {}

// Numbers whose bytes stand plane by plane, in which form they are compressed best.
function unshuffled(bytes, Kind) {
  const count = bytes.length / Kind.BYTES_PER_ELEMENT;
  const plain = new Uint8Array(bytes.length);
  for (let plane = 0, at = 0; plane < Kind.BYTES_PER_ELEMENT; plane++) {
    for (let k = 0; k < count; k++) plain[k * Kind.BYTES_PER_ELEMENT + plane] = bytes[at++];
  }
  return new Kind(plain.buffer);
}

// The columns that coatscreen/report/app/packed_phases.py wrote, and what is asked of them.
class Phases {
  constructor(layout, bytes, elements) {
    const column = (name, Kind) => unshuffled(bytes.subarray(layout.columns[name][0], layout.columns[name][1]), Kind);
    const lengths = column("lengths", Uint8Array);
    this.numbers = column("numbers", Uint8Array); // of each entry: which of `symbols`
    this.amounts = column("amounts", Float64Array);
    const stored = column("energies", Int32Array);
    this.isLowest = column("lowest", Uint8Array);
    this.ids = new TextDecoder().decode(bytes.subarray(...layout.columns.ids)).split("\n");
    this.symbols = layout.symbols;
    this.elements = elements; // of each symbol: electronegativity, lowest and highest state, kind
    this.cellPrefix = layout.cell_prefix;
    this.n = lengths.length;
    this.numberOf = new Map(layout.symbols.map((symbol, k) => [symbol, k]));
    this.starts = new Int32Array(this.n + 1);
    for (let i = 0; i < this.n; i++) this.starts[i + 1] = this.starts[i] + lengths[i];
    const energies = Float64Array.from(stored, (value) => value / layout.energy_unit);
    const references = new Float64Array(layout.symbols.length).fill(Infinity);
    for (let i = 0; i < this.n; i++) {
      const number = this.numbers[this.starts[i]];
      if (lengths[i] === 1 && energies[i] < references[number]) references[number] = energies[i];
    }
    this.fractions = new Float64Array(this.amounts.length);
    this.formationEnergies = energies; // from here on those of formation, eV/atom
    for (let i = 0; i < this.n; i++) {
      let total = 0;
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) total += this.amounts[k];
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) {
        this.fractions[k] = this.amounts[k] / total;
        energies[i] -= this.fractions[k] * references[this.numbers[k]];
      }
    }
    this.known = new Map(); // systems, by elements
  }

  composition(i) {
    const found = {};
    for (let k = this.starts[i]; k < this.starts[i + 1]; k++) found[this.symbols[this.numbers[k]]] = this.amounts[k];
    return found;
  }

  formula(i) {
    return formatFormula(this.composition(i), this.elements);
  }

  require(symbols) {
    for (const symbol of symbols) {
      if (!this.numberOf.has(symbol)) throw new InputError(`these energies hold no phase of ${symbol}`);
    }
  }

  // The phases that hold no other elements than these, in order.
  inside(symbols) {
    const allowed = new Uint8Array(this.symbols.length);
    for (const symbol of symbols) allowed[this.numberOf.get(symbol)] = 1;
    const found = [];
    for (let i = 0; i < this.n; i++) {
      let k = this.starts[i];
      while (k < this.starts[i + 1] && allowed[this.numbers[k]]) k++;
      if (k === this.starts[i + 1]) found.push(i);
    }
    return found;
  }

  // The lowest phase of a composition; null if none is known.
  lowestOf(composition) {
    const symbols = Object.keys(composition);
    if (!symbols.every((symbol) => this.numberOf.has(symbol))) return null;
    const wanted = fractionsOf(composition);
    const same = (i) => {
      if (!this.isLowest[i] || this.starts[i + 1] - this.starts[i] !== symbols.length) return false;
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) {
        if (!(Math.abs(this.fractions[k] - (wanted[this.symbols[this.numbers[k]]] ?? 9)) <= SAME_FRACTION)) return false;
      }
      return true;
    };
    return this.inside(symbols).find(same) ?? null;
  }

  // The ordered cells between which a cathode lies, as phases with their shares of the atoms; empty if it has none.
  betweenCells(composition) {
    const host = { ...composition };
    delete host.Li;
    if (!Object.keys(host).length) return [];
    const content = (composition.Li ?? 0) / sum(Object.values(host));
    const cells = new Map();
    for (let i = 0; i < this.n; i++) {
      if (!this.ids[i].startsWith(this.cellPrefix)) continue;
      const own = this.composition(i);
      const held = own.Li ?? 0;
      delete own.Li;
      if (!Object.keys(own).length || !sameComposition(own, host)) continue;
      const at = Math.round((held / sum(Object.values(own))) * 1e9) / 1e9;
      const energy = this.formationEnergies[i] * (1 + at);
      if (!cells.has(at) || energy < cells.get(at).energy) cells.set(at, { i, at, energy });
    }
    const series = [...cells.values()].sort((one, other) => one.at - other.at);
    let best = null;
    for (const low of series.filter((one) => one.at <= content + 1e-9)) {
      for (const high of series.filter((one) => one.at >= content - 1e-9)) {
        const width = high.at - low.at;
        const share = width > 1e-9 ? (content - low.at) / width : 0;
        const energy = (1 - share) * low.energy + share * high.energy;
        if (best === null || energy < best.energy - 1e-12) best = { energy, parts: new Map([[high, share], [low, 1 - share]]) };
      }
    }
    if (best === null) return [];
    const atoms = [...best.parts].filter(([, share]) => share > 1e-9).map(([cell, share]) => [cell.i, share * (1 + cell.at)]);
    const total = sum(atoms.map(([, amount]) => amount));
    return atoms.map(([i, amount]) => [i, amount / total]);
  }

  // The phases of a chemical system as a linear program. With lithium open at a voltage, energies are grand potentials
  // and amounts are counted in the atoms that are not lithium.
  system(symbols, voltage = null) {
    const names = [...new Set([...symbols, ...(voltage === null ? [] : ["Li"])])].sort();
    this.require(names);
    const closed = names.filter((symbol) => voltage === null || symbol !== "Li");
    if (!closed.length) throw new InputError("with lithium open there is no composition left to react");
    const key = names.join();
    if (!this.known.has(key)) this.known.set(key, this.inside(names).filter((i) => this.isLowest[i]));
    const row = new Int32Array(this.symbols.length).fill(-1);
    closed.forEach((symbol, k) => {
      row[this.numberOf.get(symbol)] = k;
    });
    const m = closed.length;
    const held = (i) => {
      let open = 0;
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) if (row[this.numbers[k]] < 0) open += this.fractions[k];
      return open;
    };
    const positions = this.known.get(key).filter((i) => 1 - held(i) >= 1e-12);
    const columns = new Float64Array(positions.length * m);
    const costs = new Float64Array(positions.length);
    const openAtoms = new Float64Array(positions.length);
    const unit = new Int32Array(m).fill(-1);
    positions.forEach((i, j) => {
      const open = held(i);
      const share = 1 - open;
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) {
        const place = row[this.numbers[k]];
        if (place >= 0) columns[j * m + place] = this.fractions[k] / share;
      }
      costs[j] = (this.formationEnergies[i] + (voltage ?? 0) * open) / share; // mu_Li = -e phi
      openAtoms[j] = open / share;
      for (let k = 0; k < m; k++) {
        if (columns[j * m + k] > 1 - 1e-12 && (unit[k] < 0 || costs[j] < costs[unit[k]])) unit[k] = j;
      }
    });
    return { phases: this, m, n: positions.length, closed, open: voltage === null ? [] : ["Li"], columns, costs, unit, openAtoms, positions };
  }
}

function sum(numbers) {
  return numbers.reduce((total, value) => total + value, 0);
}

function fractionsOf(amounts) {
  const total = sum(Object.values(amounts));
  return Object.fromEntries(Object.entries(amounts).map(([symbol, amount]) => [symbol, amount / total]));
}

function sameComposition(one, other) {
  const [here, there] = [fractionsOf(one), fractionsOf(other)];
  const symbols = Object.keys(here);
  return symbols.length === Object.keys(there).length && symbols.every((symbol) => Math.abs(here[symbol] - (there[symbol] ?? 9)) <= SAME_FRACTION);
}

// ---- formulas as they are written; screening/chemistry/compositions.py has the same

const NOT_REDUCED = { LiO: "Li2O2", NaO: "Na2O2", KO: "K2O2", RbO: "Rb2O2", CsO: "Cs2O2", HO: "H2O2", H: "H2", N: "N2", O: "O2", F: "F2", Cl: "Cl2" };

function isWhole(amount) {
  return Math.abs(amount - Math.round(amount)) < AMOUNT_TOLERANCE;
}

function commonFactor(numbers) {
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  return numbers.map(Math.round).reduce(gcd, 0);
}

function formatAmount(amount) {
  const text = amount.toFixed(8).replace(/\.?0+$/, "");
  return text === "1" ? "" : text;
}

function formatFormula(given, elements) {
  const amounts = Object.fromEntries(Object.entries(given).filter(([, amount]) => amount >= AMOUNT_TOLERANCE));
  const order = (symbol) => elements[symbol].electronegativity ?? Infinity;
  const byRank = (a, b) => order(a) - order(b) || (a < b ? -1 : 1);
  const symbols = Object.keys(amounts);
  if (Object.values(amounts).every(isWhole)) {
    const factor = commonFactor(Object.values(amounts));
    const reduced = Object.fromEntries(symbols.map((symbol) => [symbol, Math.round(amounts[symbol]) / factor]));
    const formula = joinedFormula(symbols.sort(byRank), reduced, elements);
    return NOT_REDUCED[formula] ?? formula;
  }
  const ofKind = (wanted) => symbols.filter((symbol) => wanted(elements[symbol].kind));
  const metals = ofKind((kind) => kind === "metal").sort((a, b) =>
    Number(amounts[b].toFixed(8)) - Number(amounts[a].toFixed(8)) || order(b) - order(a) || (a < b ? -1 : 1));
  const rest = ofKind((kind) => kind !== "s-block" && kind !== "metal").sort(byRank);
  return joinedFormula([...ofKind((kind) => kind === "s-block").sort(byRank), ...metals, ...rest], amounts, elements);
}

function joinedFormula(symbols, amounts, elements) {
  let [head, tail] = [symbols, ""];
  if (symbols.length >= 3) {
    const [a, b] = symbols.slice(-2);
    const gap = (elements[b].electronegativity ?? Infinity) - (elements[a].electronegativity ?? Infinity);
    const times = commonFactor([amounts[a], amounts[b]]);
    if (gap < POLYANION_GAP && times > 1 && isWhole(amounts[a]) && isWhole(amounts[b])) {
      const group = { [a]: Math.round(amounts[a]) / times, [b]: Math.round(amounts[b]) / times };
      [head, tail] = [symbols.slice(0, -2), `(${joinedFormula([a, b], group, elements)})${times}`];
    }
  }
  return head.map((symbol) => symbol + formatAmount(amounts[symbol])).join("") + tail;
}
