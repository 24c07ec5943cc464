import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { dashboardPlugin } from './plugins/dashboard';
import { panelPlugin } from './plugins/panel';
import { runsPlugin } from './plugins/runs';

const plugins: JupyterFrontEndPlugin<any>[] = [runsPlugin, panelPlugin, dashboardPlugin];

export default plugins;
