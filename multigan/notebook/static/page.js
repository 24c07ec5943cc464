// What every widget of multigan uses. The files are joined to one module, so nothing is imported.

const SVG = "http://www.w3.org/2000/svg";

/** Returns an element: h("button", {class: "x", onclick: f}, "Stop"). */
function h(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** Returns an SVG element. */
function s(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Returns a button in the page's own style. */
function button(text, onclick, attributes = {}) {
  const classes = `jupyter-button widget-button mg-button ${attributes.class ?? ""}`;
  return h("button", { type: "button", ...attributes, class: classes, onclick }, text);
}

/** Returns the little-endian float32 numbers in a buffer that the kernel sent. */
const floats = (view) => new Float32Array(copied(view));

/** Returns the little-endian uint32 numbers in a buffer that the kernel sent. */
const wholes = (view) => new Uint32Array(copied(view));

function copied(view) {
  if (!view?.byteLength) return new ArrayBuffer(0);
  const { buffer, byteOffset, byteLength } = view;
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Returns a number as people write it. */
function shown(value) {
  if (value == null) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** Returns a time as people say it: "7 s", "1 min 15 s", "1 h 2 min". */
function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const MEDIA = { ".png": "image/png", ".gif": "image/gif", ".wav": "audio/wav" };

/** A place that shows one file of samples, whatever its kind, and frees what it showed before. */
function mediaBox(classes = "") {
  const element = h("div", { class: `mg-media ${classes}` });
  let url = null, playing = null;
  const clear = () => { if (url) URL.revokeObjectURL(url); url = null; };
  function show(bytes, suffix, text) {
    clear();
    element.setAttribute("data-kind", suffix.slice(1));
    if (suffix === ".txt") {
      element.replaceChildren(h("pre", { tabindex: 0, "aria-label": text }, new TextDecoder().decode(bytes)));
      return;
    }
    url = URL.createObjectURL(new Blob([bytes], { type: MEDIA[suffix] ?? "application/octet-stream" }));
    if (suffix === ".wav") {
      playing = h("audio", { controls: true, src: url, "aria-label": text });
      element.replaceChildren(playing);
    } else if (suffix in MEDIA) {
      let image = element.querySelector("img");  // kept, so that the picture does not flicker
      if (!image) element.replaceChildren((image = h("img")));
      image.alt = text;
      image.src = url;
    } else {
      element.replaceChildren(h("a", { href: url, download: `samples${suffix}` }, text));
    }
  }
  return { element, show, clear };
}

/** Follows changes of a model's traits until the widget goes; returns how to stop. */
function follow(model, handlers) {
  const entries = Object.entries(handlers).map(([names, handler]) => [names.split(" "), handler]);
  const events = entries.flatMap(([names, handler]) =>
    names.map((name) => [name.startsWith("msg:") ? name : `change:${name}`, handler]));
  for (const [event, handler] of events) model.on(event, handler);
  return () => { for (const [event, handler] of events) model.off(event, handler); };
}
