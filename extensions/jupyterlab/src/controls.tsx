import { showErrorMessage } from '@jupyterlab/apputils';
import React from 'react';
import { RunsModel } from './model';
import { describeProgress, describeState, IRequest, IRun, isAtWork, silentSeconds } from './run';

/** Asks something of a run; what the server refuses is shown. */
export async function ask(model: RunsModel, run: IRun, request: IRequest): Promise<void> {
  try {
    await model.request(run, request);
  } catch (error) {
    void showErrorMessage(`${run.name} could not be asked`, error as Error);
  }
}

interface IButtonProps {
  label: string;
  hint: string;
  isDisabled: boolean;
  onClick: () => void;
}

function Button({ label, hint, isDisabled, onClick }: IButtonProps): JSX.Element {
  return (
    <button className="mgl-button" title={hint} disabled={isDisabled} onClick={onClick}>
      {label}
    </button>
  );
}

/** Pause or continue, stop, save: what a run can be asked while it is at work. */
export function Controls({ model, run }: { model: RunsModel; run: IRun }): JSX.Element {
  const isOver = !isAtWork(run) || run.asked === 'stop';
  const isPaused = run.status.state === 'paused' || run.asked === 'pause';
  const send = (request: IRequest) => void ask(model, run, request);
  const pause = isPaused
    ? { label: 'Continue', hint: 'Let the run go on', request: { want: 'run' as const } }
    : { label: 'Pause', hint: 'Save, and wait', request: { want: 'pause' as const } };
  return (
    <div className="mgl-controls" role="group" aria-label={`Steer ${run.name}`}>
      <Button
        label={pause.label}
        hint={pause.hint}
        isDisabled={isOver}
        onClick={() => send(pause.request)}
      />
      <Button
        label="Stop"
        hint="Save, and end after this step"
        isDisabled={isOver}
        onClick={() => send({ want: 'stop' })}
      />
      <Button
        label="Checkpoint"
        hint="Save everything needed to go on from here"
        isDisabled={isOver}
        onClick={() => send({ checkpoint: true })}
      />
    </div>
  );
}

const ICONS: Record<string, string> = {
  running: '▶',
  paused: '⏸',
  finished: '✓',
  stopped: '■',
  failed: '✕',
  silent: '⚡',
  created: '…'
};

/** A run's state as a sign and a word. */
export function State({ run }: { run: IRun }): JSX.Element {
  const state = silentSeconds(run) ? 'silent' : run.status.state;
  return (
    <span className="mgl-state" data-state={state}>
      <span aria-hidden="true">{ICONS[state] ?? '?'}</span> {describeState(run)}
    </span>
  );
}

/** How far a run is. */
export function Progress({ run }: { run: IRun }): JSX.Element {
  const { step = 0, of } = run.status;
  return (
    <div className="mgl-progress">
      <progress max={of || 1} value={of ? step : 0} aria-label={`Progress of ${run.name}`} />
      <span>{describeProgress(run)}</span>
    </div>
  );
}

/** How to take up a run that nobody trains; what ended it, if it says so. */
export function Ending({ run }: { run: IRun }): JSX.Element | null {
  const { state, message } = run.status;
  const isFailed = state === 'failed';
  if (isAtWork(run) || state === 'created' || (state === 'finished' && !message)) {
    return null;
  }
  return (
    <div className={isFailed ? 'mgl-ending mgl-failed' : 'mgl-ending'} role={isFailed ? 'alert' : undefined}>
      {message && <p>{message}</p>}
      {state !== 'finished' && (
        <p>
          To go on: <code>multigan resume {run.path}</code>
        </p>
      )}
    </div>
  );
}
