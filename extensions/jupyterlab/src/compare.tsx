import React from 'react';
import { Chart } from './chart';
import { Progress, State } from './controls';
import { join } from './files';
import { IDetails, lineOf, titleOf, useDetails, useRuns } from './hooks';
import { LazyWidget } from './lazy';
import { RunsModel } from './model';
import { differing } from './recipe';
import { IRun } from './run';
import { LatestPreview } from './samples';
import { ChartOptions, View } from './view';

/** Some runs in one picture: their curves over one another, their recipes, their samples. */
export class CompareView extends LazyWidget {
  constructor(
    private _model: RunsModel,
    readonly paths: string[],
    private _view: View
  ) {
    super('mgl-main', `Compare ${paths.join(', ')}`);
  }

  protected content(): JSX.Element {
    return <Compare model={this._model} paths={this.paths} view={this._view} />;
  }
}

interface ICompareProps {
  model: RunsModel;
  paths: string[];
  view: View;
}

type Known = Record<string, IDetails>;

function Compare({ model, paths, view }: ICompareProps): JSX.Element {
  useRuns(model);
  const [known, setKnown] = React.useState<Known>({});
  const runs = paths.map(path => model.get(path)).filter((run): run is IRun => run !== undefined);
  const labels = uniqueLabels(paths);
  return (
    <>
      <h2>{labels.join(' · ')}</h2>
      {model.isReady && runs.length < paths.length && (
        <p className="mgl-note">{paths.length - runs.length} of them are gone.</p>
      )}
      <div className="mgl-compared">
        {runs.map(run => (
          <Compared
            key={run.path}
            model={model}
            run={run}
            label={labels[paths.indexOf(run.path)]}
            tell={details => setKnown(all => ({ ...all, [run.path]: details }))}
          />
        ))}
      </div>
      <Differences model={model} paths={paths} labels={labels} />
      <ChartOptions view={view} />
      <Overlaid paths={paths} labels={labels} known={known} view={view} />
    </>
  );
}

interface IComparedProps {
  model: RunsModel;
  run: IRun;
  label: string;
  tell: (details: IDetails) => void;
}

/** One run's column; what it reads of the run, it tells the charts below. */
function Compared({ model, run, label, tell }: IComparedProps): JSX.Element {
  const details = useDetails(model.files, run);
  React.useEffect(() => tell(details), [details]);
  return (
    <section aria-label={label}>
      <h3>{label}</h3>
      <State run={run} />
      <Progress run={run} />
      <LatestPreview files={model.files} previews={details.previews} />
    </section>
  );
}

interface IOverlaidProps {
  paths: string[];
  labels: string[];
  known: Known;
  view: View;
}

function Overlaid({ paths, labels, known, view }: IOverlaidProps): JSX.Element {
  const { isLog, smoothing } = view.use();
  const charts = React.useMemo(() => {
    const names = new Set(paths.flatMap(path => Object.keys(known[path]?.curves?.series ?? {})));
    return [...names].map(name => ({
      title: titleOf(name),
      lines: paths.flatMap((path, index) => {
        const curves = known[path]?.curves;
        return curves?.series[name] ? [lineOf(curves, name, labels[index])] : [];
      })
    }));
  }, [known]);
  return (
    <div className="mgl-grid">
      {charts.map(chart => (
        <Chart key={chart.title} {...chart} isLog={isLog} smoothing={smoothing ?? 0} />
      ))}
    </div>
  );
}

interface IDifferencesProps {
  model: RunsModel;
  paths: string[];
  labels: string[];
}

function Differences({ model, paths, labels }: IDifferencesProps): JSX.Element | null {
  const [rows, setRows] = React.useState<[string, string[]][] | null>(null);
  React.useEffect(() => {
    let isWanted = true;
    const recipes = paths.map(path => model.files.object(join(path, 'recipe.json')));
    void Promise.all(recipes).then(found => isWanted && setRows(differing(found)), () => undefined);
    return () => {
      isWanted = false;
    };
  }, [paths]);
  if (rows === null) {
    return null;
  }
  if (!rows.length) {
    return <p className="mgl-note">Their recipes are the same.</p>;
  }
  return (
    <table className="mgl-table">
      <thead>
        <tr>
          <th scope="col">asked for</th>
          {labels.map(label => (
            <th scope="col" key={label}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, values]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {values.map((value, index) => (
              <td key={index}>{value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The runs' names, or where two are called the same, their paths. */
export function uniqueLabels(paths: string[]): string[] {
  const names = paths.map(path => path.slice(path.lastIndexOf('/') + 1));
  return new Set(names).size === names.length ? names : paths;
}
