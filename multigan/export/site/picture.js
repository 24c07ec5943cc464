// Samples in [-1, 1] as pictures.

import { element } from "./dom.js";

const GREY = 1, GREY_ALPHA = 2, RGB = 3, RGBA = 4;

// The levels of Python's pictures, but for values halfway between two of them.
export function level(value) {
  const scaled = (Math.fround(value + 1) * 127.5) || 0;
  return Math.min(255, Math.max(0, Math.round(scaled)));
}

export function imageData(values, [channels, height, width]) {
  const image = new ImageData(width, height), area = height * width;
  const at = (plane, pixel) => level(values[plane * area + pixel]);
  const alpha = channels === RGBA ? 3 : channels === GREY_ALPHA ? 1 : -1;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let color = 0; color < 3; color++) {
      image.data[4 * pixel + color] = at(channels >= RGB ? color : 0, pixel);
    }
    image.data[4 * pixel + 3] = alpha < 0 ? 255 : at(alpha, pixel);
  }
  return image;
}

export function draw(canvas, values, shape) {
  const image = imageData(values, shape);
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

export const newPicture = (values, shape) => draw(element("canvas"), values, shape);

// A copy with whole pixels, enlarged to at least `least` on its longer side.
export function enlarged(canvas, least) {
  const factor = Math.max(1, Math.ceil(least / Math.max(canvas.width, canvas.height)));
  const copy = element("canvas", { width: factor * canvas.width, height: factor * canvas.height });
  const context = copy.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return copy;
}

export const asPng = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
