import React from 'react';
import { base, Files, join } from './files';
import { RunsModel } from './model';
import { ICurves, IHealth, IRun } from './run';
import { ILine, Point } from './chart';

/** Renders again whenever the model changes, which it does only while somebody watches. */
export function useRuns(model: RunsModel, path?: string): void {
  const [, setTurn] = React.useState(0);
  React.useEffect(() => {
    const turn = () => setTurn(turns => turns + 1);
    model.changed.connect(turn);
    const leave = model.watch(path);
    return () => {
      leave();
      model.changed.disconnect(turn);
    };
  }, [model, path]);
}

/** What a run's folder holds besides its status; read again whenever the status is. */
export interface IDetails {
  curves: ICurves | null;
  health: IHealth | null;
  /** The previews of the fixed latents, oldest first. */
  previews: IPreview[];
  /** A sheet of real samples, if there is one. */
  real: string[];
}

/** What a run showed at a step: one file, or a picture and a sound. */
export interface IPreview {
  step: number;
  paths: string[];
}

const NO_DETAILS: IDetails = { curves: null, health: null, previews: [], real: [] };

export function useDetails(files: Files, run: IRun | undefined): IDetails {
  const path = run?.path;
  const at = run?.status.at;
  const [details, setDetails] = React.useState(NO_DETAILS);
  React.useEffect(() => setDetails(NO_DETAILS), [path]);
  useLatest(
    async () => (path === undefined ? NO_DETAILS : readDetails(files, path)),
    setDetails,
    [files, path, at]
  );
  return details;
}

export async function readDetails(files: Files, path: string): Promise<IDetails> {
  const there = new Set((await files.list(path))?.map(entry => entry.name));
  const object = async <T extends object>(name: string) =>
    there.has(name) ? files.object<T>(join(path, name)) : null;
  const [curves, health, samples] = await Promise.all([
    object<ICurves>('curves.json'),
    object<IHealth>('health.json'),
    there.has('samples') ? files.list(join(path, 'samples')) : null
  ]);
  const paths = (samples ?? []).filter(entry => entry.type === 'file').map(entry => entry.path);
  return {
    curves: curves?.steps && curves.series ? curves : null,
    health: Array.isArray(health?.findings) ? health : null,
    previews: previewsIn(paths),
    real: paths.filter(path => /^real\.[a-z0-9]+$/.test(base(path))).sort()
  };
}

/** The files' previews; a file's name is the step at which it was made. */
function previewsIn(paths: string[]): IPreview[] {
  const previews = new Map<number, string[]>();
  for (const path of paths.filter(path => /^\d/.test(base(path))).sort()) {
    const step = parseInt(base(path), 10);
    previews.set(step, [...(previews.get(step) ?? []), path]);
  }
  return [...previews].map(([step, files]) => ({ step, paths: files })).sort((a, b) => a.step - b.step);
}

const KINDS: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg'
};

export interface ISample {
  path: string;
  kind: 'image' | 'audio' | 'text';
  /** A data URI, or the text itself. */
  content: string;
}

const kept = new Map<string, ISample>(); // a run's previews never change once they are there
const MAX_KEPT = 60;

/** What a preview shows. */
export interface IShown {
  step: number;
  samples: ISample[];
}

/** A preview, read; while the next is on its way, the last one stays, so that nothing flickers. */
export function usePreview(files: Files, preview: IPreview | undefined): IShown | null {
  const [shown, setShown] = React.useState<IShown | null>(null);
  useLatest(() => readPreview(files, preview), setShown, [files, preview?.paths.join('|')]);
  return shown;
}

async function readPreview(files: Files, preview: IPreview | undefined): Promise<IShown | null> {
  if (!preview) {
    return null;
  }
  const read = await Promise.all(preview.paths.map(path => readSample(files, path)));
  return { step: preview.step, samples: read.filter((s): s is ISample => s !== null) };
}

async function readSample(files: Files, path: string): Promise<ISample | null> {
  const known = kept.get(path);
  if (known) {
    return known;
  }
  const mime = KINDS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
  const content = mime ? await files.base64(path) : await files.text(path);
  if (content === null) {
    return null;
  }
  const sample: ISample = mime
    ? { path, kind: mime.startsWith('image') ? 'image' : 'audio', content: `data:${mime};base64,${content}` }
    : { path, kind: 'text', content };
  kept.set(path, sample);
  if (kept.size > MAX_KEPT) {
    kept.delete(kept.keys().next().value!);
  }
  return sample;
}

/** Does `work` whenever `inputs` change and takes its result, unless they have changed since. */
function useLatest<T>(work: () => Promise<T>, take: (value: T) => void, inputs: unknown[]): void {
  React.useEffect(() => {
    let isLatest = true;
    work().then(
      value => isLatest && take(value),
      () => undefined // the server is away: what is shown stays, and the panel says so
    );
    return () => {
      isLatest = false;
    };
  }, inputs);
}

const QUALITY = 'metric/';

/** What people call a series. */
export function titleOf(name: string): string {
  return name === 'steps_per_second' ? 'Steps per second' : name.replace(QUALITY, '');
}

/** A series as a line: its points without the gaps. */
export function lineOf(curves: ICurves, name: string, label = titleOf(name)): ILine {
  const values = curves.series[name] ?? [];
  const points = curves.steps
    .map((step, place): [number, number | null | undefined] => [step, values[place]])
    .filter((point): point is Point => typeof point[1] === 'number');
  return { name: label, points };
}
