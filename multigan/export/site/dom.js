// Elements in few words.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

export function group(title, ...children) {
  return element("fieldset", {}, element("legend", {}, title), ...children);
}

export function slider(label, { min, max, step, value, show = String, oninput }) {
  const output = element("output", {}, show(value));
  const input = element("input", {
    type: "range", min, max, step, value: String(value), "aria-label": label,
    oninput: () => { output.textContent = show(Number(input.value)); oninput(Number(input.value)); },
  });
  const row = element("label", { className: "slider" }, element("span", {}, label), input, output);
  row.set = (next) => { input.value = next; output.textContent = show(next); };
  return row;
}

export function chips(label, names, chosen, onchoose) {
  const buttons = names.map((name, index) => element("button", {
    type: "button", className: "chip", onclick: () => onchoose(index),
  }, name));
  const row = element("div", { className: "chips", role: "group", "aria-label": label }, ...buttons);
  row.show = (pressed) => buttons.forEach((button, index) =>
    button.setAttribute("aria-pressed", String(pressed(index))));
  row.show(chosen);
  return row;
}

export function download(name, blob) {
  const place = URL.createObjectURL(blob);
  element("a", { href: place, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(place), 10000);
}

export function say(text) {
  byId("status").textContent = text;
}

// Thumbnails are buttons, so that every one is reached by keyboard.
export function thumbnail(canvas, label, onclick) {
  canvas.setAttribute("aria-hidden", "true");
  return element("button", { type: "button", className: "thumbnail", "aria-label": label,
    title: label, onclick }, canvas);
}
