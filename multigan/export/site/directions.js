// A slider for each direction in the latent space, with what lies at either end.

import { byId, element, group } from "./dom.js";
import { copyOf } from "./points.js";
import { REACH, copyOnto } from "./stage.js";


export class DirectionSliders {
  constructor(studio, stage) {
    Object.assign(this, { studio, stage });
    this.rows = studio.facts.directions.map((_, index) => this.row(index));
    const reset = element("button", { type: "button", className: "quiet",
      onclick: () => studio.move((point) => point.moves.fill(0)) }, "Back to the middle");
    const folded = element("details", { open: innerWidth > 700 },
      element("summary", {}, "Directions"), ...this.rows.map((row) => row.element), reset);
    byId("controls").append(folded);
    studio.addEventListener("moved", () => this.follow());
    studio.addEventListener("settled", () => this.showEnds());
    folded.addEventListener("toggle", () => this.showEnds());
    this.folded = folded;
  }

  row(index) {
    const { studio, stage } = this;
    const input = element("input", {
      type: "range", min: -REACH, max: REACH, step: 0.05, value: "0",
      "aria-label": `Direction ${index + 1}`,
      oninput: () => studio.move((point) => { point.moves[index] = Number(input.value); }),
    });
    const ends = [-1, 1].map(() => element("canvas", { className: "end", width: 8, height: 8 }));
    ends.forEach((canvas) => canvas.setAttribute("aria-hidden", "true"));
    const uses = ["↔", "↕"].map((sign, axis) => element("button", {
      type: "button", className: "axis", title: `Drag ${axis ? "up and down" : "across"} for this`,
      "aria-label": `Direction ${index + 1} ${axis ? "up and down" : "across"}`,
      onclick: () => { stage.use(index, axis); this.follow(); },
    }, sign));
    const row = element("div", { className: "direction" }, ends[0], input, ends[1], ...uses);
    return { element: row, input, ends, uses };
  }

  follow() {
    const { moves } = this.studio.point;
    this.rows.forEach(({ input, uses }, index) => {
      input.value = moves[index];
      uses.forEach((button, axis) =>
        button.setAttribute("aria-pressed", String(this.stage.axes[axis] === index)));
    });
  }

  async showEnds() {
    if (!this.folded.open) return;
    const points = this.rows.flatMap((_, index) => [-REACH, REACH].map((distance) => {
      const point = copyOf(this.studio.point);
      point.moves[index] = distance;
      return point;
    }));
    const pictures = await this.studio.pictures(points, "ends");
    if (!pictures) return;
    this.rows.forEach(({ ends }, index) =>
      ends.forEach((canvas, side) => copyOnto(canvas, pictures[2 * index + side])));
  }
}
