// The lowest-energy mixtures along a line of compositions: min c y, A y = b(t), y >= 0, by the parametric dual simplex
// method. It is that of screening/hull/simplex.py, which explains it, and of its C form, with the same names. A path that
// fails its certificate is an error and never an answer.

const INSIDE = 0.4871; // lines are entered at this t, which no simple ratio of the ends makes a change of basis
const CERTIFIED = 1e-8;
const ROUNDING = 1e-12;
const TIED = 1e-9;
const AT_END = 1e-10;
const PIVOT = 1e-9;
const SOUND = 1e-3;
const SAME = 1e-10;
const STALL = 60;
const ENDLESS = 10000;

class CalculationError extends Error {}

// m positive numbers that are linearly independent over the integers.
function irregular(m) {
  return Float64Array.from({ length: m }, (_, k) => Math.exp(k / m));
}

// A basis of m columns that follows a moving right-hand side rhs + t rate. The program has m, n, columns (n x m) and costs.
class Vertex {
  constructor(program, basis, rhs, rate) {
    Object.assign(this, { program, basis: Int32Array.from(basis), rhs, rate, undercut: 0 });
    this.reduced = new Float64Array(program.n);
    this.row = new Float64Array(program.n);
    this.invert();
  }

  turned() {
    const other = Object.assign(Object.create(Vertex.prototype), this);
    for (const name of ["basis", "inverse", "amounts", "duals", "reduced", "row"]) other[name] = this[name].slice();
    other.rate = this.rate.map((value) => -value);
    other.rates = this.rates.map((value) => -value);
    return other;
  }

