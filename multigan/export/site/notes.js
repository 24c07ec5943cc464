// The sound of each pitch in the timbre that is shown: made when asked for, and beforehand.

import { copyOf, oneClass } from "./points.js";

const AT_ONCE = 4;

export class Notes {
  constructor(studio, player) {
    Object.assign(this, { studio, player, made: new Map() });
    this.classes = new Map(studio.facts.pitches.map((pitch, number) => [pitch, number]));
    studio.addEventListener("moved", () => this.forget());
    studio.addEventListener("settled", () => this.prepare());
  }

  // Another timbre, if anything but the class has changed.
  forget() {
    const { latent, moves, truncation } = this.studio.point;
    const timbre = [...latent, ...moves, truncation].join();
    if (timbre !== this.timbre) this.made.clear();
    this.timbre = timbre;
  }

  // The known pitch nearest to one that is whole octaves away; undefined where there is none.
  nearest(pitch) {
    const same = [...this.classes.keys()].filter((known) => (known - pitch) % 12 === 0);
    return same.sort((a, b) => Math.abs(a - pitch) - Math.abs(b - pitch) || a - b)[0];
  }

  pointOf(pitch, timbre = this.studio.point) {
    const point = copyOf(timbre);
    point.weights = oneClass(this.studio.facts.condition.size, this.classes.get(pitch));
    point.inTurn = false;
    return point;
  }

  // The mono waveforms of pitches, each as loud as can be.
  async waveforms(pitches, options) {
    const found = await this.studio.generator.samples(
      pitches.map((pitch) => this.pointOf(pitch)), options);
    return found && found.map(({ waveform }) => asLoudAsCanBe(mono(waveform, this.player.channels)));
  }

  async buffer(pitch) {
    const { timbre } = this;
    if (!this.made.has(pitch)) {
      const [waveform] = await this.waveforms([pitch], { urgency: 5 });
      if (timbre !== this.timbre) return this.player.bufferOf(waveform, 1);
      this.made.set(pitch, waveform);
    }
    return this.player.bufferOf(this.made.get(pitch), 1);
  }

  async prepare() {
    const { timbre } = this;
    const missing = [...this.classes.keys()].filter((pitch) => !this.made.has(pitch));
    for (let at = 0; at < missing.length && timbre === this.timbre; at += AT_ONCE) {
      const part = missing.slice(at, at + AT_ONCE);
      const found = await this.waveforms(part, { lane: "notes" });
      if (!found || timbre !== this.timbre) return;
      part.forEach((pitch, index) => this.made.set(pitch, found[index]));
    }
  }
}

export function mono(waveform, channels) {
  const length = waveform.length / channels;
  return Float32Array.from({ length }, (_, at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += waveform[channel * length + at];
    return sum / channels;
  });
}

export function asLoudAsCanBe(waveform) {
  const loudest = Math.max(1e-6, waveform.reduce((most, each) => Math.max(most, Math.abs(each)), 0));
  return waveform.map((each) => each / loudest);
}
