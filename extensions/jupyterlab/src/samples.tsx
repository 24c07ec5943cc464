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
