import { IStateDB } from '@jupyterlab/statedb';
import React from 'react';
import { Chart } from './chart';
import { Controls, Ending, Progress, State } from './controls';
import { parent } from './files';
import { lineOf, useDetails, useRuns } from './hooks';
import { multiganIcon } from './icon';
import { LazyWidget } from './lazy';
import { RunsModel } from './model';
import { LatestPreview } from './samples';
import { IRun, isAtWork } from './run';

/** What the panel remembers over a reload. */
interface IMemory {
  search: string;
  open: string | null;
  chosen: string[];
}

const FORGOTTEN: IMemory = { search: '', open: null, chosen: [] };
const MEMORY = 'multigan:panel';

export interface IPanelActions {
  open: (path: string) => void;
  compare: (paths: string[]) => void;
  start: () => void;
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

  /** The run that is unfolded, which commands without an argument are about. */
  get currentPath(): string | null {
    return this._memory.open;
  }

  protected content(): JSX.Element {
    return (
      <Panel
        model={this._model}
        actions={this._actions}
        memory={this._memory}
        remember={change => this._remember(change)}
      />
    );
  }

  private async _recall(): Promise<void> {
    const found = await this._state?.fetch(MEMORY);
    this._memory = { ...FORGOTTEN, ...(found as Partial<IMemory> | undefined) };
    this._model.current = this._memory.open;
    this.update();
  }

  private _remember(change: Partial<IMemory>): void {
    this._memory = { ...this._memory, ...change };
    this._model.current = this._memory.open;
    void this._state?.save(MEMORY, { ...this._memory });
    this.update();
  }

  private _memory = FORGOTTEN;
}

interface IPanelProps {
  model: RunsModel;
  actions: IPanelActions;
  memory: IMemory;
  remember: (change: Partial<IMemory>) => void;
}

function Panel({ model, actions, memory, remember }: IPanelProps): JSX.Element {
  useRuns(model);
  const words = memory.search.toLowerCase().split(/\s+/).filter(Boolean);
  const runs = model.runs.filter(run => matches(run, words));
  const chosen = memory.chosen.filter(path => model.get(path));
  const choose = (path: string, isChosen: boolean) =>
    remember({ chosen: isChosen ? [...chosen, path] : chosen.filter(other => other !== path) });
  return (
    <>
      <div className="mgl-toolbar">
        <input
          type="search"
          placeholder="Search runs"
          aria-label="Search runs by name, folder or state"
          value={memory.search}
          onChange={event => remember({ search: event.target.value })}
        />
        <button className="mgl-button" title="Look again, everywhere" onClick={() => void model.refresh()}>
          Refresh
        </button>
        <button
          className="mgl-button"
          title="Tick runs to lay their curves over one another"
          disabled={chosen.length < 2}
          onClick={() => actions.compare(chosen)}
        >
          Compare{chosen.length > 1 ? ` ${chosen.length}` : ''}
        </button>
      </div>
      <p className="mgl-note" role="status">
        {summary(model, runs.length)}
      </p>
      {model.isReady && !model.runs.length && <Welcome start={actions.start} />}
      <ul className="mgl-runs" aria-label="Runs">
        {runs.map(run => (
          <Item
            key={run.path}
            run={run}
            model={model}
            isOpen={memory.open === run.path}
            isChosen={chosen.includes(run.path)}
            onToggle={() => remember({ open: memory.open === run.path ? null : run.path })}
            onChoose={isChosen => choose(run.path, isChosen)}
            onOpen={() => actions.open(run.path)}
          />
        ))}
      </ul>
    </>
  );
}

interface IItemProps {
  run: IRun;
  model: RunsModel;
  isOpen: boolean;
  isChosen: boolean;
  onToggle: () => void;
  onChoose: (isChosen: boolean) => void;
  onOpen: () => void;
}

function Item(props: IItemProps): JSX.Element {
  const { run, model, isOpen } = props;
  return (
    <li className="mgl-run" data-path={run.path} data-state={run.status.state}>
      <div className="mgl-head">
        <input
          type="checkbox"
          checked={props.isChosen}
          aria-label={`Choose ${run.name} to compare`}
          onChange={event => props.onChoose(event.target.checked)}
        />
        <button
          className="mgl-name"
          aria-expanded={isOpen}
          title={`${run.path}\nDouble-click opens its dashboard`}
          onClick={event => event.detail < 2 && props.onToggle()}
          onDoubleClick={props.onOpen}
        >
          {run.name}
        </button>
        <State run={run} />
      </div>
      <Progress run={run} />
      {isOpen && <Unfolded run={run} model={model} onOpen={props.onOpen} />}
    </li>
  );
}

function Unfolded({ run, model, onOpen }: { run: IRun; model: RunsModel; onOpen: () => void }): JSX.Element {
  const { curves, previews } = useDetails(model.files, run);
  const names = Object.keys(curves?.series ?? {}).filter(name => name.endsWith('/adversarial'));
  const lines = React.useMemo(
    () => (curves ? names.map(name => lineOf(curves, name)) : []),
    [curves]
  );
  return (
    <div className="mgl-unfolded">
      <Controls model={model} run={run} />
      <Ending run={run} />
      <Chart title="Adversarial losses" lines={lines} height={90} isSmall />
      <LatestPreview files={model.files} previews={previews} />
      <p className="mgl-note">in {parent(run.path) || 'the root folder'}</p>
      <button className="mgl-button" onClick={onOpen}>
        Open dashboard
      </button>
    </div>
  );
}

function Welcome({ start }: { start: () => void }): JSX.Element {
  return (
    <div className="mgl-welcome">
      <p>Runs appear here, whoever starts them: a notebook, a script or a shell.</p>
      <button className="mgl-button" onClick={start}>
        New notebook
      </button>
      <p>
        Or in a terminal: <code>multigan demo</code>
      </p>
    </div>
  );
}

function matches(run: IRun, words: string[]): boolean {
  const text = `${run.path} ${run.status.state}`.toLowerCase();
  return words.every(word => text.includes(word));
}

function summary(model: RunsModel, shown: number): string {
  if (model.trouble) {
    return model.trouble;
  }
  if (!model.isReady) {
    return 'Looking for runs …';
  }
  const all = model.runs.length;
  const live = model.runs.filter(isAtWork).length;
  const found = shown === all ? `${all}` : `${shown} of ${all}`;
  return `${found} ${all === 1 ? 'run' : 'runs'}, ${live} at work`;
}
