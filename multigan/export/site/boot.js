// Opens the page: unpacks the generator and puts up what its kind of data wants.

import { byId, say } from "./dom.js";
import { Engine } from "./engine.js";
import { Generator } from "./generator.js";
import { KINDS } from "./kinds.js";

function vectorsOf(facts) {
  const bytes = Uint8Array.from(atob(facts.directions.vectors), (letter) => letter.charCodeAt(0));
  const values = new Float32Array(bytes.buffer);
  return Array.from({ length: facts.directions.count }, (_, index) =>
    values.subarray(index * facts.latent_dim, (index + 1) * facts.latent_dim));
}

async function open() {
  const began = performance.now();
  const facts = JSON.parse(byId("facts").textContent);
  facts.directions = vectorsOf(facts);
  const parts = { script: "runtime-script", wasm: "runtime-wasm", model: "model" };
  for (const [name, id] of Object.entries(parts)) {
    parts[name] = byId(id).textContent;
    byId(id).remove();
  }
  const engine = new Engine(byId("worker").textContent, parts);
  const page = KINDS[facts.modality](new Generator(engine, facts));
  await engine.ready;
  window.multigan = { page, facts, unpacked: performance.now() - began };
  await page.open();
  window.multigan.first = performance.now() - began;
  document.documentElement.dataset.state = "ready";
  say(page.hint);
}

open().catch((error) => {
  document.documentElement.dataset.state = "failed";
  say(`This page cannot run here: ${error.message}. It wants a browser from 2023 or newer.`);
});
