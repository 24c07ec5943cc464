"use strict";(self.rspackChunkjupyterlab_multigan=self.rspackChunkjupyterlab_multigan||[]).push([[1],{20(e,r,a){var t=a(21),o=a.n(t),n=a(22),i=(a.n(n))()(o());i.push([e.id,`/* Colors come from JupyterLab's theme. The settings may name a theme: then these stand instead. */

.mg-panel,
.mg-main {
  --mg-back: var(--jp-layout-color1);
  --mg-raised: var(--jp-layout-color2);
  --mg-border: var(--jp-border-color2);
  --mg-text: var(--jp-ui-font-color1);
  --mg-quiet: var(--jp-ui-font-color2);
  --mg-brand: var(--jp-brand-color1);
  --mg-good: var(--jp-success-color1);
  --mg-warn: var(--jp-warn-color1);
  --mg-bad: var(--jp-error-color1);

  /* Okabe and Ito (2008), "Color Universal Design", in an order that keeps neighbors apart. */
  --mg-0: #0072b2;
  --mg-1: #d55e00;
  --mg-2: #009e73;
  --mg-3: #cc79a7;
  --mg-4: #a67c00;
  --mg-5: #56b4e9;
  --mg-6: #7a5cc0;
  --mg-7: #7f7f7f;

  background: var(--mg-back);
  color: var(--mg-text);
  font-size: var(--jp-ui-font-size1);
  overflow: auto;
}

body[data-multigan-theme='light'] :is(.mg-panel, .mg-main) {
  --mg-back: #fff;
  --mg-raised: #f3f3f3;
  --mg-border: #d0d0d0;
  --mg-text: #1f1f1f;
  --mg-quiet: #5a5a5a;
  --mg-brand: #1565c0;
  --mg-good: #2e7d32;
  --mg-warn: #b35300;
  --mg-bad: #c62828;

  color-scheme: light;
}

body[data-multigan-theme='dark'] :is(.mg-panel, .mg-main) {
  --mg-back: #181818;
  --mg-raised: #262626;
  --mg-border: #444;
  --mg-text: #e6e6e6;
  --mg-quiet: #a8a8a8;
  --mg-brand: #64b5f6;
  --mg-good: #81c784;
  --mg-warn: #ffb74d;
  --mg-bad: #ef7a72;

  color-scheme: dark;
}

:is(body[data-jp-theme-light='false'], body[data-multigan-theme='dark'])
  :is(.mg-panel, .mg-main) {
  --mg-0: #4aa3df;
  --mg-1: #ff9248;
  --mg-2: #2ecc9b;
  --mg-3: #e79fc6;
  --mg-4: #e6c229;
  --mg-6: #b39ddb;
  --mg-7: #a0a0a0;
}

.mg-panel {
  display: flex;
  flex-direction: column;
  min-width: 240px;
  padding: 8px;
}

.mg-main {
  padding: 12px 16px 32px;
}

.mg-toolbar,
.mg-controls,
.mg-head,
.mg-progress,
.mg-slider {
  display: flex;
  align-items: center;
  gap: 6px;
}

.mg-toolbar,
.mg-controls {
  flex-wrap: wrap;
}

.mg-toolbar input[type='search'] {
  flex: 1 1 110px;
  min-width: 0;
}

:is(.mg-panel, .mg-main) :is(input[type='search'], input[type='number'], select) {
  height: 24px;
  padding: 0 6px;
  border: 1px solid var(--mg-border);
  border-radius: 3px;
  background: var(--mg-back);
  color: var(--mg-text);
  font: inherit;
}

.mg-button {
  height: 24px;
  padding: 0 9px;
  border: 1px solid var(--mg-border);
  border-radius: 3px;
  background: var(--mg-raised);
  color: var(--mg-text);
  font: inherit;
  cursor: pointer;
}

.mg-button:hover:enabled {
  border-color: var(--mg-brand);
}

.mg-button:disabled {
  opacity: 0.5;
  cursor: default;
}

.mg-button[aria-pressed='true'] {
  border-color: var(--mg-brand);
  box-shadow: inset 0 0 0 1px var(--mg-brand);
}

:is(.mg-panel, .mg-main) :is(button, input, select, svg, pre, a, summary):focus-visible {
  outline: 2px solid var(--mg-brand);
  outline-offset: 1px;
}

.mg-note {
  margin: 4px 0;
  color: var(--mg-quiet);
}

.mg-runs {
  margin: 4px 0 0;
  padding: 0;
  list-style: none;
}

.mg-run {
  padding: 6px 2px;
  border-top: 1px solid var(--mg-border);
}

.mg-head input {
  margin: 0;
}

.mg-name {
  flex: 1;
  min-width: 0;
  padding: 0;
  overflow: hidden;
  border: 0;
  background: none;
  color: var(--mg-text);
  font: inherit;
  font-weight: 600;
  text-align: left;
  text-overflow: ellipsis;
  white-space: nowrap;
  cursor: pointer;
}

.mg-state {
  color: var(--mg-quiet);
  white-space: nowrap;
}

.mg-state[data-state='running'] {
  color: var(--mg-good);
}

.mg-state[data-state='paused'] {
  color: var(--mg-warn);
}

.mg-state[data-state='failed'] {
  color: var(--mg-bad);
}

.mg-progress {
  flex-wrap: wrap;
  color: var(--mg-quiet);
  font-size: var(--jp-ui-font-size0);
}

.mg-progress progress {
  flex: 1 1 60px;
  height: 6px;
  min-width: 50px;
  accent-color: var(--mg-brand);
}

.mg-unfolded {
  display: flex;
  flex-direction: column;
  align-items: stretch;
  gap: 6px;
  margin-top: 6px;
}

.mg-unfolded > .mg-button {
  align-self: flex-start;
}

.mg-ending {
  padding: 4px 8px;
  border-left: 3px solid var(--mg-border);
  overflow-wrap: anywhere;
}

.mg-ending p {
  margin: 2px 0;
}

.mg-failed {
  border-color: var(--mg-bad);
}

.mg-sample {
  max-width: 100%;
  image-rendering: pixelated;
}

pre.mg-sample {
  max-height: 420px;
  margin: 0;
  padding: 8px;
  overflow: auto;
  border: 1px solid var(--mg-border);
  background: var(--mg-raised);
  color: var(--mg-text);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre-wrap;
}

audio.mg-sample {
  width: 100%;
}

.mg-slider input {
  flex: 1;
  accent-color: var(--mg-brand);
}

/* Charts */

.mg-chart {
  min-width: 0;
}

.mg-chart svg {
  display: block;
}

.mg-chart h3 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
}

.mg-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 14px;
  margin: 2px 0;
  color: var(--mg-quiet);
  font-variant-numeric: tabular-nums;
}

.mg-legend svg {
  display: inline-block;
  vertical-align: middle;
}

.mg-legend b {
  color: var(--mg-text);
}

.mg-at {
  min-width: 84px;
}

.mg-line {
  fill: none;
  stroke: var(--mg-color);
  stroke-width: 1.6;
  stroke-linejoin: round;
}

.mg-raw {
  opacity: 0.25;
}

.mg-dot {
  fill: var(--mg-color);
}

.mg-axes line {
  stroke: var(--mg-border);
  stroke-width: 0.6;
}

.mg-axes text {
  fill: var(--mg-quiet);
  font-size: 11px;
}

.mg-cursor {
  stroke: var(--mg-quiet);
  stroke-dasharray: 2 2;
}

.mg-style-0 { --mg-color: var(--mg-0); }
.mg-style-1 { --mg-color: var(--mg-1); stroke-dasharray: 6 3; }
.mg-style-2 { --mg-color: var(--mg-2); stroke-dasharray: 2 2; }
.mg-style-3 { --mg-color: var(--mg-3); stroke-dasharray: 8 3 2 3; }
.mg-style-4 { --mg-color: var(--mg-4); stroke-dasharray: 12 3; }
.mg-style-5 { --mg-color: var(--mg-5); stroke-dasharray: 4 1; }
.mg-style-6 { --mg-color: var(--mg-6); stroke-dasharray: 1 3; }
.mg-style-7 { --mg-color: var(--mg-7); stroke-dasharray: 10 2 2 2 2 2; }
`,""]),a.d(r,{},{A:i})},22(e){e.exports=function(e){var r=[];return r.toString=function(){return this.map(function(r){var a="",t=void 0!==r[5];return r[4]&&(a+="@supports (".concat(r[4],") {")),r[2]&&(a+="@media ".concat(r[2]," {")),t&&(a+="@layer".concat(r[5].length>0?" ".concat(r[5]):""," {")),a+=e(r),t&&(a+="}"),r[2]&&(a+="}"),r[4]&&(a+="}"),a}).join("")},r.i=function(e,a,t,o,n){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(t)for(var m=0;m<this.length;m++){var g=this[m][0];null!=g&&(i[g]=!0)}for(var s=0;s<e.length;s++){var l=[].concat(e[s]);t&&i[l[0]]||(void 0!==n&&(void 0===l[5]||(l[1]="@layer".concat(l[5].length>0?" ".concat(l[5]):""," {").concat(l[1],"}")),l[5]=n),a&&(l[2]&&(l[1]="@media ".concat(l[2]," {").concat(l[1],"}")),l[2]=a),o&&(l[4]?(l[1]="@supports (".concat(l[4],") {").concat(l[1],"}"),l[4]=o):l[4]="".concat(o)),r.push(l))}},r}},21(e){e.exports=function(e){return e[1]}},14(e){var r=[];function a(e){for(var a=-1,t=0;t<r.length;t++)if(r[t].identifier===e){a=t;break}return a}function t(e,t){for(var o={},n=[],i=0;i<e.length;i++){var m=e[i],g=t.base?m[0]+t.base:m[0],s=o[g]||0,l="".concat(g," ").concat(s);o[g]=s+1;var d=a(l),c={css:m[1],media:m[2],sourceMap:m[3],supports:m[4],layer:m[5]};if(-1!==d)r[d].references++,r[d].updater(c);else{var p=function(e,r){var a=r.domAPI(r);return a.update(e),function(r){r?(r.css!==e.css||r.media!==e.media||r.sourceMap!==e.sourceMap||r.supports!==e.supports||r.layer!==e.layer)&&a.update(e=r):a.remove()}}(c,t);t.byIndex=i,r.splice(i,0,{identifier:l,updater:p,references:1})}n.push(l)}return n}e.exports=function(e,o){var n=t(e=e||[],o=o||{});return function(e){e=e||[];for(var i=0;i<n.length;i++){var m=a(n[i]);r[m].references--}for(var g=t(e,o),s=0;s<n.length;s++){var l=a(n[s]);0===r[l].references&&(r[l].updater(),r.splice(l,1))}n=g}}},16(e){var r={};e.exports=function(e,a){var t=function(e){if(void 0===r[e]){var a=document.querySelector(e);if(window.HTMLIFrameElement&&a instanceof window.HTMLIFrameElement)try{a=a.contentDocument.head}catch(e){a=null}r[e]=a}return r[e]}(e);if(!t)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");t.appendChild(a)}},18(e){e.exports=function(e){var r=document.createElement("style");return e.setAttributes(r,e.attributes),e.insert(r,e.options),r}},17(e,r,a){e.exports=function(e){var r=a.nc;r&&e.setAttribute("nonce",r)}},15(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var r=e.insertStyleElement(e);return{update:function(a){var t,o,n;t="",a.supports&&(t+="@supports (".concat(a.supports,") {")),a.media&&(t+="@media ".concat(a.media," {")),(o=void 0!==a.layer)&&(t+="@layer".concat(a.layer.length>0?" ".concat(a.layer):""," {")),t+=a.css,o&&(t+="}"),a.media&&(t+="}"),a.supports&&(t+="}"),(n=a.sourceMap)&&"u">typeof btoa&&(t+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(n))))," */")),e.styleTagTransform(t,r,e.options)},remove:function(){var e;null===(e=r).parentNode||e.parentNode.removeChild(e)}}}},19(e){e.exports=function(e,r){if(r.styleSheet)r.styleSheet.cssText=e;else{for(;r.firstChild;)r.removeChild(r.firstChild);r.appendChild(document.createTextNode(e))}}},13(e,r,a){var t=a(14),o=a.n(t),n=a(15),i=a.n(n),m=a(16),g=a.n(m),s=a(17),l=a.n(s),d=a(18),c=a.n(d),p=a(19),u=a.n(p),f=a(20),v={};v.styleTagTransform=u(),v.setAttributes=l(),v.insert=g().bind(null,"head"),v.domAPI=i(),v.insertStyleElement=c(),o()(f.A,v),f.A&&f.A.locals&&f.A.locals}}]);