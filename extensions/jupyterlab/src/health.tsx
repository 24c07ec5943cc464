import React from 'react';
import { ask } from './controls';
import { RunsModel } from './model';
import { IFinding, IHealth, IRemedy, IRun, isAtWork, shown } from './run';

const SIGNS = { unmeasured: '○', ok: '●', warning: '▲', alarm: '◆' };
const WORDS = { unmeasured: 'not measured', ok: 'no alarm', warning: 'warning', alarm: 'alarm' };
const QUIET = ['unmeasured', 'ok'];

interface IHealthProps {
  model: RunsModel;
  run: IRun;
  health: IHealth | null;
}

/** What the collapse doctor found, and its remedies as buttons. */
export function Health({ model, run, health }: IHealthProps): JSX.Element | null {
  if (!health?.findings.length) {
    return null;
  }
  return (
    <section className="mgl-health" aria-label="Health">
      <h3>Health at step {health.step}</h3>
      <ul>
        {health.findings.map(finding => (
          <Finding key={finding.name} finding={finding} model={model} run={run} />
        ))}
      </ul>
    </section>
  );
}

interface IFindingProps {
  finding: IFinding;
  model: RunsModel;
  run: IRun;
}

function Finding({ finding, model, run }: IFindingProps): JSX.Element {
  const { remedy } = finding;
  const severity = severityOf(finding);
  const isQuiet = QUIET.includes(severity);
  return (
    <li data-severity={severity}>
      <p>
        <span className="mgl-light" aria-hidden="true">
          {SIGNS[severity] ?? '?'}
        </span>{' '}
        <b>{finding.name.replace(/_/g, ' ')}</b>: {WORDS[severity] ?? severity}
      </p>
      {!isQuiet && <p>{finding.text}</p>}
      {!isQuiet && remedy && <Remedy remedy={remedy} model={model} run={run} />}
    </li>
  );
}

/** What has no value was not measured, which earlier versions called ok. */
function severityOf({ severity, value }: IFinding): IFinding['severity'] {
  return severity === 'ok' && value === null ? 'unmeasured' : severity;
}

interface IRemedyProps {
  model: RunsModel;
  run: IRun;
  remedy: IRemedy;
}

/** A button that turns knobs; a new run takes a process, and so a shell or a notebook. */
function Remedy({ model, run, remedy }: IRemedyProps): JSX.Element {
  if (remedy.needs_fork) {
    return (
      <p>
        {remedy.text} In a shell: <code>{`multigan runs heal ${run.path} --remedy ${remedy.name}`}</code>
      </p>
    );
  }
  return (
    <p>
      <button
        className="mgl-button"
        title={knobsInWords(remedy.knobs)}
        disabled={!isAtWork(run)}
        onClick={() => void ask(model, run, { set: remedy.knobs })}
      >
        {remedy.name.replace(/_/g, ' ')}
      </button>{' '}
      {remedy.text}
    </p>
  );
}

function knobsInWords(knobs: Record<string, number>): string {
  return Object.entries(knobs)
    .map(([name, value]) => `${name} = ${shown(value)}`)
    .join(', ');
}