  // Compute inverse, amounts, rates and duals from the basis, without reference to earlier values.
  invert() {
    const { m, columns, costs } = this.program;
    const wide = 2 * m;
    const augmented = new Float64Array(m * wide);
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < m; k++) augmented[i * wide + k] = columns[this.basis[k] * m + i];
      augmented[i * wide + m + i] = 1;
    }
    for (let c = 0; c < m; c++) {
      let largest = c;
      for (let i = c + 1; i < m; i++) if (Math.abs(augmented[i * wide + c]) > Math.abs(augmented[largest * wide + c])) largest = i;
      if (!(Math.abs(augmented[largest * wide + c]) > 1e-13)) throw new CalculationError("the linear program came to a singular basis");
      for (let k = 0; k < wide && largest !== c; k++) {
        const held = augmented[c * wide + k];
        augmented[c * wide + k] = augmented[largest * wide + k];
        augmented[largest * wide + k] = held;
      }
      const factor = 1 / augmented[c * wide + c];
      for (let k = c; k < wide; k++) augmented[c * wide + k] *= factor;
      for (let i = 0; i < m; i++) {
        const times = augmented[i * wide + c];
        if (i === c || times === 0) continue;
        for (let k = c; k < wide; k++) augmented[i * wide + k] -= times * augmented[c * wide + k];
      }
    }
    this.inverse = new Float64Array(m * m);
    this.amounts = new Float64Array(m);
    this.rates = new Float64Array(m);
    this.duals = new Float64Array(m);
    for (let k = 0; k < m; k++) {
      const cost = costs[this.basis[k]];
      for (let i = 0; i < m; i++) {
        const value = augmented[k * wide + m + i];
        this.inverse[k * m + i] = value;
        this.amounts[k] += value * this.rhs[i];
        this.rates[k] += value * this.rate[i];
        this.duals[i] += cost * value;
      }
    }
  }

  // The element of a column in one row of the inverse times A.
  elementOf(k, column) {
    const { m, columns } = this.program;
    let sum = 0;
    for (let i = 0; i < m; i++) sum += this.inverse[k * m + i] * columns[column * m + i];
    return sum;
  }

  reducedOf(column) {
    const { m, columns, costs } = this.program;
    let sum = costs[column];
    for (let i = 0; i < m; i++) sum -= this.duals[i] * columns[column * m + i];
    return sum;
  }

  // Reduced costs of all columns and, of one row of the inverse, its elements; the lowest reduced cost is returned.
  price(k = -1) {
    const { m, n, columns, costs } = this.program;
    const { reduced, row, duals, inverse } = this;
    let lowest = Infinity;
    for (let j = 0; j < n; j++) {
      let cost = costs[j];
      let element = 0;
      for (let i = 0; i < m; i++) {
        const a = columns[j * m + i];
        cost -= duals[i] * a;
        if (k >= 0) element += inverse[k * m + i] * a;
      }
      reduced[j] = cost;
      row[j] = element;
      if (cost < lowest) lowest = cost;
    }
    return lowest;
  }

  pivot(leaving, entering) {
    const { m } = this.program;
    const { inverse, amounts, rates, duals } = this;
    const reduced = this.reducedOf(entering);
    const factor = 1 / this.elementOf(leaving, entering);
    for (let i = 0; i < m; i++) {
      inverse[leaving * m + i] *= factor;
      duals[i] += reduced * inverse[leaving * m + i];
    }
    amounts[leaving] *= factor;
    rates[leaving] *= factor;
    for (let k = 0; k < m; k++) {
      if (k === leaving) continue;
      const times = this.elementOf(k, entering);
      for (let i = 0; i < m; i++) inverse[k * m + i] -= times * inverse[leaving * m + i];
      amounts[k] -= times * amounts[leaving];
      rates[k] -= times * rates[leaving];
    }
    this.basis[leaving] = entering;
  }

  // Move from a feasible basis to an optimal one at t = 0, by the primal simplex method.
  minimise() {
    const { m, n } = this.program;
    const patience = 20 * (m + 20);
    for (let pivots = 0; pivots < 5 * patience; pivots++) {
      const lowest = this.price();
      if (lowest >= -ROUNDING) return;
      const entering = firstWithin(this.reduced, n, pivots < patience ? lowest * (1 - TIED) : -ROUNDING);
      let leaving = -1;
      let step = Infinity;
      for (let k = 0; k < m; k++) {
        const element = this.elementOf(k, entering);
        if (element > PIVOT && this.amounts[k] / element < step) {
          step = this.amounts[k] / element;
          leaving = k;
        }
      }
      if (leaving < 0) break;
      this.pivot(leaving, entering);
    }
    throw new CalculationError("the linear program did not reach its minimum");
  }

  // Follow the right-hand side from t = 0 to t = limit; returns the segments of constant basis.
  sweep(limit) {
    const { m, n } = this.program;
    const segments = [];
    const keep = (since, until) => segments.push({ since, until, basis: this.basis.slice(), amounts: this.amounts.slice(), rates: this.rates.slice(), duals: this.duals.slice() });
    let now = 0;
    for (let stalled = 0; stalled < ENDLESS;) {
      let leaving = -1; // the first column whose amount reaches zero: the lowest rate / amount
      let soonest = 0;
      for (let k = 0; k < m; k++) {
        if (this.amounts[k] + limit * this.rates[k] > -AT_END) continue;
        const step = this.rates[k] / Math.max(this.amounts[k], ROUNDING);
        if (step < soonest) {
          soonest = step;
          leaving = k;
        }
      }
      if (leaving < 0 || soonest * limit > -1) {
        this.undercut = Math.max(this.undercut, -this.price());
        if (limit > now + SAME || !segments.length) keep(now, limit);
        return segments;
      }
      const until = Math.max(-this.amounts[leaving] / this.rates[leaving], now);
      stalled = until <= now + SAME ? stalled + 1 : 0;
      this.undercut = Math.max(this.undercut, -this.price(leaving));
      let lowest = Infinity;
      for (let j = 0; j < n; j++) {
        this.row[j] /= Math.max(this.reduced[j], ROUNDING);
        if (this.row[j] < lowest) lowest = this.row[j];
      }
      if (!(lowest < 0)) throw new CalculationError("the right-hand side leaves what the columns can make up");
      let entering = firstWithin(this.row, n, lowest * (1 - TIED));
      const small = this.elementOf(leaving, entering) > -SOUND;
      if (small || stalled > STALL) [leaving, entering] = this.chooseCarefully(leaving, until, stalled > STALL);
      if (until > now + SAME) keep(now, until);
      now = until;
      this.pivot(leaving, entering);
      if (small) this.invert();
    }
    throw new CalculationError("the path of the linear program did not end");
  }

  // A pivot among near ties: the largest element (Harris), or the lowest index if the path has stalled (Bland).
  chooseCarefully(leaving, until, stalled) {
    const { m, n } = this.program;
    const { amounts, rates, basis } = this;
    for (let k = 0; stalled && k < m; k++) {
      if (rates[k] < -ROUNDING && amounts[k] + until * rates[k] < ROUNDING && basis[k] < basis[leaving]) leaving = k;
    }
    this.price(leaving);
    let bound = Infinity;
    for (let j = 0; j < n; j++) {
      if (this.row[j] < -PIVOT) bound = Math.min(bound, (Math.max(this.reduced[j], 0) + ROUNDING) / -this.row[j]);
    }
    let largest = 0;
    for (let j = 0; j < n; j++) {
      if (this.row[j] < -PIVOT && Math.max(this.reduced[j], 0) / -this.row[j] <= bound) largest = Math.min(largest, this.row[j]);
      else this.row[j] = 0; // from here on only tied columns keep their element
    }
    if (!(largest < 0)) throw new CalculationError("the right-hand side leaves what the columns can make up");
    return [leaving, firstWithin(this.row, n, stalled ? -PIVOT : largest * (1 - TIED))];
  }
}

