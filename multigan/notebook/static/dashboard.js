// The dashboard of one run: samples first. A notebook's widget and JupyterLab's main area both draw this.

import { curvePanel } from "./curves.js";
import { doctorLine } from "./doctor.js";
import { counted, duration, follow, furnishRoot, h, shown, tell, watchConnection, wholes } from "./page.js";
import { previewBox } from "./previews.js";
import { actionBar, knobPanel } from "./steering.js";

const STATE_SIGNS = { loading: "…", created: "…", running: "▶", paused: "❚❚", finished: "✓", stopped: "■", failed: "✕", interrupted: "⚡", deleted: "✕", silent: "⚡", lost: "⚡" };

function render({ model, el }) {
  furnishRoot(el, "mg-dashboard");
  const name = h("strong", { class: "mg-name" });
  const state = h("span", { class: "mg-state", role: "status", "aria-live": "polite" });
  const pace = h("span", { class: "mg-pace" });
  const bar = h("progress", { "aria-label": "how far the run is" });
  const trouble = h("div", { class: "mg-trouble", role: "alert", hidden: true });
  const answer = h("p", { class: "mg-answer", role: "status" });
  const actions = actionBar(model), knobs = knobPanel(model), previews = previewBox(model), curves = curvePanel(model);
  const doctor = doctorLine((message) => tell(model, message) || lose());
  const log = h("ul", { class: "mg-events", tabindex: 0 });
  const events = h("details", { class: "mg-fold" }, h("summary", {}, "What happened"), log);
  el.replaceChildren(
    h("div", { class: "mg-head" }, name, state, pace, actions.element), bar, trouble, doctor.element, answer,
    h("div", { class: "mg-body" }, previews.element, curves.element), h("div", { class: "mg-folds" }, knobs.element, events));
  let isLost = false;

  function drawStatus() {
    const status = model.get("status"), loading = model.get("loading");
    const known = isLost ? "lost" : loading ? "loading" : status.silent ? "silent" : status.state ?? "loading";
    const word = { lost: "no kernel", loading: "loading" }[known] ?? status.said ?? status.state;
    name.textContent = model.get("name");
    if (state.dataset.word !== word) state.replaceChildren(h("span", { "aria-hidden": "true" }, STATE_SIGNS[known] ?? "?"), ` ${word}`);
    Object.assign(state.dataset, { state: known, word });
    pace.textContent = loading || paceOf(status);
    bar.max = status.of || 1;
    loading ? bar.removeAttribute("value") : (bar.value = status.step ?? 0);
    bar.hidden = !loading && !status.at_work;
    Object.assign(el.dataset, { state: loading ? "loading" : status.state, step: status.step ?? 0 });
    actions.update(status, isLost);
    drawTrouble(status);
    drawKnobs();
    drawHealth();
  }

  function paceOf({ state: word, step, of, rate, seconds_left: left, at_work: isAtWork }) {
    if (word === undefined) return "";
    const speed = rate && isAtWork && word === "running" ? [`${shown(rate)} steps/s`] : [];
    if (left != null && isAtWork && word === "running") speed.push(`${duration(left)} left`);
    return [of ? `step ${counted(step)} of ${counted(of)}` : `step ${counted(step ?? 0)}`, ...speed].join(" · ");
  }

  function drawTrouble({ state: word, message = "", traceback = "" }) {
    const failed = word === "failed" && !isLost;
    const text = isLost ? LOST.replaceAll("NAME", model.get("name")) : failed ? `Training failed: ${message}` : message;
    trouble.hidden = !text;
    trouble.classList.toggle("mg-failed", failed);
    if (trouble.dataset.text === text + traceback) return;
    trouble.dataset.text = text + traceback;
    const details = traceback && !isLost ? h("details", {}, h("summary", {}, "Where"), h("pre", {}, traceback)) : null;
    trouble.replaceChildren(h("span", {}, text), ...(details ? [details] : []));
  }

  function drawEvents() {
    const happened = model.get("events");
    events.hidden = !happened.length;
    log.replaceChildren(...happened.map(([, text]) => h("li", {}, text)));
  }

  function hear(content, buffers) {
    connection.heard();
    previews.hear(content, buffers);
    if ("error" in content || "told" in content) {
      answer.textContent = content.error ?? content.told;
      answer.classList.toggle("mg-failed", "error" in content);
    }
  }

  function lose(now = true) {
    isLost = now;
    el.classList.toggle("mg-lost", isLost);
    drawStatus();
    return false;
  }

  function drawPreviews() { el.dataset.previews = wholes(model.get("previews")).length; previews.update(); }
  const isOff = () => isLost || !model.get("status").at_work;
  function drawKnobs() { knobs.update(model.get("knobs"), isOff()); }
  function drawHealth() { doctor.update(model.get("health"), { at_work: !isOff() }); }
  const connection = watchConnection(model, lose);
  const unfollow = follow(model, {
    "name status loading": () => { connection.heard(); drawStatus(); }, "curves chart": curves.update, "previews newest real loading": drawPreviews, knobs: drawKnobs,
    health: drawHealth, events: drawEvents, "msg:custom": hear,
  });
  el.addEventListener("mg-lost", () => lose());
  for (const draw of [drawStatus, curves.update, drawPreviews, drawEvents]) draw();
  return () => { unfollow(); connection.stop(); previews.stop(); curves.stop(); };
}

const LOST = "The kernel that drew this has gone, or does not answer; a run that it trained has then stopped, with its checkpoints. To see how it stands: %multigan watch NAME. To go on: %multigan resume NAME.";

export default { render };
