import { IStateDB } from '@jupyterlab/statedb';
import React from 'react';
import { runTable } from '../../../multigan/notebook/static/runs.js';
import { Chart } from './chart';
import { CommandIDs } from './commands';
import { Controls, Ending, Progress } from './controls';
import { parent } from './files';
import { lineOf, useDetails, useRuns } from './hooks';
import { multiganIcon } from './icon';
import { LazyWidget } from './lazy';
import { RunsModel } from './model';
import { IRun, isAtWork } from './run';
import { LatestPreview } from './samples';
import { FORGOTTEN, IMemory, TableTraits } from './table';

const MEMORY = 'multigan:panel';

export interface IPanelActions {
  open: (path: string) => void;
  compare: (paths: string[]) => void;
  start: () => void;
  /** One of the commands about a run. */
  act: (command: string, path: string) => void;
}

/** The side panel: every run, and what can be done with it. */
export class RunsPanel extends LazyWidget {
  constructor(
    private _model: RunsModel,
    private _actions: IPanelActions,
    private _state: IStateDB | null
  ) {
    super('mgl-panel', 'multigan runs');
    this.id = 'multigan-panel';
    this.title.icon = multiganIcon;
    this.title.caption = 'multigan runs';
    void this._recall();
  }

  protected content(): JSX.Element {
    return this._isRecalled ? (
      <Panel
        model={this._model}
        actions={this._actions}
        memory={this._memory}
        remember={memory => this._remember(memory)}
      />
    ) : (
      <></>
    );
  }

  private async _recall(): Promise<void> {
    const found = await this._state?.fetch(MEMORY);
    this._memory = { ...FORGOTTEN, ...(found as Partial<IMemory> | undefined) };
    this._model.current = this._memory.current;
    this._isRecalled = true;
    this.update();
  }

  private _remember(memory: IMemory): void {
    this._memory = memory;
    this._model.current = memory.current;
    void this._state?.save(MEMORY, { ...memory });
    this.update();
  }

  private _memory = FORGOTTEN;
  private _isRecalled = false;
}

interface IPanelProps {
  model: RunsModel;
  actions: IPanelActions;
  memory: IMemory;
  remember: (memory: IMemory) => void;
}

function Panel({ model, actions, memory, remember }: IPanelProps): JSX.Element {
  useRuns(model);
  const box = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const traits = new TableTraits(model, memory, { ...actions, remember });
    const table = runTable(traits);
    box.current?.append(table.element);
    return () => {
      table.stop();
      traits.stop();
      table.element.remove();
    };
  }, [model]);
  const current = memory.current === null ? undefined : model.get(memory.current);
  return (
    <>
      <div className="mg mgl-shared mgl-table-box" ref={box} />
      {model.isReady && !model.runs.length && <Welcome start={actions.start} />}
      {current && <Details key={current.path} run={current} model={model} actions={actions} />}
    </>
  );
}

interface IDetailsProps {
  run: IRun;
  model: RunsModel;
  actions: IPanelActions;
}

/** The run that was chosen, below the table: so no row moves under the pointer. */
function Details({ run, model, actions }: IDetailsProps): JSX.Element {
  const { curves, previews } = useDetails(model.files, run);
  const names = Object.keys(curves?.series ?? {}).filter(name => name.endsWith('/adversarial'));
  const lines = React.useMemo(
    () => (curves ? names.map(name => lineOf(curves, name)) : []),
    [curves]
  );
  return (
    <section className="mgl-details" aria-label={`Details of ${run.name}`} data-path={run.path}>
      <h3>{run.name}</h3>
      <p className="mgl-note">in {parent(run.path) || 'the root folder'}</p>
      <Progress run={run} />
      {isAtWork(run) && <Controls model={model} run={run} />}
      <Actions run={run} actions={actions} />
      <Ending run={run} />
      <Chart title="Adversarial losses" lines={lines} height={80} isSmall />
      <LatestPreview files={model.files} previews={previews} />
    </section>
  );
}

/** What can be done with a run, besides steering it. */
function Actions({ run, actions }: { run: IRun; actions: IPanelActions }): JSX.Element {
  const all: [string, string, boolean][] = [
    ['Resume', CommandIDs.goOn, !isAtWork(run)],
    ['Explore', CommandIDs.explore, true],
    ['Fork', CommandIDs.fork, true],
    ['Report', CommandIDs.report, !isAtWork(run)],
    ['Rename', CommandIDs.rename, !isAtWork(run)],
    ['Delete', CommandIDs.remove, !isAtWork(run)],
    ['Copy path', CommandIDs.copyPath, true]
  ];
  return (
    <div className="mgl-controls" role="group" aria-label={`Do something with ${run.name}`}>
      <button className="mgl-button" onClick={() => actions.open(run.path)}>
        Open dashboard
      </button>
      {all
        .filter(([, , suits]) => suits)
        .map(([label, command]) => (
          <button
            key={command}
            className="mgl-button"
            onClick={() => actions.act(command, run.path)}
          >
            {label}
          </button>
        ))}
    </div>
  );
}

function Welcome({ start }: { start: () => void }): JSX.Element {
  return (
    <div className="mgl-welcome">
      <p>Runs appear here, whoever starts them: a notebook, a script or a shell.</p>
      <button className="mgl-button" onClick={start}>
        New notebook that trains on digits
      </button>
      <p>
        Or in a terminal: <code>multigan demo</code>
      </p>
    </div>
  );
}
