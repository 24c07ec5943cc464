import React from 'react';
import { Chart } from './chart';
import { Controls, Ending, Progress, State } from './controls';
import { Health } from './health';
import { grouped, lineOf, useDetails, useRuns } from './hooks';
import { Knobs } from './knobs';
import { LazyWidget } from './lazy';
import { RunsModel } from './model';
import { PreviewHistory } from './samples';
import { ChartOptions, IView, View } from './view';
import { ICurves } from './run';

/** A run in the main area: how it is, its curves, its samples over time, what the doctor says. */
export class RunDashboard extends LazyWidget {
  constructor(
    private _model: RunsModel,
    private _path: string,
    private _view: View
  ) {
    super('mgl-main', `Run ${_path}`);
  }

  protected content(): JSX.Element {
    return <Dashboard model={this._model} path={this._path} view={this._view} />;
  }
}

interface IDashboardProps {
  model: RunsModel;
  path: string;
  view: View;
}

function Dashboard({ model, path, view }: IDashboardProps): JSX.Element {
  useRuns(model, path);
  const options = view.use();
  const run = model.get(path);
  const { curves, health, previews } = useDetails(model.files, run);
  if (!run) {
    return <p className="mgl-note">{model.isReady ? `There is no run in ${path}.` : 'Reading …'}</p>;
  }
  return (
    <>
      <header className="mgl-header">
        <h2>{run.name}</h2>
        <State run={run} />
        <Controls model={model} run={run} />
        <Progress run={run} />
      </header>
      <Ending run={run} />
      <div className="mgl-columns">
        <section aria-label="Curves">
          <ChartOptions view={view} />
          {curves ? (
            <Curves curves={curves} options={options} />
          ) : (
            <p className="mgl-note">No curves yet: they come with the first logged step.</p>
          )}
        </section>
        <section aria-label="Samples and health">
          <h3>Samples</h3>
          <PreviewHistory files={model.files} previews={previews} />
          <Health model={model} run={run} health={health} />
          <Knobs model={model} run={run} />
        </section>
      </div>
    </>
  );
}

function Curves({ curves, options }: { curves: ICurves; options: IView }): JSX.Element {
  const charts = React.useMemo(
    () =>
      grouped(Object.keys(curves.series)).map(({ title, names }) => ({
        title,
        lines: names.map((name, index) => lineOf(curves, name, index))
      })),
    [curves]
  );
  return (
    <>
      {charts.map(chart => (
        <Chart
          key={chart.title}
          {...chart}
          isLog={options.isLog}
          smoothing={options.smoothing}
          height={chart.lines.length > 1 ? 220 : 150}
        />
      ))}
    </>
  );
}
