// Melodies as `multigan play` plays them: written as pitch:beats, mixed, long notes sustained.
// The formulas are explained in multigan/modalities/audio/music: melody, mixing and sustain.

const STEPS = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const RESTS = new Set(["R", "r", "-", "_"]);
const NOTE_ATTACK = 0.01, NOTE_RELEASE = 0.3, VELOCITY = 96, LOUDEST = 0.95;
const LONGEST_LOOP = 0.25, SHORTEST_LOOP = 0.05, FADE = 0.04, QUIET = 0.05;

export function parsePitch(text) {
  const found = /^([A-Ga-g])(#|b|♯|♭)?(-?\d)$/.exec(text);
  if (!found) throw new Error(`${text} is no pitch. Write one as C4, F#3 or Bb5.`);
  const shift = { "#": 1, "♯": 1, b: -1, "♭": -1 }[found[2]] || 0;
  return 12 * (Number(found[3]) + 1) + STEPS[found[1].toUpperCase()] + shift;
}

export function parseMelody(text, beatsPerMinute) {
  const notes = [];
  let now = 0;
  for (const word of text.trim().split(/[\s,|]+/)) {
    const [names, beats = "1"] = word.split(":");
    const duration = (Number(beats) * 60) / beatsPerMinute;
    if (!(duration > 0)) throw new Error(`${word} does not say how long.`);
    for (const name of names.split("+").filter((each) => each && !RESTS.has(each))) {
      notes.push({ start: now, duration, pitch: parsePitch(name) });
    }
    now += duration;
  }
  if (!notes.length) throw new Error("There are no notes in it.");
  return notes;
}

const secondsOf = (note, made) =>
  note.duration <= made - NOTE_RELEASE / 4 ? made : note.duration + NOTE_RELEASE;

// notes with a `waveform` each, mono; returns the song.
export function mixed(notes, rate) {
  const made = notes[0].waveform.length / rate;
  const end = Math.max(...notes.map((note) => note.start + secondsOf(note, made)));
  const song = new Float32Array(Math.round(end * rate) + 1);
  for (const note of notes) {
    const wanted = secondsOf(note, made);
    const held = wanted <= made ? note.waveform
      : sustained(note.waveform, Math.floor(wanted * rate), rate);
    const shape = shapeOf(note.duration, held.length, rate), start = Math.round(note.start * rate);
    held.forEach((each, at) => { song[start + at] += (VELOCITY / 127) * each * shape(at); });
  }
  const loudest = song.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-9);
  return song.map((each) => (LOUDEST * each) / loudest);
}

function shapeOf(duration, length, rate) {
  const held = Math.min(duration, length / rate - NOTE_RELEASE / 4);
  const release = Math.min(NOTE_RELEASE, length / rate - held);
  return (at) => {
    const time = at / rate, rise = Math.min(1, time / NOTE_ATTACK);
    const fall = Math.min(1, Math.max(0, 1 - (time - held) / release));
    return ((1 - Math.cos(Math.PI * rise)) * (1 - Math.cos(Math.PI * fall))) / 4;
  };
}

export function sustained(waveform, length, rate) {
  const held = new Float32Array(length);
  held.set(waveform.subarray(0, length));
  if (length <= waveform.length) return held;
  const end = lastLoud(waveform), fade = Math.round(FADE * rate);
  const period = loopPeriod(waveform, end, fade, rate);
  if (period === null) return held;
  const loop = waveform.slice(end - period - fade, end);
  const decay = Math.min(1, loudness(loop.slice(-fade)) / loudness(loop.slice(0, fade)));
  held.fill(0, end);
  let place = end - fade, gain = decay;
  for (; place < length; place += period, gain *= decay) {
    for (let at = 0; at < loop.length && place + at < length; at++) {
      const turn = gain * loop[at], share = (at + 1) / (fade + 1);
      held[place + at] = at < fade ? (1 - share) * held[place + at] + share * turn : turn;
    }
  }
  return held;
}

function lastLoud(waveform) {
  const loudest = waveform.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return waveform.findLastIndex((each) => Math.abs(each) > QUIET * loudest) + 1;
}

function loopPeriod(waveform, end, fade, rate) {
  const shortest = Math.round(SHORTEST_LOOP * rate);
  const longest = Math.min(Math.round(LONGEST_LOOP * rate), Math.floor(end / 2) - fade);
  if (longest <= shortest) return null;
  let best = longest, most = -Infinity;
  for (let back = longest; back >= shortest; back--) {
    let product = 0, power = 0;
    for (let at = end - fade; at < end; at++) {
      product += waveform[at] * waveform[at - back];
      power += waveform[at - back] ** 2;
    }
    const likeness = product / Math.max(1e-9, Math.sqrt(power));
    if (likeness > most) [best, most] = [back, likeness];
  }
  return best;
}

const loudness = (part) =>
  Math.max(1e-9, Math.sqrt(part.reduce((sum, each) => sum + each * each, 0) / part.length));
