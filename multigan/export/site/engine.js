// Asks the worker, one request at a time; of requests in one lane only the newest waits.

export class Engine {
  constructor(workerSource, parts) {
    const place = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    this.worker = new Worker(place);
    this.waiting = [];
    this.busy = null;
    this.worker.onmessage = ({ data }) => this.answered(data);
    this.worker.onerror = (event) => this.answered({ error: event.message || "It did not start." });
    this.ready = this.ask({ start: parts }, { urgency: 9 });
  }

  // Resolves to outputs by name, or to null where a newer request took this one's place.
  run(inputs, options = {}) {
    return this.ask({ inputs }, options);
  }

  ask(message, { lane = null, urgency = 0 }) {
    return new Promise((resolve, reject) => {
      const replaced = lane === null ? -1 : this.waiting.findIndex((each) => each.lane === lane);
      if (replaced >= 0) this.waiting.splice(replaced, 1)[0].resolve(null);
      this.waiting.push({ message, lane, urgency, resolve, reject });
      this.next();
    });
  }

  next() {
    if (this.busy || !this.waiting.length) return;
    const most = Math.max(...this.waiting.map((each) => each.urgency));
    const index = this.waiting.findIndex((each) => each.urgency === most);
    this.busy = this.waiting.splice(index, 1)[0];
    this.worker.postMessage(this.busy.message);
  }

  answered({ outputs, error }) {
    const { resolve, reject } = this.busy;
    this.busy = null;
    if (error) reject(new Error(error));
    else resolve(outputs || {});
    this.next();
  }
}
