"use strict";
// Elements of the page. Text is always set as text, never read as HTML.

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(made.style, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function tableOf(heads, rows, attributes = {}) {
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element("div", { class: "wide" }, element("table", attributes, head, element("tbody", {}, ...rows)));
}

// A number with a fixed count of decimals and a true minus sign; a dash where there is none.
function numberText(value, digits, missing = "–") {
  if (value === null || value === undefined) return missing;
  const text = digits === null ? String(Number(value.toPrecision(3))) : value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// The first of several reasons, and not too much of it.
function firstReason(text) {
  const first = text.split("; ")[0];
  return first.length > 90 ? `${first.slice(0, 89)}…` : first;
}

// A reaction or formula with its subscripts: a number is one where it follows an element or a bracket.
function withSubscripts(text) {
  const parts = element("span");
  let end = 0;
  for (const found of text.matchAll(/(?<=[A-Za-z)])\d+(\.\d+)?/g)) {
    parts.append(text.slice(end, found.index), element("sub", {}, found[0]));
    end = found.index + found[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "copied";
}

function saveFile(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
