import { Contents } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';
import { base, Files, join, pooled } from './files';
import { IControl, IRequest, IRun, isAtWork, IStatus, merged, OUTCOMES } from './run';
import { DEFAULTS, ISettings } from './settings';

export const IRuns = new Token<RunsModel>(
  'jupyterlab-multigan:IRuns',
  'All multigan runs under the root of the server.'
);

const RUN_NAME = /^\d{4,}-.+/;
const SKIPPED = new Set(['node_modules', 'site-packages', '__pycache__', 'venv', 'env']);
const MAX_LISTINGS = 400; // of one walk through the folders
const CONNECTIONS = 4; // a browser has six to a server, and other things to do
const WALK_SECONDS = 15;
const PATIENCE_SECONDS = 30; // for a run to do what it was asked

/**
 * Every run under the server's root, kept up to date by looking at the run directories.
 *
 * Files of a run appear by renaming, which changes the time of its folder; so one listing of the
 * folder that holds the runs tells which of them to read again. A walk through all folders, now
 * and then, finds where runs are.
 */
export class RunsModel {
  constructor(contents: Contents.IManager) {
    this.files = new Files(contents);
    this._poll = new Poll({
      auto: false,
      name: 'jupyterlab-multigan:runs',
      factory: () => this._look(),
      frequency: { interval: 1000 * DEFAULTS.refreshSeconds, backoff: true, max: 60_000 },
      standby: () => (this._watchers === 0 ? true : 'when-hidden')
    });
  }

  readonly files: Files;

  /** The run that commands without a path are about. */
  current: string | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The runs: those at work first, then the newest. */
  get runs(): IRun[] {
    const place = (run: IRun) => (isAtWork(run) ? 0 : 1);
    const time = (run: IRun) => Date.parse(run.status.at ?? '') || 0;
    return [...this._runs.values()].sort(
      (a, b) => place(a) - place(b) || time(b) - time(a) || (a.path < b.path ? -1 : 1)
    );
  }

  /** Whether the first look is over. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** What keeps this from being all, in a sentence; '' if nothing does. */
  get trouble(): string {
    return this._trouble;
  }

  get settings(): ISettings {
    return this._settings;
  }

  set settings(settings: ISettings) {
    const { runsFolder, depth } = this._settings;
    this._settings = settings;
    this._poll.frequency = { ...this._poll.frequency, interval: 1000 * settings.refreshSeconds };
    if (settings.runsFolder !== runsFolder || settings.depth !== depth) {
      this._parents.clear();
      this._runs.clear();
    }
    this._changed.emit();
    void this.refresh();
  }

  get(path: string): IRun | undefined {
    return this._runs.get(path);
  }

  /** Keeps looking until the returned function is called; `path` is a run to follow wherever it is. */
  watch(path?: string): () => void {
    this._watchers++;
    if (path !== undefined) {
      this._single.add(path);
    }
    void this._poll.start();
    void this._poll.refresh();
    return () => {
      this._watchers--;
    };
  }

  /** Looks at once, through all folders too. */
  async refresh(): Promise<void> {
    this._nextWalk = 0;
    await this._poll.refresh();
    await this._poll.tick;
  }

  /**
   * Asks something of a run, through its control.json.
   *
   * Rejects if the server does not let us write there.
   */
  async request(run: IRun, request: IRequest): Promise<void> {
    const path = join(run.path, 'control.json');
    const before = await this.files.object<IControl>(path);
    await this.files.write(path, merged(before, request));
    if (request.want) {
      this._asked.set(run.path, { want: request.want, until: Date.now() + 1000 * PATIENCE_SECONDS });
      run.asked = request.want;
      this._changed.emit();
    }
  }

  private async _look(): Promise<void> {
    try {
      if (Date.now() >= this._nextWalk) {
        await this._walk();
      }
      await this._readChanged();
    } catch (error) {
      this._trouble = 'The Jupyter server does not answer.';
      this._changed.emit();
      throw error; // the poll then waits longer and longer
    }
    this._isReady = true;
    this._changed.emit();
  }

