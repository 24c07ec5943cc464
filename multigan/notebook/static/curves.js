// A run's charts, one at a time: which lines stand together, and what people call them.

import { lineChart } from "./chart.js";
import { floats, h, inWords } from "./page.js";

const LOSSES = "Adversarial losses", REST = "Penalties and other terms";
const HEIGHT = 290;  // pixels: what the samples beside it take, less the tabs
const MANY = 120;  // points, from which on a line is smoothed at first

/** The groups by title: a tab's word, and the last parts of the names that are in it. */
const GROUPS = [
  [LOSSES, "Losses", ["adversarial"]],
  ["The discriminator's logits", "Logits", ["real_logit", "fake_logit"]],
  ["The discriminator's advantage", "Advantage", ["advantage", "sign"]],
];
const HEALTH = [
  ["How samples cover the data", "Coverage", ["coverage", "diversity", "support", "turnover"]],
  ["How the players learn", "Learning", ["saturation", "generator_gradient", "discriminator_gradient", "memory", "advantage", "movement"]],
  ["Different samples, by the birthday paradox", "Distinct", ["distinct"]],
];
const OTHER_HEALTH = ["Health", "Health"];

/** Returns {element, update(), stop()} for the trait `curves`; `options` are kept in the trait `chart`. */
export function curvePanel(model) {
  const tabs = h("div", { class: "mg-tabs", role: "tablist", "aria-label": "curves", onkeydown: step });
  const frame = h("div", { class: "mg-charts", role: "tabpanel" });
  const log = h("input", { type: "checkbox", onchange: choose });
  const smoothing = h("input", { type: "range", min: 0, max: 0.98, step: 0.02, oninput: choose, "aria-label": "Smoothing" });
  const value = h("output", {});
  const options = h("div", { class: "mg-options" }, h("label", {}, log, "Log scale"), h("label", {}, "Smoothing", smoothing, value));
  const element = h("section", { class: "mg-curves", "aria-label": "Curves" }, tabs, frame, options);
  const note = h("p", { class: "mg-note" }, "Curves come with the first logged step.");
  let chart = null, title = null;

  function choose() {
    model.set("chart", { log: log.checked, smoothing: Number(smoothing.value) });
    model.save_changes();
    update();
  }

  function update() {
    const groups = grouped(model.get("curves").map(({ name, steps, values }) => ({ name, steps: floats(steps), values: floats(values) })));
    options.hidden = tabs.hidden = !groups.size;
    if (!groups.size) return frame.replaceChildren(note);
    if (!groups.has(title)) title = groups.keys().next().value;
    const known = model.get("chart"), { lines } = groups.get(title);
    const share = known?.smoothing ?? (Math.max(...lines.map((line) => line.steps.length)) > MANY ? 0.6 : 0);
    Object.assign(log, { checked: known?.log ?? false });
    if (element.ownerDocument.activeElement !== smoothing) smoothing.value = share;
    value.textContent = Number(share).toFixed(2);
    drawTabs(groups);
    if (chart?.element.dataset.title !== title) {
      chart?.stop();
      chart = lineChart(title, { height: HEIGHT });
      frame.replaceChildren(chart.element);
    }
    chart.update(lines, { log: log.checked, smoothing: share });
  }

  function drawTabs(groups) {
    if (tabs.dataset.known !== [...groups.keys()].join()) {
      tabs.dataset.known = [...groups.keys()].join();
      tabs.replaceChildren(...[...groups].map(([name, { word }]) => h("button", {
        type: "button", role: "tab", class: "mg-tab", "data-title": name, title: name, onclick: () => { title = name; update(); },
      }, word)));
    }
    for (const tab of tabs.children) {
      const isChosen = tab.dataset.title === title;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
  }

  function step(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...tabs.children], at = all.findIndex((tab) => tab.dataset.title === title);
    title = all[(at + way + all.length) % all.length].dataset.title;
    update();
    [...tabs.children].find((tab) => tab.dataset.title === title).focus();
  }

  return { element, update, stop: () => chart?.stop() };
}

/** Returns the lines by the title of their chart, each {word, lines}. */
export function grouped(lines) {
  const groups = new Map();
  for (const line of lines) {
    const [title, word] = placed(line.name);
    if (!groups.has(title)) groups.set(title, { word, lines: [] });
    groups.get(title).lines.push({ ...line, label: labelled(line.name, title) });
  }
  const known = [...groups.keys()], last = HEALTH.map(([title]) => title);
  const order = [LOSSES, ...known.filter((title) => title !== LOSSES && !last.includes(title)), ...last];
  return new Map(order.filter((title) => groups.has(title)).map((title) => [title, groups.get(title)]));
}

function placed(name) {
  const last = name.split("/").at(-1), known = (groups) => groups.find(([, , names]) => names.includes(last));
  if (name.startsWith("health/")) return known(HEALTH) ?? OTHER_HEALTH;
  if (name.startsWith("metric/")) return [inWords(name), inWords(name)];
  if (name === "steps_per_second") return ["Steps per second", "Speed"];
  return known(GROUPS) ?? [REST, "Penalties"];
}

const labelled = (name, title) => (title === LOSSES ? name.replace("/adversarial", "") : inWords(name));
