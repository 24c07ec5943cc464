import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { NotebookPanel } from '@jupyterlab/notebook';
import { CATEGORY, CommandIDs } from '../commands';
import { multiganIcon } from '../icon';
import { IStarter, STARTERS } from '../starters';

/** Cards in the launcher that open a ready notebook. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-multigan:launcher',
  description: 'Launcher cards for multigan, one a kind of data.',
  autoStart: true,
  optional: [ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;
    const meant = (kind: unknown) => STARTERS.find(s => s.kind === kind) ?? STARTERS[0];
    commands.addCommand(CommandIDs.newNotebook, {
      label: args =>
        args.isCard ? meant(args.kind).label : `New Notebook for ${meant(args.kind).label}`,
      caption: args => meant(args.kind).caption,
      icon: multiganIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            kind: { type: 'string', enum: STARTERS.map(starter => starter.kind) },
            cwd: { type: 'string' },
            isCard: { type: 'boolean' }
          }
        }
      },
      execute: args => open(app, meant(args.kind), args.cwd)
    });
    STARTERS.forEach(({ kind }, rank) => {
      const command = CommandIDs.newNotebook;
      launcher?.add({ command, category: 'multigan', rank, args: { kind, isCard: true } });
      palette?.addItem({ command, category: CATEGORY, args: { kind } });
    });
    if (commands.hasCommand(CommandIDs.showPanel)) {
      launcher?.add({ command: CommandIDs.showPanel, category: 'multigan', rank: STARTERS.length });
    }
  }
};

async function open(app: JupyterFrontEnd, starter: IStarter, cwd: unknown): Promise<void> {
  const panel: NotebookPanel = await app.commands.execute('notebook:create-new', {
    ...(typeof cwd === 'string' ? { cwd } : {}),
    kernelName: 'python3'
  });
  await panel.context.ready;
  const notebook = panel.content.model?.sharedModel;
  notebook?.transact(() => {
    const cells = starter.cells.map(([cell_type, source]) => ({ cell_type, source, metadata: {} }));
    notebook.insertCells(0, cells);
    notebook.deleteCellRange(cells.length, notebook.cells.length); // the empty one that it came with
  });
  panel.content.activeCellIndex = 0;
}
