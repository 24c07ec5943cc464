// The dashboard of one run.

function render({ model, el }) {
  el.classList.add("mg", "mg-dashboard");
  const name = h("strong", { class: "mg-name" });
  const state = h("span", { class: "mg-state", role: "status", "aria-live": "polite" });
  const pace = h("span", { class: "mg-pace" });
  const bar = h("progress", { "aria-label": "how far the run is" });
  const trouble = h("div", { class: "mg-trouble", role: "alert", hidden: true });
  const answer = h("p", { class: "mg-answer", role: "status" });
  const actions = actionBar(model), knobs = knobPanel(model), health = healthPanel(model), previews = previewBox(model);
  const curves = curvePanel(model);
  const log = h("ul", { class: "mg-events" });
  const events = h("details", { class: "mg-fold" }, h("summary", {}, "What happened"), log);
  el.replaceChildren(
    h("header", {}, name, state, pace, actions.element), bar, trouble, health.element, answer,
    h("div", { class: "mg-body" }, curves.element, previews.element), knobs.element, events);

  function drawStatus() {
    const status = model.get("status"), { state: word, step, of, rate, seconds_left: left } = status;
    name.textContent = model.get("name");
    if (state.textContent !== word) state.textContent = word;
    const speed = rate && status.at_work ? [`${shown(rate)} steps/s`] : [];
    if (left != null && status.at_work) speed.push(`${duration(left)} left`);
    pace.textContent = [`step ${step} of ${of}`, ...speed].join(" · ");
    bar.max = of || 1;
    bar.value = step;
    Object.assign(el.dataset, { state: word, step });
    actions.update(status);
    drawTrouble(status);
  }

  function drawTrouble({ state: word, message, traceback }) {
    const failed = word === "failed";
    trouble.hidden = !message;
    trouble.classList.toggle("mg-failed", failed);
    const text = failed ? `Training failed: ${message}` : message;
    if (trouble.dataset.text === text + traceback) return;
    trouble.dataset.text = text + traceback;
    const details = traceback ? h("details", {}, h("summary", {}, "Where"), h("pre", {}, traceback)) : null;
    trouble.replaceChildren(h("span", {}, text), ...(details ? [details] : []));
  }

  function drawEvents() {
    const happened = model.get("events");
    events.hidden = !happened.length;
    log.replaceChildren(...happened.map(([, text]) => h("li", {}, text)));
  }

  function hear(content, buffers) {
    previews.onMessage(content, buffers);
    if ("error" in content || "told" in content) {
      answer.textContent = content.error ?? content.told;
      answer.classList.toggle("mg-failed", "error" in content);
    }
  }

  function drawPreviews() { el.dataset.previews = wholes(model.get("previews")).length; previews.update(); }
  const drawKnobs = () => knobs.update(model.get("knobs")), drawHealth = () => health.update(model.get("health"));
  const unfollow = follow(model, {
    "name status": drawStatus, curves: curves.update, "previews newest": drawPreviews, knobs: drawKnobs,
    health: drawHealth, events: drawEvents, "msg:custom": hear,
  });
  for (const draw of [drawStatus, curves.update, drawPreviews, drawKnobs, drawHealth, drawEvents]) draw();
  return () => { unfollow(); previews.stop(); };
}

/** Returns {element, update()}: the adversarial losses, the other terms, and a chart a metric. */
function curvePanel(model) {
  const log = h("input", { type: "checkbox", onchange: update });
  const smoothing = h("input", { type: "range", min: 0, max: 0.98, step: 0.02, value: 0, oninput: update });
  const charts = h("div", { class: "mg-charts" });
  const element = h("section", { class: "mg-curves", hidden: true }, charts,
    h("div", { class: "mg-options" }, h("label", {}, log, "logarithmic"), h("label", {}, "smoothing", smoothing)));
  const drawn = new Map();

  function update() {
    const groups = grouped(model.get("curves").map(({ name, steps, values }) => (
      { name, steps: floats(steps), values: floats(values) })));
    element.hidden = !groups.size;
    for (const [title, lines] of groups) {
      if (!drawn.has(title)) {
        drawn.set(title, lineChart(title));
        charts.append(drawn.get(title).element);
      }
      drawn.get(title).update(lines, { log: log.checked, smoothing: Number(smoothing.value) });
    }
  }
  return { element, update };
}

const TITLES = [
  [["adversarial"], "Adversarial losses"],
  [["real_logit", "fake_logit"], "The discriminator's logits"],
  [["advantage", "sign"], "The discriminator's advantage"],
];

function grouped(lines) {
  const groups = new Map();
  for (const line of lines) {
    const title = line.name.startsWith("health/") ? "Health" : line.name.startsWith("metric/") ? line.name.slice(7)
      : TITLES.find(([names]) => names.includes(line.name.split("/").at(-1)))?.[1] ?? "Penalties and other terms";
    groups.set(title, [...(groups.get(title) ?? []), line]);
  }
  return groups;
}

export default { render };
