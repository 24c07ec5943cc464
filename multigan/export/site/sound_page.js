// A page of sounds: a spectrogram under the hand, and a piano where classes are pitches.

import { addChance, Sheet } from "./chance.js";
import { addConditions } from "./conditions.js";
import { DirectionSliders } from "./directions.js";
import { byId, download, element } from "./dom.js";
import { Notes, mono } from "./notes.js";
import { Piano } from "./piano.js";
import { Pins } from "./pins.js";
import { Player, wavOf } from "./player.js";
import { drawSpectrogram, newSpectrogram } from "./spectrogram.js";
import { Stage } from "./stage.js";
import { Studio } from "./studio.js";
import { Tunes } from "./tunes.js";

export function soundPage(generator) {
  const { facts } = generator, player = new Player(facts.sample_rate, facts.channels);
  const heard = (sample) => mono(sample.waveform, facts.channels);
  const studio = new Studio(generator, {
    draw: (canvas, sample) => drawSpectrogram(canvas, heard(sample)),
    picture: (sample) => newSpectrogram(heard(sample)),
  });
  const stage = new Stage(studio), page = { studio, stage, player };
  const play = () => {
    player.silence();
    player.strike(player.bufferOf(studio.sample.waveform));
  };
  studio.addEventListener("released", play);
  byId("own").append(
    element("button", { type: "button", className: "primary", onclick: play }, "▶ Play"),
    element("button", { type: "button", onclick: () =>
      download("sample.wav", wavOf(studio.sample.waveform, facts.sample_rate, facts.channels)),
    }, "Save WAV"));
  if (facts.pitches.length) {
    page.notes = new Notes(studio, player);
    page.piano = new Piano(studio, page.notes, player);
    byId("own").append(element("button", { type: "button",
      onclick: () => page.piano.hearMidi() }, "MIDI"));
    page.tunes = new Tunes(page.notes, player);
  } else addConditions(studio);
  addChance(studio);
  new DirectionSliders(studio, stage);
  new Sheet(studio, play);
  page.pins = new Pins(studio, () => player.sounding.size || play());
  page.hint = facts.pitches.length
    ? "Drag for another timbre; play with A to K on your keyboard."
    : "Drag for another sound.";
  page.open = () => studio.move(() => {});
  return page;
}
