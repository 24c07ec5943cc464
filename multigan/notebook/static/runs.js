// The table of runs: thumbnails, states, ages; sorted, grouped, searched; by hand and by keys.
//
// Traits: runs [{path, name, folder, recipe, state, said, step, of, at, rate, left, loss, asked}], summary, table
// {search, sort, group, chosen, current}. Messages: {card: path} is answered by {card: path, kind, metric} and a
// picture; {select: path}, {open: path}, {compare: [paths]}, {refresh: true} ask for what they say.

import { button, counted, duration, follow, furnishRoot, h, mediaBox, shown, tell } from "./page.js";

const SORTS = { newest: "newest first", name: "name", step: "steps", loss: "generator's loss", state: "state" };
const GROUPS = { "": "no groups", folder: "by folder", recipe: "by recipe", state: "by state" };
const RUN_SIGNS = { running: "▶", paused: "❚❚", finished: "✓", stopped: "■", failed: "✕", interrupted: "⚡", silent: "⚡", created: "…" };
const TYPING_MS = 800, AGE_MS = 30_000;

/** Returns {element, stop()}: the whole table, without the run's details. */
export function runTable(model) {
  const table = () => ({ search: "", sort: "newest", group: "", chosen: [], current: null, ...model.get("table") });
  const set = (change) => { model.set("table", { ...table(), ...change }); model.save_changes(); draw(); };
  const search = h("input", { type: "search", placeholder: "Search runs", "aria-label": "Search runs by name, folder or state", oninput: () => set({ search: search.value }) });
  const sort = picker("sort runs", SORTS, (value) => set({ sort: value }));
  const group = picker("group runs", GROUPS, (value) => set({ group: value }));
  const compare = button("Compare", () => tell(model, { compare: table().chosen }), { title: "Tick runs to lay their curves over one another" });
  const refresh = button("↻", () => tell(model, { refresh: true }), { title: "Look again, everywhere", "aria-label": "Refresh" });
  const summary = h("p", { class: "mg-note", role: "status" });
  const list = h("ul", { class: "mg-runs", "aria-label": "Runs", onkeydown: step });
  const element = h("section", { class: "mg-run-table", "aria-label": "runs" }, h("div", { class: "mg-run-tools" }, search, refresh), h("div", { class: "mg-run-tools" }, sort, group, compare), summary, list);
  const rows = new Map(), cards = new Map();
  let order = [], typed = "", typedAt = 0;

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) wantCard(target.dataset.path);
  });

  /** A row's picture and metric are asked for when it comes into view, and again when the run has moved on. */
  function wantCard(path) {
    const run = model.get("runs").find((one) => one.path === path), version = `${run?.state} ${run?.step}`;
    if (!run || cards.get(path) === version) return;
    cards.set(path, version);
    tell(model, { card: path });
  }

  function draw() {
    const { search: words, sort: by, group: grouping, chosen, current } = table();
    if (search.value !== words) search.value = words;
    sort.value = by;
    group.value = grouping;
    const all = model.get("runs"), wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((run) => wanted.every((word) => `${run.path} ${run.state}`.toLowerCase().includes(word))).sort(ORDERS[by] ?? ORDERS.newest);
    const kept = chosen.filter((path) => all.some((run) => run.path === path));
    compare.disabled = kept.length < 2;
    compare.textContent = kept.length > 1 ? `Compare ${kept.length}` : "Compare";
    const live = all.filter((run) => run.at_work).length;
    summary.textContent = model.get("summary") || `${found.length === all.length ? all.length : `${found.length} of ${all.length}`} ${all.length === 1 ? "run" : "runs"}, ${live} at work`;
    drawRows(found, grouping, kept, current);
  }

  function drawRows(found, grouping, chosen, current) {
    for (const path of [...rows.keys()]) if (!found.some((run) => run.path === path)) { seen.unobserve(rows.get(path).element); rows.get(path).clear(); rows.delete(path); cards.delete(path); }
    const parts = [];
    let title = null;
    const inOrder = grouping ? [...found].sort((a, b) => String(a[grouping]).localeCompare(String(b[grouping]))) : found;
    order = inOrder.map((run) => run.path);
    const active = order.includes(current) ? current : order[0];
    for (const run of inOrder) {
      if (grouping && run[grouping] !== title) parts.push(heading((title = run[grouping]), inOrder.filter((one) => one[grouping] === title).length));
      if (!rows.has(run.path)) { rows.set(run.path, row(run.path)); seen.observe(rows.get(run.path).element); }
      else if (cards.has(run.path)) wantCard(run.path);
      rows.get(run.path).draw(run, chosen.includes(run.path), run.path === current, run.path === active, grouping);
      parts.push(rows.get(run.path).element);
    }
    if (parts.length !== list.childElementCount || parts.some((part, at) => part !== list.children[at])) {
      const focused = list.getRootNode().activeElement?.closest?.(".mg-run")?.dataset.path;
      list.replaceChildren(...parts);
      if (focused && rows.has(focused)) rows.get(focused).focus();
    }
  }

  const heading = (title, count) => h("li", { class: "mg-run-group" }, h("b", {}, title || "the root folder"), ` ${count}`);

  function row(path) {
    const thumb = mediaBox("mg-thumb");
    const check = h("input", { type: "checkbox", tabindex: -1, onchange: () => toggle(path) });
    const name = h("button", { type: "button", class: "mg-run-name", onclick: () => select(path), ondblclick: () => tell(model, { open: path }) });
    const state = h("span", { class: "mg-run-state" }), facts = h("span", { class: "mg-run-facts" }), metric = h("span", { class: "mg-run-metric" });
    const bar = h("progress", { hidden: true });
    const element = h("li", { class: "mg-run", "data-path": path, oncontextmenu: () => select(path) },
      check, thumb.element, h("div", { class: "mg-run-words" }, h("div", { class: "mg-run-line" }, name, state), h("div", { class: "mg-run-line" }, facts, metric), bar));
    function drawRow(run, isChosen, isCurrent, isActive, grouping) {
      check.checked = isChosen;
      check.setAttribute("aria-label", `Choose ${run.name} to compare`);
      name.textContent = run.name;
      name.title = `${run.path}\nEnter or a double click opens its dashboard`;
      name.tabIndex = isActive ? 0 : -1;
      name.setAttribute("aria-pressed", String(isCurrent));
      element.classList.toggle("mg-current", isCurrent);
      Object.assign(element.dataset, { state: run.state });
      Object.assign(state.dataset, { state: run.shown ?? run.state });
      state.replaceChildren(h("span", { "aria-hidden": "true" }, RUN_SIGNS[run.shown ?? run.state] ?? "?"), h("span", { class: "mg-run-word" }, ` ${run.said}`));
      const where = grouping !== "folder" && run.folder ? [run.folder] : [];
      facts.textContent = [...where, run.of && run.step < run.of ? `${counted(run.step)} of ${counted(run.of)}` : `${counted(run.step)} steps`, paceOf(run)].filter(Boolean).join(" · ");
      if (!metric.dataset.metric) metric.textContent = run.loss == null ? "" : `G ${shown(run.loss)}`;
      bar.hidden = !run.at_work;
      bar.max = run.of || 1;
      bar.value = run.of ? run.step : 0;
      bar.setAttribute("aria-label", `Progress of ${run.name}`);
    }
    return { element, draw: drawRow, focus: () => name.focus(), thumb, metric, clear: thumb.clear };
  }

  function select(path) { if (table().current !== path) set({ current: path }); tell(model, { select: path }); }
  function toggle(path) {
    const { chosen } = table();
    set({ chosen: chosen.includes(path) ? chosen.filter((other) => other !== path) : [...chosen, path] });
  }

  function step(event) {
    const path = event.target.closest(".mg-run")?.dataset.path, at = order.indexOf(path);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (to !== undefined) go(Math.max(0, Math.min(order.length - 1, to)));
    else if (event.key === "Enter") tell(model, { open: path });
    else if (event.key === " ") toggle(path);
    else if (event.key.length === 1) lookUp(event.key.toLowerCase(), at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function go(at) { rows.get(order[at])?.focus(); select(order[at]); rows.get(order[at])?.element.scrollIntoView({ block: "nearest" }); }
  /** Type-ahead: the next run whose name has what was typed. */
  function lookUp(sign, at) {
    const now = performance.now();
    typed = now - typedAt < TYPING_MS ? typed + sign : sign;
    typedAt = now;
    const from = typed.length === 1 ? at + 1 : at, names = order.map((path) => path.slice(path.lastIndexOf("/") + 1).toLowerCase());
    const places = order.map((_, offset) => (from + offset) % order.length);
    const found = places.find((place) => names[place].startsWith(typed) || names[place].replace(/^\d+-/, "").startsWith(typed));
    if (found !== undefined) go(found);
  }

  function hear(content, buffers) {
    const known = rows.get(content.card);
    if (!known) return;
    if (content.kind) known.thumb.show(buffers[0], content.kind, "");
    if (content.metric) { known.metric.textContent = content.metric; known.metric.dataset.metric = true; }
  }

  const unfollow = follow(model, { "runs summary table": draw, "msg:custom": hear });
  const timer = setInterval(draw, AGE_MS);
  draw();
  return { element, stop: () => { unfollow(); clearInterval(timer); seen.disconnect(); for (const one of rows.values()) one.clear(); } };
}

function picker(label, choices, change) {
  const element = h("select", { "aria-label": label, onchange: () => change(element.value) }, ...Object.entries(choices).map(([value, text]) => h("option", { value }, text)));
  return element;
}

function paceOf({ at, at_work: isAtWork, left }) {
  if (isAtWork) return left ? `${duration(left)} left` : "";
  const seconds = (Date.now() - Date.parse(at)) / 1000;
  if (!(seconds >= 0)) return "";
  if (seconds < 60) return "just now";
  return seconds < 172_800 ? `${duration(seconds).replace(/ \d+ (min|s)$/, (rest) => (seconds < 3600 ? "" : rest))} ago` : `${Math.floor(seconds / 86_400)} days ago`;
}

const time = (run) => Date.parse(run.at) || 0;
const ORDERS = {
  newest: (a, b) => Number(b.at_work) - Number(a.at_work) || time(b) - time(a) || a.path.localeCompare(b.path),
  name: (a, b) => a.name.localeCompare(b.name) || a.path.localeCompare(b.path),
  step: (a, b) => b.step - a.step,
  loss: (a, b) => (a.loss ?? Infinity) - (b.loss ?? Infinity),
  state: (a, b) => a.state.localeCompare(b.state) || time(b) - time(a),
};

const OFFERED = { open: "Dashboard", resume: "Resume", explore: "Explore", code: "Copy path" };

function render({ model, el }) {
  furnishRoot(el, "mg-run-widget");
  const table = runTable(model);
  const said = h("p", { class: "mg-answer", role: "status" });
  const current = () => model.get("table")?.current;
  const act = (name) => () => {
    if (!current()) return;
    if (name === "code") return navigator.clipboard?.writeText(current()).then(() => { said.textContent = `Copied ${current()}.`; }, () => { said.textContent = current(); });
    said.textContent = name === "open" ? "" : "Loading …";
    tell(model, { [name]: current() });
  };
  const tools = h("div", { class: "mg-actions" }, ...Object.entries(OFFERED).map(([name, word]) => button(word, act(name))));
  el.replaceChildren(table.element, tools, said);
  const show = () => { tools.hidden = !current(); };
  const unfollow = follow(model, { table: show, "msg:custom": (content) => { if ("told" in content || "error" in content) said.textContent = content.error ?? content.told; } });
  show();
  return () => { unfollow(); table.stop(); };
}

export default { render };
