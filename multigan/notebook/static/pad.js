// The pad and the directions: where the chosen sample is, what lies at the edges, and what people call it.

import { button, h, mediaBox } from "./page.js";
import { drags, PAD_RANGE } from "./stage.js";

const STRIP = [-3, -2, -1, 0, 1, 2, 3];  // distances of a film strip, in standard deviations
const EDGES = [["left", -1, 0], ["right", 1, 0], ["top", 0, 1], ["bottom", 0, -1]];

/**
 * Returns {element, update(), drag(across, up, isEnd), preview(pin)} for the moves of a view.
 *
 * @param line Asks the kernel.
 * @param ask Asks for the samples of the view again; told whether the hand has let go.
 */
export function directionPanel(facts, view, line, ask) {
  const axes = [0, Math.min(1, facts.directions - 1)];
  const names = structuredClone(facts.named ?? {});
  const edges = EDGES.map(([side]) => ({ ...mediaBox(`mg-edge mg-edge-${side}`), side }));
  const dot = h("div", { class: "mg-dot" });
  const plane = h("div", { class: "mg-pad", tabindex: 0, role: "application", "aria-label": "plane of two directions: drag, or use the arrow keys" }, dot);
  const labels = h("div", { class: "mg-axes" });
  const frame = h("div", { class: `mg-pad-frame ${facts.modality === "image" ? "" : "mg-no-edges"}` }, ...edges.map((edge) => edge.element), plane);
  const method = h("select", { "aria-label": "how directions are found", onchange: () => { view.method = method.value; update(); ask(true); } },
    ...facts.methods.map((name) => h("option", { value: name, selected: name === view.method }, METHODS[name] ?? name)));
  const center = button("Center", () => { view.moves.fill(0); update(); ask(true); }, { title: "Back to where the seed put it" });
  const rows = h("div", { class: "mg-directions" });
  const fold = h("details", { class: "mg-fold", ontoggle: () => { if (fold.open) previewStrips(); } }, h("summary", {}, "All directions"), rows);
  const element = h("section", { class: "mg-latent", "aria-label": "directions" }, h("div", { class: "mg-row" }, "directions ", method, center), frame, labels, fold);
  const sliders = [];
  let of = null;

  const nameOf = (index) => names[view.method]?.[index] ?? `direction ${index + 1}`;
  const clamp = (value) => Math.round(100 * Math.max(-PAD_RANGE, Math.min(PAD_RANGE, value))) / 100;
  const move = (index, value) => { view.moves[index] = clamp(value); };

  function drag(across, up, isEnd) {
    if (axes[0] !== axes[1] || across) move(axes[0], view.moves[axes[0]] + across * 2 * PAD_RANGE);
    if (axes[0] !== axes[1]) move(axes[1], view.moves[axes[1]] + up * 2 * PAD_RANGE);
    update();
    if (across || up || isEnd) ask(isEnd);
  }

  function update() {
    const [x, y] = axes.map((axis) => view.moves[axis]);
    dot.style.left = `${50 + (50 * x) / PAD_RANGE}%`;
    dot.style.top = `${50 - (50 * y) / PAD_RANGE}%`;
    plane.setAttribute("aria-description", `${x.toFixed(2)} across, ${y.toFixed(2)} up`);
    sliders.forEach(({ slider, value, name }, index) => {
      slider.value = view.moves[index];
      value.textContent = view.moves[index].toFixed(2);
      if (name !== name.ownerDocument.activeElement) name.value = nameOf(index);
    });
    drawAxes();
  }

  function drawAxes() {
    const known = `${view.method} ${view.moves.map((_, index) => nameOf(index)).join("|")} ${axes}`;
    if (labels.dataset.known === known) return;
    labels.dataset.known = known;
    labels.replaceChildren(...["across", "up"].map((word, which) => h("label", {}, `${word} `, h("select", {
      "aria-label": `direction ${word}`,
      onchange: (event) => { axes[which] = Number(event.target.value); update(); if (of) preview(of); },
    }, ...view.moves.map((_, index) => h("option", { value: index, selected: index === axes[which] }, nameOf(index)))))));
  }

  /** Shows what lies at the edges of the pad, and the film strips if they are open. */
  function preview(pin) {
    of = pin;
    const moved = EDGES.map(([, across, up]) => {
      const moves = [...view.moves];
      if (across) moves[axes[0]] = across * PAD_RANGE;
      if (up) moves[axes[1]] = up * PAD_RANGE;
      return moves;
    });
    line.whenIdle({ variants: moved, of: structuredClone(pin) }, ({ kinds }, buffers) => {
      kinds.forEach((kind, at) => { if (kind === ".png") edges[at].show(buffers[at], kind, `at the ${EDGES[at][0]} edge`); });
      if (fold.open) previewStrips();
    });
  }

  function previewStrips() {
    if (!of) return;
    const moved = view.moves.flatMap((_, index) => STRIP.map((distance) => view.moves.map((value, at) => (at === index ? distance : value))));
    line.whenIdle({ variants: moved, of: structuredClone(of) }, ({ kinds }, buffers) => {
      sliders.forEach(({ film }, index) => film.forEach((box, at) => {
        const place = index * STRIP.length + at;
        if (kinds[place] === ".png") box.show(buffers[place], kinds[place], `${nameOf(index)} at ${STRIP[at]}`);
      }));
    });
  }

  function row(index) {
    const value = h("output", {});
    const slider = h("input", { type: "range", min: -PAD_RANGE, max: PAD_RANGE, step: 0.05, "aria-label": nameOf(index),
      oninput: () => { move(index, Number(slider.value)); update(); ask(false); }, onchange: () => ask(true) });
    const name = h("input", { type: "text", class: "mg-direction-name", maxlength: 40, "aria-label": `name of direction ${index + 1}`, title: "Call it something: the name stays with the pipeline", onchange: () => rename(index, name.value) });
    const film = STRIP.map((distance) => {
      const box = mediaBox();
      box.element.addEventListener("click", () => { move(index, distance); update(); ask(true); });
      return box;
    });
    sliders.push({ slider, value, name, film });
    return h("div", { class: "mg-direction" }, name, slider, value, h("div", { class: "mg-strip" }, ...film.map((box) => box.element)));
  }

  function rename(index, text) {
    const name = text.trim() === `direction ${index + 1}` ? "" : text.trim();
    line.ask({ rename: view.method, index, name }, ({ named }) => {
      for (const known of Object.keys(names)) delete names[known];
      Object.assign(names, named);
      update();
    });
  }

  rows.replaceChildren(...view.moves.map((_, index) => row(index)));
  drags(plane, drag);
  plane.addEventListener("pointerdown", (event) => {  // a click goes there, a drag goes on from there
    const box = plane.getBoundingClientRect();
    move(axes[0], ((event.clientX - box.left) / box.width - 0.5) * 2 * PAD_RANGE);
    if (axes[0] !== axes[1]) move(axes[1], (0.5 - (event.clientY - box.top) / box.height) * 2 * PAD_RANGE);
    update();
    ask(false);
  });
  update();
  return { element, update, drag, preview, clear: () => { for (const { film } of sliders) for (const box of film) box.clear(); for (const edge of edges) edge.clear(); } };
}

const METHODS = { principal: "principal (GANSpace)", factorized: "factorized (SeFa)", random: "random" };
