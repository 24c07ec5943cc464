// The collapse doctor in one line, which opens where something is wrong.

import { button, counted, h, shown } from "./page.js";

const HEALTH_SIGNS = { ok: "✓", warning: "!", alarm: "✕", unmeasured: "–" };
const HEALTH_WORDS = { ok: "fine", warning: "look", alarm: "trouble", unmeasured: "not measured" };

/** A finding that was not looked at is neither good nor bad. */
const severityOf = ({ severity, value }) => (severity === "warning" || severity === "alarm" ? severity : severity === "ok" && value != null ? "ok" : "unmeasured");

/** Returns {element, update(health, status)}; `send` asks the run, or the page around it, for a remedy. */
export function doctorLine(send) {
  const sign = h("i", { "aria-hidden": "true" }), said = h("b"), rest = h("span", { class: "mg-faint" });
  const bad = h("ul", { class: "mg-findings", "aria-label": "what is wrong" }), good = h("ul", { class: "mg-findings mg-fine", "aria-label": "what is fine" });
  const element = h("details", { class: "mg-doctor" }, h("summary", {}, sign, said, rest), bad, good);
  let worst = null, drawn = null;

  function update(health, status) {
    const findings = health.findings ?? [];
    element.hidden = !findings.length;
    if (!findings.length) return;
    const all = findings.map((finding) => ({ ...finding, severity: severityOf(finding) }));
    const wrong = all.filter(({ severity }) => severity === "alarm" || severity === "warning");
    const checked = all.filter(({ severity }) => severity !== "unmeasured").length;
    const now = wrong.some(({ severity }) => severity === "alarm") ? "alarm" : wrong.length ? "warning" : checked ? "ok" : "unmeasured";
    const known = JSON.stringify([findings, status.at_work]);
    if (known === drawn) return;
    drawn = known;
    element.dataset.severity = now;
    sign.textContent = HEALTH_SIGNS[now];
    said.textContent = headline(now, wrong);
    rest.textContent = ` ${checked} of ${all.length} checked${health.step ? ` at step ${counted(health.step)}` : ""}`;
    bad.hidden = !wrong.length;
    bad.replaceChildren(...wrong.map((finding) => light(finding, status)));
    good.replaceChildren(...all.filter((finding) => !wrong.includes(finding)).map((finding) => light(finding, status)));
    if (now !== worst) element.open = wrong.length > 0;  // until somebody folds it
    worst = now;
  }

  function light({ name, severity, text, remedy }, status) {
    const words = h("span", {}, h("b", {}, `${name.replaceAll("_", " ")}: ${HEALTH_WORDS[severity]}. `), text);
    return h("li", { class: `mg-light mg-${severity}` }, h("i", { "aria-hidden": "true" }, HEALTH_SIGNS[severity]), words,
      remedy && (severity === "warning" || severity === "alarm") ? cure(remedy, status) : null);
  }

  /** A button that turns knobs, or that goes on in a new run. */
  function cure({ name, text, knobs, needs_fork: needsFork }, status) {
    const turned = Object.entries(knobs ?? {}).map(([knob, value]) => `${knob} = ${shown(value)}`).join(", ");
    const title = needsFork ? "Stops this run, which stays as it is, and goes on in a new one" : `Sets ${turned}`;
    const act = () => { one.disabled = true; send(needsFork ? { cure: name } : { set: knobs }); };
    const one = button(needsFork ? "Apply in a new run" : "Apply", act, { class: "mg-remedy", title, disabled: !needsFork && !status.at_work });
    one.setAttribute("aria-label", `Apply: ${text}`);
    return h("span", { class: "mg-cure" }, one, text);
  }
  return { element, update };
}

function headline(now, wrong) {
  const first = wrong.find(({ severity }) => severity === now);
  if (first) return `${wrong.length === 1 ? "" : `${wrong.length} things to look at, first `}${first.name.replaceAll("_", " ")}:`;
  return now === "ok" ? "Healthy:" : "Not examined yet:";
}
