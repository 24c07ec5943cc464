// Two runs, or two checkpoints of one, on the same latents.

import { lineChart } from "./chart.js";
import { classControl, seedControl, select } from "./controls.js";
import { floats, follow, furnishRoot, h, mediaBox } from "./page.js";
import { soundCard } from "./sound.js";

function render({ model, el }) {
  furnishRoot(el, "mg-compare");
  const [first] = model.get("sides"), view = { seed: 0, count: first.modality === "image" ? 16 : first.count, truncation: 1, condition: null };
  const sides = model.get("sides").map((facts, side) => comparedSide(model, facts, side, view));
  const ask = () => { for (const side of sides) side.ask(); };
  const controls = h("div", { class: "mg-row" }, seedControl(view, ask),
    ...(first.condition === "class" ? [classControl(first, view, ask).element] : []));
  const charts = h("div", { class: "mg-charts" });
  const shownCharts = h("select", { "aria-label": "curve", onchange: draw });
  const log = h("input", { type: "checkbox", onchange: draw });
  const chart = lineChart("");
  el.replaceChildren(controls, h("div", { class: "mg-sides" }, ...sides.map((side) => side.element)),
    h("div", { class: "mg-row" }, h("label", {}, "curve ", shownCharts), h("label", {}, log, "logarithmic")), charts);
  charts.append(chart.element);
  const names = [...new Set(model.get("curves").map((curve) => curve.name))];
  shownCharts.append(...names.map((name) => h("option", { value: name }, name)));

  function draw() {
    const lines = model.get("curves").filter((curve) => curve.name === shownCharts.value)
      .map(({ run, steps, values }) => ({ name: run, steps: floats(steps), values: floats(values) }));
    chart.element.querySelector("figcaption").textContent = shownCharts.value;
    chart.update(lines, { log: log.checked, smoothing: 0 });
  }
  const unfollow = follow(model, { "msg:custom": (content, buffers) => sides[content.side]?.hear(content, buffers) });
  draw();
  ask();
  return () => { unfollow(); for (const side of sides) side.stop(); };
}

/** Returns {element, ask(), hear(content, buffers), stop()}: one run's samples and its checkpoints. */
function comparedSide(model, facts, side, view) {
  const samples = h("div", { class: `mg-samples mg-samples-${facts.modality}` });
  const answer = h("p", { class: "mg-failed", role: "status" });
  const steps = select([["", "newest"], ...facts.steps.map((step) => [step, `step ${step}`])], "", () => ask());
  const element = h("section", { class: "mg-side-by-side", "aria-label": facts.name },
    h("h4", {}, facts.name, " ", steps), samples, answer);
  steps.setAttribute("aria-label", `checkpoint of ${facts.name}`);
  let cards = [], number = 0, timer = 0;
  function ask() {
    clearTimeout(timer);
    number += 1;
    model.send({ number, side, show: { ...view, step: steps.value === "" ? null : Number(steps.value) } });
    timer = setTimeout(ask, 3000);  // see explorer.js: a first message may wait behind a cell
  }
  function hear(content, buffers) {
    if (content.number !== number) return;
    clearTimeout(timer);
    answer.textContent = content.error ?? "";
    if (content.error) return;
    for (const card of cards) card.clear();
    cards = content.kinds.map((kind, index) => {
      const text = `sample ${index + 1} of ${facts.name}`;
      if (kind === ".wav") return soundCard(buffers[index], text);
      const box = mediaBox();
      box.show(buffers[index], kind, text);
      return box;
    });
    samples.replaceChildren(...cards.map((card) => card.element));
    element.dataset.answers = number;
  }
  return { element, ask, hear, stop: () => { clearTimeout(timer); for (const card of cards) card.clear(); } };
}

export default { render };
