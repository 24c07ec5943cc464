import { IChart, View } from './view';
import { Files, join, parent } from './files';
import { IDetails, IPreview, readDetails } from './hooks';
import { RunsModel } from './model';
import { describeState, IRequest, IRun, isAtWork, silentSeconds } from './run';

/** What a shared view asks of its model; anywidget's models offer the same. */
export interface IViewModel {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, handler: Handler): void;
  off(event: string, handler: Handler): void;
  send(message: Record<string, any>): void;
}

type Handler = (...details: any[]) => void;

/** What a dashboard may ask of the page around it. */
export interface IAround {
  ask: (run: IRun, request: IRequest) => void;
  /** Resume, explore, report: each opens something for the run at a path. */
  open: (command: string, path: string) => void;
  cure: (path: string, remedy: string) => void;
}

const REQUESTS: Record<string, IRequest> = {
  pause: { want: 'pause' },
  continue: { want: 'run' },
  stop: { want: 'stop' },
  checkpoint: { checkpoint: true }
};

/** What an answer to a request says, where the run itself says nothing. */
const TOLD: Record<string, string> = { checkpoint: 'Asked for a checkpoint after the step in progress.' };

/**
 * A run's files as the traits that the shared dashboard draws.
 *
 * A notebook's dashboard has its traits from a kernel; this one reads files, so it shows any run.
 */
export class RunTraits implements IViewModel {
  constructor(
    private _runs: RunsModel,
    readonly path: string,
    private _view: View,
    private _around: IAround
  ) {
    this._files = _runs.files;
    _view.changed.connect(this._takeView, this);
    this._takeView();
    this.follow();
  }

  /** Keeps up with the run, as long as somebody looks. */
  follow(): void {
    if (!this._leave && !this._isOver) {
      this._leave = this._runs.watch(this.path);
      this._runs.changed.connect(this._look, this);
      this._look();
    }
  }

  /** Reads nothing more, until it is to follow again. */
  pause(): void {
    this._leave?.();
    this._leave = null;
    this._runs.changed.disconnect(this._look, this);
  }

  stop(): void {
    this.pause();
    this._isOver = true;
    this._view.changed.disconnect(this._takeView, this);
  }

  get(name: string): any {
    return this._traits[name];
  }

  set(name: string, value: unknown): void {
    if (name === 'chart') {
      this._view.chart = value as IChart;
    }
    this._take({ [name]: value });
  }

  save_changes(): void {
    // The view has saved what is to last.
  }

  on(event: string, handler: Handler): void {
    this._handlers.push([event, handler]);
  }

  off(event: string, handler: Handler): void {
    this._handlers = this._handlers.filter(([e, h]) => e !== event || h !== handler);
  }

  send(message: Record<string, any>): void {
    const run = this._runs.get(this.path);
    if (typeof message.look === 'number') {
      void this._sendLook(message.look);
    } else if (message.real) {
      void this._sendReal();
    } else if (run && message.do in REQUESTS) {
      this._around.ask(run, REQUESTS[message.do]);
      this._emit('msg:custom', { told: TOLD[message.do] ?? '' }, []);
    } else if (run && message.set) {
      this._around.ask(run, { set: message.set });
      this._emit('msg:custom', { told: `Asked for ${inWords(message.set)}.` }, []);
    } else if (message.do) {
      this._around.open(message.do, this.path);
    } else if (message.cure) {
      this._around.cure(this.path, message.cure);
    }
  }

  private _look(): void {
    const run = this._runs.get(this.path);
    if (!run) {
      const gone = { state: 'deleted', at_work: false, message: `There is no run in ${this.path}.` };
      this._take(this._runs.isReady ? { status: gone, loading: '' } : { loading: 'Reading …' });
      return;
    }
    this._take({ name: run.name, status: described(run), knobs: knobsOf(run) });
    const version = `${run.status.at} ${run.status.state}`;
    if (version !== this._version) {
      this._version = version;
      void this._read();
    }
  }

  private async _read(): Promise<void> {
    try {
      const found = await readDetails(this._files, this.path);
      const last = found.previews[found.previews.length - 1];
      const isNew = last && last.step !== this._details?.previews.slice(-1)[0]?.step;
      const newest = isNew ? await this._filesOf(last) : null;
      if (!this._isOver) {
        this._takeDetails(found, newest);
      }
    } catch (error) {
      this._version = ''; // the server is away: what is shown stays, and is read again
      console.warn(`multigan: ${this.path} could not be read: ${error}`);
    }
  }

