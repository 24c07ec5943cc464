// What every view of multigan uses, in a notebook's widget and in JupyterLab's main area.

const SVG = "http://www.w3.org/2000/svg";

/** Returns an element: h("button", {class: "x", onclick: f}, "Stop"). */
export function h(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** Returns an SVG element. */
export function s(tag, attributes = {}, ...children) {
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

/**
 * Makes an element the root of a view. Keys typed in it are its own: JupyterLab's "d d" deletes a cell.
 *
 * JupyterLab asks each element from the focused one upwards first whether a shortcut is meant for it, and only
 * then whether it suppresses them: so the focused one has to say so itself.
 */
export function furnishRoot(el, ...classes) {
  el.classList.add("mg", ...classes);
  el.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true"));
}

const PING_MS = 3000, MOST_UNANSWERED = 3;

/**
 * Calls `change(isLost)` when the kernel behind a view is gone, or answers again; for models that have `pings`.
 *
 * No widget manager says so reliably after a restart, so the view asks now and then. Whatever the kernel sends
 * counts as an answer; `heard` is to be called with it. Returns {heard(), stop()}.
 */
export function watchConnection(model, change) {
  let unanswered = 0, isLost = false;
  const set = (now) => { if (now !== isLost) { isLost = now; change(now); } };
  const ping = () => { unanswered += 1; set(!tell(model, { ping: true }) || unanswered > MOST_UNANSWERED); };
  const timer = model.get("pings") ? setInterval(ping, PING_MS) : 0;
  return { heard: () => { unanswered = 0; set(false); }, stop: () => clearInterval(timer) };
}

/** Sends a message; returns whether there was anybody to send it to. */
export function tell(model, message, buffers = []) {
  try {
    model.send(message, undefined, buffers);
    return true;
  } catch (error) {
    console.warn(`multigan: the kernel is gone (${error.message})`);
    return false;
  }
}

/** Returns a button in the page's own style. */
export function button(text, onclick, attributes = {}) {
  const classes = `jupyter-button widget-button mg-button ${attributes.class ?? ""}`;
  return h("button", { type: "button", ...attributes, class: classes, onclick }, text);
}

/** Returns the little-endian float32 numbers in a buffer that the kernel sent. */
export const floats = (view) => new Float32Array(copied(view));

/** Returns the little-endian uint32 numbers in a buffer that the kernel sent. */
export const wholes = (view) => new Uint32Array(copied(view));

function copied(view) {
  if (!view?.byteLength) return new ArrayBuffer(0);
  const { buffer, byteOffset, byteLength } = view;
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Returns a number as people write it: 0.00052, 5.2e-5, 1.386, 12,500, 1.25M. */
export function shown(value) {
  if (value == null || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(1);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(size < 1e-2 ? 2 : 4)));
}

/** Returns a count of steps: 200,000. */
export const counted = (steps) => Math.round(steps).toLocaleString("en");

/** Returns a name of the log's in words: "health/generator_gradient" is "generator gradient". */
export const inWords = (name) => name.replace(/^(health|metric)\//, "").replaceAll("_", " ").replaceAll("/", " ");

/** Returns a time as people say it: "7 s", "1 min 15 s", "1 h 2 min". */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const MEDIA = { ".png": "image/png", ".gif": "image/gif", ".wav": "audio/wav" };

/** A place that shows one file of samples, whatever its kind, and frees what it showed before. */
export function mediaBox(classes = "", { isFocusable = true } = {}) {
  const element = h("div", { class: `mg-media ${classes}` });
  let url = null, playing = null, last = null;
  const clear = () => { if (url) URL.revokeObjectURL(url); url = last = null; };
  function show(bytes, suffix, text) {
    if (bytes === last) return;
    clear();
    last = bytes;
    element.setAttribute("data-kind", suffix.slice(1));
    if (suffix === ".txt") {
      element.replaceChildren(h("pre", isFocusable ? { tabindex: 0, "aria-label": text } : {}, new TextDecoder().decode(bytes)));
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
export function follow(model, handlers) {
  const entries = Object.entries(handlers).map(([names, handler]) => [names.split(" "), handler]);
  const events = entries.flatMap(([names, handler]) =>
    names.map((name) => [name.startsWith("msg:") ? name : `change:${name}`, handler]));
  for (const [event, handler] of events) model.on(event, handler);
  return () => { for (const [event, handler] of events) model.off(event, handler); };
}

/** Gives the reader a file. */
export function save(bytes, name, suffix) {
  const url = URL.createObjectURL(new Blob([bytes], { type: MEDIA[suffix] ?? "application/octet-stream" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const SHEET_PIXELS = 96, SHEET_GAP = 2;  // of a picture on a sheet, at least

/** Gives the reader all files: pictures on one sheet, texts line by line, anything else one by one. */
export async function saveSheet(files, name) {
  const [{ kind }] = files;
  if (kind === ".txt") return save(files.map(({ content }) => `${new TextDecoder().decode(content)}\n`).join(""), `${name}.txt`, kind);
  if (kind !== ".png") return files.forEach((file, index) => save(file.content, `${name}-${index + 1}${kind}`, kind));
  const pictures = await Promise.all(files.map(({ content }) => createImageBitmap(new Blob([content], { type: MEDIA[kind] }))));
  const columns = Math.ceil(Math.sqrt(pictures.length)), scale = Math.max(1, Math.ceil(SHEET_PIXELS / pictures[0].width));
  const [width, height] = [pictures[0].width * scale + SHEET_GAP, pictures[0].height * scale + SHEET_GAP];
  const canvas = h("canvas", { width: columns * width, height: Math.ceil(pictures.length / columns) * height });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  pictures.forEach((picture, at) => context.drawImage(picture, (at % columns) * width, Math.floor(at / columns) * height, width - SHEET_GAP, height - SHEET_GAP));
  canvas.toBlob((blob) => save(blob, `${name}.png`, kind));
}
