// The explorer: a stage on the left, what moves it on the right. The newest question wins.

import { asker } from "./asker.js";
import { controlPanel } from "./controls.js";
import { button, follow, furnishRoot, h, save, saveSheet } from "./page.js";
import { directionPanel } from "./pad.js";
import { stage } from "./stage.js";
import { pinTray } from "./tray.js";

const FRAME_MS = 80, MOST_STEPS_BACK = 100;

function render({ model, el }) {
  furnishRoot(el, "mg-explorer");
  const facts = model.get("facts"), view = structuredClone(model.get("view")), pins = [], past = [], future = [];
  const answer = h("p", { class: "mg-answer", role: "status" }), time = h("output", { class: "mg-ms" });
  const code = h("textarea", { class: "mg-code", readonly: true, rows: 8, hidden: true, "aria-label": "the code that makes these samples again" });
  const side = h("div", { class: "mg-side" });
  const say = (text, failed = false) => { answer.textContent = text; answer.classList.toggle("mg-failed", failed); };
  const line = asker(model, say);
  const scene = stage(facts, { onDrag: (...way) => directions?.drag(...way), onChoose: () => { previewEdges(); }, onPin: pin, onLeave: () => ask(false) });
  const tray = pinTray(facts, { onWalk: walk, onFilm: film, onMix: mix, onRemove: (at) => { pins.splice(at, 1); pinsChanged(); }, onClear: () => { pins.length = 0; pinsChanged(); }, onShow: (at) => travel(pins[at].pin.view, pins[at].pin.index) });
  const back = button("◀", () => step(past, future), { title: "Back to the view before", "aria-label": "back", disabled: true });
  const forth = button("▶", () => step(future, past), { title: "Forward again", "aria-label": "forward", disabled: true });
  // What makes again what is shown: by now the controls and the pins may say something else.
  let shown = { code: structuredClone(view) }, settled = structuredClone(view), directions = null;

  function ask(isSettled = true, after = null) {
    const asked = structuredClone(view);
    line.ask({ show: asked }, ({ partial, kinds }, buffers) => {
      shown = { code: asked };
      if (partial) return showPartial(partial);
      scene.show(kinds, buffers);
      markPins();
      if (isSettled) settle(asked);
      previewEdges();
      after?.();
    });
    el.dataset.seed = view.seed;
  }

  function settle(now) {
    if (JSON.stringify(now) === JSON.stringify(settled)) return;
    past.push(settled);
    if (past.length > MOST_STEPS_BACK) past.shift();
    future.length = 0;
    settled = now;
    drawSteps();
  }

  function step(from, to) {
    if (!from.length) return;
    to.push(settled);
    settled = from.pop();
    drawSteps();
    take(settled);
  }

  function drawSteps() { back.disabled = !past.length; forth.disabled = !future.length; }

  /** Makes a view the present one: its controls say what it says. */
  function take(other, index = null) {
    for (const name of Object.keys(view)) delete view[name];
    Object.assign(view, structuredClone(other));
    furnishSide();
    ask(false, index === null ? null : () => scene.choose(index));
  }

  function travel(other, index) {
    past.push(settled);
    settled = structuredClone(other);
    future.length = 0;
    drawSteps();
    take(other, index);
  }

  function previewEdges() {
    if (directions && facts.modality === "image" && "moves" in (shown.code ?? {})) directions.preview({ view: shown.code, index: Math.min(scene.chosen(), shown.code.count - 1) });
  }

  function furnishSide() {
    directions?.clear();
    directions = facts.directions ? directionPanel(facts, view, line, ask) : null;
    side.replaceChildren(...controlPanel(facts, view, ask, reload, play), ...(directions ? [directions.element] : []));
  }

  function markPins() {
    const here = pins.filter(({ pin: one }) => JSON.stringify(one.view) === JSON.stringify(shown.code));
    scene.mark(new Set(here.map(({ pin: one }) => one.index)));
  }
  function pinsChanged() { tray.update(pins); markPins(); }

  function showPartial(texts) {
    el.dataset.partials = Number(el.dataset.partials ?? 0) + 1;
    scene.show(texts.map(() => ".txt"), texts.map((text) => new TextEncoder().encode(text)));
  }

  function play() {
    ask(true, () => scene.large.querySelector("audio")?.play().catch(() => {}));
  }

  function pin(index) {
    if (!("seed" in (shown.code ?? {}))) return;  // a frame of a walk is a sample of no view
    const one = JSON.stringify({ view: shown.code, index }), at = pins.findIndex(({ pin: other }) => JSON.stringify(other) === one);
    at < 0 ? pins.push({ pin: JSON.parse(one), ...scene.files()[index] }) : pins.splice(at, 1);
    pinsChanged();
  }

  const pinned = () => structuredClone(pins.map(({ pin: one }) => one));
  function walk({ frames, eased }) {
    const asked = pinned();
    line.ask({ walk: asked, frames, eased }, ({ kinds }, buffers) => {
      scene.film(kinds, buffers, FRAME_MS);
      shown = { code: asked, frames, eased };
    });
  }
  function film({ frames, eased }) {
    line.ask({ film: pinned(), frames, eased }, ({ kinds }, buffers) => save(buffers[0], `walk${kinds[0]}`, kinds[0]));
  }
  function mix(layers) {
    const asked = pinned();
    line.ask({ mix: asked, layers }, ({ kinds }, buffers) => {
      scene.table(kinds, buffers, asked.length);
      shown = { code: asked, layers };
    });
  }
  function showCode() {
    line.ask(shown, ({ code: text }) => {
      code.hidden = false;
      code.value = text;
      code.select();
      navigator.clipboard?.writeText(text).then(() => say("Copied."), () => say("Select it and copy: this page may not."));
    });
  }

  /** Looks for a picture or sound from somebody's own disk in the latent space. */
  async function project(file) {
    const suffix = file.name.slice(file.name.lastIndexOf(".")).toLowerCase(), bytes = new Uint8Array(await file.arrayBuffer());
    const condition = typeof view.condition === "number" ? view.condition : null;
    say("Looking for it in the latent space …");
    line.ask({ project: suffix, condition }, ({ view: found, told }) => {
      travel(found, 0);
      queueMicrotask(() => say(told));
    }, [bytes]);
  }

  const keep = () => line.ask({ keep: el.dataset.seed ? `seed ${view.seed}` : "" }, () => say("Kept below, in the notebook."));
  const reload = () => line.ask({ reload: true }, () => ask());
  const saveOne = () => { const { kind, content } = scene.file(); save(content, `sample-${view.seed}-${scene.chosen() + 1}${kind}`, kind); };
  const saveAll = () => saveSheet(scene.files(), `samples-${view.seed}`);

  const isProjectable = !facts.writes && facts.modality !== "text";
  const chooser = h("input", { type: "file", hidden: true, "aria-label": "a file to look for", onchange: () => { if (chooser.files[0]) project(chooser.files[0]); chooser.value = ""; } });
  const drop = isProjectable ? [chooser, button(facts.modality === "audio" ? "Find my sound…" : "Find my picture…", () => chooser.click(), { title: "Look in the latent space for what comes nearest to a file of yours; or drop it on the stage" })] : [];
  if (isProjectable) {
    scene.large.addEventListener("dragover", (event) => { event.preventDefault(); event.stopPropagation(); scene.large.classList.add("mg-drop"); });
    scene.large.addEventListener("dragleave", () => scene.large.classList.remove("mg-drop"));
    scene.large.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      scene.large.classList.remove("mg-drop");
      if (event.dataTransfer.files[0]) project(event.dataTransfer.files[0]);
    });
  }
  el.replaceChildren(
    h("div", { class: "mg-main" }, scene.element, tray.element,
      h("div", { class: "mg-actions" }, back, forth, button("Pin", () => pin(scene.chosen()), { title: "Pin the chosen sample" }), button("Save", saveOne, { title: "The chosen sample as a file" }),
        button("Save all", saveAll, { title: "All samples, in one file where they are pictures" }), ...drop, button("Copy as code", showCode),
        button("Keep in notebook", keep, { title: "Put what is shown into the cell's output" }), time),
      answer, code),
    side);
  furnishSide();
  scene.show(model.get("kinds"), model.get("first"));
  const unfollow = follow(model, { "msg:custom": line.hear });
  el.dataset.answers = 0;
  line.onAnswer = (milliseconds, count) => { el.dataset.answers = count; el.mgMilliseconds = milliseconds; time.textContent = `${milliseconds.at(-1).toFixed(0)} ms`; };
  previewEdges();
  line.onLost = () => { el.classList.add("mg-lost"); say("The kernel that made this is gone. Run the cell again to go on.", true); };
  return () => { unfollow(); line.stop(); scene.clear(); tray.clear(); directions?.clear(); };
}

export default { render };
