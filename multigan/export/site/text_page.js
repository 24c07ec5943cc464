// A page of texts: they are written before the reader's eyes.

import { byId, chips, element, group, say, slider } from "./dom.js";
import { firstWeights } from "./points.js";
import { tokenizerOf } from "./tokens.js";
import { Writer, classWeights } from "./writer.js";

const PAPERS = 5;

export class TextPage {
  constructor(generator) {
    this.facts = generator.facts;
    this.tokenizer = tokenizerOf(this.facts.tokenizer);
    this.writer = new Writer(generator, this.tokenizer);
    this.sharpening = { temperature: 1, topK: 0, topP: 1 };
    this.turn = 0;
    this.chosen = null;  // the class; null takes them in turn, as Python does
    this.hint = "Every text is written now, in your browser.";
    this.texts = byId("texts");
    this.controls();
  }

  controls() {
    const place = byId("controls"), again = () => this.open();
    this.seed = element("input", { type: "number", min: 0, value: "0", "aria-label": "Seed",
      onchange: again });
    const more = element("button", { type: "button", className: "primary", onclick: () => {
      this.seed.value = Math.floor(Math.random() * 1e6);
      again();
    } }, "Write anew");
    this.prompt = element("input", { type: "text", "aria-label": "Beginning", className: "wide",
      placeholder: "How the texts begin", onchange: again });
    if (this.tokenizer.encode && !this.facts.likeliest) place.append(group("Beginning", this.prompt));
    place.append(group("Seed", element("div", { className: "row" }, more, this.seed)));
    if (!this.facts.likeliest) place.append(this.chances(again));
    if (this.facts.condition?.kind === "class") place.append(this.classes(again));
  }

  chances(again) {
    const turned = (name, options) => {
      const row = slider(options.label, { ...options, oninput: (value) => { this.sharpening[name] = value; } });
      row.addEventListener("change", again);
      return row;
    };
    const decimals = (value) => value.toFixed(2);
    return group("Chance",
      turned("temperature", { label: "temperature", min: 0, max: 2, step: 0.05, value: 1, show: decimals }),
      turned("topP", { label: "top p", min: 0.05, max: 1, step: 0.05, value: 1, show: decimals }),
      turned("topK", { label: "top k", min: 0, max: 100, step: 1, value: 0,
        show: (value) => (value ? String(value) : "all") }));
  }

  classes(again) {
    const { condition } = this.facts;
    const names = Array.from({ length: condition.size }, (_, at) => condition.names[at] || String(at));
    const row = chips("Class", names, () => false, (index) => {
      this.chosen = this.chosen === index ? null : index;
      row.show((each) => each === this.chosen);
      again();
    });
    return group("Class", row);
  }

  weights(index) {
    if (this.chosen !== null) return classWeights(this.facts.condition, this.chosen);
    return firstWeights({ condition: this.facts.condition }, index);
  }

  // Writes the seed's first texts, one after the other; another wish ends what is being written.
  async open() {
    const turn = ++this.turn, wanted = () => turn === this.turn;
    const papers = Array.from({ length: PAPERS }, () => element("p", { className: "paper" }));
    this.texts.replaceChildren(...papers);
    this.texts.setAttribute("aria-busy", "true");
    try {
      for (const [index, paper] of papers.entries()) {
        paper.classList.add("writing");
        const text = await this.writer.write({
          seed: Number(this.seed.value), index, prompt: this.prompt.value, wanted,
          weights: this.weights(index), sharpening: this.sharpening,
          onToken: (now) => { paper.textContent = now; },
        });
        if (text === null) return;
        paper.classList.remove("writing");
      }
      say(this.hint);
    } catch (error) {
      say(error.message);
    }
    this.texts.removeAttribute("aria-busy");
  }
}

export const textPage = (generator) => new TextPage(generator);
