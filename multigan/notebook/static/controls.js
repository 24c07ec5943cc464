// The explorer's controls, as far as the generator has something to control.

import { button, h } from "./page.js";
import { pianoOf } from "./piano.js";

/** Returns elements that change `view` and then call `ask`. */
export function controlPanel(facts, view, ask, reload, play) {
  const parts = [seedControl(view, ask), countControl(facts, view, ask)];
  if (facts.steps.length) parts.push(stepControl(facts, view, ask, reload));
  if (facts.lengths.length) parts.push(...averageControl(facts, view, ask));
  const classes = facts.condition === "class" ? classControl(facts, view, ask) : null;
  if (classes) parts.push(classes.element);
  if (facts.mixes) parts.push(mixtureControl(facts, view, ask));
  if (Object.keys(facts.pitches).length) parts.push(pianoOf(facts.pitches, (number) => { classes.set(number); play(); }));
  if (facts.condition === "attributes") parts.push(attributeControl(facts, view, ask));
  if (facts.condition === "vector") parts.push(vectorControl(facts, view, ask));
  if (facts.writes) parts.push(writingControl(view, ask));
  else parts.push(rangeControl("truncation", view.truncation, 0, 1, 0.05, (value) => { view.truncation = value; ask(); }).element);
  return parts;
}

/** Returns {element, set(value)}: a labelled range with its value. */
export function rangeControl(text, value, min, max, step, change) {
  const input = h("input", { type: "range", min, max, step, "aria-label": text });
  const shownValue = h("output", {});
  const set = (to) => { input.value = to; shownValue.textContent = Number(input.value).toFixed(2); };
  input.addEventListener("input", () => { set(input.value); change(Number(input.value)); });
  set(value);
  return { element: h("label", { class: "mg-range" }, h("span", {}, text), input, shownValue), set };
}

export function seedControl(view, ask) {
  const seed = h("input", { type: "number", min: 0, step: 1, value: view.seed, "aria-label": "seed" });
  const change = (value) => { view.latent = []; view.seed = Math.max(0, Math.trunc(value) || 0); seed.value = view.seed; ask(); };
  const dice = button("New seed", () => change(Math.floor(Math.random() * 1e6)));
  const lock = h("input", { type: "checkbox", onchange: () => { seed.disabled = dice.disabled = lock.checked; } });
  seed.addEventListener("change", () => change(Number(seed.value)));
  return h("div", { class: "mg-row" }, h("label", {}, "seed ", seed), dice, h("label", {}, lock, "lock"));
}

function countControl(facts, view, ask) {
  const choices = [...new Set([1, 4, 8, 16, 36, facts.count, view.count])].filter((n) => n <= facts.most).sort((a, b) => a - b);
  return h("label", { class: "mg-row" }, "samples ", select(choices.map((n) => [n, String(n)]), view.count,
    (value) => { view.count = Number(value); ask(); }));
}

function stepControl(facts, view, ask, reload) {
  const choices = [["", "newest"], ...facts.steps.map((step) => [step, `step ${step}`])];
  const steps = select(choices, view.step ?? "", (value) => { view.step = value === "" ? null : Number(value); ask(); });
  return h("div", { class: "mg-row" }, h("label", {}, "checkpoint ", steps),
    button("↻", reload, { title: "Read the run's newest pipeline", "aria-label": "read the run's newest pipeline" }));
}

/** Chooses how long the generator's weights are averaged, after training. */
function averageControl({ lengths: [least, most] }, view, ask) {
  const range = rangeControl("average", view.average ?? 0.1, least, most, 0.01, (value) => { view.average = value; own.checked = true; ask(); });
  const own = h("input", { type: "checkbox", checked: view.average != null, onchange: () => { view.average = own.checked ? Number(range.element.querySelector("input").value) : null; ask(); } });
  return [h("label", { class: "mg-check" }, own, h("span", {}, "choose the average's length, as a share of training")), range.element];
}

/** Returns {element, set(number)}: which class is made. */
export function classControl(facts, view, ask) {
  const choices = [["", "all in turn"], ...facts.names.map((name, index) => [index, name])];
  const change = (value) => { view.condition = value === "" ? null : Number(value); };
  const picker = select(choices, view.condition ?? "", (value) => { change(value); ask(); });
  const set = (number) => { picker.value = String(number); change(number); };
  return { element: h("label", { class: "mg-row" }, "class ", picker), set };
}

/** Mixes another class into each sample's own. */
function mixtureControl(facts, view, ask) {
  const choices = [["", "no other"], ...facts.names.map((name, index) => [index, name])];
  const share = rangeControl("how far", view.share, 0, 1, 0.05, (value) => { view.share = value; ask(); });
  const toward = select(choices, view.toward ?? "", (value) => {
    view.toward = value === "" ? null : Number(value);
    if (view.toward !== null && !view.share) { view.share = 0.5; share.set(0.5); }
    share.element.hidden = view.toward === null;
    ask();
  });
  share.element.hidden = view.toward == null;
  return h("div", { class: "mg-mixture" }, h("label", { class: "mg-row" }, "towards ", toward), share.element);
}

function vectorControl(facts, view, ask) {
  const center = (index) => facts.center[index] ?? 0, scale = (index) => facts.scale[index] ?? 1;
  const told = () => (view.condition ??= facts.names.map((_, index) => center(index)));
  const ranges = facts.names.map((name, index) =>
    rangeControl(name, view.condition?.[index] ?? center(index), center(index) - 3 * scale(index), center(index) + 3 * scale(index), scale(index) / 20,
      (value) => { told()[index] = value; ask(); }).element);
  return h("fieldset", { class: "mg-vector" }, h("legend", {}, "condition"), ...ranges);
}

function attributeControl(facts, view, ask) {
  const boxes = facts.names.map((name) => h("input", { type: "checkbox", "aria-label": name, checked: Boolean(view.condition?.[facts.names.indexOf(name)]), onchange: change }));
  function change() { view.condition = boxes.map((box) => Number(box.checked)); ask(); }
  return h("fieldset", { class: "mg-vector" }, h("legend", {}, "attributes"),
    ...facts.names.map((name, index) => h("label", {}, boxes[index], name)));
}


function writingControl(view, ask) {
  view.writing = { prompt: "", temperature: 1, top_k: 0, top_p: 1, ...view.writing };
  const set = (name) => (value) => { view.writing[name] = value; ask(); };
  const write = () => { if (prompt.value !== view.writing.prompt) set("prompt")(prompt.value); };
  const onkeydown = (event) => { if (event.key === "Enter") { event.stopPropagation(); write(); } };  // before JupyterLab's own Enter
  const prompt = h("input", { type: "text", placeholder: "begins with …", value: view.writing.prompt, "aria-label": "prompt", onchange: write, onkeydown });
  const topK = h("input", { type: "number", min: 0, step: 1, value: view.writing.top_k, "aria-label": "top k, 0 for all words", onchange: () => set("top_k")(Math.max(0, Math.trunc(Number(topK.value)))) });
  return h("fieldset", { class: "mg-writing" }, h("legend", {}, "writing"),
    h("label", { class: "mg-row" }, "prompt ", prompt),
    rangeControl("temperature", view.writing.temperature, 0.1, 2, 0.05, set("temperature")).element,
    h("label", { class: "mg-row" }, "top k ", topK),
    rangeControl("top p", view.writing.top_p, 0.05, 1, 0.05, set("top_p")).element);
}

export function select(choices, chosen, change) {
  const element = h("select", { onchange: () => change(element.value) },
    ...choices.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  return element;
}
