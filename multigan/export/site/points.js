// A point is all that decides a sample: its latent, its condition, truncation and styles.

import { latentOf } from "./random.js";

export function newPoint(facts, { seed = 0, index = 0, weights = null } = {}) {
  return {
    seed, index,
    latent: latentOf(seed, index, facts.latent_dim),
    moves: new Float32Array(facts.directions.length),
    weights: weights || firstWeights(facts, index),
    inTurn: !weights,  // nobody has chosen a class: sample after sample takes the next
    truncation: 1,
    fineSeed: null,
    coarse: Math.floor(facts.num_styles / 2),
  };
}

// As Python conditions sample `index` when nobody says on what: classes, or examples, in turn.
export function firstWeights(facts, index) {
  const told = facts.condition;
  if (!told) return null;
  if (told.kind !== "class") {
    const examples = told.examples.length ? told.examples : [new Array(told.size).fill(0)];
    return Float32Array.from(examples[index % examples.length]);
  }
  return oneClass(told.size, index % told.size);
}

export function oneClass(size, number) {
  const weights = new Float32Array(size);
  weights[number] = 1;
  return weights;
}

export function copyOf(point) {
  return { ...point, latent: point.latent.slice(), moves: point.moves.slice(),
    weights: point.weights && point.weights.slice() };
}

// The latent, moved along the directions.
export function movedLatent(point, directions) {
  const latent = point.latent.slice();
  point.moves.forEach((distance, index) => {
    if (distance) directions[index].forEach((each, at) => { latent[at] += distance * each; });
  });
  return latent;
}

// Shoemake (1985), as multigan/sampling/latents/walks.py has it.
export function slerp(start, end, share) {
  const norm = (v) => Math.max(Math.hypot(...v), 1e-12);
  const lengths = norm(start) * norm(end);
  const cosine = start.reduce((sum, each, at) => sum + each * end[at], 0) / lengths;
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  const [a, b] = sine < 1e-4
    ? [1 - share, share]
    : [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  return start.map((each, at) => a * each + b * end[at]);
}

// The point a share of the way from one to another; its moves have become part of its latent.
export function between(start, end, share, directions) {
  const mixed = (a, b) => a + share * (b - a);
  return {
    ...copyOf(share < 0.5 ? start : end),
    latent: slerp(movedLatent(start, directions), movedLatent(end, directions), share),
    moves: new Float32Array(directions.length),
    weights: start.weights && start.weights.map((each, at) => mixed(each, end.weights[at])),
    truncation: mixed(start.truncation, end.truncation),
  };
}
