import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { CATEGORY, CommandIDs } from '../commands';
import { ask } from '../controls';
import { multiganIcon } from '../icon';
import { IRuns, RunsModel } from '../model';
import { RunsPanel } from '../panel';
import { IRequest, IRun, isAtWork } from '../run';

const REQUESTS: [string, string, IRequest][] = [
  [CommandIDs.pause, 'Pause Run', { want: 'pause' }],
  [CommandIDs.resume, 'Continue Run', { want: 'run' }],
  [CommandIDs.stop, 'Stop Run', { want: 'stop' }],
  [CommandIDs.checkpoint, 'Save Checkpoint of Run', { checkpoint: true }]
];

const PATH = {
  args: { type: 'object', properties: { path: { type: 'string', description: "A run's folder" } } }
};

/** The side panel, and the commands that steer a run. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-multigan:panel',
  description: 'A side panel with all multigan runs.',
  autoStart: true,
  requires: [IRuns],
  optional: [ICommandPalette, ILayoutRestorer, ILabShell, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    runs: RunsModel,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null,
    state: IStateDB | null
  ) => {
    const { commands } = app;
    const actions = {
      open: (path: string) => void commands.execute(CommandIDs.openRun, { path }),
      compare: (paths: string[]) => void commands.execute(CommandIDs.compare, { paths }),
      start: () => void commands.execute(CommandIDs.newNotebook),
      act: (command: string, path: string) => void commands.execute(command, { path })
    };
    const panel = new RunsPanel(runs, actions, state);
    app.shell.add(panel, 'left', { rank: 600 });
    restorer?.add(panel, panel.id);

    commands.addCommand(CommandIDs.showPanel, {
      label: 'Show Runs',
      caption: 'Open the side panel with all multigan runs',
      icon: multiganIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => (labShell ?? app.shell).activateById(panel.id)
    });
    commands.addCommand(CommandIDs.refresh, {
      label: 'Look for Runs Again',
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => runs.refresh()
    });
    const meant = (path: unknown): IRun | undefined =>
      runs.get(typeof path === 'string' ? path : runs.current ?? '') ?? onlyOneAtWork(runs);
    for (const [command, label, request] of REQUESTS) {
      commands.addCommand(command, {
        label,
        caption: 'The run that is chosen in the panel, or the only one at work',
        describedBy: PATH,
        isEnabled: args => {
          const run = meant(args.path);
          return run !== undefined && isAtWork(run);
        },
        execute: async args => {
          const run = meant(args.path);
          if (run) {
            await ask(runs, run, request);
          }
        }
      });
    }
    runs.changed.connect(() => commands.notifyCommandChanged());
    const ours = [CommandIDs.showPanel, CommandIDs.refresh, ...REQUESTS.map(([command]) => command)];
    for (const command of ours) {
      palette?.addItem({ command, category: CATEGORY });
    }
  }
};

function onlyOneAtWork(runs: RunsModel): IRun | undefined {
  const live = runs.runs.filter(isAtWork);
  return live.length === 1 ? live[0] : undefined;
}
