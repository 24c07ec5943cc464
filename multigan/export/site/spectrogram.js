// Spectrograms of waveforms: loudness by color, low tones at the bottom.

import { element } from "./dom.js";

const WINDOW = 512;  // samples; a power of two
const COLUMNS = 256;
const RANGE_DB = 70;
const COLORS = [[11, 10, 16], [60, 22, 84], [166, 48, 82], [244, 122, 58], [255, 244, 204]];

const hann = Float32Array.from({ length: WINDOW }, (_, at) =>
  0.5 - 0.5 * Math.cos((2 * Math.PI * at) / WINDOW));

// Cooley & Tukey (1965), in place.
function transform(real, imag) {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imag[i], imag[j]] = [imag[j], imag[i]];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const angle = (-2 * Math.PI) / length;
    for (let at = 0; at < length / 2; at++) {
      const cosine = Math.cos(angle * at), sine = Math.sin(angle * at);
      for (let i = at; i < size; i += length) {
        const j = i + length / 2;
        const re = real[j] * cosine - imag[j] * sine, im = real[j] * sine + imag[j] * cosine;
        [real[j], imag[j]] = [real[i] - re, imag[i] - im];
        real[i] += re;
        imag[i] += im;
      }
    }
  }
}

// Decibels, column by column, of a waveform: COLUMNS rows of WINDOW / 2.
function decibels(waveform) {
  const columns = [];
  for (let column = 0; column < COLUMNS; column++) {
    const start = Math.round((column / COLUMNS) * waveform.length - WINDOW / 2);
    const real = new Float32Array(WINDOW), imag = new Float32Array(WINDOW);
    for (let at = 0; at < WINDOW; at++) real[at] = (waveform[start + at] || 0) * hann[at];
    transform(real, imag);
    columns.push(Float32Array.from({ length: WINDOW / 2 }, (_, bin) =>
      10 * Math.log10(real[bin] ** 2 + imag[bin] ** 2 + 1e-10)));
  }
  return columns;
}

function colorOf(share) {
  const place = Math.min(0.9999, Math.max(0, share)) * (COLORS.length - 1), low = Math.floor(place);
  return COLORS[low].map((each, at) => each + (place - low) * (COLORS[low + 1][at] - each));
}

export function drawSpectrogram(canvas, waveform) {
  const columns = decibels(waveform), height = WINDOW / 2;
  const loudest = Math.max(-20, ...columns.map((column) => Math.max(...column)));
  const image = new ImageData(COLUMNS, height);
  columns.forEach((column, x) => column.forEach((value, bin) => {
    const at = 4 * ((height - 1 - bin) * COLUMNS + x);
    image.data.set([...colorOf(1 + (value - loudest) / RANGE_DB), 255], at);
  }));
  canvas.width = COLUMNS;
  canvas.height = height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

export const newSpectrogram = (waveform) => drawSpectrogram(element("canvas"), waveform);
