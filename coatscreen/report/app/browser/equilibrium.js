// Reactions of two materials, closed or open to lithium, and what a material does with lithium at each voltage. Each
// function is that of the same name in screening/equilibrium, which has the definitions.

const ZERO = 1e-9; // eV/atom: energies closer to zero count as zero
const CLEAN = 1e-6; // amounts below this, in atoms per atom of mixture, are rounding errors
const SAME_POTENTIAL = 1e-9; // V: of a degenerate hull, several changes of phases have the same potential
const MUCH = 0.1; // of the lithium of a formula unit

function clean(value) {
  return Math.round(value * 1e9) / 1e9 + 0;
}

// The first of the lowest numbers, ties within a tolerance.
function firstLowest(values, tolerance) {
  const lowest = Math.min(...values);
  return values.findIndex((value) => value <= lowest + tolerance);
}

// All mixtures along the line between two compositions, with t, energies, and the duals of each segment.
function lineOf(system, start, stop) {
  const segments = linePath(system, start, stop);
  const t = [0, ...segments.map((one) => one.until)];
  const kinks = t.map((_, k) => (k < segments.length ? { basis: segments[k].basis, amounts: segments[k].atStart } : { basis: segments.at(-1).basis, amounts: segments.at(-1).atStop }));
  const energies = kinks.map(({ basis, amounts }) => sum(Array.from(basis, (column, k) => system.costs[column] * amounts[k])));
  const mixture = (k) => {
    const { basis, amounts } = kinks[k];
    const present = [...basis.keys()].filter((place) => amounts[place] > CLEAN);
    const total = sum(present.map((place) => amounts[place]));
    const parts = present.map((place) => [basis[place], amounts[place] / total]);
    return {
      amounts: parts.map(([column, share]) => [system.positions[column], share]),
      exchanged: system.open.length ? sum(parts.map(([column, share]) => system.openAtoms[column] * share)) : 0,
    };
  };
  return { system, t, energies, mixture, duals: segments.map((one) => one.duals) };
}

function vectorOf(system, composition) {
  const amounts = Float64Array.from(system.closed, (symbol) => composition[symbol] ?? 0);
  const total = sum(amounts);
  if (!(total > 0)) throw new InputError(`${Object.keys(composition).join(" ")} consists of lithium only: with lithium open there is nothing left of it to react`);
  return amounts.map((value) => value / total);
}

function amountIn(composition, symbols) {
  return sum(symbols.map((symbol) => composition[symbol] ?? 0));
}

// A material with its own energy: that of its phase, of the ordered cells it lies between, or counted from the hull.
function reactantOf(phases, written) {
  const own = written.aboveHull !== null ? [] : written.lowest !== null ? [[written.lowest, 1]] : phases.betweenCells(written.composition);
  const system = phases.system(Object.keys(written.composition));
  const here = vectorOf(system, written.composition);
  const beside = irregular(here.length).map((value, k) => here[k] + 1e-3 * value);
  const total = sum(beside);
  const line = lineOf(system, beside.map((value) => value / total), here);
  const hull = line.energies.at(-1);
  const formation = own.length ? sum(own.map(([i, share]) => share * phases.formationEnergies[i])) : hull + (written.aboveHull ?? 0);
  return {
    ...written,
    own,
    sourceId: own.map(([i]) => phases.ids[i]).join(" + ") || null,
    formation,
    aboveHull: Math.max(0, clean(formation - hull)),
    given: written.aboveHull,
    decomposition: namedProducts(phases, line.mixture(line.t.length - 1)),
  };
}

function grandEnergy(reactant, closed, voltage) {
  const total = reactant.formation * sum(Object.values(reactant.composition)) + (voltage ?? 0) * (reactant.composition.Li ?? 0);
  return total / amountIn(reactant.composition, closed);
}

