import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { dashboardPlugin } from './plugins/dashboard';
import { launcherPlugin } from './plugins/launcher';
import { panelPlugin } from './plugins/panel';
import { runsPlugin } from './plugins/runs';

const plugins: JupyterFrontEndPlugin<any>[] = [runsPlugin, panelPlugin, dashboardPlugin, launcherPlugin];

export default plugins;
