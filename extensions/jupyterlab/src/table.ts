import { parent } from './files';
import { readDetails } from './hooks';
import { RunsModel } from './model';
import { describeState, IRun, isAtWork, shown, silentSeconds } from './run';
import { IViewModel } from './traits';

/** What the panel remembers over a reload. */
export interface IMemory {
  search: string;
  sort: string;
  group: string;
  chosen: string[];
  current: string | null;
}

export const FORGOTTEN: IMemory = {
  search: '',
  sort: 'newest',
  group: '',
  chosen: [],
  current: null
};

export interface ITableActions {
  open: (path: string) => void;
  compare: (paths: string[]) => void;
  remember: (memory: IMemory) => void;
}

type Handler = (...details: any[]) => void;

/** All runs as the traits that the shared table draws. */
export class TableTraits implements IViewModel {
  constructor(
    private _runs: RunsModel,
    private _memory: IMemory,
    private _actions: ITableActions
  ) {
    _runs.changed.connect(this._look, this);
  }

  stop(): void {
    this._runs.changed.disconnect(this._look, this);
    this._handlers = [];
  }

  get(name: string): any {
    switch (name) {
      case 'runs':
        return this._runs.runs.map(run => rowOf(run));
      case 'summary':
        return this._runs.trouble || (this._runs.isReady ? '' : 'Looking for runs …');
      case 'table':
        return this._memory;
    }
  }

  set(name: string, value: unknown): void {
    if (name === 'table') {
      this._memory = value as IMemory;
      this._actions.remember(this._memory);
    }
  }

  save_changes(): void {
    // What is remembered has been.
  }

  on(event: string, handler: Handler): void {
    this._handlers.push([event, handler]);
  }

  off(event: string, handler: Handler): void {
    this._handlers = this._handlers.filter(([e, h]) => e !== event || h !== handler);
  }

  send(message: Record<string, any>): void {
    if (message.card) {
      void this._sendCard(message.card);
    } else if (message.open) {
      this._actions.open(message.open);
    } else if (message.compare) {
      this._actions.compare(message.compare);
    } else if (message.refresh) {
      void this._runs.refresh();
    }
  }

  private _look(): void {
    this._emit('change:runs');
  }

  /** A run's newest picture, and its metric. */
  private async _sendCard(path: string): Promise<void> {
    try {
      const { previews, curves } = await readDetails(this._runs.files, path);
      const last = previews[previews.length - 1]?.paths ?? [];
      const file = last.find(one => /\.(png|txt)$/.test(one));
      const content = file === undefined ? null : await this._runs.files.bytes(file);
      const kind = content && file!.slice(file!.lastIndexOf('.'));
      const metric = metricOf(curves?.series ?? {});
      this._emit('msg:custom', { card: path, kind, metric }, content ? [content] : []);
    } catch {
      // the server is away: the row stays as it is
    }
  }

  private _emit(event: string, ...details: unknown[]): void {
    for (const [name, handler] of this._handlers) {
      if (name === event) {
        handler(...details);
      }
    }
  }

  private _handlers: [string, Handler][] = [];
}

function rowOf(run: IRun): object {
  const { state, step = 0, of = 0, at, seconds_left: left, losses = {} } = run.status;
  return {
    path: run.path,
    name: run.name,
    folder: parent(run.path),
    recipe: run.name.replace(/^\d+-/, ''),
    state,
    shown: silentSeconds(run) ? 'silent' : state,
    said: describeState(run),
    at_work: isAtWork(run),
    step,
    of,
    at,
    left,
    loss: losses['generator/adversarial'] ?? null
  };
}

/** The newest value of the first metric that was measured, in words. */
function metricOf(series: Record<string, (number | null)[]>): string {
  const name = Object.keys(series).find(one => one.startsWith('metric/'));
  const values = (name ? series[name] : []).filter((v): v is number => typeof v === 'number');
  return values.length ? `${name!.slice(7)} ${shown(values[values.length - 1])}` : '';
}
