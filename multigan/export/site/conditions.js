// What samples are conditioned on: a class, a mixture of two, attributes or numbers.

import { byId, chips, group, slider } from "./dom.js";
import { oneClass } from "./points.js";

export function addConditions(studio) {
  const told = studio.facts.condition;
  if (!told) return;
  const names = Array.from({ length: told.size }, (_, index) => told.names[index] || String(index));
  if (told.kind === "class") byId("controls").append(...classControls(studio, names));
  else if (told.kind === "attributes") byId("controls").append(attributes(studio, names));
  else byId("controls").append(numbers(studio, names));
}

function classControls(studio, names) {
  let own = 0, other = null, share = 0.5;
  const change = () => studio.move((point) => {
    Object.assign(point, { weights: oneClass(names.length, own), inTurn: false });
    if (other === null) return;
    point.weights[own] = 0;
    point.weights[own] += 1 - share;
    point.weights[other] += share;
  });
  const first = chips("Class", names, () => false, (index) => { own = index; change(); });
  const second = chips("Mixed with", names, () => false, (index) => {
    other = other === index ? null : index;
    change();
  });
  const much = slider("share", { min: 0, max: 1, step: 0.01, value: share,
    show: (value) => `${Math.round(100 * value)} %`,
    oninput: (value) => { share = value; change(); } });
  studio.addEventListener("moved", () => {
    const { weights } = studio.point;
    first.show((index) => weights[index] === Math.max(...weights));
    second.show((index) => index === other);
    much.hidden = other === null;
  });
  const parts = [group("Class", first)];
  if (studio.facts.mixes_classes && names.length > 1) parts.push(group("Mixed with", second, much));
  return parts;
}

function attributes(studio, names) {
  const row = chips("Attributes", names, () => false, (index) => studio.move((point) => {
    point.weights[index] = point.weights[index] > 0.5 ? 0 : 1;
    point.inTurn = false;
  }));
  studio.addEventListener("moved", () => row.show((index) => studio.point.weights[index] > 0.5));
  return group("Attributes", row);
}

function numbers(studio, names) {
  const { center, scale } = studio.facts.condition;
  const rows = names.map((name, index) => {
    const middle = center[index] ?? 0, width = 2 * (scale[index] ?? 1);
    return slider(name, { min: middle - width, max: middle + width, step: width / 100,
      value: middle, show: (value) => value.toFixed(2),
      oninput: (value) => studio.move((point) => {
        point.weights[index] = value;
        point.inTurn = false;
      }) });
  });
  studio.addEventListener("moved", () =>
    rows.forEach((row, index) => row.set(studio.point.weights[index])));
  return group("Told", ...rows);
}
