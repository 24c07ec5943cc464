import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { panelPlugin } from './plugins/panel';
import { runsPlugin } from './plugins/runs';

const plugins: JupyterFrontEndPlugin<any>[] = [runsPlugin, panelPlugin];

export default plugins;
