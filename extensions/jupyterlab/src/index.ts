import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { actionsPlugin } from './plugins/actions';
import { dashboardPlugin } from './plugins/dashboard';
import { launcherPlugin } from './plugins/launcher';
import { panelPlugin } from './plugins/panel';
import { runsPlugin } from './plugins/runs';

const plugins: JupyterFrontEndPlugin<any>[] = [
  runsPlugin,
  actionsPlugin,
  panelPlugin,
  dashboardPlugin,
  launcherPlugin
];

export default plugins;
