// The explorer's controls, as far as the generator has something to control.

import { button, h } from "./page.js";

/** Returns elements that change `view` and then call `ask`. */
export function controlPanel(facts, view, ask, reload, play) {
  const parts = [seedControl(view, ask), countControl(facts, view, ask)];
  if (facts.steps.length) parts.push(stepControl(facts, view, ask, reload));
  if (facts.lengths.length) parts.push(...averageControl(facts, view, ask));
  const classes = facts.condition === "class" ? classControl(facts, view, ask) : null;
  if (classes) parts.push(classes.element);
  if (facts.mixes) parts.push(mixtureControl(facts, view, ask));
  if (Object.keys(facts.pitches).length) parts.push(pitchKeyboard(facts, (number) => { classes.set(number); play(); }));
  if (facts.condition === "attributes") parts.push(attributeControl(facts, view, ask));
  if (facts.condition === "vector") parts.push(vectorControl(facts, view, ask));
  if (facts.writes) parts.push(writingControl(view, ask));
  else parts.push(rangeControl("truncation", view.truncation, 0, 1, 0.05, (value) => { view.truncation = value; ask(); }).element);
  if (facts.directions) parts.push(...directionControls(facts, view, ask));
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
  const change = (value) => { view.seed = Math.max(0, Math.trunc(value) || 0); seed.value = view.seed; ask(); };
  const dice = button("New seed", () => change(Math.floor(Math.random() * 1e6)));
  const lock = h("input", { type: "checkbox", onchange: () => { seed.disabled = dice.disabled = lock.checked; } });
  seed.addEventListener("change", () => change(Number(seed.value)));
  return h("div", { class: "mg-row" }, h("label", {}, "seed ", seed), dice, h("label", {}, lock, "lock"));
}

function countControl(facts, view, ask) {
  const choices = [...new Set([1, 4, 8, 16, 36, facts.count])].filter((n) => n <= facts.most).sort((a, b) => a - b);
  return h("label", { class: "mg-row" }, "samples ", select(choices.map((n) => [n, String(n)]), facts.count,
    (value) => { view.count = Number(value); ask(); }));
}

function stepControl(facts, view, ask, reload) {
  const choices = [["", "newest"], ...facts.steps.map((step) => [step, `step ${step}`])];
  const steps = select(choices, "", (value) => { view.step = value === "" ? null : Number(value); ask(); });
  return h("div", { class: "mg-row" }, h("label", {}, "checkpoint ", steps),
    button("↻", reload, { title: "Read the run's newest pipeline", "aria-label": "read the run's newest pipeline" }));
}

/** Chooses how long the generator's weights are averaged, after training. */
function averageControl({ lengths: [least, most] }, view, ask) {
  const range = rangeControl("average", 0.1, least, most, 0.01, (value) => { view.average = value; own.checked = true; ask(); });
  const own = h("input", { type: "checkbox", onchange: () => { view.average = own.checked ? Number(range.element.querySelector("input").value) : null; ask(); } });
  return [h("label", { class: "mg-check" }, own, h("span", {}, "choose the average's length, as a share of training")), range.element];
}

/** Returns {element, set(number)}: which class is made. */
export function classControl(facts, view, ask) {
  const choices = [["", "all in turn"], ...facts.names.map((name, index) => [index, name])];
  const change = (value) => { view.condition = value === "" ? null : Number(value); };
  const picker = select(choices, "", (value) => { change(value); ask(); });
  const set = (number) => { picker.value = String(number); change(number); };
  return { element: h("label", { class: "mg-row" }, "class ", picker), set };
}

/** Mixes another class into each sample's own. */
function mixtureControl(facts, view, ask) {
  const choices = [["", "no other"], ...facts.names.map((name, index) => [index, name])];
  const share = rangeControl("how far", 0, 0, 1, 0.05, (value) => { view.share = value; ask(); });
  const toward = select(choices, "", (value) => {
    view.toward = value === "" ? null : Number(value);
    if (view.toward !== null && !view.share) { view.share = 0.5; share.set(0.5); }
    share.element.hidden = view.toward === null;
    ask();
  });
  share.element.hidden = true;
  return h("div", { class: "mg-mixture" }, h("label", { class: "mg-row" }, "towards ", toward), share.element);
}

function vectorControl(facts, view, ask) {
  const center = (index) => facts.center[index] ?? 0, scale = (index) => facts.scale[index] ?? 1;
  const told = () => (view.condition ??= facts.names.map((_, index) => center(index)));
  const ranges = facts.names.map((name, index) =>
    rangeControl(name, center(index), center(index) - 3 * scale(index), center(index) + 3 * scale(index), scale(index) / 20,
      (value) => { told()[index] = value; ask(); }).element);
  return h("fieldset", { class: "mg-vector" }, h("legend", {}, "condition"), ...ranges);
}

function attributeControl(facts, view, ask) {
  const boxes = facts.names.map((name) => h("input", { type: "checkbox", "aria-label": name, onchange: change }));
  function change() { view.condition = boxes.map((box) => Number(box.checked)); ask(); }
  return h("fieldset", { class: "mg-vector" }, h("legend", {}, "attributes"),
    ...facts.names.map((name, index) => h("label", {}, boxes[index], name)));
}


