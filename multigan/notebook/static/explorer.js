// The explorer: controls on the left, samples on the right. The newest question wins.

import { controlPanel, select } from "./controls.js";
import { button, follow, furnishRoot, h, mediaBox } from "./page.js";
import { soundCard } from "./sound.js";

const AGAIN_MS = 1500, FRAME_MS = 80, FRAMES = 24;

function render({ model, el }) {
  furnishRoot(el, "mg-explorer");
  const facts = model.get("facts"), view = structuredClone(model.get("view")), pins = [];
  const grid = sampleGrid(facts.modality, pin);
  const answer = h("p", { class: "mg-answer", role: "status" });
  const time = h("output", { class: "mg-ms" });
  const line = asker(model, answer, time);
  const code = h("textarea", { class: "mg-code", readonly: true, rows: 8, hidden: true, "aria-label": "the code that makes these samples again" });
  const walk = walkBar(facts, walkAsked, mixAsked, () => { pins.length = 0; pinsChanged(); });
  // What makes again what is shown: by now the controls and the pins may say something else.
  let shown = { code: structuredClone(view) };

  function ask(after) {
    const asked = structuredClone(view);
    line.ask({ show: asked }, ({ partial, kinds }, buffers) => {
      shown = { code: asked };
      if (partial) return showPartial(partial);
      grid.show(kinds, buffers);
      pinsChanged();
      after?.();
    });
    el.dataset.seed = view.seed;
  }
  function pinsChanged() {
    walk.update(pins);
    grid.markPins(pins, shown.code);
  }
  function showPartial(texts) {
    el.dataset.partials = Number(el.dataset.partials ?? 0) + 1;
    grid.show(texts.map(() => ".txt"), texts.map((text) => new TextEncoder().encode(text)));
  }
  function play() {
    ask(() => grid.element.querySelector("audio")?.play().catch(() => {}));
  }
  function pin(index) {
    const one = JSON.stringify({ view: shown.code, index }), at = pins.findIndex((other) => JSON.stringify(other) === one);
    at < 0 ? pins.push(JSON.parse(one)) : pins.splice(at, 1);
    pinsChanged();
  }
  function walkAsked(frames) {
    const asked = structuredClone(pins);
    line.ask({ walk: asked, frames }, ({ kinds }, buffers) => {
      grid.film(kinds, buffers);
      shown = { code: asked, frames };
    });
  }
  function mixAsked(layers) {
    const asked = structuredClone(pins);
    line.ask({ mix: asked, layers }, ({ kinds }, buffers) => {
      grid.table(kinds, buffers, asked.length);
      shown = { code: asked, layers };
    });
  }
  function showCode() {
    line.ask(shown, ({ code: text }) => {
      code.hidden = false;
      code.value = text;
      code.select();
      navigator.clipboard?.writeText(text).then(() => { answer.textContent = "Copied."; }, () => {});
    });
  }
  const keep = () => line.ask({ keep: el.dataset.seed ? `seed ${view.seed}` : "" }, () => { answer.textContent = "Kept below, in the notebook."; });
  const reload = () => line.ask({ reload: true }, () => ask());

  const controls = controlPanel(facts, view, () => ask(), reload, play);
  el.replaceChildren(
    h("div", { class: "mg-side" }, ...controls),
    h("div", { class: "mg-main" }, grid.element,
      h("div", { class: "mg-actions" }, walk.element, button("Copy as code", showCode),
        button("Keep in notebook", keep, { title: "Put what is shown into the cell's output" }), time),
      answer, code));
  grid.show(model.get("kinds"), model.get("first"));
  const unfollow = follow(model, { "msg:custom": line.hear });
  el.dataset.answers = 0;
  line.onAnswer = (milliseconds, count) => { el.dataset.answers = count; el.mgMilliseconds = milliseconds; };
  return () => { unfollow(); line.stop(); grid.clear(); };
}

/** One question at a time, the newest next: a drag never queues up. */
function asker(model, answer, time) {
  const took = [];
  let waiting = null, next = null, number = 0, timer = 0, sent = 0;
  const self = { ask, hear, stop: () => clearTimeout(timer), onAnswer: () => {} };
  function ask(question, then) {
    if (waiting) { next = [question, then]; return; }
    waiting = { question, then };
    sent = performance.now();
    send(1);
  }
  function send(attempt) {
    number += 1;
    model.send({ number, ...waiting.question });
    // A message sent before the kernel has a thread for it waits behind the running cell: ask again.
    timer = setTimeout(send, attempt * AGAIN_MS, attempt + 1);
  }
  function hear(content, buffers) {
    if (content.number !== number || !waiting) return;
    clearTimeout(timer);
    const { then } = waiting;
    if ("waits" in content) { answer.textContent = content.waits; return; }
    if ("partial" in content) return then(content, []);
    waiting = null;
    answer.textContent = content.error ?? "";
    answer.classList.toggle("mg-failed", "error" in content);
    if (!("error" in content)) then(content, buffers);
    took.push(performance.now() - sent);
    time.textContent = `${took.at(-1).toFixed(0)} ms`;
    self.onAnswer(took, took.length);
    if (next) { const [question, after] = next; next = null; ask(question, after); }
  }
  return self;
}

