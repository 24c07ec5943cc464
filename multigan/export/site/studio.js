// What every page of samples shares: the point that is shown, and who wants to know when it moves.

import { copyOf, newPoint } from "./points.js";

export class Studio extends EventTarget {
  constructor(generator, look) {
    super();
    Object.assign(this, { generator, look, facts: generator.facts });
    this.point = newPoint(this.facts);
    this.sample = null;
    this.latencies = [];
  }

  // Changes the point by `change(point)`, shows it, and says so.
  async move(change, { settle = true } = {}) {
    change(this.point);
    this.dispatchEvent(new Event("moved"));
    const began = performance.now();
    const shown = copyOf(this.point);
    const found = await this.generator.samples([shown], { lane: "stage", urgency: 3 });
    if (found) {
      this.sample = found[0];
      this.dispatchEvent(new CustomEvent("shown", { detail: shown }));
      this.latencies.push(performance.now() - began);
      if (this.latencies.length > 1000) this.latencies.shift();
    }
    if (settle) this.settleSoon();
    return found;
  }

  // What costs more than one sample follows once the hand is still.
  settleSoon() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.dispatchEvent(new Event("settled")), 120);
  }

  show(point) {
    return this.move((mine) => Object.assign(mine, copyOf(point)));
  }

  // Pictures of other points, when nothing more urgent waits; null where others replaced them.
  async pictures(points, lane) {
    const found = await this.generator.samples(points, { lane, urgency: 1 });
    return found && found.map((sample) => this.look.picture(sample));
  }
}
