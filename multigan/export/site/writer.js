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
    const given = this.taken(prompt), written = [];
    this.memory = null;
    const numbers = likeliest ? null : uniformsOf(seed, index, length);
    const latent = likeliest ? latentOf(seed, index, this.facts.latent_dim) : null;
    for (let position = 0; position < length; position++) {
      const began = performance.now();
      const token = position < given.length ? given[position]
        : this.chosen(await this.logits(written, weights, latent), numbers?.[position], sharpening);
      if (!wanted()) return null;
      if (token === endId) break;
      if (this.facts.memory_shape && position < given.length) {
        await this.logits(written, weights, latent);  // reads the token before, of the beginning
      }
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

  // The logits of the token after those that are written.
  async logits(written, weights, latent) {
    const outputs = await this.generator.engine.run({
      ...(this.facts.memory_shape ? this.remembered(written) : this.row(written)),
      position: whole([written.length], [1]),
      ...(weights && { condition: { type: "float32", values: weights, shape: [1, weights.length] } }),
      ...(latent && { latent: { type: "float32", values: latent, shape: [1, latent.length] } }),
    });
    this.memory = outputs.next_memory?.values;
    return outputs.logits.values;
  }

  row(written) {
    const ids = new Array(this.facts.length).fill(0);
    written.forEach((token, at) => { ids[at] = token; });
    return { ids: whole(ids, [1, ids.length]) };
  }

  remembered(written) {
    const { memory_shape: shape } = this.facts;
    const values = this.memory || new Float32Array(shape[0] * shape[1]);
    return { token: whole([written.at(-1) ?? 0], [1]),
      memory: { type: "float32", values, shape: [1, ...shape] } };
  }

  chosen(logits, number, sharpening) {
    if (number === undefined || sharpening.temperature === 0) return largestOf(logits);
    const unknown = this.facts.unknown_id;
    return pick(number, sharpened(logits, sharpening, unknown));
  }
}

const whole = (values, shape) =>
  ({ type: "int64", values: BigInt64Array.from(values, BigInt), shape });

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
