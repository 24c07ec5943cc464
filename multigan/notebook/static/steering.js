// Buttons and knobs.

import { button, h, shown, tell } from "./page.js";

const MORE = {
  resume: ["Resume", "Go on from the latest checkpoint"],
  explore: ["Explore", "Play with its generator"],
  report: ["Report", "All of it on one page"],
};
const ENDED = ["stopped", "interrupted", "failed"];

/** Returns {element, update(status)}: pause or continue, stop, save a checkpoint; and what the trait `offers` names. */
export function actionBar(model) {
  const act = (action) => () => {
    if (action === "stop") { element.dataset.asked = "stop"; stop.textContent = "Stopping…"; stop.disabled = true; }
    if (!tell(model, { do: action })) element.dispatchEvent(new CustomEvent("mg-lost", { bubbles: true }));
  };
  const pause = button("Pause", act("pause"), { title: "Wait after the step in progress" });
  const go = button("Continue", act("continue"), { title: "Go on training" });
  const stop = button("Stop", act("stop"), { title: "Stop after the step in progress, with a checkpoint" });
  const save = button("Checkpoint", act("checkpoint"), { title: "Save a checkpoint now" });
  const offered = (model.get("offers") ?? []).map((name) => [name, button(MORE[name][0], act(name), { title: MORE[name][1] })]);
  const element = h("div", { class: "mg-actions", role: "group", "aria-label": "steer the run" }, pause, go, stop, save, ...offered.map(([, one]) => one));
  function update({ state, at_work }, isLost) {
    const isOver = !at_work || isLost;
    pause.hidden = !at_work || state === "paused";
    go.hidden = !at_work || state !== "paused";
    stop.hidden = save.hidden = !at_work;
    for (const one of [pause, go, save]) one.disabled = isOver;
    for (const [name, one] of offered) {
      one.hidden = at_work || state === "deleted" || !state || (name === "resume" && !ENDED.includes(state));
      one.disabled = isLost;
    }
    if (!at_work) delete element.dataset.asked;
    stop.disabled = isOver || element.dataset.asked === "stop";
    stop.textContent = stop.disabled && !isOver ? "Stopping…" : "Stop";
  }
  return { element, update };
}

const OF_PLAYERS = {
  learning_rate: ["learning rate", "per step"],
  rate_scale: ["factor of the learning rate", "1 is the recipe's"],
  beta2: ["memory of squared gradients, β₂", "0 to 1"],
};
const IN_WORDS = {
  "r1.weight": ["R1: penalty on real samples' gradients", "weight"],
  "r2.weight": ["R2: penalty on generated samples' gradients", "weight"],
  "gradient_penalty.weight": ["gradient penalty between real and generated", "weight"],
  "top_k.share": ["share of the best samples that teach the generator", "0 to 1"],
  discriminator_steps: ["discriminator's steps for one of the generator's", "steps"],
  "average.half_life": ["half-life of the averaged generator", "samples"],
  growth: ["how far the networks have grown", "0 to 1"],
};

/** Returns a knob in words, and its unit. */
export function knobInWords(name) {
  const [player, last] = name.split(".");
  if (name in IN_WORDS) return IN_WORDS[name];
  if (last in OF_PLAYERS) return [`${player}'s ${OF_PLAYERS[last][0]}`, OF_PLAYERS[last][1]];
  return [name.replaceAll("_", " ").replaceAll(".", ": "), ""];
}

/** Returns {element, update(knobs, isOff)}: a number for each knob of the run. Enter asks, and empty gives it back. */
export function knobPanel(model) {
  const rows = h("div", { class: "mg-knobs" });
  const note = h("p", { class: "mg-note" }, "Enter asks the run for the value. ↺ gives the knob back to its schedule.");
  const element = h("details", { class: "mg-fold" }, h("summary", {}, "Knobs"), rows, note);
  const inputs = new Map();

  function row(name, { least, most }) {
    const [words, unit] = knobInWords(name);
    const limits = [least != null ? `at least ${shown(least)}` : "", most != null ? `at most ${shown(most)}` : ""].filter(Boolean).join(", ");
    const isWrong = () => input.value.trim() !== "" && !(Number(input.value) >= (least ?? -Infinity) && Number(input.value) <= (most ?? Infinity));
    const turn = () => {
      if (!isWrong()) tell(model, { set: { [name]: input.value.trim() === "" ? null : Number(input.value) } });
    };
    const input = h("input", {
      type: "text", inputmode: "decimal", "aria-label": name, title: [name, limits].filter(Boolean).join(": "),
      oninput: () => { input.dataset.typed = "true"; input.setAttribute("aria-invalid", String(isWrong())); },
      onblur: () => { delete input.dataset.typed; input.setAttribute("aria-invalid", "false"); input.value = input.dataset.value; },
      onkeydown: (event) => { if (event.key === "Enter") { event.stopPropagation(); turn(); delete input.dataset.typed; } },
    });
    const back = button("↺", () => tell(model, { set: { [name]: null } }), {
      class: "mg-back", "aria-label": `give ${name} back to its schedule`, title: "Back to its schedule",
    });
    inputs.set(name, [input, back]);
    return h("div", { class: "mg-knob" }, h("span", { title: name }, words, unit ? h("small", {}, unit) : null), input, back);
  }

  function update(knobs, isOff) {
    const names = Object.keys(knobs);
    element.hidden = !names.length;
    if (names.length !== inputs.size || names.some((name) => !inputs.has(name))) {
      inputs.clear();
      rows.replaceChildren(...names.map((name) => row(name, knobs[name])));
    }
    for (const name of names) {
      const [input, back] = inputs.get(name);
      input.disabled = back.disabled = isOff;
      input.dataset.value = shown(knobs[name].value).replaceAll(",", "");
      if (!input.dataset.typed) input.value = input.dataset.value;  // not while somebody is typing in it
    }
  }
  return { element, update };
}
