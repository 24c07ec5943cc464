// From points to samples: the tensors that the model takes, for many points at once.

import { latentOf } from "./random.js";
import { movedLatent } from "./points.js";

export class Generator {
  constructor(engine, facts) {
    Object.assign(this, { engine, facts });
  }

  // Returns an object of arrays by output's name for each point, or null; see Engine.run.
  async samples(points, options) {
    const outputs = await this.engine.run(this.inputs(points), options);
    if (!outputs) return null;
    return points.map((_, row) => {
      const sample = {};
      for (const [name, { values, shape }] of Object.entries(outputs)) {
        const size = values.length / shape[0];
        sample[name] = values.subarray(row * size, (row + 1) * size);
      }
      return sample;
    });
  }

  inputs(points) {
    const { facts } = this;
    const count = points.length;
    const rows = (make, size) => ({
      type: "float32", shape: [count, size], values: joined(points.map(make), size),
    });
    const inputs = { latent: rows((point) => movedLatent(point, facts.directions), facts.latent_dim) };
    if (facts.condition) inputs.condition = rows((point) => point.weights, facts.condition.size);
    if (facts.truncates) {
      const values = Float32Array.from(points, (point) => point.truncation);
      inputs.truncation = { type: "float32", shape: [count], values };
    }
    if (facts.num_styles) {
      inputs.fine_latent = rows((point) => this.fineLatent(point), facts.latent_dim);
      const values = BigInt64Array.from(points, (point) => BigInt(point.coarse));
      inputs.coarse_styles = { type: "int64", shape: [count], values };
    }
    return inputs;
  }

  fineLatent(point) {
    if (point.fineSeed === null) return movedLatent(point, this.facts.directions);
    return latentOf(point.fineSeed, 0, this.facts.latent_dim);
  }
}

function joined(parts, size) {
  const values = new Float32Array(parts.length * size);
  parts.forEach((part, row) => values.set(part, row * size));
  return values;
}
