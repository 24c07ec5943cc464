/** The ids of all commands, for the palette, for menus and for other extensions. */
export const CommandIDs = {
  showPanel: 'multigan:show-panel',
  refresh: 'multigan:refresh',
  openRun: 'multigan:open-run',
  compare: 'multigan:compare',
  pause: 'multigan:pause',
  resume: 'multigan:continue',
  stop: 'multigan:stop',
  checkpoint: 'multigan:checkpoint',
  newNotebook: 'multigan:new-notebook'
} as const;

export const CATEGORY = 'multigan';
