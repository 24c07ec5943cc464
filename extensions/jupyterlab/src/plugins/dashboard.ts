import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  MainAreaWidget,
  showDialog,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { CATEGORY, CommandIDs } from '../commands';
import { CompareView, uniqueLabels } from '../compare';
import { RunDashboard } from '../dashboard';
import { ask } from '../controls';
import { join, parent } from '../files';
import { multiganIcon } from '../icon';
import { IRuns, RunsModel } from '../model';
import { isAtWork } from '../run';
import { IAround } from '../traits';
import { View } from '../view';

const FACTORY = 'multigan Run';
const MARKER = '.multigan'; // multigan/core/run.py puts such a file into every run's folder

class DashboardFactory extends ABCWidgetFactory<DocumentWidget<RunDashboard>> {
  constructor(
    private _runs: RunsModel,
    private _view: View,
    private _around: IAround
  ) {
    super({
      name: FACTORY,
      modelName: 'text',
      fileTypes: ['multigan-run', 'json'],
      defaultFor: ['multigan-run'],
      readOnly: true
    });
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget<RunDashboard> {
    const folder = parent(context.localPath);
    const content = new RunDashboard(this._runs, folder, this._view, this._around);
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = multiganIcon; // its label is the file's name: setting it renames the file
    return widget;
  }
}

/** Dashboards in the main area: one a run, opened like a document, and comparisons. */
export const dashboardPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-multigan:dashboard',
  description: 'Dashboards of multigan runs in the main area, and comparisons of runs.',
  autoStart: true,
  requires: [IRuns],
  optional: [ILayoutRestorer, IStateDB, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    runs: RunsModel,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ) => {
    const view = new View(state);
    addDashboards(app, runs, view, restorer);
    const tracker = new WidgetTracker<Comparison>({ namespace: 'multigan-compare' });
    const show = labShell
      ? (paths: string[]) => showInMainArea(app, tracker, runs, paths, view)
      : (paths: string[]) => showInDialog(runs, paths, view);
    addComparisons(app, runs, show);
    if (labShell) {
      void restorer?.restore(tracker, {
        command: CommandIDs.compare,
        args: widget => ({ paths: widget.content.paths }),
        name: widget => widget.id
      });
    }
    palette?.addItem({ command: CommandIDs.compare, category: CATEGORY });
    palette?.addItem({ command: CommandIDs.openRun, category: CATEGORY });
  }
};

function around(app: JupyterFrontEnd, runs: RunsModel): IAround {
  const open = (command: string, args: Record<string, string>) =>
    void app.commands.execute(command, args);
  return {
    ask: (run, request) => void ask(runs, run, request),
    open: (what, path) => open(OPENING[what] ?? CommandIDs.openRun, { path }),
    cure: (path, remedy) => open(CommandIDs.heal, { path, remedy })
  };
}

/** What a dashboard's buttons open. */
const OPENING: Record<string, string> = {
  resume: CommandIDs.goOn,
  explore: CommandIDs.explore,
  report: CommandIDs.report
};

function addDashboards(
  app: JupyterFrontEnd,
  runs: RunsModel,
  view: View,
  restorer: ILayoutRestorer | null
): void {
  app.docRegistry.addFileType({
    name: 'multigan-run',
    displayName: 'Marker File of a Run', // "Save …", "Revert … to Checkpoint" are about that file
    extensions: [MARKER],
    fileFormat: 'text',
    contentType: 'file',
    mimeTypes: ['application/json'],
    icon: multiganIcon
  });
  const factory = new DashboardFactory(runs, view, around(app, runs));
  app.docRegistry.addWidgetFactory(factory);
  const tracker = new WidgetTracker<DocumentWidget<RunDashboard>>({ namespace: 'multigan-run' });
  factory.widgetCreated.connect((_, widget) => {
    void tracker.add(widget);
    widget.context.pathChanged.connect(() => void tracker.save(widget));
  });
  void restorer?.restore(tracker, {
    command: 'docmanager:open',
    args: widget => ({ path: widget.context.path, factory: FACTORY }),
    name: widget => widget.context.path
  });
  app.commands.addCommand(CommandIDs.openRun, {
    label: 'Open Dashboard of Run',
    caption: 'Open the dashboard of a run, or of the newest',
    icon: multiganIcon,
    describedBy: {
      args: { type: 'object', properties: { path: { type: 'string', description: "A run's folder" } } }
    },
    execute: async args => {
      const path = typeof args.path === 'string' ? args.path : runs.runs[0]?.path;
      if (path === undefined) {
        return undefined;
      }
      const entries = (await runs.files.list(path)) ?? [];
      const marker = entries.find(entry => entry.name.endsWith(MARKER))?.path;
      return app.commands.execute('docmanager:open', {
        path: marker ?? join(path, 'status.json'),
        factory: FACTORY
      });
    }
  });
}

type Comparison = MainAreaWidget<CompareView>;

function addComparisons(
  app: JupyterFrontEnd,
  runs: RunsModel,
  show: (paths: string[]) => unknown
): void {
  app.commands.addCommand(CommandIDs.compare, {
    label: 'Compare Runs at Work',
    caption: 'Lay the curves of runs over one another',
    icon: multiganIcon,
    describedBy: {
      args: { type: 'object', properties: { paths: { type: 'array', items: { type: 'string' } } } }
    },
    execute: args => {
      const live = runs.runs.filter(isAtWork).map(run => run.path);
      return show(Array.isArray(args.paths) ? args.paths.map(String) : live);
    }
  });
}

function showInMainArea(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<Comparison>,
  runs: RunsModel,
  paths: string[],
  view: View
): Comparison {
  const id = `multigan-compare:${paths.join('|')}`;
  let widget = tracker.find(other => other.id === id);
  if (!widget) {
    widget = new MainAreaWidget({ content: new CompareView(runs, paths, view) });
    widget.id = id;
    widget.title.label = titleOf(paths);
    widget.title.icon = multiganIcon;
    widget.title.closable = true;
    void tracker.add(widget);
  }
  if (!widget.isAttached) {
    app.shell.add(widget, 'main');
  }
  app.shell.activateById(id);
  return widget;
}

/** Notebook 7 has room for one document only. */
async function showInDialog(runs: RunsModel, paths: string[], view: View): Promise<void> {
  const body = new CompareView(runs, paths, view);
  body.addClass('mgl-dialog');
  await showDialog({ title: titleOf(paths), body, buttons: [Dialog.okButton({ label: 'Close' })] });
}

function titleOf(paths: string[]): string {
  return `Compare ${uniqueLabels(paths).join(', ')}`;
}
