// A piano for mouse, fingers, the computer's keys and MIDI.

import { byId, element, say } from "./dom.js";

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const BLACK = new Set([1, 3, 6, 8, 10]);
const LETTERS = "awsedftgyhujkolp";  // the middle row is white, the upper one black
const NOTE_ON = 0x90, NOTE_OFF = 0x80;

export const pitchName = (pitch) => NAMES[pitch % 12] + (Math.floor(pitch / 12) - 1);

export class Piano {
  constructor(studio, notes, player) {
    Object.assign(this, { studio, notes, player, held: new Map(), latencies: [] });
    const known = [...notes.classes.keys()].sort((a, b) => a - b);
    this.first = known[0] - (known[0] % 12);
    this.keys = new Map();
    this.element = element("div", { className: "piano", role: "group", "aria-label": "Piano" });
    const last = Math.max(known.at(-1), this.first + 12);
    const whites = Array.from({ length: last - this.first + 1 }, (_, at) => this.first + at)
      .filter((pitch) => !BLACK.has(pitch % 12));
    let white = 0;
    for (let pitch = this.first; pitch <= last; pitch++) {
      const black = BLACK.has(pitch % 12);
      this.addKey(pitch, black, white, whites.length);
      white += black ? 0 : 1;
    }
    byId("instrument").append(this.element);
    this.listen();
  }

  addKey(pitch, black, white, total) {
    const letter = LETTERS[pitch - this.first] || "";
    const key = element("button", {
      type: "button", className: black ? "black" : "white",
      "aria-label": pitchName(pitch), disabled: this.notes.nearest(pitch) === undefined,
    }, element("span", {}, letter.toUpperCase()));
    key.dataset.pitch = pitch;
    const width = 100 / total;
    if (black) key.style.cssText = `left: ${white * width - 0.31 * width}%; width: ${0.62 * width}%`;
    else key.style.cssText = `left: ${white * width}%; width: ${width}%`;
    this.keys.set(pitch, key);
    this.element.append(key);
  }

  listen() {
    const pitchAt = (event) => {
      const key = document.elementFromPoint(event.clientX, event.clientY)?.closest(".piano button");
      return key && !key.disabled ? Number(key.dataset.pitch) : null;
    };
    const fingers = new Map();
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, pitchAt(event));
      this.press(pitchAt(event));
    });
    this.element.addEventListener("pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      const before = fingers.get(event.pointerId), now = pitchAt(event);
      if (now === before) return;
      this.letGo(before);
      fingers.set(event.pointerId, now);
      this.press(now);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.element.addEventListener(name, (event) => {
        this.letGo(fingers.get(event.pointerId));
        fingers.delete(event.pointerId);
      });
    }
    this.element.addEventListener("keydown", (event) => this.keyboard(event, "press", "target"));
    this.element.addEventListener("keyup", (event) => this.keyboard(event, "letGo", "target"));
    addEventListener("keydown", (event) => this.keyboard(event, "press"));
    addEventListener("keyup", (event) => this.keyboard(event, "letGo"));
    addEventListener("blur", () => [...this.held.keys()].forEach((pitch) => this.letGo(pitch)));
  }

  // The letters play wherever the focus is but in a field; Space and Enter play the key that has it.
  keyboard(event, act, where) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (where) {
      if (event.key === " " || event.key === "Enter") this[act](Number(event.target.dataset.pitch));
      return;
    }
    if (event.target.matches?.("input:not([type=range]), textarea, select")) return;
    const at = LETTERS.indexOf(event.key.toLowerCase());
    if (at >= 0 && event.key.length === 1 && this.keys.has(this.first + at)) this[act](this.first + at);
  }

  async press(pitch) {
    const known = pitch === null ? undefined : this.notes.nearest(pitch);
    if (known === undefined || this.held.has(pitch)) return;
    const began = performance.now(), hold = { over: false, release: null };
    this.held.set(pitch, hold);
    this.keys.get(pitch)?.classList.add("down");
    const buffer = await this.notes.buffer(known);
    hold.release = this.player.strike(buffer);
    this.latencies.push(performance.now() - began);
    if (hold.over) hold.release();
    this.studio.move((point) => Object.assign(point, this.notes.pointOf(known)));
  }

  letGo(pitch) {
    const hold = this.held.get(pitch);
    if (!hold) return;
    this.held.delete(pitch);
    this.keys.get(pitch)?.classList.remove("down");
    hold.over = true;
    hold.release?.();
  }

  // Plays what a MIDI keyboard sends, if this browser hears one.
  async hearMidi() {
    try {
      const access = await navigator.requestMIDIAccess();
      const inputs = [...access.inputs.values()];
      inputs.forEach((input) => { input.onmidimessage = ({ data }) => this.heard(data); });
      say(inputs.length ? `Listening to ${inputs.map((each) => each.name).join(", ")}.`
        : "No MIDI keyboard is connected.");
    } catch {
      say("This browser gives pages from disk no MIDI.");
    }
  }

  heard([status, pitch, velocity]) {
    if ((status & 0xf0) === NOTE_ON && velocity) this.press(pitch);
    else if ([NOTE_ON, NOTE_OFF].includes(status & 0xf0)) this.letGo(pitch);
  }
}