// The profile of two materials: both energies and the reaction at every kink, in eV per atom that is not open.
function interfaceOf(phases, a, b, voltage = null) {
  const system = phases.system([...Object.keys(a.composition), ...Object.keys(b.composition)], voltage);
  const line = lineOf(system, vectorOf(system, b.composition), vectorOf(system, a.composition));
  const [ownA, ownB] = [a, b].map((one) => grandEnergy(one, system.closed, voltage));
  const [atB, atA] = [line.energies[0], line.energies.at(-1)];
  const zeroed = (value) => (Math.abs(value) < ZERO ? 0 : value);
  const mutual = line.energies.map((energy, k) => zeroed(energy - line.t[k] * atA - (1 - line.t[k]) * atB));
  const total = line.energies.map((energy, k) => zeroed(energy - line.t[k] * ownA - (1 - line.t[k]) * ownB));
  const kinks = line.t.map((x, k) => ({ x, total: clean(total[k]), mutual: clean(mutual[k]), ...mixedAt(phases, a, b, line, k) }));
  const lowest = (values) => firstLowest(values, ZERO);
  return { voltage, closed: system.closed, kinks, lowestMutual: lowest(mutual), lowestTotal: lowest(total), selfA: clean(atA - ownA), selfB: clean(atB - ownB), nPhases: system.n };
}

function mixedAt(phases, a, b, line, k) {
  const { system } = line;
  const x = line.t[k];
  const mixture = line.mixture(k);
  const [atomsA, atomsB] = [a, b].map((one) => amountIn(one.composition, system.closed));
  const molar = x / atomsA / (x / atomsA + (1 - x) / atomsB);
  const fromA = molar * sum(Object.values(a.composition));
  const fromB = (1 - molar) * sum(Object.values(b.composition));
  const held = molar * atomsA + (1 - molar) * atomsB;
  const brought = system.open.length ? molar * (a.composition.Li ?? 0) + (1 - molar) * (b.composition.Li ?? 0) : 0;
  const taken = system.open.length ? clean(mixture.exchanged - brought / held) : null;
  const products = namedProducts(phases, mixture);
  return {
    xAtomic: clean(fromA / (fromA + fromB)),
    xMolar: clean(molar),
    products,
    taken,
    reaction: reactionText([[molar, a.formula, a.composition], [1 - molar, b.formula, b.composition]], products, system.closed, (taken ?? 0) * held),
  };
}

// Each product with its fraction of the atoms that are not open, largest first, then by formula.
function namedProducts(phases, mixture) {
  const named = mixture.amounts.map(([i, share]) => ({ formula: phases.formula(i), composition: phases.composition(i), share: clean(share) }));
  return named.sort((one, other) => other.share - one.share || (one.formula < other.formula ? -1 : 1));
}

function reactionText(reactants, products, closed, lithium) {
  const scale = sum(reactants.map(([units, , composition]) => units * amountIn(composition, closed)));
  // a phase's own amounts are those of a cell; its formula's may be a fraction of them
  const units = ({ formula, composition, share }) => [(share * scale) / (amountIn(composition, closed) / perFormula(formula, composition)), formula];
  const left = reactants.filter(([amount]) => amount > ZERO).map(([amount, formula]) => [amount, formula]);
  const right = products.map(units);
  if (lithium > 1e-6) left.push([lithium, "Li"]);
  if (lithium < -1e-6) right.push([-lithium, "Li"]);
  return equationText(left, right);
}

// How many of the formula units that a reduced formula names are in a phase's own amounts.
function perFormula(formula, composition) {
  const amounts = Object.values(composition);
  if (!amounts.every(isWhole)) return 1;
  const factor = commonFactor(amounts);
  return Object.values(NOT_REDUCED).includes(formula) ? factor / 2 : factor;
}

// A reaction with the smallest whole numbers of up to two digits, or with four digits where there are none.
function equationText(left, right) {
  const amounts = [...left, ...right].map(([amount]) => amount);
  const most = Math.max(...amounts);
  let written = amounts;
  for (let times = 1; times <= 99; times++) {
    const scaled = amounts.map((amount) => times * (amount / most));
    if (scaled.every((value) => Math.abs(value - Math.round(value)) < 1e-6 && Math.round(value) > 0)) {
      written = scaled.map(Math.round);
      break;
    }
  }
  const term = (amount, name) => {
    const text = fourDigits(Number(amount.toPrecision(12)));
    return text === "1" ? name : `${text} ${name}`;
  };
  const side = (terms, from) => terms.map(([, name], k) => term(written[from + k], name)).join(" + ");
  return `${side(left, 0)} -> ${side(right, left.length)}`;
}

// A number with four significant digits, halves rounded to even as Python does.
function fourDigits(value) {
  const [digits, power] = value.toExponential(30).split("e");
  const half = /^(\d\.\d{3})50*$/.exec(digits);
  const rounded = half && Number(half[1].at(-1)) % 2 === 0 ? Number(`${half[1]}e${power}`) : Number(value.toPrecision(4));
  return rounded < 1e-4 ? rounded.toExponential().replace(/e-(\d)$/, "e-0$1") : String(rounded);
}

