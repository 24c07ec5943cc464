// The previews of a run's samples: the newest large, a slider over its history, and real data to hold beside it.

import { button, counted, h, mediaBox, tell, wholes } from "./page.js";

const PLAY_MS = 350;

/** Returns {element, update(), hear(content, buffers), stop()} for the traits `previews`, `newest` and `real`. */
export function previewBox(model) {
  const boxes = h("div", { class: "mg-look" });
  const slider = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Step of the samples" });
  const label = h("output", { class: "mg-look-step" });
  const play = button("▶", togglePlay, { class: "mg-play", "aria-label": "Play the samples from the first step", title: "Play" });
  const real = button("Real data", toggleReal, { class: "mg-real", "aria-pressed": "false", title: "What the run learns from, in the samples' place" });
  const bar = h("figcaption", {}, play, slider, label, real);
  const note = h("p", { class: "mg-note" });
  const element = h("figure", { class: "mg-previews", "aria-label": "Samples" }, boxes, note, bar);
  const cache = new Map(), shownBoxes = [];
  let following = true, timer = null, realFiles = null;

  const steps = () => wholes(model.get("previews"));
  const placed = (run, step) => `${run}:${step}`;  // a remedy turns the dashboard to another run
  const isNewest = (index) => index === steps().length - 1;
  const showsReal = () => real.getAttribute("aria-pressed") === "true";

  function update() {
    const count = steps().length;
    note.hidden = count > 0 || showsReal();
    note.textContent = model.get("loading") || "The first samples come soon.";
    bar.hidden = !count && !model.get("real");
    play.hidden = slider.hidden = count < 2;
    real.hidden = !model.get("real");
    slider.max = String(Math.max(count - 1, 0));
    if (following) slider.value = slider.max;
    if (!count) label.textContent = "";
    if (showsReal()) return showReal();
    if (count) show();
    else showFiles([], "");
  }

  function show() {
    const known = steps(), step = known[Math.min(Number(slider.value), known.length - 1)];
    label.textContent = `step ${counted(step)}`;
    slider.setAttribute("aria-valuetext", `step ${step}`);
    const files = step === known.at(-1) ? model.get("newest") : cache.get(placed(model.get("name"), step));
    if (!files) return tell(model, { look: step });
    element.dataset.step = step;
    showFiles(files, `samples at step ${step}`);
  }

  function showReal() {
    if (!realFiles) return tell(model, { real: true });
    label.textContent = "real data";
    showFiles(realFiles, "real data that the run learns from");
  }

  /** A preview may be a picture and a sound. The boxes stay, so that nothing flickers. */
  function showFiles(files, text) {
    while (shownBoxes.length < files.length) {
      shownBoxes.push(mediaBox());
      boxes.append(shownBoxes.at(-1).element);
    }
    shownBoxes.forEach((box, at) => {
      box.element.hidden = at >= files.length;
      if (at < files.length) box.show(files[at].content, files[at].kind, text);
    });
  }

  function hear(content, buffers) {
    const files = () => content.kinds.map((kind, at) => ({ kind, content: buffers[at] }));
    if (content.real) {
      realFiles = files();
      if (showsReal()) showReal();
    }
    if (content.look === undefined) return;
    cache.set(placed(content.run, content.look), files());
    const isShown = content.run === model.get("name") && steps()[Number(slider.value)] === content.look;
    if (isShown && !showsReal()) show();
  }

  function toggleReal() {
    real.setAttribute("aria-pressed", String(!showsReal()));
    stopPlaying();
    update();
  }

  function togglePlay() {
    if (timer) return stopPlaying();
    real.setAttribute("aria-pressed", "false");
    if (isNewest(Number(slider.value))) slider.value = "0";
    following = false;
    play.textContent = "❚❚";
    timer = setInterval(() => {
      if (isNewest(Number(slider.value))) { following = true; return stopPlaying(); }
      slider.value = String(Number(slider.value) + 1);
      show();
    }, PLAY_MS);
    show();
  }

  function stopPlaying() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶";
  }

  slider.addEventListener("input", () => {
    real.setAttribute("aria-pressed", "false");
    following = isNewest(Number(slider.value));
    show();
  });
  return { element, update, hear, stop: () => { stopPlaying(); for (const box of shownBoxes) box.clear(); } };
}
