// The stage: one sample large, dragged on itself; all samples of the view in a strip below it.

import { h, mediaBox } from "./page.js";
import { drawSpectrogram, readWave, soundCard } from "./sound.js";

export const PAD_RANGE = 3;  // of a direction, in standard deviations

/**
 * Returns {element, show(kinds, buffers), film(...), table(...), choose(index), mark(indices), ...}.
 *
 * @param facts What the kernel says of the generator.
 * @param onDrag Called with the share of the stage that a hand has moved over, in both directions, and whether it is the end.
 * @param onChoose Called when another sample comes on the stage.
 * @param onPin Called with the sample's number.
 * @param onLeave Called when somebody has seen enough of a walk.
 */
export function stage(facts, { onDrag, onChoose, onPin, onLeave }) {
  const moves = facts.directions > 0;
  const large = h("div", {
    class: `mg-stage mg-stage-${facts.modality}`, tabindex: 0, role: moves ? "application" : "group",
    "aria-label": moves ? "the chosen sample: drag it, or use the arrow keys, to move through the latent space" : "the chosen sample",
  });
  const strip = h("div", { class: `mg-samples mg-samples-${facts.modality}`, role: "group", "aria-label": "samples" });
  const element = h("div", { class: "mg-scene" }, large, strip);
  let box = null, cards = [], files = [], chosen = 0, timer = 0;

  /** Shows samples; the chosen one stays on the stage. */
  function show(kinds, buffers) {
    files = kinds.map((kind, at) => ({ kind, content: buffers[at] }));
    chosen = Math.min(chosen, files.length - 1);
    stopFilm();
    delete element.dataset.film;
    delete element.dataset.table;
    strip.style.removeProperty("grid-template-columns");
    const keeps = cards.length === files.length && cards.every((card, at) => card.kind === files[at].kind && card.isSample);
    if (!keeps) {
      for (const card of cards) card.clear();
      cards = files.map((file, index) => stripCard(file.kind, index));
      strip.replaceChildren(...cards.map((card) => card.whole));
    }
    cards.forEach((card, index) => card.show(files[index]));
    strip.hidden = files.length < 2;
    draw();
  }

  function draw() {
    cards.forEach(({ pick }, index) => pick?.setAttribute("aria-pressed", String(index === chosen)));
    if (!files.length) return;
    put(files[chosen], `sample ${chosen + 1}`);
  }

  /** Puts one file on the stage. */
  function put({ kind, content }, text) {
    if (!box || box.kind !== kind || kind === ".wav") {
      box?.clear();
      box = kind === ".wav" ? { ...soundCard(content, text), show: () => {} } : mediaBox();
      box.kind = kind;
      large.replaceChildren(box.element);
    }
    box.show(content, kind, text);
  }

  function stripCard(kind, index) {
    const text = `sample ${index + 1}`;
    const media = kind === ".wav" ? smallSound() : mediaBox("", { isFocusable: false });
    const pin = h("button", { type: "button", class: "mg-pin", "aria-pressed": "false", title: `Pin ${text}`, "aria-label": `Pin ${text}`, onclick: (event) => { event.stopPropagation(); onPin(index); } }, "📌");
    const pick = h("button", {
      type: "button", class: "mg-choose", tabindex: index === chosen ? 0 : -1, "aria-pressed": "false", "aria-label": text,
      onclick: () => choose(index), onkeydown: (event) => stepKey(event, index),
    }, media.element);
    const whole = h("div", { class: "mg-card" }, pick, pin);
    return { whole, pick, pin, kind, isSample: true, clear: media.clear, show: (file) => media.show(file.content, kind, text) };
  }

  function stepKey(event, index) {
    const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "p") return onPin(index);
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    choose((index + way + files.length) % files.length);
    cards[chosen].pick.focus();
  }

  function choose(index) {
    chosen = index;
    cards.forEach(({ pick }, at) => { if (pick) pick.tabIndex = at === chosen ? 0 : -1; });
    draw();
    onChoose(index);
  }

  function mark(indices) {
    cards.forEach(({ pin }, index) => pin?.setAttribute("aria-pressed", String(indices.has(index))));
  }

  /** A walk: its frames run on the stage; of sounds the slider chooses which is heard. */
  function film(kinds, buffers, milliseconds) {
    stopFilm();
    for (const card of cards) card.clear();
    cards = [];
    const frames = kinds.map((kind, at) => ({ kind, content: buffers[at] })), runs = kinds[0] !== ".wav";
    const slider = h("input", { type: "range", min: 0, max: frames.length - 1, value: 0, "aria-label": "frame of the walk" });
    const play = h("button", { type: "button", class: "jupyter-button widget-button mg-button mg-play", "aria-label": "Play or pause the walk", onclick: () => (timer ? pause() : start()) }, "❚❚");
    const at = () => Number(slider.value), label = h("output", {});
    let way = 1;
    const drawFrame = () => { put(frames[at()], `frame ${at() + 1} of the walk`); label.textContent = `${at() + 1} of ${frames.length}`; };
    function start() {
      if (!runs) return large.querySelector("audio")?.play().catch(() => {});
      play.textContent = "❚❚";
      timer = setInterval(() => {
        if (at() + way < 0 || at() + way > frames.length - 1) way = -way;
        slider.value = String(at() + way);
        drawFrame();
      }, milliseconds);
    }
    function pause() { stopFilm(); play.textContent = "▶"; }
    slider.addEventListener("input", () => { pause(); drawFrame(); if (!runs) large.querySelector("audio")?.play().catch(() => {}); });
    strip.hidden = false;
    strip.style.gridTemplateColumns = "1fr";
    const leave = h("button", { type: "button", class: "jupyter-button widget-button mg-button", title: "Back to the samples", onclick: onLeave }, "Samples");
    strip.replaceChildren(h("div", { class: "mg-film-bar" }, play, slider, label, leave));
    element.dataset.film = true;
    drawFrame();
    runs && !matchMedia("(prefers-reduced-motion: reduce)").matches ? start() : pause();
  }

  /** A row a pinned sample, a column each whose finer styles it takes over. */
  function table(kinds, buffers, columns) {
    stopFilm();
    delete element.dataset.film;
    for (const card of cards) card.clear();
    cards = kinds.map((kind, at) => {
      const media = mediaBox(), text = `sample ${Math.floor(at / columns) + 1} with the fine styles of ${(at % columns) + 1}`;
      media.show(buffers[at], kind, text);
      const whole = h("div", { class: "mg-card", title: text, onclick: () => put({ kind, content: buffers[at] }, text) }, media.element);
      return { whole, kind, clear: media.clear };
    });
    strip.hidden = false;
    strip.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 88px))`;
    strip.replaceChildren(...cards.map((card) => card.whole));
    element.dataset.table = columns;
    put({ kind: kinds[0], content: buffers[0] }, "the first of the table");
  }

  function stopFilm() { clearInterval(timer); timer = 0; }

  if (moves) drags(large, onDrag);
  return {
    element, large, show, film, table, choose, mark, put,
    chosen: () => chosen, file: () => files[chosen], files: () => files,
    clear: () => { stopFilm(); box?.clear(); for (const card of cards) card.clear(); },
  };
}

/** Lets a hand drag on an element, or press its arrow keys. */
export function drags(element, onDrag) {
  let last = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.target.closest("audio, button, .mg-sound-frame")) return;
    element.setPointerCapture(event.pointerId);
    last = [event.clientX, event.clientY];
  });
  element.addEventListener("dragstart", (event) => event.preventDefault());
  element.addEventListener("pointermove", (event) => {
    if (!last || !event.buttons) return;
    const box = element.getBoundingClientRect();
    onDrag((event.clientX - last[0]) / box.width, (last[1] - event.clientY) / box.height, false);
    last = [event.clientX, event.clientY];
  });
  const end = () => { if (last) onDrag(0, 0, true); last = null; };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("keydown", (event) => {
    if (event.target !== element) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();  // JupyterLab would move to another cell
    onDrag(step[0] / 30, step[1] / 30, true);
  });
}

function smallSound() {
  const canvas = h("canvas", { class: "mg-spectrogram", role: "img" });
  return {
    element: canvas, clear: () => {},
    show: (bytes, kind, text) => {
      canvas.setAttribute("aria-label", `spectrogram of ${text}`);
      const wave = readWave(bytes);
      if (wave) drawSpectrogram(canvas, wave.samples);
    },
  };
}
