// Questions to the kernel: one at a time, the newest next, so that a drag never queues up.

import { tell } from "./page.js";

const AGAIN_MS = 1500, IDLE_MS = 160;

/**
 * Returns {ask(question, then), whenIdle(question, then), hear, stop}.
 *
 * What is asked `whenIdle` waits until nobody has asked anything else for a moment: previews, for example.
 */
export function asker(model, say) {
  const took = [];
  let waiting = null, next = null, idle = null, number = 0, timer = 0, idleTimer = 0, sent = 0;
  const self = { ask, whenIdle, hear, stop: () => { clearTimeout(timer); clearTimeout(idleTimer); }, onAnswer: () => {}, onLost: () => {} };

  function ask(question, then, buffers) {
    if (waiting && !waiting.isIdle) { next = [question, then, buffers]; return; }
    start({ question, then, buffers });
  }
  function whenIdle(question, then) {
    idle = { question, then, isIdle: true };
    restIdle();
  }
  function restIdle() {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => { if (idle && !waiting) { const one = idle; idle = null; start(one); } }, IDLE_MS);
  }
  function start(one) {
    clearTimeout(timer);
    waiting = one;
    sent = performance.now();
    send(1);
  }
  function send(attempt) {
    number += 1;
    if (!tell(model, { number, ...waiting.question }, waiting.buffers)) return self.onLost();
    // A message sent before the kernel has a thread for it waits behind the running cell: ask again.
    timer = setTimeout(send, attempt * AGAIN_MS, attempt + 1);
  }
  function hear(content, buffers) {
    if (content.number !== number || !waiting) return;
    clearTimeout(timer);
    const { then, isIdle } = waiting;
    if ("waits" in content) return say(content.waits);
    if ("partial" in content) return then(content, []);
    waiting = null;
    if (!isIdle) {
      say(content.error ?? "", "error" in content);
      took.push(performance.now() - sent);
    }
    if (!("error" in content)) then(content, buffers);
    if (!isIdle) self.onAnswer(took, took.length);
    if (next) { const [question, after, more] = next; next = null; ask(question, after, more); }
    else if (idle) restIdle();
  }
  return self;
}
