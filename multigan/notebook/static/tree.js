// The tree of a run and its forks: a row a run, time from left to right, a dot a checkpoint.

import { button, follow, furnishRoot, h, mediaBox, s } from "./page.js";

const ROW = 34, TREE = { width: 720, left: 150, right: 20, top: 16 };

function render({ model, el }) {
  furnishRoot(el, "mg-tree");
  const plot = s("svg", { role: "group", "aria-label": "runs and their checkpoints" });
  const previews = h("div", { class: "mg-tree-preview" });
  const title = h("p", {}, "Choose a checkpoint to go back to.");
  const knob = h("select", { "aria-label": "knob to change", onchange: fill });
  const value = h("input", { type: "number", step: "any", "aria-label": "its new value" });
  const steps = h("input", { type: "number", min: 1, step: 1, placeholder: "same", "aria-label": "the new run's last step" });
  const go = button("Fork from here", start, { disabled: true });
  const answer = h("p", { class: "mg-answer", role: "status" });
  const panel = h("div", { class: "mg-tree-panel" }, title,
    h("div", { class: "mg-row" }, h("label", {}, "change ", knob), value),
    h("label", { class: "mg-row" }, "last step ", steps), go, answer);
  el.replaceChildren(plot, h("div", { class: "mg-tree-bottom" }, previews, panel));
  const boxes = [];
  let chosen = null;

  function draw() {
    const branches = model.get("branches"), last = Math.max(1, ...branches.map(({ end }) => end));
    const x = (step) => TREE.left + (step / last) * (TREE.width - TREE.left - TREE.right);
    const y = (index) => TREE.top + index * ROW + ROW / 2;
    const rows = new Map(branches.map(({ name }, index) => [name, index]));
    plot.setAttribute("viewBox", `0 0 ${TREE.width} ${TREE.top + branches.length * ROW + 6}`);
    const focused = plot.contains(el.getRootNode().activeElement) ? JSON.stringify(chosen) : null;
    plot.replaceChildren(...branches.flatMap((branch, index) => {
      const from = rows.get(branch.parent), parts = [];
      if (from !== undefined)
        parts.push(s("path", { class: "mg-fork", d: `M${x(branch.start)},${y(from)} C${x(branch.start)},${y(index)} ${x(branch.start)},${y(index)} ${x(branch.start) + 10},${y(index)}` }));
      parts.push(s("line", { class: `mg-branch mg-branch-${branch.state}`, x1: x(branch.start), x2: Math.max(x(branch.end), x(branch.start) + 2), y1: y(index), y2: y(index) }),
        s("text", { class: "mg-tick", x: 4, y: y(index) + 4 }, branch.name),
        s("text", { class: "mg-tick", x: x(branch.start) + 8, y: y(index) - 8 }, `${branch.changed || ""} ${branch.state === "finished" ? "" : branch.state}`));
      return [...parts, ...branch.checkpoints.map((step) => dot(branch.name, step, x(step), y(index)))];
    }));
    if (focused) plot.querySelector('[aria-pressed="true"]')?.focus();
    el.dataset.branches = branches.length;
  }

  function dot(name, step, cx, cy) {
    const mine = chosen && chosen[0] === name && chosen[1] === step;
    const pick = () => choose(name, step);
    return s("circle", {
      cx, cy, r: mine ? 7 : 5, class: `mg-checkpoint${mine ? " mg-chosen" : ""}`, tabindex: 0, role: "button",
      "aria-pressed": String(Boolean(mine)), "aria-label": `${name}, checkpoint of step ${step}`, onclick: pick,
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); pick(); } },
    }, s("title", {}, `${name}, step ${step}`));
  }

  function choose(name, step) {
    chosen = [name, step];
    title.textContent = `Back to step ${step} of ${name}, and on with`;
    go.disabled = false;
    model.send({ look: chosen });
    draw();
  }

  function fill() { value.value = model.get("knobs")[knob.value]?.value ?? ""; }

  function drawKnobs() {
    const names = Object.keys(model.get("knobs"));
    if (names.join() === [...knob.options].map((option) => option.value).join()) return;
    knob.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
    fill();
  }

  function start() {
    go.disabled = true;
    answer.textContent = "Loading the data …";
    answer.classList.remove("mg-failed");
    const knobs = value.value === "" ? {} : { [knob.value]: Number(value.value) };
    model.send({ fork: chosen, knobs, steps: steps.value ? Number(steps.value) : null });
  }

  function hear(content, buffers) {
    if ("looked" in content) {
      while (boxes.length < buffers.length) { boxes.push(mediaBox()); previews.append(boxes.at(-1).element); }
      boxes.forEach((box, index) => {
        box.element.hidden = index >= buffers.length;
        if (index < buffers.length) box.show(buffers[index], content.kinds[index], `samples of ${content.looked[0]} at about step ${content.looked[1]}`);
      });
      return;
    }
    go.disabled = false;
    answer.textContent = content.error ?? `${content.forked} is training.`;
    answer.classList.toggle("mg-failed", "error" in content);
  }

  const unfollow = follow(model, { branches: draw, knobs: drawKnobs, "msg:custom": hear });
  draw();
  drawKnobs();
  return () => { unfollow(); for (const box of boxes) box.clear(); };
}

export default { render };
