// Line charts: named lines, smoothing, a logarithmic axis, values under the pointer or the arrow keys.

const CHART = { width: 560, height: 210, left: 58, right: 12, top: 10, bottom: 28 };
const LOOKS_OF_LINES = 6;  // colors and dashes, see page.css

/** Returns a chart: {element, update(lines, {log, smoothing})}, lines = [{name, steps, values}]. */
function lineChart(title) {
  const plot = s("svg", {
    viewBox: `0 0 ${CHART.width} ${CHART.height}`, class: "mg-plot", tabindex: 0, role: "img",
  });
  const legend = h("div", { class: "mg-legend" });
  const note = h("p", { class: "mg-note", hidden: true });
  const element = h("figure", { class: "mg-chart" }, h("figcaption", {}, title), plot, legend, note);
  const hidden = new Set();
  let lines = [], options = {}, cursor = null, scales = null;

  function update(newLines, newOptions) {
    lines = newLines;
    options = newOptions;
    draw();
  }

  function draw() {
    const visible = lines.filter((line) => !hidden.has(line.name));
    scales = makeScales(visible, options.log);
    plot.replaceChildren(...(scales ? drawing(lines, visible, scales, options) : []), cursorLine());
    const said = lines.map((line) => `${line.name} ${shown(line.values.at(-1))}`).join(", ");
    plot.setAttribute("aria-label", `${title}: ${said}. Arrow keys read earlier values.`);
    note.hidden = !(options.log && visible.some((line) => line.values.some((value) => value <= 0)));
    note.textContent = "Values of zero and below have no place on a logarithmic axis.";
    drawLegend();
  }

  function drawLegend() {
    if (legend.childElementCount !== lines.length)
      legend.replaceChildren(...lines.map((line, index) => legendButton(line.name, index)));
    lines.forEach((line, index) => {
      const key = legend.children[index];
      const at = cursor == null ? line.values.length - 1 : nearest(line.steps, cursor);
      key.lastElementChild.textContent = shown(line.values[at]);
    });
  }

  function legendButton(name, index) {
    const toggle = () => {
      hidden.has(name) ? hidden.delete(name) : hidden.add(name);
      key.setAttribute("aria-pressed", String(!hidden.has(name)));
      draw();
    };
    const key = h("button", {
      type: "button", class: `mg-key mg-line-${index % LOOKS_OF_LINES}`, "aria-pressed": "true",
      title: `Show or hide ${name}`, onclick: toggle,
    }, h("i"), h("span", {}, name), h("b"));
    return key;
  }

  function cursorLine() {
    if (cursor == null || !scales) return "";
    const x = scales.x(cursor);
    return s("g", {},
      s("line", { class: "mg-cursor", x1: x, x2: x, y1: CHART.top, y2: CHART.height - CHART.bottom }),
      s("text", { class: "mg-tick", x: Math.min(x + 4, CHART.width - 70), y: CHART.top + 10 }, `step ${cursor}`));
  }

  function point(step) { cursor = step; draw(); }

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect(), line = lines[0];
    if (!scales || !line) return;
    const x = ((event.clientX - box.left) / box.width) * CHART.width;
    point(line.steps[nearest(line.steps, scales.x.back(x))]);
  });
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key], line = lines[0];
    if (!move || !line) return;
    event.preventDefault();
    event.stopPropagation();  // JupyterLab would move to another cell
    const last = line.steps.length - 1;
    const at = cursor == null ? last : nearest(line.steps, cursor);
    point(line.steps[Math.max(0, Math.min(last, at + move * Math.max(1, Math.round(last / 50))))]);
  });
  return { element, update };
}

function drawing(lines, visible, { x, y }, { log, smoothing }) {
  const bottom = CHART.height - CHART.bottom;
  const parts = y.ticks.flatMap((tick) => [
    s("line", { class: "mg-grid", x1: CHART.left, x2: CHART.width - CHART.right, y1: y(tick), y2: y(tick) }),
    s("text", { class: "mg-tick", x: CHART.left - 6, y: y(tick) + 4, "text-anchor": "end" }, shown(tick)),
  ]);
  const edge = CHART.width - 20;  // where a label in the middle of its tick would be cut off
  parts.push(...x.ticks.map((tick) => (x(tick) > edge
    ? s("text", { class: "mg-tick", x: CHART.width - 2, y: bottom + 18, "text-anchor": "end" }, shown(tick))
    : s("text", { class: "mg-tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" }, shown(tick)))));
  for (const line of visible) {
    const look = `mg-line-${lines.indexOf(line) % LOOKS_OF_LINES}`;
    if (smoothing) parts.push(polyline(line.steps, line.values, x, y, log, `${look} mg-raw`));
    parts.push(polyline(line.steps, smoothed(line.values, smoothing), x, y, log, look));
  }
  return parts;
}

function polyline(steps, values, x, y, log, classes) {
  const places = [];
  for (let i = 0; i < steps.length; i++)
    if (!log || values[i] > 0) places.push(`${x(steps[i]).toFixed(1)},${y(values[i]).toFixed(1)}`);
  if (places.length === 1) {
    const [cx, cy] = places[0].split(",");
    return s("circle", { cx, cy, r: 2.5, class: classes });
  }
  return s("polyline", { points: places.join(" "), class: classes });
}

/** Returns an exponential average that starts unbiased, as TensorBoard's does. */
function smoothed(values, share) {
  if (!share) return values;
  let sum = 0, weight = 0;
  return Array.from(values, (value) => {
    sum = share * sum + (1 - share) * value;
    weight = share * weight + (1 - share);
    return sum / weight;
  });
}

function makeScales(lines, log) {
  let [low, high, first, last] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { steps, values } of lines) {
    for (const value of values)
      if (!log || value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
    if (steps.length) { first = Math.min(first, steps[0]); last = Math.max(last, steps.at(-1)); }
  }
  if (!Number.isFinite(low) || !Number.isFinite(first)) return null;
  const x = scale(first, last, CHART.left, CHART.width - CHART.right, false, 0, 6);
  const y = scale(low, high, CHART.height - CHART.bottom, CHART.top, log, 0.05, 5);
  return { x, y };
}

function scale(low, high, start, end, log, padding, count) {
  const way = log ? Math.log10 : (value) => value, back = log ? (v) => 10 ** v : (v) => v;
  let [a, b] = [way(low), way(high)];
  const margin = b > a ? padding * (b - a) : Math.abs(a) / 10 || 1;
  [a, b] = [a - margin, b + margin];
  const place = (value) => start + ((way(value) - a) / (b - a)) * (end - start);
  place.back = (at) => back(a + ((at - start) / (end - start)) * (b - a));
  place.ticks = niceTicks(a, b, count).map(back);
  return place;
}

/** Returns about `count` round numbers within [low, high]: multiples of 1, 2 or 5 times 10^k. */
function niceTicks(low, high, count) {
  const power = 10 ** Math.floor(Math.log10((high - low) / count));
  const step = [1, 2, 5, 10].map((multiple) => multiple * power)
    .reduce((best, one) => Math.abs((high - low) / one - count) < Math.abs((high - low) / best - count) ? one : best);
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) ticks.push(index * step);
  return ticks;
}

/** Returns the index of the step nearest to `step`; steps rise. */
function nearest(steps, step) {
  let low = 0, high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    steps[middle] < step ? (low = middle + 1) : (high = middle);
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}
