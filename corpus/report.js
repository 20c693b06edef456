"use strict";
// Everything that came from a page is put into the document as text, never as markup: `textContent`, `title`, `value`.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

function make(tag, text, attributes) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  return element;
}

const number = (value) => value.toLocaleString("en-US");
const places = new Map(data.documents.map((page, index) => [page.id, index]));

// A link to a document that is in this file; plain text where it is not.
function link(text, id) {
  return places.has(id) ? make("a", text, { href: "#" + id }) : make("span", text);
}

function fill(body, rows) {
  for (const [text, count, id, name] of rows) {
    const row = make("tr");
    if (id !== undefined) row.append(make("td", id));
    const cell = make("td");
    cell.append(id === undefined ? document.createTextNode(text) : link(text || "(no title)", name));
    row.append(cell, make("td", number(count), { class: "n" }));
    body.append(row);
  }
  if (!rows.length) body.append(make("tr", "none"));
}

fill(byId("sites"), data.sites);
fill(byId("publishers"), data.publishers);
fill(byId("largest"), data.largest);
for (const [index, examples] of data.examples.entries()) {
  const list = byId("examples-" + index);
  for (const [text, id] of examples) {
    const item = make("li");
    item.append(link(text, id));
    list.append(item);
  }
}

// The list of documents and its filters.
const shownAs = (page) => page.title || page.source;
const states = (page) => (page.reason ? ["rejected", page.reason] : ["article", ...page.flags]);
const options = new Set(data.documents.flatMap(states));
for (const state of [...options].sort()) byId("flag").append(make("option", state, { value: state }));
data.rules.forEach((rule, index) => byId("rule").append(make("option", rule.name + " " + rule.chinese, { value: index })));

const buttons = data.documents.map((page, index) => {
  const button = make("button", shownAs(page), { type: "button" });
  const facts = page.reason ? "rejected: " + page.reason : ["quality " + page.quality.toFixed(2), ...page.flags].join(" · ");
  button.append(make("small", page.source + " · " + facts));
  button.addEventListener("click", () => { location.hash = page.id; });
  const item = make("li");
  item.append(button);
  byId("list").append(item);
  page.words = [page.title, page.source, page.id, page.publisher].join("\n").toLowerCase();
  page.taken = new Set(page.rows.flatMap((row) => row[0].map((piece) => piece[0])));
  return button;
});

function filter() {
  const words = byId("words").value.trim().toLowerCase();
  const state = byId("flag").value;
  const rule = byId("rule").value;
  let count = 0;
  data.documents.forEach((page, index) => {
    const fits = page.words.includes(words) && (!state || states(page).includes(state)) && (rule === "" || page.taken.has(Number(rule)));
    buttons[index].parentElement.hidden = !fits;
    count += fits;
  });
  byId("found").textContent = number(count) + " of " + number(data.documents.length);
}

byId("filters").addEventListener("input", filter);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("list").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const open = buttons.filter((button) => !button.parentElement.hidden);
  const next = open[open.indexOf(document.activeElement) + step];
  if (next) { next.focus(); next.click(); }
});

// One page: raw and clean, row beside row.
let current = Math.max(0, data.documents.findIndex((page) => !page.reason));

function span(piece, whole) {
  const [rule, text, read] = piece;
  const shown = whole || read === undefined ? text : read;
  if (!shown) return null;
  if (rule === -1) return document.createTextNode(shown);
  if (rule === -2) return make("span", shown, { class: "changed", title: "changed 已转换: " + text });
  const { name, english, chinese } = data.rules[rule];
  if (!whole && read !== undefined) return document.createTextNode(shown);
  return make("span", shown, { class: "r" + rule, "data-rule": name, title: name + ": " + english + " " + chinese });
}

function draw() {
  const page = data.documents[current];
  if (!page) return;
  const whole = byId("source").checked;
  byId("title").textContent = shownAs(page);
  byId("facts").replaceChildren(...page.facts.map(([name, value]) => {
    const pair = make("div");
    pair.append(make("dt", name), make("dd", value));
    return pair;
  }));
  byId("legend").replaceChildren(...data.rules.flatMap((rule, index) => {
    if (!page.taken.has(index) || (rule.unseen && !whole)) return [];
    const item = make("li");
    item.append(make("span", rule.name, { class: "swatch r" + index }), " " + rule.chinese);
    return [item];
  }));
  const head = make("div", null, { role: "row" });
  head.append(make("div", "Raw page 原网页", { role: "columnheader" }), make("div", "Clean text 清洗后", { role: "columnheader" }));
  const rows = [head];
  for (const [pieces, clean] of page.rows) {
    const raw = make("div", null, { role: "cell" });
    raw.append(...pieces.map((piece) => span(piece, whole)).filter(Boolean));
    if (!clean && !raw.textContent.trim()) continue;
    while (!whole && raw.lastChild && !raw.lastChild.textContent.trim()) raw.lastChild.remove();
    if (!whole && raw.lastChild) raw.lastChild.textContent = raw.lastChild.textContent.trimEnd();
    const row = make("div", null, { role: "row" });
    row.append(raw, make("div", clean, { role: "cell", lang: "zh-Hans" }));
    rows.push(row);
  }
  if (page.note) rows.push(make("p", page.note, { class: "note" }));
  byId("rows").replaceChildren(...rows);
  byId("rows").classList.toggle("named", byId("names").checked);
  buttons.forEach((button, index) => button.setAttribute("aria-current", String(index === current)));
}

function open() {
  const index = places.get(decodeURIComponent(location.hash.slice(1)));
  if (index === undefined) return false;
  current = index;
  draw();
  byId("page").scrollIntoView({ block: "nearest" });
  return true;
}

byId("names").addEventListener("change", draw);
byId("source").addEventListener("change", draw);
window.addEventListener("hashchange", open);
filter();
if (!open()) draw();
