// The random numbers that Python draws: `seeded(...)` of multigan/core/draws.py, and torch's on a CPU.

const MASK = (1n << 64n) - 1n;
const BLAKE_START = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const COLUMNS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
];
const DIGEST_BYTES = 8;
const BLOCK_BYTES = 128;

// RFC 7693, of a message that fits into one block, cut to eight bytes: a BigInt, big-endian.
function blake2b(bytes) {
  const state = [...BLAKE_START];
  state[0] ^= 0x01010000n ^ BigInt(DIGEST_BYTES);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(bytes);
  const view = new DataView(block.buffer);
  const words = SIGMA[0].map((_, index) => view.getBigUint64(8 * index, true));
  const v = [...state, ...BLAKE_START];
  v[12] ^= BigInt(bytes.length);
  v[14] ^= MASK;
  const rotated = (x, by) => ((x >> by) | (x << (64n - by))) & MASK;
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10];
    COLUMNS.forEach(([a, b, c, d], index) => {
      v[a] = (v[a] + v[b] + words[order[2 * index]]) & MASK;
      v[d] = rotated(v[d] ^ v[a], 32n);
      v[c] = (v[c] + v[d]) & MASK;
      v[b] = rotated(v[b] ^ v[c], 24n);
      v[a] = (v[a] + v[b] + words[order[2 * index + 1]]) & MASK;
      v[d] = rotated(v[d] ^ v[a], 16n);
      v[c] = (v[c] + v[d]) & MASK;
      v[b] = rotated(v[b] ^ v[c], 63n);
    });
  }
  const first = state[0] ^ v[0] ^ v[8];
  let digest = 0n;  // the digest's bytes are little-endian; the seed is read big-endian
  for (let byte = 0n; byte < 8n; byte++) digest = (digest << 8n) | ((first >> (8n * byte)) & 0xffn);
  return digest;
}

// Python's repr of a tuple of whole numbers and plain words, hashed to 63 bits.
export function seedFrom(...path) {
  const parts = path.map((part) => (typeof part === "string" ? `'${part}'` : String(part)));
  const text = `(${parts.join(", ")}${parts.length === 1 ? "," : ""})`;
  return blake2b(new TextEncoder().encode(text)) >> 1n;
}

// Matsumoto & Nishimura (1998), "Mersenne Twister", as torch uses it.
class Twister {
  constructor(seed) {
    this.state = new Uint32Array(624);
    this.state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 1; i < 624; i++) {
      const last = this.state[i - 1] ^ (this.state[i - 1] >>> 30);
      this.state[i] = Math.imul(1812433253, last) + i;
    }
    this.next = 624;
  }

  word() {
    if (this.next === 624) this.twist();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  twist() {
    const s = this.state;
    for (let i = 0; i < 624; i++) {
      const y = (s[i] & 0x80000000) | (s[(i + 1) % 624] & 0x7fffffff);
      s[i] = s[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }

  single() {  // in [0, 1), with 24 bits
    return (this.word() & 0xffffff) / 0x1000000;
  }

  double() {  // in [0, 1), with 53 bits
    const high = this.word(), low = this.word();
    return ((high & 0x1fffff) * 0x100000000 + low) / 0x20000000000000;
  }
}

function normals(twister, count) {
  const values = new Float32Array(count);
  if (count < 16) return fewNormals(twister, values);
  for (let i = 0; i < count; i++) values[i] = twister.single();
  for (let i = 0; i + 16 <= count; i += 16) boxMuller(values, i);
  if (count % 16) {  // torch draws the last sixteen anew
    for (let i = count - 16; i < count; i++) values[i] = twister.single();
    boxMuller(values, count - 16);
  }
  return values;
}

function boxMuller(values, start) {
  for (let i = start; i < start + 8; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[i]));
    const angle = 2 * Math.PI * values[i + 8];
    values[i] = radius * Math.cos(angle);
    values[i + 8] = radius * Math.sin(angle);
  }
}

function fewNormals(twister, values) {
  for (let i = 0; i < values.length; i += 2) {
    const angle = 2 * Math.PI * twister.double();
    const radius = Math.sqrt(-2 * Math.log1p(-twister.double()));
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

// Row `index` of `pipeline.latents(..., seed=seed)`: (Z,).
export function latentOf(seed, index, size) {
  return normals(new Twister(seedFrom(seed, "latent", index)), size);
}

// The same of a generator that writes: a uniform number for each token.
export function uniformsOf(seed, index, size) {
  const twister = new Twister(seedFrom(seed, "latent", index));
  return Float32Array.from({ length: size }, () => twister.single());
}
