// Samples that somebody likes, and walks between them.

import { byId, download, element, say, thumbnail } from "./dom.js";
import { animatedGif } from "./gif.js";
import { asPng, enlarged } from "./picture.js";
import { between, copyOf, newPoint } from "./points.js";

const LEG_SECONDS = 1.5;
const LEG_FRAMES = 16;
const GIF_SIDE = 256;

export class Pins {
  constructor(studio, onstep = () => {}) {
    Object.assign(this, { studio, onstep });
    this.pins = [];
    this.playing = null;
    this.tray = byId("pins");
    this.play = element("button", { type: "button", onclick: () => this.toggle() }, "▶ Walk");
    this.save = element("button", { type: "button", onclick: () => this.saveGif() }, "Save GIF");
    this.slider = element("input", { type: "range", min: 0, max: 1, step: 0.001, value: "0",
      "aria-label": "Place on the walk", oninput: () => this.goTo(Number(this.slider.value)) });
    byId("walk").append(this.play, this.slider, this.save);
    byId("pin").addEventListener("click", () => this.add());
    byId("png").addEventListener("click", () => this.savePng());
    this.draw();
  }

  add() {
    const picture = this.studio.look.picture(this.studio.sample);
    this.pins.push({ point: copyOf(this.studio.point), picture });
    say(`Pinned: ${this.pins.length}.`);
    this.draw();
  }

  draw() {
    const boxes = this.pins.map((pin, index) => element("div", { className: "pin" },
      thumbnail(pin.picture, `Pin ${index + 1}`, () => this.studio.show(pin.point)),
      element("button", { type: "button", className: "remove", "aria-label": `Remove pin ${index + 1}`,
        onclick: () => { this.pins.splice(index, 1); this.draw(); } }, "×")));
    const hint = "Pin what you like; walks lead from pin to pin. Until then: through this seed.";
    this.tray.replaceChildren(...(boxes.length ? boxes : [element("p", { className: "hint" }, hint)]));
  }

  // Two pins or more; else the first samples of the seed.
  stops() {
    if (this.pins.length > 1) return this.pins.map((pin) => pin.point);
    const { seed, inTurn, truncation } = this.studio.point;
    const weights = inTurn ? null : this.studio.point.weights;
    return [0, 1, 2, 3].map((index) => ({
      ...newPoint(this.studio.facts, { seed, index, weights }), truncation,
    }));
  }

  pointAt(stops, share) {
    const place = share * (stops.length - 1), leg = Math.min(Math.floor(place), stops.length - 2);
    return between(stops[leg], stops[leg + 1], place - leg, this.studio.facts.directions);
  }

  goTo(share) {
    return this.studio.show(this.pointAt(this.stops(), share));
  }

  toggle() {
    if (this.playing) {
      this.playing = null;
      this.play.textContent = "▶ Walk";
      return;
    }
    this.play.textContent = "❚❚ Rest";
    const stops = this.stops(), duration = 1000 * LEG_SECONDS * (stops.length - 1);
    const run = this.playing = { began: performance.now() };
    const step = async () => {
      if (this.playing !== run) return;
      const turn = ((performance.now() - run.began) / duration) % 2;
      const share = turn < 1 ? turn : 2 - turn;  // there and back
      this.slider.value = share;
      await this.studio.move((point) => Object.assign(point, this.pointAt(stops, share)),
        { settle: false });
      this.onstep();
      requestAnimationFrame(step);
    };
    step();
  }

  async saveGif() {
    const stops = this.stops(), frames = LEG_FRAMES * (stops.length - 1) + 1;
    say("The walk is being written …");
    const points = Array.from({ length: frames }, (_, index) =>
      this.pointAt(stops, index / (frames - 1)));
    const pictures = (await this.studio.pictures(points, "gif")).map((picture) => {
      const large = enlarged(picture, GIF_SIDE);
      return large.getContext("2d").getImageData(0, 0, large.width, large.height);
    });
    const there = [...pictures, ...pictures.slice(1, -1).reverse()];
    download("walk.gif", animatedGif(there, { delay: 6 }));
    say(`The walk has ${there.length} frames.`);
  }

  async savePng() {
    const picture = this.studio.look.picture(this.studio.sample);
    download(`sample-${this.studio.point.seed}.png`, await asPng(enlarged(picture, GIF_SIDE)));
  }
}