  /** Finds the folders that hold runs, level by level. */
  private async _walk(): Promise<void> {
    const began = Date.now();
    let level = [this._settings.runsFolder];
    let listings = 0;
    for (let depth = 0; depth <= this._settings.depth && level.length; depth++) {
      const next: string[] = [];
      listings += level.length;
      await pooled(level.slice(0, MAX_LISTINGS), CONNECTIONS, async folder => {
        next.push(...this._explore(folder, (await this.files.list(folder)) ?? []));
      });
      level = listings < MAX_LISTINGS ? next : [];
    }
    this._trouble =
      listings < MAX_LISTINGS
        ? ''
        : 'There are too many folders to search them all: name that of the runs in the settings.';
    // Where folders are many or the server is slow, walking stays a small part of the time.
    this._nextWalk = Date.now() + Math.max(1000 * WALK_SECONDS, 20 * (Date.now() - began));
  }

  /** Notes what runs a folder holds, and returns the folders in which there may be more. */
  private _explore(folder: string, entries: Contents.IModel[]): string[] {
    const files = new Set(entries.filter(e => e.type !== 'directory').map(e => e.name));
    if (files.has('recipe.json') && files.has('status.json')) {
      this._single.add(folder);
      return [];
    }
    const folders = entries.filter(e => e.type === 'directory' && !SKIPPED.has(e.name));
    if (folders.some(e => RUN_NAME.test(e.name))) {
      this._parents.add(folder);
    }
    return folders.filter(e => !RUN_NAME.test(e.name)).map(e => e.path);
  }

  private async _readChanged(): Promise<void> {
    const found = new Map<string, string>([...this._single].map(path => [path, '']));
    await pooled([...this._parents], CONNECTIONS, async folder => {
      for (const entry of (await this.files.list(folder)) ?? []) {
        if (entry.type === 'directory' && RUN_NAME.test(entry.name)) {
          found.set(entry.path, entry.last_modified);
        }
      }
    });
    const due = [...found].filter(([path, time]) => this._isDue(path, time));
    await pooled(due, CONNECTIONS, async ([path, time]) => this._read(path, time));
    for (const path of this._runs.keys()) {
      if (!found.has(path)) {
        this._runs.delete(path);
        this._times.delete(path);
      }
    }
  }

  private _isDue(path: string, time: string): boolean {
    const run = this._runs.get(path);
    return run === undefined || isAtWork(run) || time === '' || this._times.get(path) !== time;
  }

  private async _read(path: string, time: string): Promise<void> {
    const status = await this.files.object<IStatus>(join(path, 'status.json'));
    const before = this._runs.get(path);
    if (status === null || typeof status.state !== 'string') {
      if (before === undefined || time === '') {
        this._runs.delete(path); // no run, or not yet; a file half read is read again soon
      }
      return;
    }
    this._times.set(path, time);
    const isNews = before !== undefined && before.status.at !== status.at;
    const seenAt = isNews ? Date.now() : before?.seenAt ?? 0;
    const asked = this._stillAsked(path, status.state);
    this._runs.set(path, { path, name: base(path) || 'this folder', status, seenAt, asked });
  }

  private _stillAsked(path: string, state: string): IRun['asked'] {
    const asked = this._asked.get(path);
    if (asked && (OUTCOMES[asked.want].includes(state) || Date.now() > asked.until)) {
      this._asked.delete(path);
    }
    return this._asked.get(path)?.want ?? null;
  }

  private _settings: ISettings = DEFAULTS;
  private _poll: Poll;
  private _watchers = 0;
  private _isReady = false;
  private _trouble = '';
  private _nextWalk = 0;
  private _parents = new Set<string>();
  private _single = new Set<string>();
  private _runs = new Map<string, IRun>();
  private _times = new Map<string, string>();
  private _asked = new Map<string, { want: NonNullable<IRun['asked']>; until: number }>();
  private _changed = new Signal<this, void>(this);
}