// The place of the first of some numbers that is not above a bound.
function firstWithin(values, n, bound) {
  for (let j = 0; j < n; j++) if (values[j] <= bound) return j;
  return -1;
}

// The optimum along the line from start to stop: segments of constant basis, each with t from since to until, the amounts
// at both ends and the duals. `unit` are the columns that form the unit matrix.
function linePath(program, start, stop) {
  const { m, unit } = program;
  const direction = stop.map((value, i) => value - start[i]);
  const middle = start.map((value, i) => value + INSIDE * direction[i]);
  const beside = irregular(m).map((value, i) => middle[i] + 1e-4 * value); // no amount is zero: it does not stall
  const first = new Vertex(program, unit, beside, middle.map((value, i) => value - beside[i]));
  first.minimise();
  first.sweep(1);
  const ahead = new Vertex(program, first.basis, middle, direction);
  const behind = ahead.turned();
  const upper = ahead.sweep(1 - INSIDE).map((one) => segmentOf(one, 1));
  const lower = behind.sweep(INSIDE).map((one) => segmentOf(one, -1)).reverse();
  const last = lower.at(-1);
  if (last.basis.every((column, k) => column === upper[0].basis[k])) { // the line was entered inside this segment
    upper[0] = { ...upper[0], since: last.since, atStart: last.atStart };
    lower.pop();
  }
  const segments = [...lower, ...upper];
  segments.forEach((one, k) => {
    one.until = k + 1 < segments.length ? segments[k + 1].since : 1;
  });
  segments[0].since = 0;
  certify(program, segments, start, direction, Math.max(ahead.undercut, behind.undercut));
  return segments;
}

function segmentOf({ since, until, basis, amounts, rates, duals }, sign) {
  const at = (t) => amounts.map((value, k) => value + t * rates[k]);
  return sign > 0
    ? { since: INSIDE + since, until: INSIDE + until, basis, duals, atStart: at(since), atStop: at(until) }
    : { since: INSIDE - until, until: INSIDE - since, basis, duals, atStart: at(until), atStop: at(since) };
}

// Prove by the duality theorem that every segment is optimal at both ends.
function certify({ m, columns, costs }, segments, start, direction, undercut) {
  let worst = undercut;
  for (const one of segments) {
    for (const [t, amounts] of [[one.since, one.atStart], [one.until, one.atStop]]) {
      let gap = 0;
      for (let i = 0; i < m; i++) {
        const rhs = start[i] + t * direction[i];
        let held = 0;
        for (let k = 0; k < m; k++) held += amounts[k] * columns[one.basis[k] * m + i];
        worst = Math.max(worst, Math.abs(held - rhs), -amounts[i]);
        gap += amounts[i] * costs[one.basis[i]] - one.duals[i] * rhs;
      }
      worst = Math.max(worst, Math.abs(gap));
    }
  }
  if (!(worst < CERTIFIED)) throw new CalculationError(`the linear program failed its check (${worst.toExponential(1)})`);
}
