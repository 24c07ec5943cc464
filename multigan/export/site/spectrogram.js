// Spectrograms of waveforms: loudness by color, low tones at the bottom.

import { element } from "./dom.js";

const WINDOW = 512;  // samples; a power of two
const FRAMES = 256, BINS = WINDOW / 2;
const RANGE_DB = 70;
const COLORS = [[11, 10, 16], [60, 22, 84], [166, 48, 82], [244, 122, 58], [255, 244, 204]];

const hann = Float32Array.from({ length: WINDOW }, (_, at) =>
  0.5 - 0.5 * Math.cos((2 * Math.PI * at) / WINDOW));

const waves = Array.from({ length: WINDOW / 2 }, (_, at) => {
  const angle = (-2 * Math.PI * at) / WINDOW;
  return [Math.cos(angle), Math.sin(angle)];
});

// Cooley & Tukey (1965), in place.
function transform(real, imag) {
  for (let i = 1, j = 0; i < WINDOW; i++) {
    let bit = WINDOW >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [real[i], real[j]] = [real[j], real[i]];  // the other part is all zeros yet
  }
  for (let length = 2; length <= WINDOW; length *= 2) {
    for (let at = 0; at < length / 2; at++) {
      const [cosine, sine] = waves[(at * WINDOW) / length];
      for (let i = at; i < WINDOW; i += length) {
        const j = i + length / 2;
        const re = real[j] * cosine - imag[j] * sine, im = real[j] * sine + imag[j] * cosine;
        real[j] = real[i] - re;
        imag[j] = imag[i] - im;
        real[i] += re;
        imag[i] += im;
      }
    }
  }
}

// Decibels of a waveform, one column after the other: (FRAMES, BINS).
function decibels(waveform) {
  const levels = new Float32Array(FRAMES * BINS);
  const real = new Float32Array(WINDOW), imag = new Float32Array(WINDOW);
  for (let frame = 0; frame < FRAMES; frame++) {
    const start = Math.round((frame / FRAMES) * waveform.length - WINDOW / 2);
    for (let at = 0; at < WINDOW; at++) real[at] = (waveform[start + at] || 0) * hann[at];
    imag.fill(0);
    transform(real, imag);
    for (let bin = 0; bin < BINS; bin++) {
      levels[frame * BINS + bin] = 10 * Math.log10(real[bin] ** 2 + imag[bin] ** 2 + 1e-10);
    }
  }
  return levels;
}

// 256 colors from dark to bright, as ImageData's bytes have them.
const palette = new Uint32Array(new Uint8Array(Array.from({ length: 256 }, (_, index) => {
  const place = (index / 256) * (COLORS.length - 1), low = Math.floor(place);
  const mixed = COLORS[low].map((each, at) => each + (place - low) * (COLORS[low + 1][at] - each));
  return [...mixed, 255];
}).flat()).buffer);

export function drawSpectrogram(canvas, waveform) {
  const levels = decibels(waveform), loudest = levels.reduce((a, b) => Math.max(a, b), -20);
  const image = new ImageData(FRAMES, BINS), pixels = new Uint32Array(image.data.buffer);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let bin = 0; bin < BINS; bin++) {
      const share = 1 + (levels[frame * BINS + bin] - loudest) / RANGE_DB;
      const color = Math.min(255, Math.max(0, Math.floor(256 * share)));
      pixels[(BINS - 1 - bin) * FRAMES + frame] = palette[color];
    }
  }
  canvas.width = FRAMES;
  canvas.height = BINS;
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

export const newSpectrogram = (waveform) => drawSpectrogram(element("canvas"), waveform);
