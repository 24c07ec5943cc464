"use strict";(self.rspackChunkjupyterlab_multigan=self.rspackChunkjupyterlab_multigan||[]).push([[1],{22(e,r,a){var l=a(23),t=a.n(l),o=a(24),n=(a.n(o))()(t());n.push([e.id,`/* Colors come from JupyterLab's theme. The settings may name a theme: then these stand instead. */

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
.mgl-head,
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

.mgl-runs {
  margin: 4px 0 0;
  padding: 0;
  list-style: none;
}

.mgl-run {
  padding: 6px 2px;
  border-top: 1px solid var(--mgl-border);
}

.mgl-head input {
  margin: 0;
}

.mgl-name {
  flex: 1;
  min-width: 0;
  padding: 0;
  overflow: hidden;
  border: 0;
  background: none;
  color: var(--mgl-text);
  font: inherit;
  font-weight: 600;
  text-align: left;
  text-overflow: ellipsis;
  white-space: nowrap;
  cursor: pointer;
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

.mgl-unfolded {
  display: flex;
  flex-direction: column;
  align-items: stretch;
  gap: 6px;
  margin-top: 6px;
}

.mgl-unfolded > .mgl-button {
  align-self: flex-start;
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

/* Charts */

.mgl-chart {
  min-width: 0;
}

.mgl-chart svg {
  display: block;
}

.mgl-chart h3 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
}

.mgl-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 14px;
  margin: 2px 0;
  color: var(--mgl-quiet);
  font-variant-numeric: tabular-nums;
}

.mgl-legend svg {
  display: inline-block;
  margin-right: 4px;
  vertical-align: middle;
}

.mgl-legend b {
  color: var(--mgl-text);
}

.mgl-at {
  min-width: 84px;
}

.mgl-line {
  fill: none;
  stroke: var(--mgl-color);
  stroke-width: 1.6;
  stroke-linejoin: round;
}

.mgl-raw {
  opacity: 0.25;
}

.mgl-dot {
  fill: var(--mgl-color);
}

.mgl-axes line {
  stroke: var(--mgl-border);
  stroke-width: 0.6;
}

.mgl-axes text {
  fill: var(--mgl-quiet);
  font-size: 11px;
}

.mgl-cursor {
  stroke: var(--mgl-quiet);
  stroke-dasharray: 2 2;
}

.mgl-style-0 { --mgl-color: var(--mgl-0); }
.mgl-style-1 { --mgl-color: var(--mgl-1); stroke-dasharray: 6 3; }
.mgl-style-2 { --mgl-color: var(--mgl-2); stroke-dasharray: 2 2; }
.mgl-style-3 { --mgl-color: var(--mgl-3); stroke-dasharray: 8 3 2 3; }
.mgl-style-4 { --mgl-color: var(--mgl-4); stroke-dasharray: 12 3; }
.mgl-style-5 { --mgl-color: var(--mgl-5); stroke-dasharray: 4 1; }
.mgl-style-6 { --mgl-color: var(--mgl-6); stroke-dasharray: 1 3; }
.mgl-style-7 { --mgl-color: var(--mgl-7); stroke-dasharray: 10 2 2 2 2 2; }

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

.mgl-health ul {
  margin: 0;
  padding: 0;
  list-style: none;
}

.mgl-health li {
  padding: 4px 0;
  border-top: 1px solid var(--mgl-border);
}

.mgl-health p {
  margin: 2px 0;
}

.mgl-health code {
  overflow-wrap: anywhere;
}

.mgl-health li[data-severity='ok'] .mgl-light {
  color: var(--mgl-good);
}

.mgl-health li[data-severity='warning'] .mgl-light {
  color: var(--mgl-warn);
}

.mgl-health li[data-severity='alarm'] .mgl-light {
  color: var(--mgl-bad);
}

.mgl-knobs {
  margin-top: 12px;
}

.mgl-knobs summary {
  font-weight: 600;
  cursor: pointer;
}

.mgl-knobs input {
  border: 1px solid var(--mgl-border);
  background: var(--mgl-back);
  color: var(--mgl-text);
  font: inherit;
}

.mgl-knobs input[aria-invalid='true'] {
  border-color: var(--mgl-bad);
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
`,""]),a.d(r,{},{A:n})},24(e){e.exports=function(e){var r=[];return r.toString=function(){return this.map(function(r){var a="",l=void 0!==r[5];return r[4]&&(a+="@supports (".concat(r[4],") {")),r[2]&&(a+="@media ".concat(r[2]," {")),l&&(a+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),a+=e(r),l&&(a+="}"),r[2]&&(a+="}"),r[4]&&(a+="}"),a}).join("")},r.i=function(e,a,l,t,o){"string"==typeof e&&(e=[[null,e,void 0]]);var n={};if(l)for(var i=0;i<this.length;i++){var m=this[i][0];null!=m&&(n[m]=!0)}for(var g=0;g<e.length;g++){var s=[].concat(e[g]);l&&n[s[0]]||(void 0!==o&&(void 0===s[5]||(s[1]="@layer".concat(s[5].length>0?" ".concat(s[5]):""," {").concat(s[1],"}")),s[5]=o),a&&(s[2]&&(s[1]="@media ".concat(s[2]," {").concat(s[1],"}")),s[2]=a),t&&(s[4]?(s[1]="@supports (".concat(s[4],") {").concat(s[1],"}"),s[4]=t):s[4]="".concat(t)),r.push(s))}},r}},23(e){e.exports=function(e){return e[1]}},16(e){var r=[];function a(e){for(var a=-1,l=0;l<r.length;l++)if(r[l].identifier===e){a=l;break}return a}function l(e,l){for(var t={},o=[],n=0;n<e.length;n++){var i=e[n],m=l.base?i[0]+l.base:i[0],g=t[m]||0,s="".concat(m," ").concat(g);t[m]=g+1;var p=a(s),d={css:i[1],media:i[2],sourceMap:i[3],supports:i[4],layer:i[5]};if(-1!==p)r[p].references++,r[p].updater(d);else{var c=function(e,r){var a=r.domAPI(r);return a.update(e),function(r){r?(r.css!==e.css||r.media!==e.media||r.sourceMap!==e.sourceMap||r.supports!==e.supports||r.layer!==e.layer)&&a.update(e=r):a.remove()}}(d,l);l.byIndex=n,r.splice(n,0,{identifier:s,updater:c,references:1})}o.push(s)}return o}e.exports=function(e,t){var o=l(e=e||[],t=t||{});return function(e){e=e||[];for(var n=0;n<o.length;n++){var i=a(o[n]);r[i].references--}for(var m=l(e,t),g=0;g<o.length;g++){var s=a(o[g]);0===r[s].references&&(r[s].updater(),r.splice(s,1))}o=m}}},18(e){var r={};e.exports=function(e,a){var l=function(e){if(void 0===r[e]){var a=document.querySelector(e);if(window.HTMLIFrameElement&&a instanceof window.HTMLIFrameElement)try{a=a.contentDocument.head}catch(e){a=null}r[e]=a}return r[e]}(e);if(!l)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");l.appendChild(a)}},20(e){e.exports=function(e){var r=document.createElement("style");return e.setAttributes(r,e.attributes),e.insert(r,e.options),r}},19(e,r,a){e.exports=function(e){var r=a.nc;r&&e.setAttribute("nonce",r)}},17(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=e.insertStyleElement(e);return{update:function(a){var l,t,o;l="",a.supports&&(l+="@supports (".concat(a.supports,") {")),a.media&&(l+="@media ".concat(a.media," {")),(t=void 0!==a.layer)&&(l+="@layer".concat(a.layer.length>0?" ".concat(a.layer):""," {")),l+=a.css,t&&(l+="}"),a.media&&(l+="}"),a.supports&&(l+="}"),(o=a.sourceMap)&&"u">typeof btoa&&(l+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(o))))," */")),e.styleTagTransform(l,r,e.options)},remove:function(){var e;null===(e=r).parentNode||e.parentNode.removeChild(e)}}}},21(e){e.exports=function(e,r){if(r.styleSheet)r.styleSheet.cssText=e;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(e))}}},15(e,r,a){var l=a(16),t=a.n(l),o=a(17),n=a.n(o),i=a(18),m=a.n(i),g=a(19),s=a.n(g),p=a(20),d=a.n(p),c=a(21),u=a.n(c),f=a(22),h={};h.styleTagTransform=u(),h.setAttributes=s(),h.insert=m().bind(null,"head"),h.domAPI=n(),h.insertStyleElement=d(),t()(f.A,h),f.A&&f.A.locals&&f.A.locals}}]);