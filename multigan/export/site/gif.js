// Animated GIF89a: one palette for all frames, LZW.

const MOST_COLORS = 256;
const LARGEST_CODE = 4096;

// frames: ImageData of one size; returns a Blob.
export function animatedGif(frames, { delay = 6 } = {}) {
  const { width, height } = frames[0];
  const { palette, indexOf } = paletteOf(frames);
  const bytes = [];
  const word = (value) => bytes.push(value & 255, value >> 8);
  const text = (letters) => bytes.push(...new TextEncoder().encode(letters));
  text("GIF89a");
  word(width); word(height);
  bytes.push(0xf7, 0, 0, ...palette);  // a global palette of 256 colors
  bytes.push(0x21, 0xff, 11); text("NETSCAPE2.0"); bytes.push(3, 1, 0, 0, 0);  // for ever
  const parts = [new Uint8Array(bytes)];
  for (const frame of frames) {
    const head = [0x21, 0xf9, 4, 0, delay & 255, delay >> 8, 0, 0, 0x2c, 0, 0, 0, 0];
    head.push(width & 255, width >> 8, height & 255, height >> 8, 0, 8);
    parts.push(new Uint8Array(head), blocks(lzw(indexed(frame, indexOf))), new Uint8Array([0]));
  }
  parts.push(new Uint8Array([0x3b]));
  return new Blob(parts, { type: "image/gif" });
}

function indexed(frame, indexOf) {
  const indices = new Uint8Array(frame.width * frame.height);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    indices[pixel] = indexOf(...frame.data.subarray(4 * pixel, 4 * pixel + 3));
  }
  return indices;
}

function paletteOf(frames) {
  const grey = frames.every(({ data }) => {
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
    }
    return true;
  });
  if (grey) {
    const palette = Array.from({ length: 3 * MOST_COLORS }, (_, at) => Math.floor(at / 3));
    return { palette, indexOf: (red) => red };
  }
  return colorPalette(frames);
}

// Heckbert (1982), "Color image quantization for frame buffer display": boxes of 15-bit colors are
// halved at the middle of their pixels along their longest side.
function colorPalette(frames) {
  const counts = new Uint32Array(1 << 15);
  const key = (red, green, blue) => ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
  for (const { data } of frames) {
    for (let at = 0; at < data.length; at += 4) counts[key(data[at], data[at + 1], data[at + 2])]++;
  }
  const parts = (color) => [color >> 10, (color >> 5) & 31, color & 31];
  const boxes = [[...counts.keys()].filter((color) => counts[color])];
  while (boxes.length < MOST_COLORS) {
    const [index, axis] = longest(boxes, parts);
    if (index < 0) break;
    const box = boxes.splice(index, 1)[0].sort((a, b) => parts(a)[axis] - parts(b)[axis]);
    const half = box.reduce((sum, color) => sum + counts[color], 0) / 2;
    let at = 0;
    for (let sum = 0; at < box.length - 1 && sum < half; at++) sum += counts[box[at]];
    boxes.push(box.slice(0, Math.max(1, at)), box.slice(Math.max(1, at)));
  }
  const palette = new Array(3 * MOST_COLORS).fill(0), places = new Uint8Array(1 << 15);
  boxes.forEach((box, index) => {
    const total = box.reduce((sum, color) => sum + counts[color], 0);
    for (let axis = 0; axis < 3; axis++) {
      const mean = box.reduce((sum, color) => sum + counts[color] * parts(color)[axis], 0) / total;
      palette[3 * index + axis] = Math.round((mean * 255) / 31);
    }
    box.forEach((color) => { places[color] = index; });
  });
  return { palette, indexOf: (...color) => places[key(...color)] };
}

function longest(boxes, parts) {
  let best = [-1, 0], most = 0;
  boxes.forEach((box, index) => {
    for (let axis = 0; axis < 3; axis++) {
      let low = 31, high = 0;
      for (const color of box) {
        low = Math.min(low, parts(color)[axis]);
        high = Math.max(high, parts(color)[axis]);
      }
      if (high - low > most) [best, most] = [[index, axis], high - low];
    }
  });
  return best;
}

function lzw(indices) {
  const clear = 256, end = 257, bytes = [];
  let size = 9, next = 258, held = 0, bits = 0, table = new Map();
  const emit = (code) => {
    held |= code << bits;
    for (bits += size; bits >= 8; bits -= 8, held >>>= 8) bytes.push(held & 255);
  };
  emit(clear);
  let prefix = indices[0];
  for (let at = 1; at < indices.length; at++) {
    const pair = (prefix << 8) | indices[at];
    if (table.has(pair)) {
      prefix = table.get(pair);
      continue;
    }
    emit(prefix);
    if (next === LARGEST_CODE) {
      emit(clear);
      [size, next, table] = [9, 258, new Map()];
    } else {
      if (next === 1 << size) size++;
      table.set(pair, next++);
    }
    prefix = indices[at];
  }
  emit(prefix);
  emit(end);
  if (bits) bytes.push(held & 255);
  return new Uint8Array(bytes);
}

function blocks(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255);
    parts.push(part.length, ...part);
  }
  return new Uint8Array(parts);
}
