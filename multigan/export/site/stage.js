// The large picture: a drag moves it along two directions, whose ends are shown at its edges.

import { byId, element } from "./dom.js";
import { copyOf } from "./points.js";

export const REACH = 3;  // of a direction, in standard deviations of the prior
const KEY_STEP = 0.25;
const EDGES = [["left", 0, -1], ["right", 0, 1], ["top", 1, 1], ["bottom", 1, -1]];

export class Stage {
  constructor(studio) {
    this.studio = studio;
    this.axes = [0, Math.min(1, studio.facts.directions.length - 1)];
    this.canvas = byId("picture");
    this.frame = byId("frame");
    this.edges = EDGES.map(([side, axis, sign]) => {
      const canvas = element("canvas", { className: `edge ${side}` });
      canvas.setAttribute("aria-hidden", "true");
      this.frame.append(canvas);
      return { canvas, axis, sign };
    });
    studio.addEventListener("shown", () => studio.look.draw(this.canvas, studio.sample));
    studio.addEventListener("settled", () => this.showEdges());
    this.listen();
  }

  listen() {
    const { frame } = this;
    let last = null;
    frame.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button")) return;
      last = event;
      frame.setPointerCapture(event.pointerId);
      frame.classList.add("dragged");
    });
    frame.addEventListener("pointermove", (event) => {
      if (!last) return;
      const size = frame.getBoundingClientRect().width / (2 * REACH);
      this.shift((event.clientX - last.clientX) / size, (last.clientY - event.clientY) / size);
      last = event;
    });
    const release = () => {
      if (last) this.studio.dispatchEvent(new Event("released"));
      last = null;
      frame.classList.remove("dragged");
    };
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, release);
    frame.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      const step = steps[event.key];
      if (event.key === "Home") this.studio.move((point) => point.moves.fill(0));
      else if (step) this.shift(...step.map((each) => each * KEY_STEP));
      else return;
      event.preventDefault();
    });
  }

  shift(across, up) {
    const limited = (value) => Math.min(REACH, Math.max(-REACH, value));
    this.studio.move((point) => {
      const { moves } = point;
      moves[this.axes[0]] = limited(moves[this.axes[0]] + across);
      if (this.axes[1] !== this.axes[0]) moves[this.axes[1]] = limited(moves[this.axes[1]] + up);
    });
  }

  async showEdges() {
    const points = this.edges.map(({ axis, sign }) => {
      const point = copyOf(this.studio.point);
      point.moves[this.axes[axis]] = sign * REACH;
      return point;
    });
    const pictures = await this.studio.pictures(points, "edges");
    if (pictures) this.edges.forEach(({ canvas }, index) => copyOnto(canvas, pictures[index]));
  }

  // Puts direction `index` under the pointer, across (0) or up and down (1).
  use(index, axis) {
    this.axes[axis] = index;
    this.showEdges();
  }
}

export function copyOnto(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
}
