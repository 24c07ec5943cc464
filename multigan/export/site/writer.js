// Writes token by token: the model says what may come next, a number of the seed's decides.

import { latentOf, uniformsOf } from "./random.js";
import { oneClass } from "./points.js";

export class Writer {
  constructor(generator, tokenizer) {
    Object.assign(this, { generator, tokenizer, facts: generator.facts, milliseconds: [] });
  }

  // Writes sample `index` of a seed; `onToken(text)` hears what is there so far. Returns the text,
  // or null once `wanted()` says that nobody wants it any more.
  async write({ seed, index, prompt, weights, sharpening, wanted, onToken }) {
    const { length, end_id: endId, likeliest } = this.facts;
    const ids = new BigInt64Array(length), given = this.taken(prompt), written = [];
    const numbers = likeliest ? null : uniformsOf(seed, index, length);
    const latent = likeliest ? latentOf(seed, index, this.facts.latent_dim) : null;
    for (let position = 0; position < length; position++) {
      const began = performance.now();
      const token = position < given.length ? given[position]
        : this.chosen(await this.logits(ids, position, weights, latent), numbers?.[position], sharpening);
      if (!wanted()) return null;
      if (token === endId) break;
      ids[position] = BigInt(token);
      written.push(token);
      this.milliseconds.push(performance.now() - began);
      onToken(this.tokenizer.decode(written));
    }
    return this.tokenizer.decode(written);
  }

  taken(prompt) {
    if (!prompt.trim()) return [];
    const ids = this.tokenizer.encode(prompt), { unknown_id: unknown, length } = this.facts;
    if (ids.includes(unknown)) throw new Error(`The generator has never seen part of “${prompt}”.`);
    if (ids.length >= length) throw new Error("This beginning leaves no room.");
    return ids;
  }

  async logits(ids, position, weights, latent) {
    const inputs = {
      ids: { type: "int64", values: ids.slice(), shape: [1, ids.length] },
      position: { type: "int64", values: BigInt64Array.of(BigInt(position)), shape: [1] },
    };
    if (weights) inputs.condition = { type: "float32", values: weights, shape: [1, weights.length] };
    if (latent) inputs.latent = { type: "float32", values: latent, shape: [1, latent.length] };
    return (await this.generator.engine.run(inputs)).logits.values;
  }

  chosen(logits, number, sharpening) {
    if (number === undefined || sharpening.temperature === 0) return largestOf(logits);
    const unknown = this.facts.unknown_id;
    return pick(number, sharpened(logits, sharpening, unknown));
  }
}

export const largestOf = (values) => values.reduce((best, each, at) => (each > values[best] ? at : best), 0);

// As multigan/modalities/text/choosing.py: temperature, the likeliest k, the nucleus.
export function sharpened(logits, { temperature, topK, topP }, never) {
  const open = logits.slice();
  if (never !== null) open[never] = -Infinity;
  const most = open[largestOf(open)];
  let probs = open.map((each) => Math.exp((each - most) / temperature));
  const total = probs.reduce((sum, each) => sum + each, 0);
  probs = probs.map((each) => each / total);
  if (topK && topK < probs.length) {
    const least = probs.slice().sort()[probs.length - topK];
    probs = probs.map((each) => (each >= least ? each : 0));
  }
  return topP < 1 ? nucleus(probs, topP) : probs;
}

function nucleus(probs, share) {
  const order = [...probs.keys()].sort((a, b) => probs[b] - probs[a]);
  const limit = share * probs.reduce((sum, each) => sum + each, 0), kept = new Float32Array(probs.length);
  let before = 0;
  for (const at of order) {
    if (before >= limit) break;
    kept[at] = probs[at];
    before += probs[at];
  }
  return kept;
}

// The token at which the probabilities, summed up, pass the number.
export function pick(number, probs) {
  const reached = number * probs.reduce((sum, each) => sum + each, 0);
  let sum = 0, last = 0;
  for (let at = 0; at < probs.length; at++) {
    sum += probs[at];
    if (probs[at] > 0) last = at;
    if (sum > reached) return at;
  }
  return last;
}

export const classWeights = (told, number) => (told ? oneClass(told.size, number) : null);
