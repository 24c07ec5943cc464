import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ABCWidgetFactory, DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { CATEGORY, CommandIDs } from '../commands';
import { CompareView, uniqueLabels } from '../compare';
import { RunDashboard } from '../dashboard';
import { join, parent } from '../files';
import { multiganIcon } from '../icon';
import { IRuns, RunsModel } from '../model';
import { isAtWork } from '../run';
import { View } from '../view';

const FACTORY = 'multigan Run';
const MARKER = '.multigan'; // multigan/core/run.py puts such a file into every run's folder

class DashboardFactory extends ABCWidgetFactory<DocumentWidget<RunDashboard>> {
  constructor(
    private _runs: RunsModel,
    private _view: View
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
    const content = new RunDashboard(this._runs, folder, this._view);
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
  optional: [ILayoutRestorer, IStateDB, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    runs: RunsModel,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    palette: ICommandPalette | null
  ) => {
    const view = new View(state);
    addDashboards(app, runs, view, restorer);
    addComparisons(app, runs, view, restorer);
    palette?.addItem({ command: CommandIDs.compare, category: CATEGORY });
    palette?.addItem({ command: CommandIDs.openRun, category: CATEGORY });
  }
};

function addDashboards(
  app: JupyterFrontEnd,
  runs: RunsModel,
  view: View,
  restorer: ILayoutRestorer | null
): void {
  app.docRegistry.addFileType({
    name: 'multigan-run',
    displayName: 'multigan Run',
    extensions: [MARKER],
    fileFormat: 'text',
    contentType: 'file',
    mimeTypes: ['application/json'],
    icon: multiganIcon
  });
  const factory = new DashboardFactory(runs, view);
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

function addComparisons(
  app: JupyterFrontEnd,
  runs: RunsModel,
  view: View,
  restorer: ILayoutRestorer | null
): void {
  const tracker = new WidgetTracker<MainAreaWidget<CompareView>>({ namespace: 'multigan-compare' });
  app.commands.addCommand(CommandIDs.compare, {
    label: 'Compare Runs at Work',
    caption: 'Lay the curves of runs over one another',
    icon: multiganIcon,
    describedBy: {
      args: { type: 'object', properties: { paths: { type: 'array', items: { type: 'string' } } } }
    },
    execute: args => {
      const live = runs.runs.filter(isAtWork).map(run => run.path);
      const paths = Array.isArray(args.paths) ? args.paths.map(String) : live;
      const id = `multigan-compare:${paths.join('|')}`;
      let widget = tracker.find(other => other.id === id);
      if (!widget) {
        widget = new MainAreaWidget({ content: new CompareView(runs, paths, view) });
        widget.id = id;
        widget.title.label = `Compare ${uniqueLabels(paths).join(', ')}`;
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
  });
  void restorer?.restore(tracker, {
    command: CommandIDs.compare,
    args: widget => ({ paths: widget.content.paths }),
    name: widget => widget.id
  });
}
