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
  newNotebook: 'multigan:new-notebook',
  goOn: 'multigan:resume',
  explore: 'multigan:explore',
  fork: 'multigan:fork',
  heal: 'multigan:heal',
  report: 'multigan:report',
  rename: 'multigan:rename',
  remove: 'multigan:delete',
  copyPath: 'multigan:copy-path'
} as const;

export const CATEGORY = 'multigan';
