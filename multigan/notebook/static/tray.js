// The tray: samples that were pinned, with what can be made of them: a walk, a film of it, a table of styles.

import { button, h, mediaBox } from "./page.js";
import { drawSpectrogram, readWave } from "./sound.js";

const LENGTHS = [12, 24, 48];

/** Returns {element, update(pins)}; pins are [{pin, kind, content}]. */
export function pinTray(facts, { onWalk, onFilm, onMix, onRemove, onClear, onShow }) {
  const list = h("div", { class: "mg-tray", role: "list", "aria-label": "pinned samples" });
  const frames = h("select", { "aria-label": "frames of the walk" }, ...LENGTHS.map((n) => h("option", { value: n, selected: n === 24 }, `${n} frames`)));
  const eased = h("input", { type: "checkbox" });
  const asked = () => ({ frames: Number(frames.value), eased: eased.checked });
  const walk = button("Walk", () => onWalk(asked()), { title: "Animate the way through the pinned samples" });
  const film = button(FILMS[facts.modality] ?? "Save walk", () => onFilm(asked()), { title: "The walk as a file" });
  const layers = h("select", { "aria-label": "styles of the row", onchange: () => onMix(Number(layers.value)) },
    ...Array.from({ length: Math.max(facts.styles - 1, 0) }, (_, i) => h("option", { value: i + 1, selected: i + 1 === Math.floor(facts.styles / 2) }, String(i + 1))));
  const mix = button("Mix styles", () => onMix(Number(layers.value)), { title: "Every pinned sample (rows) with the finer styles of every one (columns); of the first one's class" });
  const mixing = facts.styles ? [mix, h("label", { title: `Of ${facts.styles} styles, coarse to fine` }, "row's styles ", layers)] : [];
  const clear = button("Unpin all", onClear);
  const tools = h("div", { class: "mg-walk" }, walk, frames, h("label", {}, eased, "ease"), film, ...mixing, clear);
  const note = h("p", { class: "mg-note" }, "Pin two samples or more (📌, or P) to walk from one to the next.");
  const element = h("section", { class: "mg-pins", "aria-label": "pins" }, list, tools, note);
  const boxes = [];

  function update(pins) {
    while (boxes.length) boxes.pop().clear();
    list.replaceChildren(...pins.map(({ kind, content }, index) => {
      const box = kind === ".wav" ? smallCanvas(content) : mediaBox("", { isFocusable: false });
      if (kind !== ".wav") box.show(content, kind, `pin ${index + 1}`);
      boxes.push(box);
      const show = h("button", { type: "button", class: "mg-pinned", title: "Go back to it", "aria-label": `go back to pin ${index + 1}`, onclick: () => onShow(index) }, box.element);
      const away = h("button", { type: "button", class: "mg-unpin", title: "Unpin", "aria-label": `unpin ${index + 1}`, onclick: () => onRemove(index) }, "×");
      return h("div", { class: "mg-pinned-card", role: "listitem" }, show, away);
    }));
    element.dataset.pins = pins.length;
    tools.hidden = pins.length < 2;
    note.hidden = pins.length > 1;
    list.hidden = !pins.length;
  }
  update([]);
  return { element, update, clear: () => { for (const box of boxes) box.clear(); } };
}

const FILMS = { image: "Save as GIF", audio: "Save as WAV", text: "Save as text" };

function smallCanvas(content) {
  const canvas = h("canvas", { class: "mg-spectrogram" }), wave = readWave(content);
  if (wave) drawSpectrogram(canvas, wave.samples);
  return { element: canvas, clear: () => {} };
}
