import { LabIcon } from '@jupyterlab/ui-components';

// A generator and a discriminator over the game they play.
const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
<g class="jp-icon3" fill="#616161"><path d="M1 4l6-3v6L1 10zM9 1l6 3v6L9 7zM2 11l6 3 6-3v2l-6 3-6-3z"/></g></svg>`;

export const multiganIcon = new LabIcon({ name: 'multigan:icon', svgstr });
