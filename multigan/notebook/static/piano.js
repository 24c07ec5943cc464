// A piano of the pitches that a generator knows: white keys, black ones over them, and the computer's keyboard.

import { h } from "./page.js";

const BLACK = new Set([1, 3, 6, 8, 10]), NOTE_NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const TYPED = "awsedftgyhujkolp";  // from C on, a semitone each, as trackers have it

/** Returns an element; `play(number)` is told the class of a key's pitch. */
export function pianoOf(pitches, play) {
  const known = new Map(Object.entries(pitches).map(([midi, number]) => [Number(midi), number]));
  const first = Math.min(...known.keys()), last = Math.max(...known.keys()), base = first - (first % 12);
  const from = BLACK.has(first % 12) ? first - 1 : first, to = BLACK.has(last % 12) ? last + 1 : last;
  const whites = [], blacks = [];
  for (let midi = from; midi <= to; midi++) (BLACK.has(midi % 12) ? blacks : whites).push(midi);
  const width = 100 / whites.length, typed = TYPED[0] && new Map([...TYPED].map((sign, at) => [sign, base + at]));
  const keys = new Map();

  function key(midi, classes, style) {
    const name = `${NOTE_NAMES[midi % 12]}${Math.floor(midi / 12) - 1}`;
    const sign = [...typed].find(([, other]) => other === midi)?.[0];
    const element = h("button", {
      type: "button", class: `mg-piano-key ${classes}`, style, title: sign ? `${name} (key ${sign.toUpperCase()})` : name,
      "aria-label": `play ${name}`, disabled: !known.has(midi), onclick: () => press(midi),
    }, h("span", {}, midi % 12 === 0 || midi === from ? name : ""));
    keys.set(midi, element);
    return element;
  }
  function press(midi) {
    if (!known.has(midi)) return;
    const element = keys.get(midi);
    element.classList.add("mg-pressed");
    setTimeout(() => element.classList.remove("mg-pressed"), 250);
    play(known.get(midi));
  }
  const element = h("div", { class: "mg-piano", role: "group", tabindex: 0, "aria-label": "piano: click a key, or play A W S E D F on the keyboard" },
    ...whites.map((midi, at) => key(midi, "mg-white", `left: ${at * width}%; width: ${width}%`)),
    ...blacks.map((midi) => key(midi, "mg-black", `left: ${(whites.filter((white) => white < midi).length - 0.3) * width}%; width: ${0.6 * width}%`)));
  element.addEventListener("keydown", (event) => {
    const midi = typed.get(event.key.toLowerCase());
    if (midi === undefined || event.repeat || event.ctrlKey || event.metaKey || !keys.has(midi)) return;
    event.preventDefault();
    event.stopPropagation();
    press(midi);
  });
  return element;
}
