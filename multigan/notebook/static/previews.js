// The previews of a run's samples, with a slider over its history.

const PLAY_MS = 350;

/** Returns {element, update(), onMessage(content, buffers), stop()} for traits `previews` and `newest`. */
function previewBox(model) {
  const boxes = h("div", { class: "mg-look" });
  const slider = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "training step of the samples" });
  const label = h("output", { class: "mg-look-step" });
  const play = button("▶", togglePlay, { "aria-label": "Play the samples from the first step", title: "Play" });
  const element = h("figure", { class: "mg-previews" }, boxes,
    h("figcaption", {}, play, slider, label));
  const cache = new Map(), shownBoxes = [];
  let following = true, timer = null;

  const steps = () => wholes(model.get("previews"));
  const placed = (run, step) => `${run}:${step}`; // a remedy turns the dashboard to another run
  const isNewest = (index) => index === steps().length - 1;

  function update() {
    const count = steps().length;
    element.hidden = !count;
    slider.max = String(Math.max(count - 1, 0));
    if (!count) return;
    if (following) slider.value = slider.max;
    show();
  }

  function show() {
    const known = steps(), step = known[Math.min(Number(slider.value), known.length - 1)];
    label.textContent = `step ${step}`;
    slider.setAttribute("aria-valuetext", `step ${step}`);
    const files = step === known.at(-1) ? model.get("newest") : cache.get(placed(model.get("name"), step));
    if (!files) return model.send({ look: step });
    // A preview may be a picture and a sound. The boxes stay, so that nothing flickers.
    while (shownBoxes.length < files.length) {
      shownBoxes.push(mediaBox());
      boxes.append(shownBoxes.at(-1).element);
    }
    shownBoxes.forEach((box, at) => {
      box.element.hidden = at >= files.length;
      if (at < files.length) box.show(files[at].content, files[at].kind, `samples at step ${step}`);
    });
  }

  function onMessage(content, buffers) {
    if (content.look === undefined) return;
    cache.set(placed(content.run, content.look), content.kinds.map((kind, at) => ({ kind, content: buffers[at] })));
    if (content.run === model.get("name") && steps()[Number(slider.value)] === content.look) show();
  }

  function togglePlay() {
    if (timer) return stop();
    if (isNewest(Number(slider.value))) slider.value = "0";
    following = false;
    play.textContent = "❚❚";
    timer = setInterval(() => {
      if (isNewest(Number(slider.value))) { following = true; return stop(); }
      slider.value = String(Number(slider.value) + 1);
      show();
    }, PLAY_MS);
    show();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶";
  }

  slider.addEventListener("input", () => { following = isNewest(Number(slider.value)); show(); });
  return { element, update, onMessage, stop: () => { stop(); for (const box of shownBoxes) box.clear(); } };
}
