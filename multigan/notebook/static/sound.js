// A sound: its spectrogram with a playhead, and the browser's own player.

import { h } from "./page.js";

const WINDOW = 512, MOST_FRAMES = 260, FLOOR_DECIBELS = -80;
const RAMP = [[13, 8, 60], [92, 18, 110], [187, 55, 84], [243, 120, 40], [252, 215, 110]];

/** Returns {element, clear()} for the content of a 16-bit .wav file. */
export function soundCard(bytes, text) {
  const url = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
  const audio = h("audio", { controls: true, src: url, preload: "auto", "aria-label": text });
  const canvas = h("canvas", { class: "mg-spectrogram", role: "img", "aria-label": `spectrogram of ${text}` });
  const head = h("div", { class: "mg-playhead", hidden: true });
  const frame = h("div", { class: "mg-sound-frame" }, canvas, head);
  const wave = readWave(bytes);
  if (wave) drawSpectrogram(canvas, wave.samples);
  let ticking = 0;
  function tick() {
    head.hidden = !audio.currentTime;
    head.style.left = `${(100 * audio.currentTime) / (audio.duration || 1)}%`;
    if (!audio.paused) ticking = requestAnimationFrame(tick);
  }
  for (const event of ["play", "seeked", "ended"]) audio.addEventListener(event, tick);
  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect();
    audio.currentTime = ((event.clientX - box.left) / box.width) * (audio.duration || 0);
  });
  const element = h("div", { class: "mg-sound" }, frame, audio);
  return { element, clear: () => { cancelAnimationFrame(ticking); URL.revokeObjectURL(url); } };
}

/** Returns the first channel of 16-bit PCM in [-1, 1]; null for anything else. */
export function readWave(view) {
  const data = new DataView(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  const word = (at) => String.fromCharCode(...[0, 1, 2, 3].map((i) => data.getUint8(at + i)));
  if (data.byteLength < 44 || word(0) !== "RIFF") return null;
  let channels = 1, bits = 16;
  for (let at = 12; at + 8 <= data.byteLength; ) {
    const name = word(at), size = data.getUint32(at + 4, true), start = at + 8;
    if (name === "fmt ") { channels = data.getUint16(start + 2, true); bits = data.getUint16(start + 14, true); }
    if (name === "data" && bits === 16) {
      const count = Math.floor(Math.min(size, data.byteLength - start) / (2 * channels));
      const samples = new Float32Array(count);
      for (let i = 0; i < count; i++) samples[i] = data.getInt16(start + 2 * channels * i, true) / 32768;
      return { samples };
    }
    at = start + size + (size % 2);
  }
  return null;
}

export function drawSpectrogram(canvas, samples) {
  const hop = Math.max(64, Math.ceil(samples.length / MOST_FRAMES));
  const frames = Math.max(1, Math.floor((samples.length - 1) / hop)), bins = WINDOW / 2;
  Object.assign(canvas, { width: frames, height: bins });
  const context = canvas.getContext("2d"), picture = context.createImageData(frames, bins);
  for (let frame = 0; frame < frames; frame++) {
    const levels = decibels(samples, frame * hop);
    for (let bin = 0; bin < bins; bin++) {
      const share = Math.max(0, Math.min(1, 1 - levels[bin] / FLOOR_DECIBELS));
      picture.data.set([...ramp(share), 255], 4 * ((bins - 1 - bin) * frames + frame));
    }
  }
  context.putImageData(picture, 0, 0);
}

/** Returns the level of each frequency at a place; a full-scale sine is at about 0 dB. */
function decibels(samples, start) {
  const real = new Float32Array(WINDOW), imaginary = new Float32Array(WINDOW);
  for (let i = 0; i < WINDOW; i++)
    real[i] = (samples[start + i] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));
  transform(real, imaginary);
  return Array.from({ length: WINDOW / 2 }, (_, bin) =>
    20 * Math.log10((Math.hypot(real[bin], imaginary[bin]) * 4) / WINDOW + 1e-6));
}

/** The fast Fourier transform of Cooley and Tukey (1965), in place; the length is a power of two. */
function transform(real, imaginary) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let size = 2; size <= n; size *= 2)
    for (let start = 0; start < n; start += size)
      for (let k = 0; k < size / 2; k++) {
        const angle = (-2 * Math.PI * k) / size, cosine = Math.cos(angle), sine = Math.sin(angle);
        const a = start + k, b = a + size / 2;
        const r = real[b] * cosine - imaginary[b] * sine, i = real[b] * sine + imaginary[b] * cosine;
        real[b] = real[a] - r; imaginary[b] = imaginary[a] - i;
        real[a] += r; imaginary[a] += i;
      }
}

function ramp(share) {
  const at = share * (RAMP.length - 1), low = Math.min(Math.floor(at), RAMP.length - 2), part = at - low;
  return RAMP[low].map((value, channel) => Math.round(value + part * (RAMP[low + 1][channel] - value)));
}
