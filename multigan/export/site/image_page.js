// A page of pictures.

import { addChance, Sheet } from "./chance.js";
import { addConditions } from "./conditions.js";
import { DirectionSliders } from "./directions.js";
import { byId } from "./dom.js";
import { draw, newPicture } from "./picture.js";
import { Pins } from "./pins.js";
import { Stage } from "./stage.js";
import { Studio } from "./studio.js";

const SMOOTH_FROM = 24;  // pixels; what is smaller is shown pixel by pixel

export function imagePage(generator) {
  const shape = generator.facts.sample_shape;
  const studio = new Studio(generator, {
    draw: (canvas, sample) => draw(canvas, sample.samples, shape),
    picture: (sample) => newPicture(sample.samples, shape),
  });
  document.body.classList.toggle("pixels", Math.max(shape[1], shape[2]) < SMOOTH_FROM);
  byId("frame").style.aspectRatio = `${shape[2]} / ${shape[1]}`;
  const stage = new Stage(studio);
  addConditions(studio);
  addChance(studio);
  new DirectionSliders(studio, stage);
  new Sheet(studio);
  const pins = new Pins(studio);
  const hint = "Drag the picture, or press the arrow keys.";
  return { studio, stage, pins, hint, open: () => studio.move(() => {}) };
}
