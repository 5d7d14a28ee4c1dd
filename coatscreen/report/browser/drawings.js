// Drawings as SVG: profiles as lines, windows as bars, energies as colours.

const COLOURS = ["#0072b2", "#d55e00", "#555555"]; // Okabe and Ito's: told apart by people who are colour-blind
const HEAT = [[255, 255, 229], [254, 227, 145], [236, 112, 20], [140, 45, 4], [60, 10, 40]]; // light to dark

// The colour of an energy, 0 light and the lowest dark, and a colour that can be read on it.
function heatColours(value, lowest) {
  const place = Math.min(1, Math.max(0, lowest < 0 ? value / lowest : 0)) * (HEAT.length - 1);
  const below = Math.min(Math.floor(place), HEAT.length - 2);
  const mixed = HEAT[below].map((part, k) => Math.round(part + (place - below) * (HEAT[below + 1][k] - part)));
  const bright = 0.299 * mixed[0] + 0.587 * mixed[1] + 0.114 * mixed[2];
  return { backgroundColor: `rgb(${mixed.join(",")})`, color: bright > 140 ? "#1a1a1a" : "#ffffff" };
}

function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

// Lines over the fraction of A. Each of series: label, dash, points of x, y and note; onPoint is told which is pointed at.
function drawLines(series, xLabel, yLabel, onPoint) {
  const [width, height, left, right, top, bottom] = [620, 330, 70, 14, 14 + 18 * series.length, 46];
  const lowest = Math.min(...series.flatMap((one) => one.points.map((point) => point.y)), -1);
  const highest = Math.max(...series.flatMap((one) => one.points.map((point) => point.y)), 0);
  const low = lowest - 0.06 * (highest - lowest);
  const x = (value) => left + value * (width - left - right);
  const y = (value) => top + ((highest - value) / (highest - low)) * (height - top - bottom);
  const drawn = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${yLabel} against ${xLabel}` });
  for (const value of ticks(low, highest, 6)) {
    drawn.append(
      shape("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: "#e3e5e8" }),
      shape("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, numberText(value, value % 1 ? 1 : 0)),
    );
  }
  for (const value of ticks(0, 1, 5)) {
    drawn.append(shape("text", { x: x(value), y: height - bottom + 17, "text-anchor": "middle" }, numberText(value, 1)));
  }
  drawn.append(
    shape("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, fill: "none", stroke: "#8a9099" }),
    shape("text", { x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle" }, xLabel),
    shape("text", { transform: `translate(14 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, yLabel),
  );
  series.forEach((one, place) => {
    const colour = COLOURS[place % COLOURS.length];
    const dash = ["none", "7 4", "2 3"][place % 3];
    const path = one.points.map((point, k) => `${k ? "L" : "M"}${x(point.x)} ${y(point.y)}`).join("");
    drawn.append(
      shape("line", { x1: left, x2: left + 30, y1: 12 + 18 * place, y2: 12 + 18 * place, stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }),
      shape("text", { x: left + 38, y: 16 + 18 * place }, one.label),
      shape("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": dash }),
    );
    one.points.forEach((point, k) => {
      const point_at = () => onPoint && onPoint(k);
      const marker = { cx: x(point.x), cy: y(point.y), r: 5, fill: colour, stroke: "#fff", class: "kink", tabindex: onPoint ? 0 : null };
      drawn.append(
        shape("circle", { ...marker, onmouseenter: point_at, onfocus: point_at, onclick: point_at }, shape("title", {}, point.note)),
      );
    });
  });
  return drawn;
}

// A bar for each row from its reduction to its oxidation limit, over the voltages of the cathode's states.
function drawWindows(rows, states, limits) {
  const [left, right, top, step, highest] = [150, 110, 40, 20, 6];
  const width = 760;
  const height = top + step * rows.length + 34;
  const x = (volt) => left + (Math.min(volt, highest) / highest) * (width - left - right);
  const drawn = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "electrochemical windows" });
  const voltages = Object.values(states);
  if (voltages.length) {
    const [first, last] = [Math.min(...voltages), Math.max(...voltages)];
    drawn.append(shape("rect", { x: x(first) - 1, y: top - 4, width: x(last) - x(first) + 2, height: step * rows.length + 6, fill: "#f0e442", opacity: 0.6 }));
  }
  for (let volt = 0; volt <= highest; volt++) {
    drawn.append(
      shape("line", { x1: x(volt), x2: x(volt), y1: top - 4, y2: height - 32, stroke: "#e3e5e8" }),
      shape("text", { x: x(volt), y: height - 18, "text-anchor": "middle" }, String(volt)),
    );
  }
  for (const limit of limits) {
    drawn.append(
      shape("line", { x1: x(limit.volt), x2: x(limit.volt), y1: top - 8, y2: height - 32, stroke: "#333", "stroke-dasharray": "5 3" }),
      shape("text", { x: x(limit.volt), y: top - 12, "text-anchor": "middle" }, limit.label),
    );
  }
  rows.forEach((row, place) => {
    const middle = top + step * (place + 0.5);
    const name = row.name.length > 22 ? `${row.name.slice(0, 21)}…` : row.name;
    drawn.append(shape("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, shape("title", {}, row.name), name));
    if (row.low === null) {
      drawn.append(shape("text", { x: left + 4, y: middle + 4 }, "unknown"));
      return;
    }
    const end = row.high === null ? highest : row.high;
    const [first, last] = [x(Math.min(row.low, end)), x(Math.max(row.low, end))];
    drawn.append(
      shape("rect", { x: first, y: middle - 6, width: Math.max(2, last - first), height: 12, fill: COLOURS[0], opacity: 0.85, class: "window" },
        shape("title", {}, `${row.name}: ${row.text}`)),
      shape("text", { x: last + 5, y: middle + 4 }, row.text),
    );
  });
  drawn.append(shape("text", { x: (left + width - right) / 2, y: height - 3, "text-anchor": "middle" }, "voltage against Li/Li⁺ (V)"));
  return drawn;
}
