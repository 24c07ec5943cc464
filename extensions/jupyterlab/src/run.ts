/** What the files of a run directory say; multigan/core/run.py writes them. */

/** status.json */
export interface IStatus {
  state: string;
  at?: string;
  step?: number;
  of?: number;
  steps_per_second?: number | null;
  seconds_left?: number;
  losses?: Record<string, number>;
  knobs?: Record<string, number>;
  knob_ranges?: Record<string, [number | null, number | null]>;
  message?: string;
}

/** control.json: a request, not a queue. */
export interface IControl {
  want: Want;
  checkpoint: number;
  set: Record<string, number | null>;
}

export type Want = 'run' | 'pause' | 'stop';

/** What somebody asks of a run. */
export interface IRequest {
  want?: Want;
  checkpoint?: boolean;
  set?: Record<string, number | null>;
}

/** curves.json: of each series a value or null for each of the steps. */
export interface ICurves {
  steps: number[];
  series: Record<string, (number | null)[]>;
}

/** health.json, the collapse doctor's. */
export interface IHealth {
  step: number;
  findings: IFinding[];
}

export interface IFinding {
  name: string;
  severity: 'unmeasured' | 'ok' | 'warning' | 'alarm';
  value: number | null;
  text: string;
  remedy: IRemedy | null;
}

export interface IRemedy {
  name: string;
  text: string;
  knobs: Record<string, number>;
  /** Whether it is a new run that it takes. */
  needs_fork?: boolean;
}

export interface IRun {
  /** The run's folder, from the server's root. */
  path: string;
  name: string;
  status: IStatus;
  /** When this browser first saw the present status. */
  seenAt: number;
  /** What was asked here and has not happened yet. */
  asked: Want | null;
}

const SILENT_SECONDS = 120;

export function isAtWork(run: IRun): boolean {
  return run.status.state === 'running' || run.status.state === 'paused';
}

/** The state that comes of a request. */
export const OUTCOMES: Record<Want, string[]> = {
  run: ['running'],
  pause: ['paused'],
  stop: ['stopped', 'finished', 'failed']
};

/**
 * For how long a run that says it runs has not written its status; 0 if that is nothing unusual.
 *
 * Only the machine it runs on can tell whether it was killed. Two clocks are compared, so a run
 * whose status changed before our eyes is never called silent.
 */
export function silentSeconds(run: IRun, now: number = Date.now()): number {
  if (run.status.state !== 'running' || !run.status.at) {
    return 0;
  }
  const age = (now - Date.parse(run.status.at)) / 1000;
  const watched = run.seenAt === 0 || (now - run.seenAt) / 1000 > SILENT_SECONDS;
  return watched && age > SILENT_SECONDS ? age : 0;
}

/** A state in words, with what a person should know besides. */
export function describeState(run: IRun): string {
  if (run.asked) {
    return { run: 'going on …', pause: 'pausing …', stop: 'stopping …' }[run.asked];
  }
  const silent = silentSeconds(run);
  return silent ? `no news for ${duration(silent)}` : run.status.state;
}

/** How far the run is, how fast, and how long it will take. */
export function describeProgress(run: IRun): string {
  const { step = 0, of, steps_per_second: rate, seconds_left: left } = run.status;
  const parts = [of ? `step ${step} of ${of}` : `step ${step}`];
  if (run.status.state === 'running') {
    if (rate) {
      parts.push(`${shown(rate)} steps/s`);
    }
    if (left) {
      parts.push(`${duration(left)} left`);
    }
  }
  return parts.join(' · ');
}

/** A time as people say it: 7 s, 1 min 15 s, 1 h 2 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A number to four places, without needless zeros. */
export function shown(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}

/** Adds a request to what was asked before, as RunFolder.request does. */
export function merged(before: Partial<IControl> | null, request: IRequest): IControl {
  const { want, checkpoint, set } = before ?? {};
  return {
    want: request.want ?? (want && want in OUTCOMES ? want : 'run'),
    checkpoint: (Number.isInteger(checkpoint) ? checkpoint! : 0) + (request.checkpoint ? 1 : 0),
    set: { ...(set && typeof set === 'object' ? set : {}), ...request.set }
  };
}