  private _takeDetails(found: IDetails, newest: IFile[] | null): void {
    this._details = found;
    const { curves, health, previews, real } = found;
    this._take({
      loading: '',
      curves: Object.entries(curves?.series ?? {})
        .filter(([name]) => name.includes('/'))
        .map(([name, values]) => series(name, curves!.steps, values)),
      health: health ?? {},
      real: real.length > 0,
      ...(newest ? { newest } : {}),
      previews: new DataView(Uint32Array.from(previews, preview => preview.step).buffer)
    });
  }

  private async _sendLook(step: number): Promise<void> {
    const preview = this._details?.previews.find(one => one.step === step);
    if (preview) {
      const files = await this._filesOf(preview);
      const answer = { look: step, run: this._traits.name, kinds: files.map(file => file.kind) };
      this._emit('msg:custom', answer, files.map(file => file.content));
    }
  }

  private async _sendReal(): Promise<void> {
    const files = await this._filesOf({ step: 0, paths: this._details?.real ?? [] });
    this._emit('msg:custom', { real: true, kinds: files.map(f => f.kind) }, files.map(f => f.content));
  }

  private async _filesOf(preview: IPreview): Promise<IFile[]> {
    const read = await Promise.all(
      preview.paths.map(async path => {
        const content = await this._files.bytes(path);
        return content && { kind: path.slice(path.lastIndexOf('.')), content };
      })
    );
    return read.filter((file): file is IFile => file !== null);
  }

  private _takeView(): void {
    this._take({ chart: this._view.chart });
  }

  private _take(values: Record<string, unknown>): void {
    Object.assign(this._traits, values);
    for (const name of Object.keys(values)) {
      this._emit(`change:${name}`);
    }
  }

  private _emit(event: string, ...details: unknown[]): void {
    for (const [name, handler] of this._handlers) {
      if (name === event && !this._isOver) {
        handler(...details);
      }
    }
  }

  private _files: Files;
  private _leave: (() => void) | null = null;
  private _isOver = false;
  private _version = '';
  private _details: IDetails | null = null;
  private _handlers: [string, Handler][] = [];
  private _traits: Record<string, any> = {
    name: this.path.slice(this.path.lastIndexOf('/') + 1),
    status: {},
    loading: 'Reading …',
    curves: [],
    previews: new DataView(new ArrayBuffer(0)),
    newest: [],
    knobs: {},
    health: {},
    events: [],
    real: false,
    chart: null,
    offers: ['resume', 'explore', 'report']
  };
}

interface IFile {
  kind: string;
  content: Uint8Array;
}

function described(run: IRun): Record<string, unknown> {
  const { state, step = 0, of, steps_per_second, seconds_left, message } = run.status;
  return {
    state,
    said: describeState(run),
    silent: silentSeconds(run) > 0,
    at_work: isAtWork(run),
    step,
    of,
    rate: steps_per_second,
    seconds_left,
    message: message ?? ''
  };
}

function knobsOf(run: IRun): Record<string, unknown> {
  const { knobs = {}, knob_ranges: ranges = {} } = run.status;
  return Object.fromEntries(
    Object.entries(knobs).map(([name, value]) => {
      const [least, most] = ranges[name] ?? [null, null];
      return [name, { value, least, most }];
    })
  );
}

function series(name: string, steps: number[], values: (number | null)[]): object {
  const places = steps.map((_, place) => place).filter(place => typeof values[place] === 'number');
  const packed = (numbers: number[]) => new DataView(Float32Array.from(numbers).buffer);
  return {
    name,
    steps: packed(places.map(place => steps[place])),
    values: packed(places.map(place => values[place]!))
  };
}

function inWords(values: Record<string, number | null>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? `${name} back to its schedule` : `${name} = ${value}`))
    .join(', ');
}

/** The folder from which a run is named in a notebook, and its path from there. */
export function fromNotebook(path: string): { cwd: string; name: string } {
  const cwd = parent(parent(path));
  return { cwd, name: cwd ? path.slice(cwd.length + 1) : join(path) };
}
