"use strict";(self.rspackChunkjupyterlab_multigan=self.rspackChunkjupyterlab_multigan||[]).push([[1],{24(a,e,r){var t=r(25),i=r.n(t),o=r(26),n=r.n(o),m=r(27),g=r(28),l=r(29),d=r(30),p=n()(i());p.i(m.A),p.i(g.A),p.i(l.A),p.i(d.A),p.push([a.id,`/* Colors come from JupyterLab's theme. The settings may name a theme: then these stand instead. */

.mgl-panel,
.mgl-main {
  --mgl-back: var(--jp-layout-color1);
  --mgl-raised: var(--jp-layout-color2);
  --mgl-border: var(--jp-border-color2);
  --mgl-text: var(--jp-ui-font-color1);
  --mgl-quiet: var(--jp-ui-font-color2);
  --mgl-brand: var(--jp-brand-color1);
  --mgl-good: var(--jp-success-color1);
  --mgl-warn: var(--jp-warn-color1);
  --mgl-bad: var(--jp-error-color1);

  /* Okabe and Ito (2008), "Color Universal Design", in an order that keeps neighbors apart. */
  --mgl-0: #0072b2;
  --mgl-1: #d55e00;
  --mgl-2: #009e73;
  --mgl-3: #cc79a7;
  --mgl-4: #a67c00;
  --mgl-5: #56b4e9;
  --mgl-6: #7a5cc0;
  --mgl-7: #7f7f7f;

  color: var(--mgl-text);
  font-size: var(--jp-ui-font-size1);
  overflow: auto;
}

/* JupyterLab colors whatever lies in its side bars, by their ids. */
#multigan-panel.mgl-panel,
.mgl-main {
  background: var(--mgl-back);
}

body[data-multigan-theme='light'] :is(.mgl-panel, .mgl-main) {
  --mgl-back: #fff;
  --mgl-raised: #f3f3f3;
  --mgl-border: #d0d0d0;
  --mgl-text: #1f1f1f;
  --mgl-quiet: #5a5a5a;
  --mgl-brand: #1565c0;
  --mgl-good: #2e7d32;
  --mgl-warn: #b35300;
  --mgl-bad: #c62828;

  color-scheme: light;
}

body[data-multigan-theme='dark'] :is(.mgl-panel, .mgl-main) {
  --mgl-back: #181818;
  --mgl-raised: #262626;
  --mgl-border: #444;
  --mgl-text: #e6e6e6;
  --mgl-quiet: #a8a8a8;
  --mgl-brand: #64b5f6;
  --mgl-good: #81c784;
  --mgl-warn: #ffb74d;
  --mgl-bad: #ef7a72;

  color-scheme: dark;
}

:is(body[data-jp-theme-light='false'], body[data-multigan-theme='dark'])
  :is(.mgl-panel, .mgl-main) {
  --mgl-0: #4aa3df;
  --mgl-1: #ff9248;
  --mgl-2: #2ecc9b;
  --mgl-3: #e79fc6;
  --mgl-4: #e6c229;
  --mgl-6: #b39ddb;
  --mgl-7: #a0a0a0;
}

.mgl-panel {
  display: flex;
  flex-direction: column;
  min-width: 240px;
  padding: 8px;
}

.mgl-main {
  padding: 12px 16px 32px;
}

.mgl-toolbar,
.mgl-controls,
.mgl-progress,
.mgl-slider {
  display: flex;
  align-items: center;
  gap: 6px;
}

.mgl-toolbar,
.mgl-controls {
  flex-wrap: wrap;
}

.mgl-toolbar input[type='search'] {
  flex: 1 1 110px;
  min-width: 0;
}

:is(.mgl-panel, .mgl-main) :is(input[type='search'], input[type='number'], select) {
  height: 24px;
  padding: 0 6px;
  border: 1px solid var(--mgl-border);
  border-radius: 3px;
  background: var(--mgl-back);
  color: var(--mgl-text);
  font: inherit;
}

.mgl-button {
  height: 24px;
  padding: 0 9px;
  border: 1px solid var(--mgl-border);
  border-radius: 3px;
  background: var(--mgl-raised);
  color: var(--mgl-text);
  font: inherit;
  cursor: pointer;
}

.mgl-button:hover:enabled {
  border-color: var(--mgl-brand);
}

.mgl-button:disabled {
  opacity: 0.5;
  cursor: default;
}

.mgl-button[aria-pressed='true'] {
  border-color: var(--mgl-brand);
  box-shadow: inset 0 0 0 1px var(--mgl-brand);
}

:is(.mgl-panel, .mgl-main) :is(button, input, select, svg, pre, a, summary):focus-visible {
  outline: 2px solid var(--mgl-brand);
  outline-offset: 1px;
}

.mgl-note {
  margin: 4px 0;
  color: var(--mgl-quiet);
}

.mgl-state {
  color: var(--mgl-quiet);
  white-space: nowrap;
}

.mgl-state[data-state='running'] {
  color: var(--mgl-good);
}

.mgl-state:is([data-state='paused'], [data-state='silent']) {
  color: var(--mgl-warn);
}

.mgl-state[data-state='failed'] {
  color: var(--mgl-bad);
}

.mgl-progress {
  flex-wrap: wrap;
  color: var(--mgl-quiet);
  font-size: var(--jp-ui-font-size0);
}

.mgl-progress progress {
  flex: 1 1 60px;
  height: 6px;
  min-width: 50px;
  accent-color: var(--mgl-brand);
}

.mgl-table-box {
  display: flex;
  flex-direction: column;
  flex: 1 1 45%;
  min-height: 180px;
}

.mgl-table-box .mg-run-table {
  flex: 1;
}

.mgl-table-box .mg-runs {
  flex: 1;
  max-height: none;
}

.mgl-details {
  display: flex;
  flex: 0 1 auto;
  flex-direction: column;
  gap: 6px;
  max-height: 58%;
  padding-top: 8px;
  overflow: auto;
  border-top: 2px solid var(--mgl-border);
}

.mgl-details h3,
.mgl-details p {
  margin: 0;
}

.mgl-ending {
  padding: 4px 8px;
  border-left: 3px solid var(--mgl-border);
  overflow-wrap: anywhere;
}

.mgl-ending p {
  margin: 2px 0;
}

.mgl-failed {
  border-color: var(--mgl-bad);
}

.mgl-sample {
  max-width: 100%;
  image-rendering: pixelated;
}

pre.mgl-sample {
  max-height: 420px;
  margin: 0;
  padding: 8px;
  overflow: auto;
  border: 1px solid var(--mgl-border);
  background: var(--mgl-raised);
  color: var(--mgl-text);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre-wrap;
}

audio.mgl-sample {
  width: 100%;
}

.mgl-slider input {
  flex: 1;
  accent-color: var(--mgl-brand);
}

/* Main area */

.mgl-header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 14px;
}

.mgl-header h2 {
  margin: 0;
}

.mgl-header .mgl-progress {
  flex: 1 1 260px;
}

.mgl-columns {
  display: grid;
  grid-template-columns: minmax(0, 3fr) minmax(240px, 2fr);
  gap: 24px;
  margin-top: 12px;
}

.mgl-main h3 {
  margin: 12px 0 4px;
}

.mgl-columns > section > h3:first-child {
  margin-top: 0;
}

.mgl-main {
  container-type: inline-size;
}

@container (max-width: 700px) {
  .mgl-columns {
    grid-template-columns: minmax(0, 1fr);
  }
}

.mgl-options {
  gap: 18px;
  margin-bottom: 6px;
}

.mgl-smoothing {
  display: flex;
  align-items: center;
  gap: 6px;
}

.mgl-smoothing span {
  min-width: 2.2em;
  font-variant-numeric: tabular-nums;
}

.mgl-main :is(input[type='range'], input[type='checkbox']) {
  accent-color: var(--mgl-brand);
}

.mgl-compared {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(200px, 360px));
  gap: 16px;
}

.mgl-grid {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
  gap: 12px 24px;
}

.mgl-main table {
  border-collapse: collapse;
}

.mgl-main :is(th, td) {
  padding: 2px 12px 2px 0;
  text-align: left;
}

.mgl-table {
  margin: 12px 0;
}

.mgl-table th[scope='row'] {
  color: var(--mgl-quiet);
  font-weight: 400;
}

.jp-Dialog-content:has(.mgl-dialog) {
  width: 90vw;
  max-width: 1200px;
  max-height: 90vh;
}

/* What notebook widgets draw, too, in the colors of the panel; the settings may name a theme. */
:is(.mgl-panel, .mgl-main) .mg.mg {
  --mg-text: var(--mgl-text);
  --mg-faint: var(--mgl-quiet);
  --mg-ground: var(--mgl-back);
  --mg-raised: var(--mgl-raised);
  --mg-border: var(--mgl-border);
  --mg-accent: var(--mgl-brand);
  --mg-0: var(--mgl-0);
  --mg-1: var(--mgl-1);
  --mg-2: var(--mgl-2);
  --mg-3: var(--mgl-3);
  --mg-4: var(--mgl-4);
  --mg-5: var(--mgl-5);
  --mg-6: var(--mgl-6);
  --mg-7: var(--mgl-7);

  padding: 0;
  border: 0;
  color-scheme: inherit;
}

.mgl-main > .mg-dashboard {
  max-width: 1400px;
}
`,""]),r.d(e,{},{A:p})},28(a,e,r){var t=r(25),i=r.n(t),o=r(26),n=(r.n(o))()(i());n.push([a.id,`.mg-chart { min-width: 0; }
.mg-chart figcaption { font-weight: 600; color: var(--mg-text); }
.mg-plot { width: 100%; display: block; touch-action: pan-y; overflow: hidden; }
.mg-plot polyline, .mg-key svg line { fill: none; stroke: var(--mg-line); stroke-dasharray: var(--mg-dash); stroke-width: 1.7; stroke-linejoin: round; }
.mg-plot circle { fill: var(--mg-line); }
.mg-plot .mg-raw { opacity: 0.22; stroke-dasharray: none; stroke-width: 1; }
.mg-grid { stroke: var(--mg-border); stroke-width: 0.6; }
.mg-cursor { stroke: var(--mg-faint); stroke-width: 1; stroke-dasharray: 2 2; }
.mg-plot .mg-tick { fill: var(--mg-faint); font-size: 11px; }
.mg-legend { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: center; min-height: 20px; }
.mg-at { color: var(--mg-faint); min-width: 70px; font-variant-numeric: tabular-nums; }
.mg-key { display: flex; gap: 5px; align-items: center; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; padding: 1px 2px; }
.mg-key[aria-pressed="false"] { opacity: 0.6; text-decoration: line-through; }
.mg-key b { font-variant-numeric: tabular-nums; min-width: 3.6em; text-align: left; }
`,""]),r.d(e,{},{A:n})},29(a,e,r){var t=r(25),i=r.n(t),o=r(26),n=(r.n(o))()(i());n.push([a.id,`.mg-dashboard { container-type: inline-size; max-width: 1120px; }
.mg-head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.mg-name { font-size: 1.15em; overflow-wrap: anywhere; }
.mg-state { padding: 0 8px; border: 1px solid currentColor; border-radius: 10px; white-space: nowrap; }
.mg-state[data-state="running"], .mg-state[data-state="finished"] { color: var(--mg-good); }
.mg-state[data-state="paused"], .mg-state[data-state="silent"], .mg-state[data-state="lost"] { color: var(--mg-warn); }
.mg-state[data-state="failed"], .mg-state[data-state="interrupted"], .mg-state[data-state="deleted"] { color: var(--mg-bad); }
.mg-pace { color: var(--mg-faint); font-variant-numeric: tabular-nums; flex: 1; min-width: 160px; }
.mg-actions { display: flex; flex-wrap: wrap; gap: 4px; }
.mg-dashboard progress { width: 100%; height: 4px; accent-color: var(--mg-accent); display: block; margin: 6px 0 0; }
.mg-trouble { margin: 6px 0; padding: 6px 8px; border-left: 3px solid currentColor; overflow-wrap: anywhere; }
.mg-trouble pre { overflow: auto; max-height: 240px; font-size: 0.9em; }
.mg-answer:empty { display: none; }
.mg-body { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr); gap: 18px; margin-top: 10px; align-items: start; }
.mg-folds { display: flex; flex-wrap: wrap; gap: 0 28px; }
.mg-folds > details { flex: 0 1 auto; }
.mg-folds > details[open] { flex: 1 1 100%; }
.mg-previews { min-width: 0; }
.mg-dashboard .mg-look { display: flex; flex-direction: column; gap: 6px; align-items: center; justify-content: center; min-height: 160px; background: var(--mg-raised); border-radius: 4px; }
.mg-dashboard .mg-look > .mg-media { width: 100%; }
.mg-dashboard .mg-look:empty { background: linear-gradient(100deg, var(--mg-raised) 40%, var(--mg-border) 50%, var(--mg-raised) 60%) 0 0 / 300% 100%; animation: mg-waits 2.5s linear infinite; min-height: 280px; }
@keyframes mg-waits { from { background-position: 100% 0; } to { background-position: 0 0; } }
.mg-dashboard .mg-look img { width: 100%; max-height: 400px; object-fit: contain; }
.mg-dashboard .mg-look audio { width: 100%; height: 36px; }
.mg-dashboard .mg-look pre { max-height: 380px; line-height: 1.5; }
.mg-previews figcaption { display: flex; gap: 8px; align-items: center; margin-top: 6px; }
.mg-previews input[type="range"] { flex: 1; min-width: 40px; accent-color: var(--mg-accent); }
.mg-look-step { font-variant-numeric: tabular-nums; white-space: nowrap; flex: 1 0 auto; }
.mg-real[aria-pressed="true"] { outline: 2px solid var(--mg-accent); }
.mg-curves { min-width: 0; }
.mg-tabs { display: flex; flex-wrap: wrap; gap: 2px; margin-bottom: 6px; border-bottom: 1px solid var(--mg-border); }
.mg-tab { border: 0; border-bottom: 2px solid transparent; background: none; color: var(--mg-faint); font: inherit; padding: 3px 8px; cursor: pointer; }
.mg-tab[aria-selected="true"] { color: var(--mg-text); border-bottom-color: var(--mg-accent); }
.mg-options { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--mg-faint); margin-top: 4px; }
.mg-options label { display: flex; gap: 6px; align-items: center; }
.mg-options input { accent-color: var(--mg-accent); }
.mg-options output { font-variant-numeric: tabular-nums; min-width: 2.4em; }
.mg-knobs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 4px 24px; margin-top: 6px; }
.mg-knob { display: grid; grid-template-columns: minmax(0, 1fr) 92px 32px; gap: 6px; align-items: center; }
.mg-knob small { color: var(--mg-faint); margin-left: 6px; }
.mg-knob input { width: 100%; box-sizing: border-box; text-align: right; }
.mg-knob input[aria-invalid="true"] { border-color: var(--mg-bad); outline: 1px solid var(--mg-bad); }
.mg .mg-back, .mg .mg-play { padding: 0; width: 30px; min-width: 30px; }
.mg-doctor { margin-top: 8px; }
.mg-doctor summary { cursor: pointer; }
.mg-doctor i { display: inline-block; width: 1.5em; height: 1.5em; line-height: 1.5em; margin-right: 7px; border-radius: 50%; text-align: center; font-style: normal; font-weight: bold; color: #fff; background: #6b6b6b; flex: none; }
.mg-doctor[data-severity="ok"] > summary i, .mg-light.mg-ok i { background: #2e7d32; }
.mg-doctor[data-severity="warning"] > summary i, .mg-light.mg-warning i { background: #9a5600; border-radius: 3px; }
.mg-doctor[data-severity="alarm"] > summary i, .mg-light.mg-alarm i { background: #c62828; border-radius: 0; }
.mg-findings { list-style: none; margin: 6px 0 0; padding: 0 0 0 2px; display: flex; flex-direction: column; gap: 5px; }
.mg-fine { color: var(--mg-faint); display: grid; grid-template-columns: repeat(auto-fill, minmax(min(420px, 100%), 1fr)); gap: 3px 20px; }
.mg-light { display: flex; flex-wrap: wrap; align-items: baseline; }
.mg-light > span { flex: 1 1 240px; }
.mg-cure { display: flex; gap: 8px; align-items: center; padding-left: 30px; }
.mg .mg-remedy { white-space: nowrap; border: 1px solid var(--mg-accent); }
.mg-events { margin: 4px 0; padding-left: 18px; max-height: 160px; overflow: auto; }
.mg-lost .mg-body { opacity: 0.55; }
@container (max-width: 640px) {
  .mg-body { grid-template-columns: minmax(0, 1fr); }
  .mg-pace { flex-basis: 100%; order: 1; }
  .mg-dashboard .mg-look img { max-height: 460px; }
}
@media (prefers-reduced-motion: reduce) { .mg-dashboard .mg-look:empty { animation: none; } }
`,""]),r.d(e,{},{A:n})},27(a,e,r){var t=r(25),i=r.n(t),o=r(26),n=(r.n(o))()(i());n.push([a.id,`/* Colors and parts that every widget of multigan uses; JupyterLab's theme where there is one. */
.mg {
  --mg-text: var(--jp-ui-font-color1, CanvasText);
  --mg-faint: var(--jp-ui-font-color2, color-mix(in srgb, CanvasText 70%, Canvas));
  --mg-ground: var(--jp-layout-color1, Canvas);
  --mg-border: var(--jp-border-color2, #8888);
  --mg-raised: var(--jp-layout-color2, color-mix(in srgb, CanvasText 8%, Canvas));
  --mg-accent: var(--jp-brand-color1, #1976d2);
  --mg-good: light-dark(#2e7d32, #81c784);
  --mg-warn: light-dark(#9a5600, #ffb74d);
  --mg-bad: light-dark(#c62828, #ef8a82);
  --mg-0: #0072b2; --mg-1: #c75000; --mg-2: #00805c; --mg-3: #b0548a; --mg-4: #8a6800; --mg-5: #2e86bd; --mg-6: #7a5cc0; --mg-7: #707070;
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: var(--jp-ui-font-size1, 13px);
  color: var(--mg-text);
  background: var(--mg-ground);
  border: 1px solid var(--mg-border);
  border-radius: 4px;
  padding: 10px 12px;
  box-sizing: border-box;
}
.mg [hidden] { display: none !important; }
.mg figure { margin: 0; }
.mg figcaption { color: var(--mg-faint); }
.mg p { margin: 4px 0; }
.mg :focus-visible { outline: 2px solid var(--mg-accent); outline-offset: 1px; }
.mg .mg-button { width: auto; min-width: 2.2em; padding: 0 10px; }
.mg input[type="number"], .mg select, .mg textarea, .mg input[type="text"] {
  background: var(--jp-layout-color0, Field); color: var(--mg-text);
  border: 1px solid var(--mg-border); border-radius: 2px; padding: 2px 4px; font: inherit;
}
.mg .mg-button:disabled { opacity: 0.45; cursor: default; }
.mg-media img { image-rendering: pixelated; max-width: 100%; display: block; }
.mg .mg-media pre { max-height: 320px; overflow: auto; white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; margin: 0; padding: 6px;
  border: 1px solid var(--mg-border); font-family: var(--jp-code-font-family, monospace); }
.mg-failed { color: var(--mg-bad); }
body[data-jp-theme-light="true"] .mg { color-scheme: light; }
body[data-jp-theme-light="false"] .mg {
  color-scheme: dark;
  --mg-0: #4aa3df; --mg-1: #ff9248; --mg-2: #2ecc9b; --mg-3: #e79fc6; --mg-4: #e6c229; --mg-5: #8fd0f5; --mg-6: #b39ddb; --mg-7: #a8a8a8;
}
.mg-fold { margin-top: 8px; }
.mg-fold summary { cursor: pointer; }
.mg-faint, .mg-note { color: var(--mg-faint); }
.mg-note { font-size: 0.92em; }
/* Lines differ by color (Okabe and Ito 2008, in an order that keeps neighbors apart) and by dash. */
.mg-line-0 { --mg-line: var(--mg-0); --mg-dash: none; }
.mg-line-1 { --mg-line: var(--mg-1); --mg-dash: 7 3; }
.mg-line-2 { --mg-line: var(--mg-2); --mg-dash: 2 2; }
.mg-line-3 { --mg-line: var(--mg-3); --mg-dash: 8 3 2 3; }
.mg-line-4 { --mg-line: var(--mg-4); --mg-dash: 12 3; }
.mg-line-5 { --mg-line: var(--mg-5); --mg-dash: 4 1; }
.mg-line-6 { --mg-line: var(--mg-6); --mg-dash: 1 3; }
.mg-line-7 { --mg-line: var(--mg-7); --mg-dash: 10 2 2 2 2 2; }
/* The still that a saved notebook keeps stands under the widget: not while that lives. */
.jp-OutputArea-child:has(.mg-dashboard, .mg-explorer) + .jp-OutputArea-child:has(.jp-RenderedImage, .multigan-still) { display: none; }
`,""]),r.d(e,{},{A:n})},30(a,e,r){var t=r(25),i=r.n(t),o=r(26),n=(r.n(o))()(i());n.push([a.id,`.mg-run-widget { max-width: 760px; }
.mg-run-table { display: flex; flex-direction: column; min-height: 0; gap: 4px; }
.mg-run-tools { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.mg-run-tools input[type="search"] { flex: 1 1 110px; min-width: 0; height: 26px; box-sizing: border-box; padding: 0 6px; background: var(--jp-layout-color0, Field); color: var(--mg-text); border: 1px solid var(--mg-border); border-radius: 3px; font: inherit; }
.mg-run-tools select { flex: 1 1 90px; min-width: 0; }
.mg-runs { flex: none; list-style: none; margin: 0; padding: 0; overflow: auto; min-height: 0; max-height: 420px; }
.mg-run { display: grid; grid-template-columns: auto 44px minmax(0, 1fr); gap: 8px; align-items: center; padding: 5px 4px; border-top: 1px solid var(--mg-border); }
.mg-run.mg-current { background: var(--mg-raised); box-shadow: inset 3px 0 0 var(--mg-accent); }
.mg-run input { margin: 0; }
.mg-thumb { width: 44px; height: 44px; border-radius: 3px; overflow: hidden; background: var(--mg-raised); }
.mg .mg-thumb img { width: 132px; max-width: none; height: 132px; object-fit: cover; object-position: 0 0; }
.mg .mg-thumb pre { font-size: 5px; line-height: 1.3; padding: 2px; max-height: 44px; overflow: hidden; border: 0; }
.mg-run-line { display: flex; gap: 8px; align-items: baseline; justify-content: space-between; min-width: 0; }
.mg-run-name { flex: 0 1 auto; min-width: 0; padding: 0; overflow: hidden; border: 0; background: none; color: inherit; font: inherit; font-weight: 600; text-align: left; text-overflow: ellipsis; white-space: nowrap; cursor: pointer; }
.mg-run-state, .mg-run-metric { white-space: nowrap; font-size: 0.92em; color: var(--mg-faint); font-variant-numeric: tabular-nums; }
.mg-run-state[data-state="running"], .mg-run-state[data-state="finished"] { color: var(--mg-good); }
.mg-run-state[data-state="paused"], .mg-run-state[data-state="silent"] { color: var(--mg-warn); }
.mg-run-state[data-state="failed"], .mg-run-state[data-state="interrupted"] { color: var(--mg-bad); }
.mg-run-facts { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--mg-faint); font-size: 0.92em; }
.mg-run progress { width: 100%; height: 4px; accent-color: var(--mg-accent); display: block; }
.mg-run-group { padding: 8px 4px 3px; color: var(--mg-faint); }
.mg-run-group b { color: var(--mg-text); }
.mg-run-table { container-type: inline-size; }
@container (max-width: 300px) { .mg-run-state[data-state="finished"] .mg-run-word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } }
`,""]),r.d(e,{},{A:n})},26(a){a.exports=function(a){var e=[];return e.toString=function(){return this.map(function(e){var r="",t=void 0!==e[5];return e[4]&&(r+="@supports (".concat(e[4],") {")),e[2]&&(r+="@media ".concat(e[2]," {")),t&&(r+="@layer".concat(e[5].length>0?" ".concat(e[5]):""," {")),r+=a(e),t&&(r+="}"),e[2]&&(r+="}"),e[4]&&(r+="}"),r}).join("")},e.i=function(a,r,t,i,o){"string"==typeof a&&(a=[[null,a,void 0]]);var n={};if(t)for(var m=0;m<this.length;m++){var g=this[m][0];null!=g&&(n[g]=!0)}for(var l=0;l<a.length;l++){var d=[].concat(a[l]);t&&n[d[0]]||(void 0!==o&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=o),r&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=r),i&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=i):d[4]="".concat(i)),e.push(d))}},e}},25(a){a.exports=function(a){return a[1]}},18(a){var e=[];function r(a){for(var r=-1,t=0;t<e.length;t++)if(e[t].identifier===a){r=t;break}return r}function t(a,t){for(var i={},o=[],n=0;n<a.length;n++){var m=a[n],g=t.base?m[0]+t.base:m[0],l=i[g]||0,d="".concat(g," ").concat(l);i[g]=l+1;var p=r(d),s={css:m[1],media:m[2],sourceMap:m[3],supports:m[4],layer:m[5]};if(-1!==p)e[p].references++,e[p].updater(s);else{var c=function(a,e){var r=e.domAPI(e);return r.update(a),function(e){e?(e.css!==a.css||e.media!==a.media||e.sourceMap!==a.sourceMap||e.supports!==a.supports||e.layer!==a.layer)&&r.update(a=e):r.remove()}}(s,t);t.byIndex=n,e.splice(n,0,{identifier:d,updater:c,references:1})}o.push(d)}return o}a.exports=function(a,i){var o=t(a=a||[],i=i||{});return function(a){a=a||[];for(var n=0;n<o.length;n++){var m=r(o[n]);e[m].references--}for(var g=t(a,i),l=0;l<o.length;l++){var d=r(o[l]);0===e[d].references&&(e[d].updater(),e.splice(d,1))}o=g}}},20(a){var e={};a.exports=function(a,r){var t=function(a){if(void 0===e[a]){var r=document.querySelector(a);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(a){r=null}e[a]=r}return e[a]}(a);if(!t)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");t.appendChild(r)}},22(a){a.exports=function(a){var e=document.createElement("style");return a.setAttributes(e,a.attributes),a.insert(e,a.options),e}},21(a,e,r){a.exports=function(a){var e=r.nc;e&&a.setAttribute("nonce",e)}},19(a){a.exports=function(a){if("u"<typeof document)return{update:function(){},remove:function(){}};var e=a.insertStyleElement(a);return{update:function(r){var t,i,o;t="",r.supports&&(t+="@supports (".concat(r.supports,") {")),r.media&&(t+="@media ".concat(r.media," {")),(i=void 0!==r.layer)&&(t+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),t+=r.css,i&&(t+="}"),r.media&&(t+="}"),r.supports&&(t+="}"),(o=r.sourceMap)&&"u">typeof btoa&&(t+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(o))))," */")),a.styleTagTransform(t,e,a.options)},remove:function(){var a;null===(a=e).parentNode||a.parentNode.removeChild(a)}}}},23(a){a.exports=function(a,e){if(e.styleSheet)e.styleSheet.cssText=a;else{for(;e.firstChild;)e.removeChild(e.firstChild);e.appendChild(document.createTextNode(a))}}},17(a,e,r){var t=r(18),i=r.n(t),o=r(19),n=r.n(o),m=r(20),g=r.n(m),l=r(21),d=r.n(l),p=r(22),s=r.n(p),c=r(23),u=r.n(c),x=r(24),f={};f.styleTagTransform=u(),f.setAttributes=d(),f.insert=g().bind(null,"head"),f.domAPI=n(),f.insertStyleElement=s(),i()(x.A,f),x.A&&x.A.locals&&x.A.locals}}]);