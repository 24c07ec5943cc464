// Seed, truncation and styles; and a sheet of what else the seed has.

import { byId, element, group, slider, thumbnail } from "./dom.js";
import { firstWeights, newPoint } from "./points.js";
import { latentOf } from "./random.js";

const SHOWN = 12;

export function addChance(studio) {
  const seed = element("input", { type: "number", min: 0, value: "0", "aria-label": "Seed",
    onchange: () => choose(studio, Number(seed.value), studio.point.index) });
  const dice = element("button", { type: "button", className: "primary",
    onclick: () => choose(studio, Math.floor(Math.random() * 1e6), studio.point.index) }, "New");
  const parts = [element("div", { className: "row" }, dice, seed)];
  if (studio.facts.truncates) parts.push(truncation(studio));
  byId("controls").append(group("Seed", ...parts));
  if (studio.facts.num_styles) byId("controls").append(styles(studio));
  studio.addEventListener("moved", () => { seed.value = studio.point.seed; });
}

// Another draw, under the same condition.
export function choose(studio, seed, index) {
  return studio.move((point) => {
    Object.assign(point, { seed, index, latent: latentOf(seed, index, studio.facts.latent_dim) });
    if (point.inTurn) point.weights = firstWeights(studio.facts, index);
    point.moves.fill(0);
  });
}

function truncation(studio) {
  const row = slider("truncation", { min: 0, max: 1, step: 0.01, value: 1,
    show: (value) => value.toFixed(2),
    oninput: (value) => studio.move((point) => { point.truncation = value; }) });
  studio.addEventListener("moved", () => row.set(studio.point.truncation));
  return row;
}

function styles(studio) {
  const { num_styles: total } = studio.facts;
  const other = element("button", { type: "button", className: "chip",
    onclick: () => studio.move((point) => {
      point.fineSeed = Math.floor(Math.random() * 1e6);
    }) }, "From another");
  const own = element("button", { type: "button", className: "chip",
    onclick: () => studio.move((point) => { point.fineSeed = null; }) }, "Its own");
  const coarse = slider("coarse", { min: 1, max: total - 1, step: 1, value: Math.floor(total / 2),
    oninput: (value) => studio.move((point) => { point.coarse = value; }) });
  studio.addEventListener("moved", () => {
    own.setAttribute("aria-pressed", String(studio.point.fineSeed === null));
    other.setAttribute("aria-pressed", String(studio.point.fineSeed !== null));
    coarse.hidden = studio.point.fineSeed === null;
  });
  return group("Fine styles", element("div", { className: "chips" }, own, other), coarse);
}

// The seed's first samples, as Python's pipeline(12, seed=...) makes them in turn.
export class Sheet {
  constructor(studio, chosen = () => {}) {
    Object.assign(this, { studio, chosen });
    this.place = byId("sheet");
    studio.addEventListener("settled", () => this.show());
  }

  async show() {
    const { studio } = this, { seed, inTurn, truncation } = studio.point;
    const weights = inTurn ? null : studio.point.weights;
    const state = JSON.stringify([seed, weights && [...weights], truncation]);
    if (state === this.shown) return;
    this.shown = state;
    const points = Array.from({ length: SHOWN }, (_, index) => ({
      ...newPoint(studio.facts, { seed, index, weights: weights && weights.slice() }), truncation,
    }));
    const pictures = await studio.pictures(points, "sheet");
    if (!pictures) return;
    this.place.replaceChildren(...pictures.map((picture, index) =>
      thumbnail(picture, `Sample ${index} of seed ${seed}`, async () => {
        await studio.show(points[index]);
        this.chosen();
      })));
  }
}
