import React from 'react';
import { Files } from './files';
import { ISample, stepOf, useSample } from './hooks';

/** One look at the fixed latents. */
export function Sample({ sample, step }: { sample: ISample; step: number }): JSX.Element {
  const label = `samples at step ${step}`;
  switch (sample.kind) {
    case 'image':
      return <img className="mgl-sample" src={sample.content} alt={label} />;
    case 'audio':
      return <audio className="mgl-sample" controls src={sample.content} aria-label={label} />;
    default:
      return (
        <pre className="mgl-sample" aria-label={label} tabIndex={0}>
          {sample.content}
        </pre>
      );
  }
}

/** The newest look alone. */
export function NewestSample({ files, paths }: { files: Files; paths: string[] }): JSX.Element | null {
  const path = paths[paths.length - 1];
  const sample = useSample(files, path);
  return sample ? <Sample sample={sample} step={stepOf(sample.path)} /> : null;
}

/**
 * A look, and a slider over the run's history.
 *
 * It follows the newest until somebody goes back, and again once they return to the end.
 */
export function SampleHistory({ files, paths }: { files: Files; paths: string[] }): JSX.Element {
  const [chosen, setChosen] = React.useState<string | null>(null);
  const [isPlaying, setPlaying] = React.useState(false);
  const last = paths.length - 1;
  const place = chosen === null ? last : Math.max(0, paths.indexOf(chosen));
  const go = (index: number) => setChosen(index >= last ? null : paths[index]);
  const sample = useSample(files, paths[place]);
  usePlaying(isPlaying, () => (place >= last ? setPlaying(false) : go(place + 1)), place);
  if (last < 0) {
    return <p className="mgl-note">No samples yet.</p>;
  }
  const play = () => {
    if (!isPlaying && place >= last) {
      go(0);
    }
    setPlaying(!isPlaying);
  };
  return (
    <div className="mgl-history" data-step={sample ? stepOf(sample.path) : ''}>
      {sample && <Sample sample={sample} step={stepOf(sample.path)} />}
      {last > 0 && (
        <div className="mgl-slider">
          <button className="mgl-button" onClick={play} aria-pressed={isPlaying}>
            {isPlaying ? 'Halt' : 'Play'}
          </button>
          <input
            type="range"
            min={0}
            max={last}
            value={place}
            aria-label="Step of the samples"
            aria-valuetext={`step ${stepOf(paths[place])}`}
            onChange={event => go(Number(event.target.value))}
          />
        </div>
      )}
      <p className="mgl-note">
        step {stepOf(paths[place])}
        {chosen === null ? ', the newest' : ` · ${paths.length} in all`}
      </p>
    </div>
  );
}

const FRAME_MS = 250;

function usePlaying(isPlaying: boolean, next: () => void, place: number): void {
  React.useEffect(() => {
    if (!isPlaying) {
      return;
    }
    const timer = setTimeout(next, FRAME_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, place]);
}
