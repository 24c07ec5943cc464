import React from 'react';
import { Files } from './files';
import { IPreview, ISample, IShown, usePreview } from './hooks';

function Sample({ sample, step }: { sample: ISample; step: number }): JSX.Element {
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

/** All that a run showed at one step. */
function Preview({ preview }: { preview: IShown }): JSX.Element {
  return (
    <>
      {preview.samples.map(sample => (
        <Sample key={sample.kind} sample={sample} step={preview.step} />
      ))}
    </>
  );
}

/** The latest preview alone. */
export function LatestPreview({ files, previews }: { files: Files; previews: IPreview[] }): JSX.Element | null {
  const preview = usePreview(files, previews[previews.length - 1]);
  return preview && <Preview preview={preview} />;
}

/**
 * A preview, and a slider over the run's history.
 *
 * It follows the newest until somebody goes back, and again once they return to the end.
 */
export function PreviewHistory({ files, previews }: { files: Files; previews: IPreview[] }): JSX.Element {
  const [chosen, setChosen] = React.useState<number | null>(null); // a step
  const [isPlaying, setPlaying] = React.useState(false);
  const last = previews.length - 1;
  const found = previews.findIndex(preview => preview.step === chosen);
  const place = found < 0 ? last : found;
  const go = (index: number) => setChosen(index >= last ? null : previews[index].step);
  const shown = usePreview(files, previews[place]);
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
  const step = `step ${previews[place].step}`;
  return (
    <div className="mgl-history" data-step={shown?.step}>
      {shown && <Preview preview={shown} />}
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
            aria-valuetext={step}
            onChange={event => go(Number(event.target.value))}
          />
        </div>
      )}
      <p className="mgl-note">
        {step}
        {place === last ? ', the newest' : ` · ${previews.length} previews in all`}
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
