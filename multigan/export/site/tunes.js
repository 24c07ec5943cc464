// A field for melodies, played in the timbre that is shown.

import { byId, download, element, group, say, slider } from "./dom.js";
import { mixed, parseMelody } from "./melody.js";
import { wavOf } from "./player.js";

// The first half of the "Ode to Joy" from Beethoven's ninth symphony, in C.
const TUNE = "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 E4:1.5 D4:.5 D4:2 "
  + "E4 E4 F4 G4 G4 F4 E4 D4 C4 C4 D4 E4 D4:1.5 C4:.5 C4:2";

export class Tunes {
  constructor(notes, player) {
    Object.assign(this, { notes, player, tempo: 150 });
    this.field = element("textarea", { rows: 3, value: TUNE, "aria-label": "Melody",
      spellcheck: false });
    const play = element("button", { type: "button", className: "primary",
      onclick: () => this.play() }, "▶ Play");
    const rest = element("button", { type: "button", onclick: () => player.silence() }, "Stop");
    const save = element("button", { type: "button", onclick: () => this.save() }, "Save WAV");
    const tempo = slider("tempo", { min: 40, max: 240, step: 1, value: this.tempo,
      oninput: (value) => { this.tempo = value; } });
    byId("controls").append(group("Melody", this.field, tempo,
      element("div", { className: "row" }, play, rest, save)));
  }

  // The song, or null after saying what is wrong with it.
  async song() {
    try {
      const written = parseMelody(this.field.value, this.tempo);
      const known = written.map((note) => ({ ...note, pitch: this.notes.nearest(note.pitch) }));
      if (known.some((note) => note.pitch === undefined)) {
        throw new Error("Some of these pitches are known in no octave.");
      }
      const pitches = [...new Set(known.map((note) => note.pitch))];
      const waveforms = await this.notes.waveforms(pitches, { urgency: 5 });
      return mixed(known.map((note) => ({ ...note, waveform: waveforms[pitches.indexOf(note.pitch)] })),
        this.player.rate);
    } catch (error) {
      say(error.message);
      return null;
    }
  }

  async play() {
    const song = await this.song();
    if (!song) return;
    this.player.silence();
    this.player.strike(this.player.bufferOf(song, 1), 0.9);
  }

  async save() {
    const song = await this.song();
    if (song) download("melody.wav", wavOf(song, this.player.rate));
  }
}