// ---- lithium, reaction by reaction

function ionPaths(phases, reactant) {
  const { composition } = reactant;
  const others = Object.keys(composition).filter((symbol) => symbol !== "Li");
  if (!others.length) throw new InputError("lithium has no electrochemical window: nothing is left of it when Li is exchanged");
  const system = phases.system([...Object.keys(composition), "Li"]);
  const here = vectorOf(system, composition);
  const path = (target) => ionPath(phases, reactant, others, lineOf(system, here, vectorOf(system, target)), here, vectorOf(system, target));
  const rest = Object.fromEntries(others.map((symbol) => [symbol, composition[symbol]]));
  return [path({ Li: 1 }), composition.Li > 0 ? path(rest) : null];
}

function ionPath(phases, reactant, others, line, start, stop) {
  const row = line.system.closed.indexOf("Li");
  const stay = amountIn(reactant.composition, others); // atoms of a formula unit that are not exchanged
  const potentials = line.duals.map((duals) => duals[row]);
  const changes = potentials.map((_, k) => k).filter((k) => k > 0 && Math.abs(potentials[k] - potentials[k - 1]) >= SAME_POTENTIAL);
  const ends = stop[row] === 1 ? changes : [...changes, potentials.length];
  const ions = (kink) => {
    const share = start[row] + line.t[kink] * (stop[row] - start[row]);
    return (share / (1 - share)) * stay;
  };
  const state = (kink) => {
    const held = ions(kink) + stay;
    const parts = line.mixture(kink).amounts.map(([i, share]) => {
      const composition = phases.composition(i);
      const lithium = (composition.Li ?? 0) / sum(Object.values(composition));
      return { i, formula: phases.formula(i), composition, atoms: share * held, closed: share * held * (1 - lithium) };
    });
    const total = sum(parts.map((part) => part.closed));
    const products = parts.filter((part) => part.closed > 0).map((part) => ({ formula: part.formula, composition: part.composition, share: clean(part.closed / total) }));
    products.sort((one, other) => other.share - one.share || (one.formula < other.formula ? -1 : 1));
    return { ions: ions(kink), parts, products };
  };
  return { reactant, others, ends, voltages: ends.map((end) => clean(-potentials[end - 1])), lowest: clean(-potentials.at(-1)), ions, state };
}

// The limits between which a material neither takes up nor gives up lithium, V, with the first reaction beyond each.
function windowOf(phases, reactant) {
  const [richer, poorer] = ionPaths(phases, reactant);
  return { reduction: firstReaction(richer), oxidation: poorer === null ? null : firstReaction(poorer) };
}

function firstReaction(path) {
  if (!path.ends.length) return { voltage: path.lowest, reaction: null, exchange: null, next: null };
  const own = path.reactant.composition.Li ?? 0;
  const taken = path.ends.map((end) => path.ions(end) - own);
  const much = path.voltages.find((_, k) => own && Math.abs(taken[k]) > MUCH * own + 1e-6);
  const { formula, composition } = path.reactant;
  return {
    voltage: path.voltages[0],
    reaction: reactionText([[1, formula, composition]], path.state(path.ends[0]).products, path.others, taken[0]),
    exchange: own ? clean(Math.abs(taken[0]) / own) : null,
    next: much ?? null,
  };
}

// Every reaction with lithium between two voltages, by rising voltage, each in the direction of charging.
function staircaseOf(phases, reactant, lowest = 0, highest = 5) {
  const [richer, poorer] = ionPaths(phases, reactant);
  const steps = (path) => path.voltages.map((voltage, k) => {
    const [below, above] = [path.state(k ? path.ends[k - 1] : 0), path.state(path.ends[k])].sort((one, other) => other.ions - one.ions);
    const left = below.parts.map((part) => [part.atoms / (sum(Object.values(part.composition)) / perFormula(part.formula, part.composition)), part.formula, part.composition]);
    left.sort(([, one], [, other]) => (one < other ? -1 : 1));
    return { voltage, below: clean(below.ions), above: clean(above.ions), reaction: reactionText(left, above.products, path.others, above.ions - below.ions) };
  });
  return [...steps(richer).reverse(), ...(poorer === null ? [] : steps(poorer))].filter((step) => step.voltage >= lowest && step.voltage <= highest);
}