export const PAD_RANGE = 3;  // of a direction, in standard deviations

const BLACK = new Set([1, 3, 6, 8, 10]), NOTE_NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/** A piano of the pitches that the generator knows: a key plays the first sound of its pitch. */
function pitchKeyboard(facts, play) {
  const keys = Object.entries(facts.pitches).map(([midi, number]) => {
    const name = `${NOTE_NAMES[midi % 12]}${Math.floor(midi / 12) - 1}`;
    const key = h("button", {
      type: "button", class: `mg-note ${BLACK.has(midi % 12) ? "mg-black" : ""}`, title: name, "aria-label": `play ${name}`,
      onclick: () => play(number),
    }, h("span", {}, name));
    return key;
  });
  return h("div", { class: "mg-piano", role: "group", "aria-label": "piano" }, ...keys);
}

function writingControl(view, ask) {
  view.writing = { prompt: "", temperature: 1, top_k: 0, top_p: 1 };
  const set = (name) => (value) => { view.writing[name] = value; ask(); };
  const write = () => { if (prompt.value !== view.writing.prompt) set("prompt")(prompt.value); };
  const onkeydown = (event) => { if (event.key === "Enter") { event.stopPropagation(); write(); } };  // before JupyterLab's own Enter
  const prompt = h("input", { type: "text", placeholder: "begins with …", "aria-label": "prompt", onchange: write, onkeydown });
  const topK = h("input", { type: "number", min: 0, step: 1, value: 0, "aria-label": "top k, 0 for all words", onchange: () => set("top_k")(Math.max(0, Math.trunc(Number(topK.value)))) });
  return h("fieldset", { class: "mg-writing" }, h("legend", {}, "writing"),
    h("label", { class: "mg-row" }, "prompt ", prompt),
    rangeControl("temperature", 1, 0.1, 2, 0.05, set("temperature")).element,
    h("label", { class: "mg-row" }, "top k ", topK),
    rangeControl("top p", 1, 0.05, 1, 0.05, set("top_p")).element);
}

/** A pad for two directions, and a slider for each of them all. */
function directionControls(facts, view, ask) {
  const axes = [0, Math.min(1, facts.directions - 1)];
  const move = (index, value) => { view.moves[index] = Math.round(100 * Math.max(-PAD_RANGE, Math.min(PAD_RANGE, value))) / 100; };
  const pad = latentPad((x, y) => { move(axes[0], x); move(axes[1], y); show(); ask(); },
    () => [view.moves[axes[0]], view.moves[axes[1]]]);
  const sliders = view.moves.map((_, index) => rangeControl(`direction ${index + 1}`, 0, -PAD_RANGE, PAD_RANGE, 0.05,
    (value) => { move(index, value); pad.draw(); ask(); }));
  function show() { sliders.forEach((slider, index) => slider.set(view.moves[index])); pad.draw(); }
  const numbers = view.moves.map((_, index) => [index, `direction ${index + 1}`]);
  const axis = (which, name) => h("label", {}, `${name} `, select(numbers, axes[which], (value) => { axes[which] = Number(value); pad.draw(); }));
  const method = select(facts.methods.map((name) => [name, name]), view.method, (value) => { view.method = value; ask(); });
  const reset = button("Center", () => { view.moves.fill(0); show(); ask(); });
  return [
    h("div", { class: "mg-row" }, h("label", {}, "directions ", method), reset),
    pad.element,
    h("div", { class: "mg-row" }, axis(0, "across"), axis(1, "up")),
    h("details", { class: "mg-fold" }, h("summary", {}, "All directions"), ...sliders.map((slider) => slider.element)),
  ];
}

/** Returns {element, draw()}: a square to drag in, or to walk in with the arrow keys. */
export function latentPad(onMove, place) {
  const dot = h("div", { class: "mg-dot" });
  const element = h("div", {
    class: "mg-pad", tabindex: 0, role: "application",
    "aria-label": "plane of two directions: drag, or use the arrow keys",
  }, dot);
  function draw() {
    const [x, y] = place();
    dot.style.left = `${50 + (50 * x) / PAD_RANGE}%`;
    dot.style.top = `${50 - (50 * y) / PAD_RANGE}%`;
    element.setAttribute("aria-description", `${x.toFixed(2)} across, ${y.toFixed(2)} up`);
  }
  const drag = (event) => {
    if (!event.buttons) return;
    const box = element.getBoundingClientRect();
    onMove(((event.clientX - box.left) / box.width - 0.5) * 2 * PAD_RANGE, (0.5 - (event.clientY - box.top) / box.height) * 2 * PAD_RANGE);
  };
  element.addEventListener("pointerdown", (event) => { element.setPointerCapture(event.pointerId); drag(event); });
  element.addEventListener("pointermove", drag);
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();  // JupyterLab would move to another cell
    const [x, y] = place();
    onMove(x + step[0] / 5, y + step[1] / 5);
  });
  draw();
  return { element, draw };
}

export function select(choices, chosen, change) {
  const element = h("select", { onchange: () => change(element.value) },
    ...choices.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
  return element;
}
