// Line charts: named lines, smoothing, a logarithmic axis, values under the pointer or the arrow keys.

import { counted, h, inWords, s, shown } from "./page.js";
import { makeScales, nearest, smoothed } from "./scales.js";

const MARGIN = { left: 52, right: 12, top: 8, bottom: 24 };
const LOOKS_OF_LINES = 8;  // colors and dashes, see page.css
const FIRST_WIDTH = 480;  // pixels, until the page has said how much there is

/** Returns a chart: {element, update(lines, {log, smoothing}), stop()}, lines = [{name, steps, values}]. */
export function lineChart(title, { height = 210, isSmall = false } = {}) {
  const plot = s("svg", { class: "mg-plot", height, tabindex: isSmall ? -1 : 0, role: "img" });
  const legend = h("div", { class: "mg-legend" }), note = h("p", { class: "mg-note", hidden: true });
  const caption = h("figcaption", {}, title);
  const element = h("figure", { class: "mg-chart", "data-title": title }, ...(isSmall ? [plot] : [caption, legend, plot, note]));
  const hidden = new Set();
  let lines = [], options = {}, cursor = null, scales = null, width = FIRST_WIDTH;

  function update(newLines, newOptions) {
    lines = newLines;
    options = newOptions;
    draw();
  }

  function draw() {
    const visible = lines.filter((line) => !hidden.has(line.name));
    scales = makeScales(visible, { width, height, isLog: options.log, ...(isSmall ? SMALL : MARGIN) });
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const axes = scales && !isSmall ? drawAxes(scales) : [];
    plot.replaceChildren(...axes, ...(scales ? drawLines(lines, visible, scales, options) : []), ...drawCursor(visible));
    const said = lines.map((line) => `${line.label ?? line.name} ${shown(line.values.at(-1))}`).join(", ");
    plot.setAttribute("aria-label", `${title}: ${said}. Arrow keys read earlier values.`);
    drawNote(visible);
    drawLegend();
  }

  function drawNote(visible) {
    const negative = options.log ? visible.filter((line) => line.values.some((value) => value <= 0)).length : 0;
    const { above = 0, below = 0 } = scales?.y ?? {};
    const parts = [];
    if (negative) parts.push(`${negative} without positive values everywhere: a logarithm cannot show them.`);
    if (above) parts.push(`${above} ${above === 1 ? "value" : "values"} up to ${shown(scales.y.most)} lie above.`);
    if (below) parts.push(`${below} ${below === 1 ? "value" : "values"} down to ${shown(scales.y.least)} lie below.`);
    note.hidden = !parts.length;
    note.textContent = parts.join(" ");
  }

  function drawLegend() {
    if (legend.childElementCount !== lines.length + 1)
      legend.replaceChildren(h("span", { class: "mg-at" }), ...lines.map((line, index) => legendButton(line, index)));
    legend.firstChild.textContent = cursor == null ? "newest" : `step ${counted(cursor)}`;
    lines.forEach((line, index) => {
      const at = cursor == null ? line.values.length - 1 : nearest(line.steps, cursor);
      legend.children[index + 1].lastElementChild.textContent = shown(line.values[at]);
    });
  }

  function legendButton({ name, label }, index) {
    const toggle = () => {
      hidden.has(name) ? hidden.delete(name) : hidden.add(name);
      key.setAttribute("aria-pressed", String(!hidden.has(name)));
      draw();
    };
    const key = h("button", {
      type: "button", class: `mg-key ${look(index)}`, "aria-pressed": "true", title: `Show or hide ${name}`, onclick: toggle,
    }, s("svg", { width: 20, height: 8, "aria-hidden": "true" }, s("line", { x1: 0, x2: 20, y1: 4, y2: 4 })), h("span", {}, label ?? inWords(name)), h("b"));
    return key;
  }

  function drawCursor(visible) {
    if (cursor == null || !scales || isSmall) return [];
    const x = scales.x(cursor);
    return [s("line", { class: "mg-cursor", x1: x, x2: x, y1: MARGIN.top, y2: height - MARGIN.bottom }),
      ...visible.map((line) => {
        const value = smoothed(line.values, options.smoothing)[nearest(line.steps, cursor)];
        return s("circle", { cx: x, cy: scales.y.kept(value), r: 3, class: look(lines.indexOf(line)) });
      })];
  }

  function drawAxes({ x, y }) {
    const bottom = height - MARGIN.bottom, edge = width - 20;
    const rows = y.ticks.flatMap((tick) => [
      s("line", { class: "mg-grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
      s("text", { class: "mg-tick", x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }, shown(tick)),
    ]);
    return [...rows, ...x.ticks.map((tick) => s("text", {
      class: "mg-tick", x: x(tick) > edge ? width - 2 : x(tick), y: bottom + 16, "text-anchor": x(tick) > edge ? "end" : "middle",
    }, shown(tick)))];
  }

  function point(step) { cursor = step; draw(); }

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect(), line = longest(lines);
    if (scales && line && !isSmall) point(line.steps[nearest(line.steps, scales.x.back(event.clientX - box.left))]);
  });
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key], line = longest(lines);
    if (!move || !line) return;
    event.preventDefault();
    event.stopPropagation();  // JupyterLab would move to another cell
    const last = line.steps.length - 1;
    const at = cursor == null ? last + (move < 0 ? 0 : -1) : nearest(line.steps, cursor) + move;
    point(line.steps[Math.max(0, Math.min(last, at))]);
  });
  const sizes = new ResizeObserver(([entry]) => {
    const found = Math.floor(entry.contentRect.width);
    if (found > 0 && found !== width) { width = found; draw(); }
  });
  sizes.observe(plot);
  return { element, update, stop: () => sizes.disconnect() };
}

const SMALL = { left: 2, right: 2, top: 3, bottom: 3 };

const look = (index) => `mg-line-${index % LOOKS_OF_LINES}`;

const longest = (lines) => lines.reduce((best, line) => (line.steps.length > (best?.steps.length ?? 0) ? line : best), null);

function drawLines(lines, visible, scales, { log, smoothing }) {
  return visible.flatMap((line) => {
    const classes = look(lines.indexOf(line));
    const raw = smoothing ? [polyline(line.steps, line.values, scales, log, `${classes} mg-raw`)] : [];
    return [...raw, polyline(line.steps, smoothed(line.values, smoothing), scales, log, classes)];
  });
}

function polyline(steps, values, { x, y }, log, classes) {
  const places = [];
  for (let i = 0; i < steps.length; i++)
    if (!log || values[i] > 0) places.push(`${x(steps[i]).toFixed(1)},${y.kept(values[i]).toFixed(1)}`);
  if (places.length === 1) {
    const [cx, cy] = places[0].split(",");
    return s("circle", { cx, cy, r: 2.5, class: classes });
  }
  return s("polyline", { points: places.join(" "), class: classes });
}
