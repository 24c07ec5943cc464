import { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What schema/runs.json describes. */
export interface ISettings {
  runsFolder: string;
  depth: number;
  refreshSeconds: number;
  theme: 'auto' | 'light' | 'dark';
}

export const DEFAULTS: ISettings = {
  runsFolder: '',
  depth: 4,
  refreshSeconds: 2,
  theme: 'auto'
};

export function readSettings(settings: ISettingRegistry.ISettings): ISettings {
  const found = { ...DEFAULTS, ...settings.composite } as ISettings;
  return { ...found, runsFolder: found.runsFolder.trim().replace(/^[./]+|\/+$/g, '') };
}
