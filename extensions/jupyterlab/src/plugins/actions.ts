import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  InputDialog,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CATEGORY, CommandIDs } from '../commands';
import { base, join, parent } from '../files';
import { multiganIcon } from '../icon';
import { IRuns, RunsModel } from '../model';
import { IRun, isAtWork } from '../run';
import { fromNotebook } from '../traits';

interface IAction {
  id: string;
  label: string;
  caption: string;
  /** Whether it makes sense for a run as it is. */
  suits: (run: IRun) => boolean;
  execute: (run: IRun, args: ReadonlyPartialJSONObject) => Promise<unknown>;
}

const always = () => true;
const hasEnded = (run: IRun) => !isAtWork(run);

/** What can be done with a run at any time, and with one that has ended. */
export const actionsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-multigan:actions',
  description: 'Resume, explore, fork, rename and delete multigan runs.',
  autoStart: true,
  requires: [IRuns],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, runs: RunsModel, palette: ICommandPalette | null) => {
    const meant = (path: unknown): IRun | undefined =>
      runs.get(typeof path === 'string' ? path : runs.current ?? '') ?? undefined;
    let rank = 1;
    for (const action of actionsOf(app, runs)) {
      app.commands.addCommand(action.id, {
        label: action.label,
        caption: `${action.caption}; without a path the run that is chosen in the panel`,
        icon: multiganIcon,
        describedBy: { args: { type: 'object', properties: { path: { type: 'string' } } } },
        isEnabled: args => {
          const run = meant(args.path);
          return run !== undefined && action.suits(run);
        },
        execute: async args => {
          const run = meant(args.path);
          return run && action.execute(run, args);
        }
      });
      if (action.id !== CommandIDs.heal) {
        palette?.addItem({ command: action.id, category: CATEGORY });
        // A right click chooses the row, and commands without a path are about that.
        app.contextMenu.addItem({ command: action.id, selector: '.mg-run', rank: rank++ });
      }
    }
  }
};

function actionsOf(app: JupyterFrontEnd, runs: RunsModel): IAction[] {
  const line = (run: IRun, words: (name: string) => string) =>
    runInNotebook(app, run.path, words(quoted(fromNotebook(run.path).name)));
  return [
    {
      id: CommandIDs.goOn,
      label: 'Resume Run',
      caption: 'Go on with a run in a new notebook',
      suits: hasEnded,
      execute: run => line(run, name => `%multigan resume ${name}${further(run)}`)
    },
    {
      id: CommandIDs.explore,
      label: 'Explore Run',
      caption: 'Play with a run’s generator in a new notebook',
      suits: always,
      execute: run => line(run, name => `%multigan explore ${name}`)
    },
    {
      id: CommandIDs.fork,
      label: 'Fork Run',
      caption: 'Go back to a checkpoint and on another way, in a new notebook',
      suits: always,
      execute: run => line(run, name => `%multigan travel ${name}`)
    },
    {
      id: CommandIDs.heal,
      label: 'Heal Run',
      caption: 'Begin a new run with what a remedy changes',
      suits: always,
      execute: (run, args) =>
        line(run, name => `%multigan runs heal ${name} --remedy ${String(args.remedy)}`)
    },
    {
      id: CommandIDs.report,
      label: 'Open Report of Run',
      caption: 'All of a run on one page',
      suits: hasEnded,
      execute: run => openReport(app, runs, run)
    },
    {
      id: CommandIDs.copyPath,
      label: 'Copy Path of Run',
      caption: 'Copy where a run’s folder is',
      suits: always,
      execute: async run => Clipboard.copyToSystem(run.path)
    },
    {
      id: CommandIDs.rename,
      label: 'Rename Run …',
      caption: 'Change what follows a run’s number',
      suits: hasEnded,
      execute: run => rename(app, runs, run)
    },
    {
      id: CommandIDs.remove,
      label: 'Delete Run …',
      caption: 'Remove a run’s folder and all in it',
      suits: hasEnded,
      execute: run => remove(app, runs, run)
    }
  ];
}

/** A finished run goes on only if it is said how far. */
function further(run: IRun): string {
  const { state, of = 0 } = run.status;
  return state === 'finished' ? ` --steps ${2 * Math.max(of, 1)}` : '';
}

const quoted = (path: string) => (/[^\w./-]/.test(path) ? `"${path}"` : path);

/** Opens a notebook beside the runs, with one line of multigan in it, and runs it. */
async function runInNotebook(app: JupyterFrontEnd, path: string, line: string): Promise<void> {
  const panel: NotebookPanel = await app.commands.execute('notebook:create-new', {
    cwd: fromNotebook(path).cwd,
    kernelName: 'python3'
  });
  await panel.context.ready;
  await panel.sessionContext.ready;
  const notebook = panel.content.model?.sharedModel;
  const cells = ['%load_ext multigan', line].map(source => ({
    cell_type: 'code' as const,
    source,
    metadata: {}
  }));
  notebook?.transact(() => {
    notebook.insertCells(0, cells);
    notebook.deleteCellRange(cells.length, notebook.cells.length);
  });
  void NotebookActions.runAll(panel.content, panel.sessionContext);
}

async function openReport(app: JupyterFrontEnd, runs: RunsModel, run: IRun): Promise<void> {
  const path = join(run.path, 'report.html');
  const entries = (await runs.files.list(run.path)) ?? [];
  if (!entries.some(entry => entry.name === 'report.html')) {
    const said = `It has none yet. Make one: multigan report ${run.path}`;
    await showErrorMessage(`Report of ${run.name}`, said);
    return;
  }
  await app.commands.execute('docmanager:open', { path });
}

async function rename(app: JupyterFrontEnd, runs: RunsModel, run: IRun): Promise<void> {
  const [, number = '', rest = run.name] = /^(\d{4,}-)(.+)$/.exec(run.name) ?? [];
  const { value } = await InputDialog.getText({ title: `Rename ${run.name}`, text: rest });
  const name = value?.trim();
  if (!name || name === rest) {
    return;
  }
  await orSay(`${run.name} could not be renamed`, runs, async () => {
    await app.serviceManager.contents.rename(run.path, join(parent(run.path), number + name));
  });
}

async function remove(app: JupyterFrontEnd, runs: RunsModel, run: IRun): Promise<void> {
  const { button } = await showDialog({
    title: `Delete ${base(run.path)}?`,
    body: `Its folder ${run.path} is removed with its checkpoints, samples and report.`,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: 'Delete' })]
  });
  if (button.accept) {
    await orSay(`${run.name} could not be deleted`, runs, async () => {
      await app.serviceManager.contents.delete(run.path);
    });
  }
}

async function orSay(title: string, runs: RunsModel, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    await runs.refresh();
  } catch (error) {
    void showErrorMessage(title, error as Error);
  }
}
