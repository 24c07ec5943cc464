import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IRuns, RunsModel } from '../model';
import { readSettings } from '../settings';

/** Provides the runs, and keeps them to the settings. */
export const runsPlugin: JupyterFrontEndPlugin<RunsModel> = {
  id: 'jupyterlab-multigan:runs',
  description: 'Finds multigan runs under the root of the server and follows them.',
  autoStart: true,
  provides: IRuns,
  optional: [ISettingRegistry],
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null): RunsModel => {
    const model = new RunsModel(app.serviceManager.contents);
    registry?.load(runsPlugin.id).then(
      settings => {
        const take = () => {
          model.settings = readSettings(settings);
          document.body.dataset.multiganTheme = model.settings.theme;
        };
        settings.changed.connect(take);
        take();
      },
      reason => console.error(`multigan keeps to its default settings: ${reason}`)
    );
    return model;
  }
};
