// Buttons, knobs and the collapse doctor's lights.

const LIGHTS = { unmeasured: ["–", "not measured"], ok: ["✓", "no alarm"], warning: ["!", "look"], alarm: ["✕", "trouble"] };

/** Returns {element, update(status)}: pause or continue, stop, save a checkpoint. */
function actionBar(model) {
  const act = (action) => () => {
    if (action === "stop") { element.dataset.asked = "stop"; stop.textContent = "Stopping…"; stop.disabled = true; }
    model.send({ do: action });
  };
  const pause = button("Pause", act("pause"), { title: "Wait after the step in progress" });
  const go = button("Continue", act("continue"), { title: "Go on training" });
  const stop = button("Stop", act("stop"), { title: "Stop after the step in progress, with a checkpoint" });
  const save = button("Checkpoint", act("checkpoint"), { title: "Save a checkpoint now" });
  const element = h("div", { class: "mg-actions", role: "group", "aria-label": "steer the run" }, pause, go, stop, save);
  function update({ state, at_work }) {
    pause.hidden = state === "paused";
    go.hidden = state !== "paused";
    for (const one of [pause, go, save]) one.disabled = !at_work;
    if (!at_work) delete element.dataset.asked;
    stop.disabled = !at_work || element.dataset.asked === "stop";
    stop.textContent = stop.disabled && at_work ? "Stopping…" : "Stop";
  }
  return { element, update };
}

/** Returns {element, update(knobs)}: a number for each knob of the run. */
function knobPanel(model) {
  const rows = h("div", { class: "mg-knobs" });
  const element = h("details", { class: "mg-fold" }, h("summary", {}, "Knobs"), rows);
  const inputs = new Map();

  function row(name, { least, most }) {
    const limits = [least != null ? `at least ${shown(least)}` : "", most != null ? `at most ${shown(most)}` : ""];
    const input = h("input", {
      type: "number", step: "any", min: least, max: most, "aria-label": name,
      title: limits.filter(Boolean).join(", "),
      onchange: () => { if (input.value !== "") model.send({ set: { [name]: Number(input.value) } }); },
    });
    inputs.set(name, input);
    const back = button("↺", () => model.send({ set: { [name]: null } }), {
      "aria-label": `give ${name} back to its schedule`, title: "Back to its schedule",
    });
    return h("label", { class: "mg-knob" }, h("span", {}, name), input, back);
  }

  function update(knobs) {
    const names = Object.keys(knobs);
    element.hidden = !names.length;
    if (names.length !== inputs.size || names.some((name) => !inputs.has(name))) {
      inputs.clear();
      rows.replaceChildren(...names.map((name) => row(name, knobs[name])));
    }
    for (const name of names) {
      const input = inputs.get(name);
      // Not while somebody is typing in it.
      if (input.getRootNode().activeElement !== input) input.value = String(Number(knobs[name].value.toPrecision(5)));
    }
  }
  return { element, update };
}

/** Returns {element, update(health)}: a light with words for each finding, and its remedy. */
function healthPanel(model) {
  const element = h("ul", { class: "mg-health", "aria-label": "the run's health" });
  function light({ name, severity, text, remedy }) {
    const [sign, word] = LIGHTS[severity] ?? LIGHTS.warning;
    return h("li", { class: `mg-light mg-${severity}` },
      h("i", { "aria-hidden": "true" }, sign), h("b", {}, `${name.replaceAll("_", " ")}: ${word}`), h("span", {}, text),
      remedy ? cure(remedy) : null);
  }
  /** A button that turns knobs, or that goes on in a new run. */
  function cure({ name, text, knobs, needs_fork: needsFork }) {
    const title = needsFork ? "Stops this run, which stays as it is, and goes on in a new one"
      : `Set ${Object.entries(knobs).map(([knob, value]) => `${knob} = ${shown(value)}`).join(", ")}`;
    const act = () => { if (needsFork) one.disabled = true; model.send(needsFork ? { cure: name } : { set: knobs }); };
    const one = button(text, act, { class: "mg-remedy", title });
    return one;
  }
  function update(health) {
    const findings = health.findings ?? [];
    element.hidden = !findings.length;
    element.replaceChildren(...findings.map(light));
  }
  return { element, update };
}