/** The samples, each with a button that pins it. */
function sampleGrid(modality, onPin) {
  const element = h("div", { class: `mg-samples mg-samples-${modality}`, "aria-label": "samples" });
  let cards = [], timer = 0;
  function clear() {
    clearInterval(timer);
    timer = 0;
    for (const card of cards) card.clear();
  }
  function card(kind, bytes, index, text) {
    const media = kind === ".wav" ? soundCard(bytes, text) : mediaBox();
    if (kind !== ".wav") media.show(bytes, kind, text);
    const pin = button("Pin", () => onPin(index), { class: "mg-pin", "aria-pressed": "false", title: `Pin ${text} for a walk` });
    return { ...media, kind, pin, whole: h("figure", { class: "mg-card" }, media.element, pin) };
  }
  function show(kinds, buffers) {
    const keeps = !timer && !isFilm() && !isTable() && cards.length === kinds.length && kinds.every((kind, i) => kind === cards[i].kind && kind !== ".wav");
    if (keeps) {
      kinds.forEach((kind, i) => cards[i].show(buffers[i], kind, `sample ${i + 1}`));
      return;
    }
    clear();
    forgetKind();
    cards = kinds.map((kind, i) => card(kind, buffers[i], i, `sample ${i + 1}`));
    element.replaceChildren(...cards.map((one) => one.whole));
  }
  function forgetKind() {
    delete element.dataset.film;
    delete element.dataset.table;
    element.style.removeProperty("grid-template-columns");
  }
  /** A row a pinned sample, a column each whose finer styles it takes over. */
  function table(kinds, buffers, columns) {
    clear();
    forgetKind();
    cards = kinds.map((kind, i) => {
      const box = mediaBox();
      box.show(buffers[i], kind, `sample ${Math.floor(i / columns) + 1} with the fine styles of ${(i % columns) + 1}`);
      return box;
    });
    element.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 104px))`;
    element.replaceChildren(...cards.map((one) => one.element));
    element.dataset.table = columns;
  }
  function film(kinds, buffers) {
    if (kinds[0] !== ".png") {
      show(kinds, buffers);
      for (const { pin } of cards) pin.hidden = true;  // they are on the way, and samples of no view
      element.dataset.film = true;
      return;
    }
    clear();
    forgetKind();
    const box = mediaBox("mg-film"), slider = h("input", { type: "range", min: 0, max: kinds.length - 1, value: 0, "aria-label": "frame of the walk" });
    const draw = () => box.show(buffers[Number(slider.value)], kinds[0], `frame ${Number(slider.value) + 1} of the walk`);
    const play = button("❚❚", () => (timer ? pause() : start()), { "aria-label": "Play or pause the walk" });
    let way = 1;
    function start() {
      play.textContent = "❚❚";
      timer = setInterval(() => {
        const at = Number(slider.value) + way;
        if (at < 0 || at > kinds.length - 1) way = -way;
        slider.value = String(Math.max(0, Math.min(kinds.length - 1, Number(slider.value) + way)));
        draw();
      }, FRAME_MS);
    }
    function pause() { clearInterval(timer); timer = 0; play.textContent = "▶"; }
    slider.addEventListener("input", () => { pause(); draw(); });
    cards = [{ clear: () => { pause(); box.clear(); } }];
    element.replaceChildren(h("figure", { class: "mg-film-frame" }, box.element, h("figcaption", {}, play, slider)));
    element.dataset.film = true;
    draw();
    matchMedia("(prefers-reduced-motion: reduce)").matches ? pause() : start();
  }
  function markPins(pins, view) {
    const here = new Set(pins.filter((pin) => JSON.stringify(pin.view) === JSON.stringify(view)).map((pin) => pin.index));
    cards.forEach(({ pin }, index) => {
      pin?.setAttribute("aria-pressed", String(here.has(index)));
      if (pin) pin.textContent = here.has(index) ? "Pinned" : "Pin";
    });
  }
  const isFilm = () => "film" in element.dataset, isTable = () => "table" in element.dataset;
  return { element, show, film, table, clear, markPins };
}

/** Returns {element, update(pins)}: what can be done with pinned samples. */
function walkBar(facts, onWalk, onMix, onClear) {
  const count = h("span", {}, "");
  const walk = button("Walk", () => onWalk(FRAMES), { title: "Animate the way through the pinned samples", disabled: true });
  const clear = button("Unpin all", onClear, { hidden: true });
  const layers = select(Array.from({ length: Math.max(facts.styles - 1, 0) }, (_, i) => [i + 1, String(i + 1)]), Math.floor(facts.styles / 2), () => onMix(coarse()));
  const coarse = () => Number(layers.value);
  const mix = button("Mix styles", () => onMix(coarse()), { disabled: true, title: "Every pinned sample (rows) with the finer styles of every one (columns); of the first one's class" });
  const choice = h("label", { hidden: true, title: `Of ${facts.styles} styles, coarse to fine` }, "row's styles ", layers);
  const mixing = facts.styles ? [mix, choice] : [];
  const element = h("span", { class: "mg-walk" }, walk, ...mixing, clear, count);
  function update(pins) {
    walk.disabled = mix.disabled = pins.length < 2;
    choice.hidden = mix.disabled;
    clear.hidden = !pins.length;
    count.textContent = pins.length ? `${pins.length} pinned` : "";
  }
  return { element, update };
}

export default { render };
